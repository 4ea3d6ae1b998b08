//! `openrush schema` and `openrush completions`: what other programs need to know about this one.

use super::args::{Cli, CompletionsArgs, SchemaArgs, SchemaOf};
use super::exit::{Exit, Failure};
use super::screen;
use crate::record::{manifest, summary};
use crate::scenario;
use clap::CommandFactory as _;

pub(super) fn schema(args: &SchemaArgs) -> Result<Exit, Failure> {
    screen::document(&match args.of {
        SchemaOf::Scenario => scenario::schema(),
        SchemaOf::Summary => summary::schema(),
        SchemaOf::Manifest => manifest::schema(),
    })?;
    Ok(Exit::Met)
}

pub(super) fn completions(args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "openrush", &mut script);
    screen::text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Met)
}
