//! Objectives, cautions and the verdict.
//!
//! A run is untrustworthy if the generator refused an arrival, if its lag was too long, if it was
//! stopped, or if a quantile rests on too few observations. CPU time taken by the machine's neighbours
//! is reported beside that and excuses nothing.

use super::summary::durations;
use crate::objective::{Objective, Path};
use crate::record::summary::{Caution, CautionKind, Judged, Summary, Verdict, rounded};
use crate::record::{Measured, Tag};
use crate::scenario::Scenario;
use base::histogram::{self, Durations};
use base::protocol::{Operation, Outcome};
use base::units::Scale;
use hdrhistogram::Histogram;
use serde_json::Value;

/// The longest p99 of the lag, in seconds of wall time, that a run may have and still be believed.
pub const MAX_LAG_S: f64 = 0.05;

/// The largest share of the processors that the machine's neighbours may take before a run says so.
pub const MAX_STEAL_SHARE: f64 = 0.05;

/// Fills in objectives, cautions and verdict.
pub fn judge(summary: &mut Summary, scenario: &Scenario, measured: &Measured) {
    let numbers = serde_json::to_value(&*summary).unwrap_or(Value::Null);
    let mut cautions = trust(summary, scenario, measured);
    let mut objectives = Vec::new();
    for objective in &scenario.objectives {
        let observed = observe(objective, &numbers, measured);
        let met = observed.is_some_and(|observed| objective.is_met_by(observed));
        cautions.extend(too_few(objective, &numbers));
        objectives.push(Judged {
            text: objective.text.clone(),
            beyond_any: observed == Some(f64::INFINITY),
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
    cautions.extend(stolen(summary));
    if scenario.objectives.is_empty() {
        let advice = "add `objectives`, so that the verdict means something";
        let text = "the scenario sets no objectives: there was nothing to miss".to_owned();
        cautions.push(caution(CautionKind::NoObjectives, text, advice));
    }
    summary.objectives = objectives;
    summary.cautions = cautions;
}

/// Reasons not to believe the run.
fn trust(summary: &Summary, scenario: &Scenario, measured: &Measured) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if summary.people.arrived == 0 && measured.interrupted.is_none() {
        let advice = "choose another slice, or a larger scale";
        cautions.push(caution(CautionKind::NobodyCame, "nobody comes in this slice".to_owned(), advice));
    }
    if let Some(at) = measured.interrupted {
        cautions.push(caution(
            CautionKind::Interrupted,
            format!("the run was stopped at {}, before its end", scenario.zone.clock_time(at)),
            "read its numbers as those of the part that was replayed",
        ));
    }
    let Some(generator) = &summary.generator else { return cautions };
    if measured.account.is_none() {
        cautions.push(caution(
            CautionKind::TargetLost,
            "the target could not be asked for its account at the end".to_owned(),
            "see whether it was still running",
        ));
    }
    if generator.refused + generator.exchanges_refused > 0 {
        cautions.push(caution(
            CautionKind::GeneratorRefused,
            format!(
                "the generator refused {} arrivals and {} further requests at its own limits",
                generator.refused, generator.exchanges_refused
            ),
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

/// Our own lateness is judged by the lag; this only says where it may come from.
fn stolen(summary: &Summary) -> Option<Caution> {
    let share = summary.generator.as_ref()?.steal_share.filter(|share| *share > MAX_STEAL_SHARE)?;
    let percent = share * 100.0;
    let text = format!("the machine's neighbours took {percent:.0} % of its processors during the run");
    Some(caution(CautionKind::Steal, text, "run again on a quieter machine; generator.csv shows when it was"))
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
        Some((step, block, q)) => step_quantile(step, block, q, measured),
        // Whoever is still in line at the end waits longer than anybody knows.
        None if path.to_string().starts_with("queue.wait.p") => queue_wait(path.quantile()?, measured),
        None if path.to_string() == "queue.drained_at" => drained_at(numbers),
        None => number(numbers, &path.parts().collect::<Vec<_>>()),
    }
}

/// When the line was gone, from the opening of its window; of several windows the latest. A line that never
/// formed was gone from the beginning; of one that stayed there is nothing to see.
fn drained_at(numbers: &Value) -> Option<f64> {
    let of = |block: &Value| match number(block, &["queue", "peak"]) {
        Some(0.0) => Some(0.0),
        _ => number(block, &["queue", "drained_at"]),
    };
    match numbers["windows"].as_object().filter(|windows| windows.len() > 1) {
        None => of(numbers),
        Some(windows) => {
            let all: Option<Vec<f64>> = windows.values().map(of).collect();
            Some(all?.into_iter().fold(0.0, f64::max))
        }
    }
}

/// A quantile over all tickets that were admitted, closed out or are still in line; the latter two count as
/// longer than any wait. Whoever gave a ticket back or stayed away is not in it.
fn queue_wait(q: f64, measured: &Measured) -> Option<f64> {
    let account = measured.account.as_ref()?;
    let admitted = durations(&account.line.waits);
    let all = admitted.len() + account.line.closed_out + account.still_waiting;
    quantile_of(&admitted, all, q)
}

/// The quantile of `all` values, of which those not in `seen` are beyond any.
fn quantile_of(seen: &Durations, all: u64, q: f64) -> Option<f64> {
    let rank = libm::ceil(q * all as f64);
    match () {
        () if all == 0 => None,
        () if rank > seen.len() as f64 => Some(f64::INFINITY),
        () => histogram::quantile_s(seen, rank / seen.len() as f64),
    }
}

/// A quantile over all attempts at a step, where one that was not answered counts as slower than any.
fn step_quantile(step: &str, block: &str, q: f64, measured: &Measured) -> Option<f64> {
    let operation = Operation::ALL.into_iter().find(|operation| operation.name() == step)?;
    let recorder = &measured.recorder;
    let of = |outcome| recorder.total(Tag::Response(operation, outcome));
    let all: u64 = Outcome::ALL.into_iter().filter_map(of).map(Histogram::len).sum();
    let answered = if block == "service" { recorder.total(Tag::Service(operation)) } else { of(Outcome::Ok) };
    answered.map_or_else(|| (all > 0).then_some(f64::INFINITY), |answered| quantile_of(answered, all, q))
}

/// The number at a path; the `_s` of a block of seconds may be left out.
fn number(numbers: &Value, parts: &[&str]) -> Option<f64> {
    let mut place = numbers;
    for part in parts {
        place = place.get(part).or_else(|| place.get(format!("{part}_s")))?;
    }
    place.as_f64()
}
