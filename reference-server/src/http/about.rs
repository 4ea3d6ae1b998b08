//! What the server says of itself: which scenario it plays (`GET /about`).

use base::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which scenario the server plays, for whoever wants to check that it is theirs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct About {
    /// The hash of the resolved scenario.
    pub scenario_hash: String,
    /// How fast its scenario time passes.
    pub speed: f64,
    /// How much it is reduced.
    pub scale: String,
    /// The seed of its service times.
    pub seed: u64,
    /// Its scenario time at this moment, in nanoseconds since the Unix epoch.
    pub now: Timestamp,
    /// How much wall time is left until its scenario time begins; 0 once it has.
    pub starts_in_ns: u64,
}
