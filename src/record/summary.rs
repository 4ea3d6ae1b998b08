//! The numbers of a run: `summary.json`.
//!
//! Units are in the names. What was not measured is absent, never zero. Everything is in scenario time
//! and in replayed counts, except `generator`, which is in wall time.

use base::histogram::{self, Durations};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `summary.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Whether the run passed.
    pub verdict: Verdict,
    /// What to keep in mind.
    pub cautions: Vec<Caution>,
    /// Each objective and what was seen.
    pub objectives: Vec<Judged>,
    /// How much scenario time was compressed.
    pub speed: f64,
    /// How much the crowd was reduced, such as `1/5`.
    pub scale: String,
    /// People by how they ended.
    pub people: People,
    /// Visits.
    pub visits: Visits,
    /// The waiting room's line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<Queue>,
    /// Sessions in progress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Sessions>,
    /// Connections that the target held open; absent when it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<Connections>,
    /// Requests by what they were for and how they ended.
    pub requests: Requests,
    /// Each step's attempts.
    pub steps: BTreeMap<String, StepNumbers>,
    /// Each station of the reference target.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stations: BTreeMap<String, StationNumbers>,
    /// How the load generator itself did, in wall time; absent in simulations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generator: Option<Generator>,
    /// What the closed form predicts for the crowd as replayed; absent where the slice has several windows,
    /// each of which has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_form: Option<ClosedForm>,
    /// What the closed form would predict had all the windows been one, from the first opening on; absent
    /// for a single window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_window: Option<ClosedForm>,
    /// People, queue and sessions again, by window.
    pub windows: BTreeMap<String, WindowNumbers>,
}

/// The JSON Schema of `summary.json`.
pub fn schema() -> serde_json::Value {
    let mut schema = base::schema::printed::<Summary>();
    schema["title"] = "openrush summary".into();
    schema
}

/// Whether a run passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every objective was met.
    Pass,
    /// An objective was missed.
    Fail,
    /// The numbers cannot be relied on.
    Untrustworthy,
}

/// Something to keep in mind, with advice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Caution {
    /// A stable name.
    pub kind: CautionKind,
    /// What was seen.
    pub text: String,
    /// What to do about it.
    pub advice: String,
}

/// The kinds of caution there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CautionKind {
    /// The driver was late.
    GeneratorLagged,
    /// The driver met a limit of its own.
    GeneratorRefused,
    /// The machine's neighbours took much of its processors.
    Steal,
    /// The target was gone at the end of the run.
    TargetLost,
    /// Nobody came.
    NobodyCame,
    /// There was nothing to miss.
    NoObjectives,
    /// Somebody stopped the run.
    Interrupted,
    /// Too few observations for a quantile.
    TooFewSamples,
    /// Station waits do not survive scaling.
    Scaled,
}

impl CautionKind {
    /// Whether a run with this caution can still be relied on.
    pub fn is_remark(self) -> bool {
        matches!(self, Self::Scaled | Self::NoObjectives | Self::Steal)
    }
}

/// An objective and what was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// As written.
    pub text: String,
    /// What was seen; absent when there was nothing to see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<f64>,
    /// Whether what was seen is slower than any limit, because attempts were not answered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beyond_any: bool,
    /// Whether it was met.
    pub met: bool,
    /// The distance to the limit as a part of it; negative when missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
}

/// People by how they ended. `arrived` is always the sum of booked, turned away, gave up and inside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct People {
    /// Everybody who came.
    pub arrived: u64,
    /// With a booking.
    pub booked: u64,
    /// Turned away, by reason.
    pub turned_away: BTreeMap<String, u64>,
    /// Gave up.
    pub gave_up: u64,
    /// Not finished when the slice ended.
    pub inside: u64,
    /// `arrived` minus `inside`.
    pub finished: u64,
}

/// Visits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Visits {
    /// Due in the slice.
    pub planned: u64,
    /// Begun.
    pub started: u64,
    /// Of those begun: by people who had come before and been left over.
    #[serde(default)]
    pub returns: u64,
}

/// The waiting room's line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Queue {
    /// By whose account: `rules` for the reference target.
    pub source: String,
    /// The most tickets in line at once.
    pub peak: u64,
    /// When, from the opening; absent if no line formed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_at_s: Option<f64>,
    /// The first instant after the peak with an empty line, from the opening.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drained_at_s: Option<f64>,
    /// From issue to admission, of admitted tickets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_s: Option<Spread>,
    /// Tickets given back or expired in line.
    pub left: u64,
    /// Tickets in line at the end.
    pub still_waiting: u64,
    /// Tickets still in line when the window closed; absent when it did not close in the slice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_out: Option<u64>,
    /// The wait that visitors were shown over the wait they had; absent when no wait is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta_error_ratio: Option<EtaErrorRatio>,
}

/// The wait that visitors were shown over the wait they had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EtaErrorRatio {
    /// The median.
    pub p50: f64,
    /// 90 % are at most this.
    pub p90: f64,
}

/// Connections that the target held open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Connections {
    /// The most at once.
    pub peak: u64,
    /// The limit beyond which it refuses; absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// Sessions in progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sessions {
    /// The most at once.
    pub peak: u64,
    /// The cap; absent where people need not wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<u64>,
}

/// Requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Requests {
    /// Exchanges that visits meant to make; absent in folders that did not count them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<u64>,
    /// Sent, and answered or given up.
    pub sent: u64,
    /// Answered.
    pub ok: u64,
    /// Not answered as hoped, by kind.
    pub errors: BTreeMap<String, u64>,
    /// On the way to a booking.
    pub useful: u64,
    /// Asking how the place in line stands.
    pub polls: u64,
    /// Looking whether the window has opened.
    pub refreshes: u64,
    /// Trying again after a failure.
    pub retries: u64,
    /// Sent, by person who came.
    pub per_person: f64,
}

/// One step's attempts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepNumbers {
    /// Visits that came to this step at all.
    #[serde(default)]
    pub reached: u64,
    /// All attempts.
    pub count: u64,
    /// Answered.
    pub ok: u64,
    /// Deadline passed first.
    pub timeouts: u64,
    /// Refused, or failed otherwise.
    pub errors: u64,
    /// Response time of answered attempts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_s: Option<Spread>,
    /// Service time of answered attempts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_s: Option<Spread>,
}

/// One station.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StationNumbers {
    /// Share of worker time spent working, over the slice.
    pub utilisation: f64,
    /// Time in its queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_s: Option<Spread>,
    /// Pieces of work turned down.
    pub refused: u64,
}

/// The load generator, in wall time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Generator {
    /// Started minus intended, of all attempts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lag_s: Option<Spread>,
    /// Visits refused at its own limits.
    pub refused: u64,
    /// Exchanges of visits in progress refused at its own limits; the target never saw them, and they are
    /// in no other number.
    #[serde(default)]
    pub exchanges_refused: u64,
    /// Connections opened, those that failed included.
    #[serde(default)]
    pub connections_opened: u64,
    /// Connections not opened at its own bound.
    #[serde(default)]
    pub connections_refused: u64,
    /// The most new connections a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_connections_peak_per_s: Option<f64>,
    /// CPU time of the whole process over wall time and cores; the in-process server's included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_share: Option<f64>,
    /// CPU time that the machine's neighbours took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steal_share: Option<f64>,
}

/// What the closed form predicts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClosedForm {
    /// The most tickets in line.
    pub peak: f64,
    /// When, from the opening.
    pub peak_at_s: f64,
    /// When the line is empty again, from the opening.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drained_at_s: Option<f64>,
    /// The longest wait.
    pub wait_max_s: f64,
}

/// The blocks that are kept for each window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WindowNumbers {
    /// See [`Summary::people`].
    pub people: People,
    /// See [`Summary::queue`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<Queue>,
    /// See [`Summary::sessions`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Sessions>,
    /// See [`Summary::closed_form`]; of this window alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_form: Option<ClosedForm>,
}

/// Quantiles of durations, in seconds, with their count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Spread {
    /// The median.
    pub p50: f64,
    /// 90 % are at most this.
    pub p90: f64,
    /// 95 % are at most this.
    pub p95: f64,
    /// 99 % are at most this.
    pub p99: f64,
    /// The greatest.
    pub max: f64,
    /// The mean.
    pub mean: f64,
    /// How many.
    pub count: u64,
}

impl Spread {
    /// The spread of a histogram whose durations are multiplied by `factor`; `None` when it is empty.
    pub fn of(histogram: &Durations, factor: f64) -> Option<Self> {
        let at = |q| histogram::quantile_s(histogram, q).map(|seconds| rounded(seconds * factor));
        Some(Self {
            p50: at(0.5)?,
            p90: at(0.9)?,
            p95: at(0.95)?,
            p99: at(0.99)?,
            max: at(1.0)?,
            mean: rounded(histogram.mean() / 1e9 * factor),
            count: histogram.len(),
        })
    }
}

/// To nine significant digits: more would be noise, and differ between machines.
pub fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let digits = 8.0 - libm::floor(libm::log10(value.abs()));
    let factor = libm::pow(10.0, digits);
    libm::round(value * factor) / factor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_digits_are_kept() {
        assert_eq!(rounded(1.0 / 3.0), 0.333_333_333);
        assert_eq!(rounded(-123_456_789_012.0), -123_456_789_000.0);
        assert_eq!(rounded(0.0), 0.0);
        assert_eq!(rounded(11.009_285_714_285), 11.009_285_7);
    }
}
