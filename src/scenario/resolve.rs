//! From the file to a [`Scenario`]: every value chosen, every condition between values checked.
//!
//! All problems are collected, each with its place in the file.

use super::conditions::{self, Broken};
use super::document::Document;
use super::reading::{self, Reading};
use super::tree::did_you_mean;
use super::yaml::{self, Problem};
use super::{Scenario, Slice, Window};
use crate::arrivals::{PlannedPart, Profile, Span};
use crate::journey::{Habits, Journey, Step};
use crate::objective::{Objective, ObjectiveError};
use crate::population::Cohort;
use base::apportion::largest_remainder;
use base::calendar::Zone;
use base::draw::Seed;
use base::law::Law;
use base::protocol::Operation;
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
        let window = self.window(&zone);
        self.add(conditions::of(&self.document));
        let objectives = self.objectives();
        let window = window?;
        let span =
            Span { opens: window.opens, closes: window.closes, opens_at: zone.time_of_day(window.opens) };
        self.add(conditions::of_profiles(&self.document, span));
        let slice = self.slice(&zone, &window)?;
        let (scale, speed) = self.scale_and_speed();
        let seed = Seed(self.choices.seed.unwrap_or(self.document.seed));
        let cohorts = self.cohorts(seed, scale);
        if !self.problems.is_empty() {
            return None;
        }
        Some(Scenario {
            name: self.document.name.clone(),
            parts: self.parts(&cohorts, span),
            journey: self.journey(),
            reference: self.document.target.reference.clone(),
            resolved: self.resolved(seed, slice, scale, speed, &zone),
            zone,
            seed,
            window,
            cohorts,
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

    fn window(&mut self, zone: &Zone) -> Option<Window> {
        if self.document.windows.len() != 1 {
            let found = self.document.windows.len();
            let hint = "scenarios with several windows are not supported yet";
            self.say("windows", format!("expected exactly one window, found {found}"), Some(hint));
            return None;
        }
        let entry = self.document.windows[0].clone();
        let (opens, closes) = (zone.instant(&entry.opens.value), zone.instant(&entry.closes.value));
        for (key, time) in [("windows[0].opens", &opens), ("windows[0].closes", &closes)] {
            if let Err(error) = time {
                self.say(key, error.to_string(), None);
            }
        }
        for (place, cohort) in entry.admits.iter().enumerate() {
            if !self.document.cohorts.contains_key(cohort) {
                let known: Vec<_> = self.document.cohorts.keys().map(String::as_str).collect();
                let hint = format!("the cohorts are {}", known.join(", "));
                self.say(
                    &format!("windows[0].admits[{place}]"),
                    format!("no cohort `{cohort}`"),
                    Some(&hint),
                );
            }
        }
        let outside = self.document.cohorts.keys().filter(|cohort| !entry.admits.contains(cohort));
        for cohort in outside.cloned().collect::<Vec<_>>() {
            let hint = "add it to the window's `admits`, or take the cohort out";
            self.say(&format!("cohorts.{cohort}"), "no window admits this cohort", Some(hint));
        }
        let (opens, closes) = (opens.ok()?, closes.ok()?);
        if closes <= opens {
            self.say("windows[0].closes", "the window closes before it opens", None);
            return None;
        }
        Some(Window { name: entry.name, opens, closes })
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

    fn slice(&mut self, zone: &Zone, window: &Window) -> Option<Slice> {
        let replay = self.document.replay.clone();
        let (from, until) = (replay.as_ref().map(|r| r.from.clone()), replay.map(|r| r.until));
        let from = self.choices.from.clone().or(from);
        let until = self.choices.until.clone().or(until);
        let from = self.time(zone, window, "replay.from", from, self.earliest(window));
        let until = self.time(zone, window, "replay.until", until, window.closes);
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
        window: &Window,
        path: &str,
        text: Option<String>,
        otherwise: Timestamp,
    ) -> Option<Timestamp> {
        let Some(text) = text else { return Some(otherwise) };
        let instant = zone.instant_on(&text, window.opens);
        instant.map_err(|error| self.say(path, error.to_string(), None)).ok()
    }

    /// When the first people can come.
    fn earliest(&self, window: &Window) -> Timestamp {
        let first = self.document.arrivals.iter().map(|profile| match profile {
            Profile::AtTheDoor(door) => window.opens + door.from.value,
            _ => window.opens,
        });
        first.min().unwrap_or(window.opens)
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
            let eligible = entry.people.value.0;
            let come = libm::round(eligible as f64 * entry.show_up.value.0) as u64;
            let cohort = Cohort::new(&name, scale.of(come), seed);
            if eligible > u64::from(u32::MAX) {
                self.say(&format!("cohorts.{name}.people"), "expected at most 4,294,967,295 people", None);
            }
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

    fn parts(&self, cohorts: &[Arc<Cohort>], span: Span) -> Vec<PlannedPart> {
        let profiles = &self.document.arrivals;
        let shares: Vec<f64> = profiles.iter().map(|profile| profile.share().0).collect();
        let mut parts = Vec::new();
        for (place, cohort) in cohorts.iter().enumerate() {
            let mut first_person = 0;
            for (profile, count) in profiles.iter().zip(largest_remainder(cohort.people, &shares)) {
                let people = Arc::clone(cohort);
                let profile = profile.clone();
                parts.push(PlannedPart { cohort: place as u16, people, first_person, count, span, profile });
                first_person += count as u32;
            }
        }
        parts
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
                retries: entry.retry.attempts,
                backoff: entry.retry.backoff.value,
                choices: entry.choices,
            },
        }
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
