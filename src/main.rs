//! The `openrush` program: arguments in, exit code out.

use clap::Parser as _;
use openrush::cli::{self, Cli};
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(Cli::parse()).into()
}
