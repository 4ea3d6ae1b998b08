//! From the file to a [`Scenario`]: every value chosen, every condition between values checked.
//!
//! All problems are collected, each with its place in the file.

use super::conditions::{self, Broken};
use super::document::{Document, GrowthName, WindowEntry};
use super::reading::{self, Reading};
use super::timeline::Event;
use super::tree::did_you_mean;
use super::windows::{self, Opening};
use super::yaml::{self, Problem};
use super::{Scenario, Slice, Window};
use crate::arrivals::{PlannedPart, ReturnWindow, Returns, Span};
use crate::journey::{Growth, Habits, Journey, Step};
use crate::objective::{Objective, ObjectiveError};
use crate::population::{Addresses, Cohort, Origin};
use base::calendar::Zone;
use base::draw::Seed;
use base::grid::Grid;
use base::law::Law;
use base::protocol::Operation;
use base::province::Province;
use base::quantity::Demand;
use base::time::{Nanos, Timestamp};
use base::units::{Scale, Speed};
use std::sync::Arc;

/// What the command line chooses over the file.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Which end of every range.
    pub demand: Demand,
    /// The seed.
    pub seed: Option<u64>,
    /// How much the crowd is reduced.
    pub scale: Option<Scale>,
    /// How much scenario time is compressed.
    pub speed: Option<Speed>,
    /// From when.
    pub from: Option<String>,
    /// Until when.
    pub until: Option<String>,
    /// Whether the file's `replay` scale and speed apply, as for a live run; otherwise both are 1.
    pub as_replayed: bool,
    /// Values replaced in the file, as `path=value`.
    pub set: Vec<String>,
}

/// Reads and resolves a scenario file.
///
/// # Errors
/// All problems found; at least one.
pub fn scenario(text: &str, choices: &Choices) -> Result<Scenario, Vec<Problem>> {
    let (mut document, reading) = Reading::of(text, &choices.set)?;
    document.choose(choices.demand);
    let mut resolving = Resolving { text, reading, document, choices, problems: Vec::new() };
    let scenario = resolving.resolve();
    let problems = resolving.reading.with(resolving.problems);
    scenario.filter(|_| problems.is_empty()).ok_or(problems)
}

struct Resolving<'a> {
    text: &'a str,
    reading: Reading<'a>,
    document: Document,
    choices: &'a Choices,
    problems: Vec<Problem>,
}

impl Resolving<'_> {
    fn resolve(&mut self) -> Option<Scenario> {
        let zone = self.zone()?;
        let windows = self.windows(&zone);
        self.add(conditions::of(&self.document));
        let objectives = self.objectives();
        let windows = windows?;
        let spans: Vec<Span> = windows.iter().map(|window| span(&zone, window)).collect();
        for span in &spans {
            self.add(conditions::of_profiles(&self.document, *span));
        }
        self.doors_are_closed(&windows, &spans);
        let slice = self.slice(&zone, &windows, &spans)?;
        let timeline = self.timeline(&zone, &windows);
        let (scale, speed) = self.scale_and_speed();
        let seed = Seed(self.choices.seed.unwrap_or(self.document.seed));
        let cohorts = self.cohorts(seed, scale);
        self.everybody_is_admitted(&windows, &cohorts);
        if !self.problems.is_empty() {
            return None;
        }
        let openings: Vec<Timestamp> = windows.iter().map(|window| window.opens).collect();
        Some(Scenario {
            name: self.document.name.clone(),
            parts: self.parts(&cohorts, &windows, &spans),
            returns: self.returns(&windows, &spans),
            journey: self.journey(),
            reference: self.document.target.reference.clone(),
            resolved: self.resolved(seed, slice, scale, speed, &zone),
            grid: Grid::new(slice.from, slice.until, &openings),
            zone,
            seed,
            windows,
            cohorts,
            timeline,
            slice,
            scale,
            speed,
            objectives,
        })
    }

    fn add(&mut self, broken: Vec<Broken>) {
        for Broken { path, message, hint } in broken {
            self.say(&path, message, hint);
        }
    }

    fn say(&mut self, path: &str, message: impl Into<String>, hint: Option<&str>) {
        // A value that the command line replaced does not stand in the file.
        let replaced =
            self.choices.set.iter().filter_map(|set| set.split_once('=')).map(|(target, _)| target);
        let in_file =
            !replaced.into_iter().any(|target| path.starts_with(target) || target.starts_with(path));
        let Some(path) = self.reading.in_file(&yaml::path(path)) else { return };
        let place = if in_file { yaml::locate(self.text, &path) } else { None };
        let message = reading::told(&path, &message.into());
        self.problems.push(Problem { place, message, hint: hint.map(str::to_owned) });
    }

    /// The file's time zone; another one where there is none of that name, so that the rest can be checked.
    fn zone(&mut self) -> Option<Zone> {
        let zone = Zone::named(&self.document.timezone);
        zone.or_else(|error| {
            let names = Zone::names();
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            let hint = did_you_mean(&self.document.timezone, &names);
            self.say("timezone", error.to_string(), hint.as_deref());
            Zone::named("UTC")
        })
        .ok()
    }

    fn windows(&mut self, zone: &Zone) -> Option<Vec<Window>> {
        let entries = self.document.windows.clone();
        if entries.is_empty() {
            let hint = "add one: `- { name: opening, opens: 2021-08-02T20:00, closes: ..., admits: [...] }`";
            self.say("windows", "expected at least one window", Some(hint));
        }
        for cohort in self.document.cohorts.keys().cloned().collect::<Vec<_>>() {
            if !entries.iter().any(|entry| entry.admits.contains(&cohort)) {
                let hint = "add it to a window's `admits`, or take the cohort out";
                self.say(&format!("cohorts.{cohort}"), "no window admits this cohort", Some(hint));
            }
        }
        let windows: Vec<Option<Window>> =
            entries.iter().enumerate().map(|(place, entry)| self.window(zone, place, entry)).collect();
        let windows: Vec<Window> = windows.into_iter().collect::<Option<_>>()?;
        for (place, pair) in windows.windows(2).enumerate() {
            if pair[1].opens < pair[0].closes {
                let message = format!("it opens before `{}` closes", pair[0].name);
                let hint = "list windows in order of opening; one that overlaps another is not supported";
                self.say(&format!("windows[{}].opens", place + 1), message, Some(hint));
            }
            if windows[..=place].iter().any(|earlier| earlier.name == pair[1].name) {
                self.say(&format!("windows[{}].name", place + 1), "another window has this name", None);
            }
        }
        (!windows.is_empty()).then_some(windows)
    }

    /// Whoever comes early to a window would find the one before it open, and enter there.
    fn doors_are_closed(&mut self, windows: &[Window], spans: &[Span]) {
        for place in 1..windows.len() {
            let first = self.document.arrivals.iter().map(|profile| profile.begins(spans[place])).min();
            if first.is_some_and(|first| first < windows[place - 1].closes) {
                let message =
                    format!("people at its door come while `{}` is still open", windows[place - 1].name);
                let hint =
                    "let them come later with `at_the_door.from`, or leave more time between the windows";
                self.say(&format!("windows[{place}].opens"), message, Some(hint));
            }
        }
    }

    fn window(&mut self, zone: &Zone, place: usize, entry: &WindowEntry) -> Option<Window> {
        let root = format!("windows[{place}]");
        let (opens, closes) = (zone.instant(&entry.opens.value), zone.instant(&entry.closes.value));
        for (key, time) in [("opens", &opens), ("closes", &closes)] {
            if let Err(error) = time {
                self.say(&format!("{root}.{key}"), error.to_string(), None);
            }
        }
        let mut cohorts = Vec::new();
        for (nth, cohort) in entry.admits.iter().enumerate() {
            let known: Vec<&str> = self.document.cohorts.keys().map(String::as_str).collect();
            if let Some(place) = known.iter().position(|name| name == cohort) {
                cohorts.push(place as u16);
                continue;
            }
            let hint = format!("the cohorts are {}", known.join(", "));
            self.say(&format!("{root}.admits[{nth}]"), format!("no cohort `{cohort}`"), Some(&hint));
        }
        let (opens, closes) = (opens.ok()?, closes.ok()?);
        if closes <= opens {
            self.say(&format!("{root}.closes"), "the window closes before it opens", None);
            return None;
        }
        Some(Window { name: entry.name.clone(), opens, closes, cohorts, regions: entry.regions })
    }

    /// Somebody whom no window admits could never come.
    fn everybody_is_admitted(&mut self, windows: &[Window], cohorts: &[Arc<Cohort>]) {
        for (place, cohort) in cohorts.iter().enumerate() {
            let admitted = |province: Province| {
                windows.iter().any(|window| windows::admits(window, place as u16, province))
            };
            let cells = cohort.listed.cells().iter().map(|(province, _)| *province);
            let outside: Vec<&str> =
                cells.filter(|province| !admitted(*province)).map(Province::name).collect();
            // A cohort that no window names has been told of.
            let is_named = windows.iter().any(|window| window.cohorts.contains(&(place as u16)));
            if !is_named || outside.is_empty() {
                continue;
            }
            let message = format!("no window admits people of {}", outside.join(", "));
            let hint = "give the cohort the regions of its windows, or add a window for the others";
            self.say(&format!("cohorts.{}", cohort.name), message, Some(hint));
        }
    }

    fn timeline(&mut self, zone: &Zone, windows: &[Window]) -> Vec<Event> {
        let entries = self.document.timeline.clone();
        let mut events = Vec::new();
        for (place, entry) in entries.iter().enumerate() {
            match zone.instant_on(&entry.at, windows[0].opens) {
                Ok(at) => events.extend(Event::of(entry, at + entry.after)),
                Err(error) => self.say(&format!("timeline[{place}].at"), error.to_string(), None),
            }
        }
        events.sort_by_key(|event| event.at);
        events
    }

    fn objectives(&mut self) -> Vec<Objective> {
        let texts = self.document.objectives.clone();
        let mut objectives = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            match text.parse::<Objective>() {
                Ok(objective) => objectives.push(objective),
                Err(error) => {
                    let hint = match &error {
                        ObjectiveError::UnknownName { nearest, .. } => {
                            Some(format!("did you mean `{nearest}`?"))
                        }
                        _ => None,
                    };
                    self.say(&format!("objectives[{place}]"), error.to_string(), hint.as_deref());
                }
            }
        }
        objectives
    }

    fn slice(&mut self, zone: &Zone, windows: &[Window], spans: &[Span]) -> Option<Slice> {
        let replay = self.document.replay.clone();
        let (from, until) = (replay.as_ref().map(|r| r.from.clone()), replay.map(|r| r.until));
        let from = self.choices.from.clone().or(from);
        let until = self.choices.until.clone().or(until);
        let last = windows.last().map_or(windows[0].closes, |window| window.closes);
        let day = windows[0].opens;
        let from = self.time(zone, day, "replay.from", from, self.earliest(spans));
        let until = self.time(zone, day, "replay.until", until, last);
        let slice = Slice { from: from?, until: until? };
        if slice.until <= slice.from {
            self.say("replay.until", "the slice ends before it begins", None);
            return None;
        }
        Some(slice)
    }

    fn time(
        &mut self,
        zone: &Zone,
        day: Timestamp,
        path: &str,
        text: Option<String>,
        otherwise: Timestamp,
    ) -> Option<Timestamp> {
        let Some(text) = text else { return Some(otherwise) };
        let instant = zone.instant_on(&text, day);
        instant.map_err(|error| self.say(path, error.to_string(), None)).ok()
    }

    /// When the first people can come.
    fn earliest(&self, spans: &[Span]) -> Timestamp {
        let first = self.document.arrivals.iter().map(|profile| profile.begins(spans[0]));
        first.min().unwrap_or(spans[0].opens)
    }

    fn scale_and_speed(&self) -> (Scale, Speed) {
        let replay = self.document.replay.as_ref().filter(|_| self.choices.as_replayed);
        let scale = self.choices.scale.or(replay.map(|replay| replay.scale)).unwrap_or(Scale::FULL);
        let speed = self.choices.speed.or(replay.map(|replay| replay.speed)).unwrap_or(Speed::REAL);
        (scale, speed)
    }

    fn cohorts(&mut self, seed: Seed, scale: Scale) -> Vec<Arc<Cohort>> {
        let entries: Vec<_> = self.document.cohorts.clone().into_iter().collect();
        let mut cohorts: Vec<Arc<Cohort>> = Vec::new();
        for (name, entry) in entries {
            let eligible = entry.people.value.0.min(u64::from(u32::MAX));
            if eligible < entry.people.value.0 {
                self.say(&format!("cohorts.{name}.people"), "expected at most 4,294,967,295 people", None);
            }
            let come = libm::round(eligible as f64 * entry.show_up.value.0) as u64;
            let origin = Origin { born: entry.born, regions: entry.regions };
            let addresses =
                Addresses { alone: entry.addresses.alone.value, shared_by: entry.addresses.shared_by.value };
            let devices = entry.devices.value;
            let cohort = Cohort { devices, addresses, ..Cohort::new(&name, scale.of(come), origin, seed) };
            if cohorts.iter().any(|other| other.tag == cohort.tag) {
                let hint = "rename one of them";
                self.say(
                    &format!("cohorts.{name}"),
                    "its name collides with another cohort's tag",
                    Some(hint),
                );
            }
            cohorts.push(Arc::new(cohort));
        }
        if cohorts.iter().map(|cohort| cohort.people).sum::<u64>() == 0 {
            self.say("cohorts", "nobody comes", None);
        }
        cohorts
    }

    fn parts(&self, cohorts: &[Arc<Cohort>], windows: &[Window], spans: &[Span]) -> Vec<PlannedPart> {
        let come = self.document.windows.iter().map(|entry| entry.come.value.0);
        let openings = windows.iter().zip(spans).zip(come);
        let openings: Vec<Opening<'_>> =
            openings.map(|((window, span), come)| Opening { window, span: *span, come }).collect();
        windows::parts(cohorts, &openings, &self.document.arrivals)
    }

    fn returns(&self, windows: &[Window], spans: &[Span]) -> Returns {
        let share = self.document.journey.returns.value;
        let window = |(window, span): (&Window, &Span)| ReturnWindow {
            span: *span,
            cohorts: window.cohorts.clone(),
            regions: window.regions,
        };
        Returns {
            share: (share.0 > 0.0).then_some(share),
            profiles: self.document.arrivals.clone(),
            windows: windows.iter().zip(spans).map(window).collect(),
        }
    }

    fn journey(&self) -> Journey {
        let entry = &self.document.journey;
        let steps = Operation::ALL.into_iter().filter(|operation| *operation != Operation::Poll);
        let think = |operation: &Operation| {
            entry.think.get(operation).map_or(Law::Constant(Nanos::ZERO), |law| law.value)
        };
        Journey {
            steps: steps.map(|operation| Step { operation, think: think(&operation) }).collect(),
            habits: Habits {
                patience: entry.patience.value,
                deadline: entry.deadline.value,
                refresh_after: entry.refresh_after.as_ref().map(|after| after.value),
                retries: entry.retry.attempts,
                backoff: entry.retry.backoff.value,
                growth: match entry.retry.growth {
                    GrowthName::Doubling => Growth::Doubling,
                    GrowthName::Constant => Growth::Constant,
                },
                choices: entry.choices,
            },
            providers: self.providers(),
        }
    }

    /// The shares of the identity providers, in the order of their names.
    fn providers(&self) -> Vec<f64> {
        let providers = &self.document.target.reference.identity_providers;
        if providers.is_empty() { vec![1.0] } else { providers.values().map(|share| share.value.0).collect() }
    }

    /// The file as this run takes it: what the command line chose is written in.
    fn resolved(&self, seed: Seed, slice: Slice, scale: Scale, speed: Speed, zone: &Zone) -> Document {
        let mut document = self.document.clone();
        document.seed = seed.0;
        let time = |at: Timestamp| format!("{}T{}", &zone.date_time(at)[..10], zone.clock_time(at));
        let (from, until) = (time(slice.from), time(slice.until));
        document.replay = Some(super::document::Replay { from, until, scale, speed });
        document
    }
}

fn span(zone: &Zone, window: &Window) -> Span {
    Span { opens: window.opens, closes: window.closes, opens_at: zone.time_of_day(window.opens) }
}
