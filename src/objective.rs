//! What "good" means: conditions on the numbers of a run's summary.
//!
//! ```yaml
//! - people.gave_up / people.finished <= 1%
//! - queue.wait.p95 <= 10m
//! - steps.book.response.p99 <= 2s
//! ```
//!
//! A name is the path of a number in `summary.json`; the `_s` that ends a block of seconds may be left
//! out, since the limit carries the unit.

use base::protocol::Operation;
use base::time::Nanos;
use base::units::Share;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A condition on one number, or on the ratio of two.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// As it was written.
    pub text: String,
    /// The number.
    pub metric: Path,
    /// What it is divided by.
    pub divisor: Option<Path>,
    /// How it compares with the limit.
    pub comparison: Comparison,
    /// The limit, in seconds where it is a duration, as a part of 1 where it is a share.
    pub limit: f64,
    /// What kind of number the limit is, for printing.
    pub unit: LimitUnit,
}

/// The path of a number in a summary, such as `queue.wait.p95`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Vec<String>);

/// How a number must stand to its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// At most.
    AtMost,
    /// At least.
    AtLeast,
}

/// What kind of number a limit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitUnit {
    /// A count.
    Count,
    /// Seconds.
    Seconds,
    /// A share.
    Share,
}

impl LimitUnit {
    fn described(self) -> &'static str {
        match self {
            Self::Count => "a count, such as `500`",
            Self::Seconds => "a time, such as `2s`",
            Self::Share => "a share, such as `1%`",
        }
    }
}

/// An objective that cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ObjectiveError {
    /// Not of the form `name <= limit`.
    #[error("expected `name <= limit` or `name / name <= limit`, found `{0}`")]
    Form(String),
    /// Not a limit.
    #[error("expected a limit such as `2s`, `1%` or `500`, found `{0}`")]
    Limit(String),
    /// A limit of another kind than the number.
    #[error("{metric} is {is}, the limit `{limit}` is not")]
    Unit {
        /// The number.
        metric: String,
        /// What it is, with an example of a limit.
        is: &'static str,
        /// The limit as written.
        limit: String,
    },
    /// No such number in a summary.
    #[error("no number called `{found}` in a summary")]
    UnknownName {
        /// What was written.
        found: String,
        /// The nearest name there is.
        nearest: String,
    },
}

impl Path {
    /// The parts of the path.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// If this is a quantile of a step's response or service time: the step, the block and the quantile,
    /// which is 1 for the maximum.
    pub fn step_quantile(&self) -> Option<(&str, &str, f64)> {
        match self.0.as_slice() {
            [steps, step, block, last] if steps == "steps" => {
                let quantile = if last == "max" { Some(1.0) } else { self.quantile() };
                Some((step, block, quantile?))
            }
            _ => None,
        }
    }

    /// The quantile that ends the path, if one does.
    pub fn quantile(&self) -> Option<f64> {
        let digits = self.0.last()?.strip_prefix('p')?;
        digits.parse::<f64>().ok().map(|percent| percent / 100.0)
    }

    /// What kind of number it is.
    fn unit(&self) -> LimitUnit {
        let seconds = ["wait", "response", "service", "lag", "drained_at", "peak_at"];
        let shares = ["utilisation", "cpu_share", "steal_share"];
        let any = |names: &[&str]| self.parts().any(|part| names.contains(&part));
        match () {
            () if any(&seconds) => LimitUnit::Seconds,
            () if any(&shares) => LimitUnit::Share,
            () => LimitUnit::Count,
        }
    }

    fn known(text: &str) -> Result<Self, ObjectiveError> {
        let names = names();
        if names.iter().any(|name| name == text) {
            return Ok(Self(text.split('.').map(str::to_owned).collect()));
        }
        let nearest = names
            .iter()
            .max_by(|a, b| strsim::jaro_winkler(a, text).total_cmp(&strsim::jaro_winkler(b, text)));
        let nearest = nearest.cloned().unwrap_or_default();
        Err(ObjectiveError::UnknownName { found: text.to_owned(), nearest })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// Every name that an objective can use.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "people.arrived",
        "people.booked",
        "people.gave_up",
        "people.inside",
        "people.finished",
        "visits.started",
        "visits.returns",
        "queue.peak",
        "queue.peak_at",
        "queue.drained_at",
        "queue.left",
        "queue.still_waiting",
        "queue.closed_out",
        "queue.eta_error_ratio.p50",
        "queue.eta_error_ratio.p90",
        "sessions.peak",
        "connections.peak",
        "requests.planned",
        "requests.sent",
        "requests.ok",
        "requests.useful",
        "requests.polls",
        "requests.refreshes",
        "requests.retries",
        "requests.per_person",
        "generator.refused",
        "generator.exchanges_refused",
        "generator.connections_opened",
        "generator.connections_refused",
        "generator.new_connections_peak_per_s",
    ]
    .map(String::from)
    .to_vec();
    let quantiles = ["p50", "p90", "p95", "p99", "max", "mean"];
    names.extend(quantiles.map(|quantile| format!("queue.wait.{quantile}")));
    for operation in Operation::ALL {
        let step = operation.name();
        names.extend(
            ["reached", "count", "ok", "timeouts", "errors"].map(|count| format!("steps.{step}.{count}")),
        );
        for block in ["response", "service"] {
            names.extend(quantiles.map(|quantile| format!("steps.{step}.{block}.{quantile}")));
        }
    }
    for station in ["web", "pool", "identity", "slots"] {
        names.extend(["utilisation", "refused"].map(|number| format!("stations.{station}.{number}")));
        names.extend(quantiles.map(|quantile| format!("stations.{station}.wait.{quantile}")));
    }
    names.extend(["p50", "p99", "max"].map(|quantile| format!("generator.lag.{quantile}")));
    names
}

impl FromStr for Objective {
    type Err = ObjectiveError;

    fn from_str(text: &str) -> Result<Self, ObjectiveError> {
        let form = || ObjectiveError::Form(text.to_owned());
        let (left, comparison, right) = if let Some((left, right)) = text.split_once("<=") {
            (left, Comparison::AtMost, right)
        } else if let Some((left, right)) = text.split_once(">=") {
            (left, Comparison::AtLeast, right)
        } else {
            return Err(form());
        };
        let (metric, divisor) = match left.split_once(" / ") {
            Some((over, under)) => (Path::known(over.trim())?, Some(Path::known(under.trim())?)),
            None => (Path::known(left.trim())?, None),
        };
        let (limit, unit) = limit(right.trim())?;
        let expected = if divisor.is_some() { LimitUnit::Share } else { metric.unit() };
        // A ratio is a share; one over 100 % cannot be written as such and is a plain number.
        let ratio = divisor.is_some() && unit == LimitUnit::Count;
        if unit != expected && !ratio {
            let metric = left.trim().to_owned();
            return Err(ObjectiveError::Unit {
                metric,
                is: expected.described(),
                limit: right.trim().to_owned(),
            });
        }
        Ok(Self { text: text.trim().to_owned(), metric, divisor, comparison, limit, unit })
    }
}

fn limit(text: &str) -> Result<(f64, LimitUnit), ObjectiveError> {
    if let Ok(share) = text.parse::<Share>() {
        return Ok((share.0, LimitUnit::Share));
    }
    if let Ok(span) = text.parse::<Nanos>() {
        return Ok((span.as_secs_f64(), LimitUnit::Seconds));
    }
    match text.replace('_', "").parse::<f64>() {
        Ok(count) if count.is_finite() => Ok((count, LimitUnit::Count)),
        _ => Err(ObjectiveError::Limit(text.to_owned())),
    }
}

impl Objective {
    /// Whether `observed` meets the limit.
    pub fn is_met_by(&self, observed: f64) -> bool {
        match self.comparison {
            Comparison::AtMost => observed <= self.limit,
            Comparison::AtLeast => observed >= self.limit,
        }
    }

    /// How far `observed` is from the limit on the good side, as a part of the limit; negative when it is
    /// missed. `None` for a limit of zero.
    pub fn margin(&self, observed: f64) -> Option<f64> {
        let room = match self.comparison {
            Comparison::AtMost => self.limit - observed,
            Comparison::AtLeast => observed - self.limit,
        };
        (self.limit != 0.0 && room.is_finite()).then(|| room / self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let objective: Objective = "people.gave_up / people.finished <= 1%".parse().unwrap();
        assert_eq!(objective.divisor.as_ref().unwrap().to_string(), "people.finished");
        assert!((objective.limit - 0.01).abs() < 1e-12);
        let objective: Objective = "steps.book.response.p99 <= 2s".parse().unwrap();
        assert_eq!(objective.metric.step_quantile(), Some(("book", "response", 0.99)));
        assert!(objective.is_met_by(1.31) && !objective.is_met_by(2.01));
        assert!((objective.margin(1.31).unwrap() - 0.345).abs() < 1e-9);
        let objective: Objective = "people.booked >= 20_000".parse().unwrap();
        assert!(objective.is_met_by(20_000.0) && objective.margin(10_000.0).unwrap() < 0.0);
    }

    #[test]
    fn an_unknown_name_gets_the_nearest_one() {
        let error = "queue.wait.p59 <= 10m".parse::<Objective>().unwrap_err();
        let ObjectiveError::UnknownName { nearest, .. } = error else { panic!("{error}") };
        assert!(nearest.starts_with("queue.wait.p5") || nearest.starts_with("queue.wait.p9"), "{nearest}");
        assert!(matches!("queue.peak < 5".parse::<Objective>(), Err(ObjectiveError::Form(_))));
        for wrong in ["queue.wait.p95 <= 10", "queue.peak <= 10m", "queue.peak <= 5%", "people.booked >= 1s"]
        {
            assert!(matches!(wrong.parse::<Objective>(), Err(ObjectiveError::Unit { .. })), "{wrong}");
        }
        assert!("requests.sent / people.arrived <= 20".parse::<Objective>().is_ok());
        assert!(matches!("queue.peak <= soon".parse::<Objective>(), Err(ObjectiveError::Limit(_))));
    }
}
