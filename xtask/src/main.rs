//! The project's own chores, each a command that does all of its own set-up.
//!
//! * `cargo xtask test`: every test
//! * `cargo xtask check`: the one gate: format, lints, tests, documentation, licences and sources

use std::env;
use std::process::{Command, ExitCode};

/// One thing that a chore runs.
struct Job {
    title: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
    settings: &'static [(&'static str, &'static str)],
}

const FORMAT: Job = cargo("format", &["fmt", "--all", "--check"]);
const LINTS: Job =
    cargo("lints", &["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"]);
const TESTS: Job = cargo("tests", &["test", "--workspace", "--locked"]);
const DOCUMENTATION: Job = Job {
    title: "documentation",
    program: "cargo",
    arguments: &["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"],
    settings: &[("RUSTDOCFLAGS", "--deny warnings")],
};
const SUPPLY: Job =
    cargo("licences, bans and sources", &["deny", "--locked", "check", "licenses", "bans", "sources"]);
const INSTALL_DENY: Job = cargo("installing cargo-deny", &["install", "--locked", "cargo-deny"]);
const HAS_DENY: Job = cargo("looking for cargo-deny", &["deny", "--version"]);

const fn cargo(title: &'static str, arguments: &'static [&'static str]) -> Job {
    Job { title, program: "cargo", arguments, settings: &[] }
}

fn main() -> ExitCode {
    let chore = env::args().nth(1).unwrap_or_default();
    let jobs: Vec<Job> = match chore.as_str() {
        "test" => vec![TESTS],
        "check" if run(&HAS_DENY) => vec![FORMAT, LINTS, TESTS, DOCUMENTATION, SUPPLY],
        "check" => vec![FORMAT, LINTS, TESTS, DOCUMENTATION, INSTALL_DENY, SUPPLY],
        other => {
            say(&format!("error: expected `test` or `check`, found `{other}`"));
            return ExitCode::from(2);
        }
    };
    if jobs.iter().all(run) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a job in the workspace's folder and says whether it succeeded.
fn run(job: &Job) -> bool {
    say(&format!("== {}: {} {}", job.title, job.program, job.arguments.join(" ")));
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let settings = job.settings.iter().copied();
    let status = Command::new(job.program).args(job.arguments).envs(settings).current_dir(root).status();
    match status {
        Ok(status) => status.success(),
        Err(error) => {
            say(&format!("error: {} cannot be started: {error}", job.program));
            false
        }
    }
}

#[expect(clippy::print_stderr, reason = "the chores talk to whoever runs them")]
fn say(text: &str) {
    eprintln!("{text}");
}
