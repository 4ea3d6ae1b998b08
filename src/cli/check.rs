//! `openrush check`: what a scenario will do, before anything is run.

use super::args::CheckArgs;
use super::exit::{Exit, Failure};
use super::{drive, load, screen, simulate};
use crate::analysis::closed_form::Opening;
use crate::exec::Progress;
use crate::objective::Objective;
use crate::record::summary::ClosedForm;
use crate::report::format::count;
use crate::scenario::document::Document;
use crate::scenario::resolve::Choices;
use crate::scenario::{Scenario, Window};
use crate::target::probe;
use base::quantity::Quantity;
use base::units::{Scale, Speed};
use serde::Serialize;
use std::fmt::Display;
use std::time::Duration;

/// How long the machine is measured.
const PROBE: Duration = Duration::from_secs(1);

/// What `check` found: the `--json` document.
#[derive(Debug, Serialize)]
pub(super) struct Findings {
    /// The file's name without its ending.
    pub(super) scenario: String,
    /// The hash of the resolved scenario as `run` would take it.
    pub(super) scenario_hash: String,
    /// People who come, at full size.
    pub(super) people: u64,
    /// The profiles with their people over all windows, at full size.
    pub(super) parts: Vec<PartFinding>,
    /// The line that theory expects in the first window, at full size.
    pub(super) closed_form: Option<ClosedForm>,
    /// Every window.
    pub(super) windows: Vec<WindowFinding>,
    /// The line that theory would expect had all windows been one, at full size; absent for a single one.
    pub(super) one_window: Option<ClosedForm>,
    /// From which mean session length the session cap binds, in seconds.
    pub(super) session_cap_binds_from_s: Option<f64>,
    /// The mean session length of the journey if nothing is slow, in seconds.
    pub(super) mean_session_s: f64,
    /// Assumptions on which the line of the first window hinges.
    pub(super) hinges: Vec<Hinge>,
    /// What the replay will send.
    pub(super) replay: ReplayFinding,
    /// Requests a second that this machine drives, both ends on it; wall time.
    pub(super) machine_requests_per_s: Option<f64>,
    /// What to keep in mind.
    pub(super) cautions: Vec<String>,
}

/// One profile.
#[derive(Debug, Serialize)]
pub(super) struct PartFinding {
    pub(super) profile: &'static str,
    pub(super) people: u64,
}

/// One window.
#[derive(Debug, Serialize)]
pub(super) struct WindowFinding {
    pub(super) name: String,
    /// People who come in it, at full size.
    pub(super) people: u64,
    /// The line that theory expects in it, at full size.
    pub(super) closed_form: Option<ClosedForm>,
}

/// An assumption at one end of its range.
#[derive(Debug, Serialize)]
pub(super) struct Hinge {
    /// Where in the file.
    pub(super) path: String,
    /// The end of its range.
    pub(super) value: String,
    /// The line that theory expects then, at full size.
    pub(super) closed_form: ClosedForm,
    /// Objectives on the wait that it would miss.
    pub(super) misses: Vec<String>,
}

/// What the replay will send, simulated.
#[derive(Debug, Serialize)]
pub(super) struct ReplayFinding {
    pub(super) people: u64,
    pub(super) requests: u64,
    /// Wall time.
    pub(super) wall_s: f64,
    /// Wall time, over the whole replay.
    pub(super) mean_requests_per_s: f64,
    /// Wall time, in the busiest interval.
    pub(super) peak_requests_per_s: f64,
    /// Wall time, if everybody who can be there at once loads pages again as often as they do.
    pub(super) refresh_requests_per_s: f64,
}

pub(super) fn check(args: &CheckArgs) -> Result<Exit, Failure> {
    let replay = load::load(&args.scenario, true)?;
    drive::refuse_beyond(&replay.scenario, args.ceiling)?;
    let full_choices = Choices { scale: Some(Scale::FULL), ..args.scenario.choices(false) };
    let full = load::load_with(&args.scenario.scenario, &full_choices)?;
    let first = &full.scenario.windows[0];
    let opening = Opening::of(&full.scenario, first);
    let room = &full.scenario.reference.waiting_room;
    let cap = room.enforced.then_some(room.sessions.value.0 as f64);
    let binds_from = |opening: Opening| opening.session_cap_binds_from_s(cap?);
    let mut findings = Findings {
        scenario: replay.stem.clone(),
        scenario_hash: replay.hash.clone(),
        people: full.scenario.people(),
        parts: parts(&full.scenario),
        closed_form: opening.and_then(line),
        windows: full
            .scenario
            .windows
            .iter()
            .enumerate()
            .map(|entry| window(&full.scenario, entry))
            .collect(),
        one_window: Opening::in_one_window(&full.scenario).and_then(line),
        session_cap_binds_from_s: opening.and_then(binds_from),
        mean_session_s: mean_session_s(&full.scenario),
        hinges: hinges(args, &full_choices, &full.scenario),
        replay: replay_finding(&replay.scenario),
        machine_requests_per_s: probe::requests_per_s(PROBE),
        cautions: Vec::new(),
    };
    findings.cautions = cautions(&findings, &replay.scenario);
    if args.json {
        screen::document(&findings)?;
    } else {
        screen::checked(&full.scenario, &replay.scenario, &findings)?;
    }
    Ok(Exit::Met)
}

fn line(opening: Opening) -> Option<ClosedForm> {
    opening.line().summary()
}

fn parts(scenario: &Scenario) -> Vec<PartFinding> {
    let mut parts: Vec<PartFinding> = Vec::new();
    for profile in &scenario.resolved.arrivals {
        let here = scenario.parts.iter().filter(|part| part.profile == *profile);
        parts.push(PartFinding { profile: profile.name(), people: here.map(|part| part.count).sum() });
    }
    parts
}

fn window(scenario: &Scenario, (place, window): (usize, &Window)) -> WindowFinding {
    let here = scenario.parts.iter().filter(|part| usize::from(part.window) == place);
    WindowFinding {
        name: window.name.clone(),
        people: here.map(|part| part.count).sum(),
        closed_form: Opening::of(scenario, window).and_then(line),
    }
}

/// Think times after admission plus mean service times: the session of somebody whom nothing delays.
fn mean_session_s(scenario: &Scenario) -> f64 {
    use base::protocol::Operation;
    let stations = &scenario.reference.stations;
    let served = |operation: Operation| match operation {
        Operation::Enter | Operation::Poll | Operation::Leave => 0.0,
        Operation::Identify => stations.web.service.value.mean_s() + stations.identity.service.value.mean_s(),
        Operation::Centres | Operation::Slots => {
            let both = stations.pool.service.value.mean_s() + stations.slots.service.value.mean_s();
            stations.web.service.value.mean_s() + both
        }
        _ => stations.web.service.value.mean_s() + stations.pool.service.value.mean_s(),
    };
    scenario.journey.steps.iter().map(|step| step.think.mean_s() + served(step.operation)).sum()
}

/// The line at each end of each range that changes the demand.
fn hinges(args: &CheckArgs, choices: &Choices, full: &Scenario) -> Vec<Hinge> {
    let mut hinges = Vec::new();
    for (path, value) in ends(&full.resolved) {
        let mut choices = choices.clone();
        choices.set.push(format!("{path}.value={value}"));
        let Ok(other) = load::load_with(&args.scenario.scenario, &choices) else { continue };
        let opening = Opening::of(&other.scenario, &other.scenario.windows[0]);
        let Some(closed_form) = opening.and_then(line) else { continue };
        let misses = full.objectives.iter().filter(|objective| misses(objective, &closed_form));
        let misses = misses.map(|objective| objective.text.clone()).collect();
        hinges.push(Hinge { path, value, closed_form, misses });
    }
    hinges.sort_by(|a, b| b.closed_form.peak.total_cmp(&a.closed_form.peak));
    hinges
}

/// Whether the longest wait that theory expects is over an objective on the wait.
fn misses(objective: &Objective, line: &ClosedForm) -> bool {
    let on_wait = objective.divisor.is_none() && objective.metric.to_string().starts_with("queue.wait.");
    let gone = objective.metric.to_string() == "queue.drained_at";
    (on_wait && !objective.is_met_by(line.wait_max_s))
        || (gone && line.drained_at_s.is_some_and(|drained| !objective.is_met_by(drained)))
}

/// Both ends of every range of demand in the file, with their paths.
fn ends(document: &Document) -> Vec<(String, String)> {
    let mut ends = Vec::new();
    for (name, cohort) in &document.cohorts {
        add_ends(&mut ends, &format!("cohorts.{name}.people"), &cohort.people);
        add_ends(&mut ends, &format!("cohorts.{name}.show_up"), &cohort.show_up);
        add_ends(&mut ends, &format!("cohorts.{name}.devices"), &cohort.devices);
    }
    for (place, profile) in document.arrivals.iter().enumerate() {
        if let crate::arrivals::Profile::Decay(decay) = profile {
            add_ends(&mut ends, &format!("arrivals[{place}].decay.tau"), &decay.tau);
        }
    }
    let room = &document.target.reference.waiting_room;
    add_ends(&mut ends, "target.reference.waiting_room.admit", &room.admit);
    ends
}

fn add_ends<T: Display + PartialEq>(ends: &mut Vec<(String, String)>, path: &str, quantity: &Quantity<T>) {
    let other = [&quantity.low, &quantity.high].into_iter().flatten().filter(|end| **end != quantity.value);
    ends.extend(other.map(|end| (path.to_owned(), end.to_string())));
}

/// Simulates the replay: the surest way to know what it will send.
fn replay_finding(scenario: &Scenario) -> ReplayFinding {
    let (measured, _) = simulate::measure(scenario, &Progress::default());
    let intervals = measured.recorder.intervals();
    let sent = |interval: &crate::record::Interval| interval.exchanges.iter().flatten().sum::<u64>();
    let requests: u64 = intervals.iter().map(sent).sum();
    let speed = scenario.speed.factor();
    let wall_s = scenario.slice.length().as_secs_f64() / speed;
    let busiest = intervals.iter().enumerate().map(|(place, interval)| {
        let length_s = scenario.grid.length(place).as_secs_f64() / speed;
        sent(interval) as f64 / length_s
    });
    ReplayFinding {
        people: measured.tally.people.arrived,
        requests,
        wall_s,
        mean_requests_per_s: requests as f64 / wall_s,
        peak_requests_per_s: busiest.fold(0.0, f64::max),
        refresh_requests_per_s: drive::refresh_requests_per_s(scenario),
    }
}

fn cautions(findings: &Findings, replay: &Scenario) -> Vec<String> {
    let mut cautions = Vec::new();
    if findings
        .machine_requests_per_s
        .is_some_and(|machine| machine < 1.2 * findings.replay.peak_requests_per_s)
    {
        cautions.push("this machine barely drives the replay: reduce scale or speed".to_owned());
    }
    let (people, all) = (findings.replay.people, replay.people());
    if people < all {
        let (people, all) = (count(people), count(all));
        cautions.push(format!("the slice takes {people} of {all} people: it cuts parts of the arrivals"));
    }
    let slots = &replay.reference.slots;
    let places = slots.places.value.0 * slots.centres.value.0 * slots.days.value.0;
    if places < findings.people {
        let (places, people) = (count(places), count(findings.people));
        cautions.push(format!("there are {places} places for {people} people: many will be turned away"));
    }
    if replay.resolved.journey.returns.value.0 == 0.0 && replay.windows.len() > 1 {
        cautions.push("nobody returns in a later window: `journey.returns` is 0%".to_owned());
    }
    if replay.scale != Scale::FULL {
        cautions.push("waits at stations do not survive scaling; simulate at scale 1 for those".to_owned());
    }
    if replay.speed > Speed::REAL {
        cautions.push("network and CPU time are not compressed: at this speed they look longer".to_owned());
    }
    cautions
}
