//! Objectives, cautions and the verdict.
//!
//! A run is untrustworthy if the generator refused an arrival, if its lag was too long, if it was
//! stopped, or if a quantile rests on too few observations. CPU time taken by the machine's neighbours
//! is reported beside that and excuses nothing.

use crate::objective::{Objective, Path};
use crate::record::summary::{Caution, CautionKind, Judged, Summary, Verdict, rounded};
use crate::record::{Measured, Tag};
use crate::scenario::Scenario;
use base::histogram;
use base::protocol::{Operation, Outcome};
use base::units::Scale;
use hdrhistogram::Histogram;
use serde_json::Value;

/// The longest p99 of the lag, in seconds of wall time, that a run may have and still be believed.
pub const MAX_LAG_S: f64 = 0.05;

/// Fills in objectives, cautions and verdict.
pub fn judge(summary: &mut Summary, scenario: &Scenario, measured: &Measured) {
    let numbers = serde_json::to_value(&*summary).unwrap_or(Value::Null);
    let mut cautions = trust(summary, measured);
    let mut objectives = Vec::new();
    for objective in &scenario.objectives {
        let observed = observe(objective, &numbers, measured);
        let met = observed.is_some_and(|observed| objective.is_met_by(observed));
        cautions.extend(too_few(objective, &numbers));
        objectives.push(Judged {
            text: objective.text.clone(),
            observed: observed.filter(|observed| observed.is_finite()).map(rounded),
            met,
            margin: observed.and_then(|observed| objective.margin(observed)).map(rounded),
        });
    }
    let missed = objectives.iter().any(|judged| !judged.met);
    summary.verdict = match () {
        () if !cautions.is_empty() => Verdict::Untrustworthy,
        () if missed => Verdict::Fail,
        () => Verdict::Pass,
    };
    cautions.extend(scaled(scenario));
    summary.objectives = objectives;
    summary.cautions = cautions;
}

/// Reasons not to believe the run.
fn trust(summary: &Summary, measured: &Measured) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if measured.interrupted {
        cautions.push(caution(
            CautionKind::Interrupted,
            "the run was stopped before its end".to_owned(),
            "read its numbers as those of the part that was replayed",
        ));
    }
    let Some(generator) = &summary.generator else { return cautions };
    if generator.refused > 0 {
        cautions.push(caution(
            CautionKind::GeneratorRefused,
            format!("the generator refused {} arrivals at its own limit", generator.refused),
            "reduce scale or speed, or use more workers or machines",
        ));
    }
    let lag = generator.lag_s.as_ref().map_or(0.0, |lag| lag.p99);
    if lag > MAX_LAG_S {
        cautions.push(caution(
            CautionKind::GeneratorLagged,
            format!(
                "the generator was late: lag p99 {:.0} ms of wall time, over {:.0} ms",
                lag * 1e3,
                MAX_LAG_S * 1e3
            ),
            "reduce scale or speed, or run on a quieter machine",
        ));
    }
    cautions
}

fn scaled(scenario: &Scenario) -> Option<Caution> {
    (scenario.scale != Scale::FULL).then(|| {
        caution(
            CautionKind::Scaled,
            format!("the crowd and the target are reduced to {}", scenario.scale),
            "waits in the waiting room survive scaling; waits at stations do not: simulate at scale 1 for those",
        )
    })
}

fn too_few(objective: &Objective, numbers: &Value) -> Option<Caution> {
    let least = match objective.metric.quantile()? {
        q if q >= 0.99 => 299,
        q if q >= 0.95 => 59,
        q if q >= 0.9 => 29,
        _ => return None,
    };
    let parts: Vec<&str> = objective.metric.parts().collect();
    let (_, block) = parts.split_last()?;
    let count = match objective.metric.step_quantile() {
        Some((step, _, _)) => number(numbers, &["steps", step, "count"]),
        None => number(numbers, &[block, &["count"]].concat()),
    }?;
    (count < f64::from(least)).then(|| {
        caution(
            CautionKind::TooFewSamples,
            format!("{} rests on {count} observations", objective.metric),
            "replay a longer slice or a larger crowd",
        )
    })
}

fn caution(kind: CautionKind, text: String, advice: &str) -> Caution {
    Caution { kind, text, advice: advice.to_owned() }
}

/// What the objective's number was; `None` when there was nothing to see.
fn observe(objective: &Objective, numbers: &Value, measured: &Measured) -> Option<f64> {
    let over = value(&objective.metric, numbers, measured)?;
    match &objective.divisor {
        None => Some(over),
        Some(divisor) => match value(divisor, numbers, measured)? {
            0.0 => None,
            under => Some(over / under),
        },
    }
}

fn value(path: &Path, numbers: &Value, measured: &Measured) -> Option<f64> {
    match path.step_quantile() {
        Some((step, "response", q)) => step_response(step, q, measured),
        _ => number(numbers, &path.parts().collect::<Vec<_>>()),
    }
}

/// A quantile over all attempts at a step, where one that was not answered counts as slower than any.
fn step_response(step: &str, q: f64, measured: &Measured) -> Option<f64> {
    let operation = Operation::ALL.into_iter().find(|operation| operation.name() == step)?;
    let recorder = &measured.recorder;
    let of = |outcome| recorder.total(Tag::Response(operation, outcome));
    let all: u64 = Outcome::ALL.into_iter().filter_map(of).map(Histogram::len).sum();
    if all == 0 {
        return None;
    }
    let answered = of(Outcome::Ok);
    let count = answered.map_or(0, Histogram::len);
    let rank = libm::ceil(q * all as f64);
    if rank > count as f64 {
        return Some(f64::INFINITY);
    }
    histogram::quantile_s(answered?, rank / count as f64)
}

/// The number at a path; the `_s` of a block of seconds may be left out.
fn number(numbers: &Value, parts: &[&str]) -> Option<f64> {
    let mut place = numbers;
    for part in parts {
        place = place.get(part).or_else(|| place.get(format!("{part}_s")))?;
    }
    place.as_f64()
}
