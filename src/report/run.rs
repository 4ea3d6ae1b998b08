//! A run, with what is needed to tell about it.

use super::format::Clock;
use super::messages::{Language, Words};
use crate::record::folder::Folder;
use crate::record::manifest::Manifest;
use crate::record::series::Row;
use crate::record::summary::{ClosedForm, Queue, StepNumbers, Summary, WindowNumbers};
use base::calendar::CalendarError;
use base::protocol::Operation;

/// A run, with the clock of its time zone and the words of the reader's language.
pub(super) struct Run<'a> {
    pub(super) folder: &'a Folder,
    pub(super) clock: Clock,
    pub(super) words: Words,
}

impl<'a> Run<'a> {
    /// The run in `folder`, told in `language`.
    ///
    /// # Errors
    /// If the manifest names no time zone that there is.
    pub(super) fn of(folder: &'a Folder, language: Language) -> Result<Self, CalendarError> {
        let clock = Clock::of(&folder.manifest.time)?;
        Ok(Self { folder, clock, words: Words::of(language) })
    }

    /// Its numbers.
    pub(super) fn summary(&self) -> &'a Summary {
        &self.folder.summary
    }

    /// How it was made.
    pub(super) fn manifest(&self) -> &'a Manifest {
        &self.folder.manifest
    }

    /// Its time series.
    pub(super) fn rows(&self) -> &'a [Row] {
        &self.folder.rows
    }

    /// Each row with the end of its interval, in seconds from the opening. Intervals may differ in length.
    pub(super) fn ends(&self) -> impl Iterator<Item = (f64, &'a Row)> + use<'a> {
        self.rows().iter().map(|row| (row.end_s(), row))
    }

    /// When booking opens in the slice, in seconds from the first opening. A folder that names no windows
    /// opens at zero.
    pub(super) fn openings(&self) -> Vec<f64> {
        let (from, until) = self.slice();
        let windows = self.manifest().windows.iter().map(|window| self.clock.seconds(window.opens_ns));
        let mut openings: Vec<f64> = windows.filter(|at| (from..until).contains(at)).collect();
        if self.manifest().windows.is_empty() {
            openings.push(0.0);
        }
        openings.sort_by(f64::total_cmp);
        openings.dedup();
        openings
    }

    /// Each window with its numbers, in order of opening, and when it opens in seconds from the first opening:
    /// its own instants count from there.
    pub(super) fn windows(&self) -> Vec<(f64, &'a str, &'a WindowNumbers)> {
        let opens = |name: &str| self.manifest().windows.iter().find(|window| window.name == name);
        let at = |name: &str| opens(name).map_or(0.0, |window| self.clock.seconds(window.opens_ns));
        let windows = self.summary().windows.iter().map(|(name, window)| (at(name), name.as_str(), window));
        let mut windows: Vec<_> = windows.collect();
        windows.sort_by(|a, b| a.0.total_cmp(&b.0));
        windows
    }

    /// The line of each window and the instant from which its times count, or that of the whole run when
    /// there is one window.
    pub(super) fn queues(&self) -> Vec<(f64, &'a Queue)> {
        let windows = self.windows();
        if windows.len() < 2 {
            return self.summary().queue.iter().map(|queue| (0.0, queue)).collect();
        }
        windows.into_iter().filter_map(|(at, _, window)| Some((at, window.queue.as_ref()?))).collect()
    }

    /// What the closed form expects at each window's opening, and the instant from which its times count.
    pub(super) fn closed_forms(&self) -> Vec<(f64, &'a ClosedForm)> {
        let windows = self.windows();
        if windows.len() < 2 {
            return self.summary().closed_form.iter().map(|form| (0.0, form)).collect();
        }
        windows.into_iter().filter_map(|(at, _, window)| Some((at, window.closed_form.as_ref()?))).collect()
    }

    /// Each step with its numbers, in the order a visitor meets them; steps of other names after those.
    pub(super) fn steps(&self) -> Vec<(&'a str, &'a StepNumbers)> {
        let known = Operation::ALL.map(Operation::name);
        let place = |name: &str| known.iter().position(|other| *other == name).unwrap_or(known.len());
        let mut steps: Vec<_> =
            self.summary().steps.iter().map(|(name, step)| (name.as_str(), step)).collect();
        steps.sort_by_key(|(name, _)| place(name));
        steps
    }

    /// The slice, in seconds from the opening.
    pub(super) fn slice(&self) -> (f64, f64) {
        let time = &self.manifest().time;
        (self.clock.seconds(time.from_ns), self.clock.seconds(time.until_ns))
    }
}
