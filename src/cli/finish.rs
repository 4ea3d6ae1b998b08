//! What `run` and `simulate` do alike once they have measured: judge, write the folder, print.

use super::args::OutputArgs;
use super::exit::{Exit, Failure};
use super::host::{self, Spent};
use super::load::Loaded;
use super::progress::Signal;
use super::screen;
use crate::analysis;
use crate::arrivals::{PlanHash, Schedule};
use crate::record::Measured;
use crate::record::folder::{self, Folder, Unfinished};
use crate::record::manifest::{
    Cost, FORMAT_VERSION, Happening, HappeningKind, Machine, Manifest, RunKind, SimulatorCost, TimeBase,
    Window,
};
use crate::report::Language;
use crate::scenario::timeline::{self, Event};
use crate::scenario::{self, Scenario, Slice, provenance};
use base::time::Timestamp;
use std::path::{Path, PathBuf};

/// What only one of the two commands knows.
pub(super) struct Made {
    pub(super) kind: RunKind,
    pub(super) machine: Option<Machine>,
    pub(super) events: Option<u64>,
    pub(super) spent: Spent,
    pub(super) plan_hash: String,
    pub(super) stopped: Option<Signal>,
    /// What somebody noted during the run.
    pub(super) marks: Vec<(Timestamp, String)>,
}

/// Begins the folder that the results will be in, so that a place that cannot be used is known before
/// anything is measured.
pub(super) fn begin(loaded: &Loaded, output: &OutputArgs) -> Result<Unfinished, Failure> {
    let place = output.out.clone().unwrap_or_else(|| default_place(&loaded.stem));
    Ok(Unfinished::begin(&place)?)
}

fn default_place(stem: &str) -> PathBuf {
    let instant = host::utc_now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let folder = Path::new("reports").join(stem);
    // A second run in the same second takes the next name.
    let begun = |name: &str| {
        let unfinished = format!(".{name}.");
        let others = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        others.map(|entry| entry.file_name()).any(|other| {
            let other = other.to_string_lossy();
            other == name || other.starts_with(&unfinished)
        })
    };
    let names = std::iter::once(instant.clone()).chain((2..).map(|n| format!("{instant}-{n}")));
    let free = names.into_iter().find(|name| !begun(name)).unwrap_or(instant);
    folder.join(free)
}

/// Judges, writes, renders and prints.
pub(super) fn finish(
    loaded: &Loaded,
    measured: &Measured,
    made: &Made,
    unfinished: Unfinished,
    output: &OutputArgs,
) -> Result<Exit, Failure> {
    let scenario = &loaded.scenario;
    let summary = analysis::summary::of(scenario, measured);
    let rows = analysis::rows::of(scenario, measured);
    let manifest = manifest(loaded, made);
    unfinished.write(folder::SCENARIO, loaded.resolved.as_bytes())?;
    unfinished.write(folder::SUMMARY, &pretty(&summary))?;
    unfinished.write(folder::MANIFEST, &pretty(&manifest))?;
    unfinished.write_series(&rows)?;
    if let Some(health) = &measured.generator {
        let rows = health.rows(&measured.recorder, scenario.opening().opens, scenario.speed.factor());
        unfinished.write_generator(&rows)?;
    }
    unfinished.write_latency(measured.recorder.segments(), measured.recorder.grid())?;
    let mut written = Folder { path: unfinished.temporary().to_owned(), manifest, summary, rows };
    super::report::render(&written, Language::default(), |name, contents| {
        Ok(unfinished.write(name, contents)?)
    })?;
    written.path = unfinished.finish()?;
    if output.json {
        screen::json(&written)?;
    } else {
        screen::closing(scenario, &written);
    }
    Ok(Exit::of(&written.summary, made.stopped))
}

fn manifest(loaded: &Loaded, made: &Made) -> Manifest {
    let scenario = &loaded.scenario;
    let wall_s = made.spent.wall.as_secs_f64();
    let simulator =
        made.events.map(|events| SimulatorCost { events, wall_s, events_per_s: events as f64 / wall_s });
    Manifest {
        format_version: FORMAT_VERSION,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        tool_commit: option_env!("OPENRUSH_COMMIT").map(str::to_owned),
        kind: made.kind,
        command: command(),
        scenario_name: scenario.name.clone(),
        scenario_hash: loaded.hash.clone(),
        plan_hash: made.plan_hash.clone(),
        seed: scenario.seed.0,
        time: TimeBase {
            timezone: scenario.resolved.timezone.clone(),
            opens_ns: scenario.opening().opens.0,
            from_ns: scenario.slice.from.0,
            until_ns: scenario.slice.until.0,
            interval_s: scenario.grid.length(0).as_secs_f64(),
        },
        windows: scenario.windows.iter().map(window).collect(),
        timeline: timeline(scenario, &made.marks),
        provenance: provenance::of(&scenario.resolved),
        sent: made.machine.as_ref().map(|_| "not visible to the transport; equals started".to_owned()),
        machine: made.machine.clone(),
        cost: Cost { wall_s, cpu_s: made.spent.cpu_s, max_rss_bytes: host::max_rss_bytes(), simulator },
    }
}

fn window(window: &scenario::Window) -> Window {
    Window { name: window.name.clone(), opens_ns: window.opens.0, closes_ns: window.closes.0 }
}

/// What happens to the target during the slice, and what somebody noted, in order of time.
fn timeline(scenario: &Scenario, marks: &[(Timestamp, String)]) -> Vec<Happening> {
    let Slice { from, until } = scenario.slice;
    let events = scenario.timeline.iter().filter(|event| from <= event.at && event.at < until);
    let happening = |event: &Event| Happening {
        at_ns: event.at.0,
        text: event.text(),
        kind: match event.what {
            timeline::Happening::Mark(_) => HappeningKind::Mark,
            _ => HappeningKind::Planned,
        },
    };
    let noted = |(at, text): &(Timestamp, String)| Happening {
        at_ns: at.0,
        text: text.clone(),
        kind: HappeningKind::Mark,
    };
    let mut all: Vec<Happening> = events.map(happening).chain(marks.iter().map(noted)).collect();
    all.sort_by_key(|happening| happening.at_ns);
    all
}

/// The command line, with the program by its name alone and without `--out`: where results go changes
/// nothing in them.
fn command() -> Vec<String> {
    let mut command = vec!["openrush".to_owned()];
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--out" {
            arguments.next();
        } else if !argument.starts_with("--out=") {
            command.push(argument);
        }
    }
    command
}

/// The hash of the planned arrivals of the slice.
pub(super) fn plan_hash(scenario: &Scenario) -> String {
    let mut hash = PlanHash::default();
    for arrival in Schedule::new(&scenario.parts, scenario.slice.from, scenario.slice.until) {
        hash.add(&scenario.cohorts[usize::from(arrival.cohort)].name, &arrival);
    }
    hash.finish()
}

fn pretty(value: &impl serde::Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}
