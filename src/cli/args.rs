//! The command line.

use crate::report::Language;
use crate::scenario::resolve::Choices;
use base::quantity::Demand;
use base::units::{Rate, Scale, Speed};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Replays the opening of a booking system to a crowd, and says whether it will hold.
#[derive(Debug, Parser)]
#[command(name = "openrush", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check a scenario and say what it will do
    Check(CheckArgs),
    /// Run a scenario in virtual time, at full size unless told otherwise
    Simulate(SimulateArgs),
    /// Run a scenario for real, against the bundled reference server or a running one
    Run(RunArgs),
    /// Serve the scenario's reference server alone
    Serve(ServeArgs),
    /// Render the report of a run folder again
    Report(ReportArgs),
    /// Print the JSON Schema of a scenario file, or of a file of the run folder
    Schema(SchemaArgs),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
}

/// What every command that reads a scenario takes.
#[derive(Debug, Args)]
pub(super) struct ScenarioArgs {
    /// The scenario file
    pub(super) scenario: PathBuf,
    /// Seed of every draw
    #[arg(long, value_name = "N", env = "OPENRUSH_SEED")]
    pub(super) seed: Option<u64>,
    /// How much the crowd and the reference target are reduced, such as 1/5
    #[arg(long, value_name = "F", env = "OPENRUSH_SCALE")]
    pub(super) scale: Option<Scale>,
    /// How much scenario time is compressed, such as 20
    #[arg(long, value_name = "F", env = "OPENRUSH_SPEED")]
    pub(super) speed: Option<Speed>,
    /// Replay from this time on
    #[arg(long, value_name = "TIME")]
    pub(super) from: Option<String>,
    /// Replay until this time
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<String>,
    /// Replace a value of the file, such as `target.reference.waiting_room.admit=300/s`
    #[arg(long, value_name = "PATH=VALUE")]
    pub(super) set: Vec<String>,
    /// Which end of every range to take
    #[arg(long, value_name = "CASE", value_enum, default_value = "expected")]
    pub(super) demand: DemandCase,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum DemandCase {
    Low,
    Expected,
    High,
}

impl ScenarioArgs {
    pub(super) fn choices(&self, as_replayed: bool) -> Choices {
        Choices {
            demand: match self.demand {
                DemandCase::Low => Demand::Low,
                DemandCase::Expected => Demand::Expected,
                DemandCase::High => Demand::High,
            },
            seed: self.seed,
            scale: self.scale,
            speed: self.speed,
            from: self.from.clone(),
            until: self.until.clone(),
            as_replayed,
            set: self.set.clone(),
        }
    }
}

/// Where results go.
#[derive(Debug, Args)]
pub(super) struct OutputArgs {
    /// Folder for the results [default: reports/SCENARIO/INSTANT]
    #[arg(long, value_name = "DIR", env = "OPENRUSH_OUT")]
    pub(super) out: Option<PathBuf>,
    /// Print one JSON document on stdout instead of the closing screen
    #[arg(long)]
    pub(super) json: bool,
    /// No progress on stderr
    #[arg(long)]
    pub(super) quiet: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) scenario: ScenarioArgs,
    /// The most requests a second that a refreshing crowd may ask of this machine
    #[arg(long, value_name = "RATE", env = "OPENRUSH_CEILING", default_value = "10000/s")]
    pub(super) ceiling: Rate,
    /// Print one JSON document on stdout
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct SimulateArgs {
    #[command(flatten)]
    pub(super) scenario: ScenarioArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    pub(super) scenario: ScenarioArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    /// A running reference server (see `openrush serve`) instead of one of our own
    #[arg(long, value_name = "URL")]
    pub(super) target: Option<String>,
    /// The most requests a second that a refreshing crowd may ask of this machine
    #[arg(long, value_name = "RATE", env = "OPENRUSH_CEILING", default_value = "10000/s")]
    pub(super) ceiling: Rate,
    /// Take notes from stdin also where it is no terminal: lines of `mark TEXT`
    #[arg(long)]
    pub(super) marks: bool,
    /// Worker threads of the driver
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) workers: u16,
}

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    pub(super) scenario: ScenarioArgs,
    /// The loopback port; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(super) port: u16,
    /// When its scenario time begins: an instant such as 2026-01-31T20:00:00Z, or a delay such as +30s
    #[arg(long, value_name = "INSTANT", default_value = "+30s")]
    pub(super) start_at: String,
    /// Threads of the server
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: u16,
    /// Print where it listens as one JSON document on stdout
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// The run folder
    pub(super) folder: PathBuf,
    /// The language of the report
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    pub(super) lang: Language,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Of which file
    #[arg(value_enum, value_name = "FILE", default_value = "scenario")]
    pub(super) of: SchemaOf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum SchemaOf {
    /// The file that a run is made from
    Scenario,
    /// summary.json
    Summary,
    /// manifest.json
    Manifest,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// Of which shell
    pub(super) shell: clap_complete::Shell,
}
