//! Arguments, printing, exit codes: the only part of the program that prints or exits.
//!
//! Data goes to stdout; progress, warnings and errors go to stderr. With `--json` a command prints
//! exactly one JSON document.

mod args;
mod check;
mod drive;
mod exit;
mod finish;
mod host;
mod load;
mod marks;
mod progress;
mod report;
mod run;
mod sampler;
mod schema;
mod screen;
mod serve;
mod simulate;

pub use args::Cli;
use args::Command;
pub use exit::Exit;

/// Runs the command and says how it ended. Everything that is to be printed has been.
pub fn run(cli: Cli) -> Exit {
    let ended = match cli.command {
        Command::Check(args) => check::check(&args),
        Command::Simulate(args) => simulate::simulate(&args),
        Command::Run(args) => run::run(&args),
        Command::Serve(args) => serve::serve(&args),
        Command::Report(args) => report::report(&args),
        Command::Schema(args) => schema::schema(&args),
        Command::Completions(args) => schema::completions(&args),
    };
    ended.unwrap_or_else(|failure| {
        screen::error(&failure);
        failure.exit
    })
}
