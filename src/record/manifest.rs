//! How a run was made: `manifest.json`, the one file of a simulated folder that may differ between two
//! runs of one seed.

use crate::scenario::provenance::Known;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the run folder's format.
pub const FORMAT_VERSION: u32 = 1;

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// The version of the folder's format.
    pub format_version: u32,
    /// The version of the tool.
    pub tool_version: String,
    /// The commit it was built from; absent when it was not built from a checkout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_commit: Option<String>,
    /// `run` or `simulate`.
    pub kind: RunKind,
    /// The command line, without where the results went.
    pub command: Vec<String>,
    /// What the scenario is called.
    pub scenario_name: String,
    /// The hash of the resolved scenario.
    pub scenario_hash: String,
    /// The hash of the planned arrivals.
    pub plan_hash: String,
    /// The seed.
    pub seed: u64,
    /// How times in the folder are counted.
    pub time: TimeBase,
    /// The windows of the scenario, in order of opening.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
    /// What happened to the service during the slice, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<Happening>,
    /// What the scenario rests on.
    #[serde(default)]
    pub provenance: Vec<Known>,
    /// Which of the four instants the transport can see; live only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
    /// The machine; live only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// What the run cost.
    pub cost: Cost,
}

/// The JSON Schema of `manifest.json`.
pub fn schema() -> serde_json::Value {
    let mut schema = base::schema::printed::<Manifest>();
    schema["title"] = "openrush manifest".into();
    schema
}

/// The two ways to run a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunKind {
    /// Live.
    Run,
    /// In virtual time.
    Simulate,
}

/// How times in the folder are counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimeBase {
    /// The time zone of printed times.
    pub timezone: String,
    /// The opening, from which instants count, in nanoseconds since the Unix epoch.
    pub opens_ns: i64,
    /// The beginning of the slice.
    pub from_ns: i64,
    /// The end of the slice.
    pub until_ns: i64,
    /// The length of an interval of the time series, in seconds.
    pub interval_s: f64,
}

/// An interval in which booking is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    /// Its name.
    pub name: String,
    /// When it opens, in nanoseconds since the Unix epoch.
    pub opens_ns: i64,
    /// When it closes, in nanoseconds since the Unix epoch.
    pub closes_ns: i64,
}

/// Something that happened to the service during the slice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Happening {
    /// When, in nanoseconds since the Unix epoch.
    pub at_ns: i64,
    /// What, in a few words.
    pub text: String,
    /// Who set it off.
    pub kind: HappeningKind,
}

/// Who set a happening off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HappeningKind {
    /// The scenario's timeline.
    Planned,
    /// A note, also one that was typed during the run.
    Mark,
}

/// The machine a live run was made on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Machine {
    /// The operating system and architecture.
    pub platform: String,
    /// Processors the process may use.
    pub cpus: usize,
    /// Worker threads of the driver.
    pub workers: usize,
}

/// What a run cost, in wall time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cost {
    /// From start to end, in seconds.
    pub wall_s: f64,
    /// CPU time of the whole process, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_s: Option<f64>,
    /// The most memory it held at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_rss_bytes: Option<u64>,
    /// What a simulation did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulator: Option<SimulatorCost>,
}

/// What a simulation did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SimulatorCost {
    /// Events handled.
    pub events: u64,
    /// The same in wall time.
    pub wall_s: f64,
    /// One divided by the other.
    pub events_per_s: f64,
}
