//! A run, with what is needed to tell about it.

use super::format::Clock;
use super::messages::{Language, Words};
use crate::record::folder::Folder;
use crate::record::manifest::Manifest;
use crate::record::series::Row;
use crate::record::summary::Summary;
use base::calendar::CalendarError;

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

    /// The slice, in seconds from the opening.
    pub(super) fn slice(&self) -> (f64, f64) {
        let time = &self.manifest().time;
        (self.clock.seconds(time.from_ns), self.clock.seconds(time.until_ns))
    }
}
