//! Scenarios: who comes, when, what they do, against what, judged how.
//!
//! * [`document`]: the file as people write it
//! * [`yaml`]: the only place that knows the YAML crate; problems with file, line and column
//! * `tree`, `reading`: a file read to its end, whatever is wrong in it
//! * [`schema()`], [`page`]: what the file may have, for editors and for people
//! * [`provenance`]: what a scenario rests on
//! * [`timeline`]: what happens to the target during a run
//! * [`resolve`]: from the document to a [`Scenario`], which is valid by construction

mod conditions;
pub mod document;
pub mod page;
pub mod provenance;
mod reading;
pub mod resolve;
mod schema;
pub mod timeline;
mod tree;
mod windows;
pub mod yaml;

use crate::arrivals::{PlannedPart, Returns};
use crate::journey::Journey;
use crate::objective::Objective;
use crate::population::Cohort;
use base::calendar::Zone;
use base::draw::Seed;
use base::grid::Grid;
use base::province::Regions;
use base::time::{Nanos, Timestamp};
use base::units::{Scale, Speed};
use document::{Document, Reference};
pub use schema::schema;
use std::sync::Arc;
use timeline::Event;

/// A scenario that can be run: every value chosen and checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What the file calls it.
    pub name: String,
    /// The time zone of every printed time.
    pub zone: Zone,
    /// The seed of every draw.
    pub seed: Seed,
    /// The windows, in order of opening; they do not overlap. At least one.
    pub windows: Vec<Window>,
    /// Who comes, at the scale of the run.
    pub cohorts: Vec<Arc<Cohort>>,
    /// When they come.
    pub parts: Vec<PlannedPart>,
    /// Who returns in a later window.
    pub returns: Returns,
    /// What they do.
    pub journey: Journey,
    /// What they visit, before scaling.
    pub reference: Reference,
    /// What happens to it, in order of time.
    pub timeline: Vec<Event>,
    /// What is replayed.
    pub slice: Slice,
    /// The intervals of its time series.
    pub grid: Grid,
    /// How much the crowd and the reference target are reduced.
    pub scale: Scale,
    /// How much scenario time is compressed.
    pub speed: Speed,
    /// What "good" means.
    pub objectives: Vec<Objective>,
    /// The file with every choice of this run written out.
    pub resolved: Document,
}

/// An interval in which booking is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its name.
    pub name: String,
    /// When it opens.
    pub opens: Timestamp,
    /// When it closes.
    pub closes: Timestamp,
    /// The places of the cohorts that it admits.
    pub cohorts: Vec<u16>,
    /// Where people must live.
    pub regions: Regions,
}

/// The part of the scenario that is replayed: visits whose intended start lies in `[from, until)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant that is no longer in it.
    pub until: Timestamp,
}

impl Slice {
    /// How long it is.
    pub fn length(self) -> Nanos {
        self.until.since(self.from)
    }
}

impl Scenario {
    /// The window from whose opening instants count: the first that opens in the slice, or else the last that
    /// has opened before it.
    pub fn opening(&self) -> &Window {
        let Slice { from, until } = self.slice;
        let inside = self.windows.iter().find(|window| from <= window.opens && window.opens < until);
        let before = self.windows.iter().rfind(|window| window.opens < from);
        inside.or(before).unwrap_or(&self.windows[0])
    }

    /// How many people come in all, at the scale of the run.
    pub fn people(&self) -> u64 {
        self.cohorts.iter().map(|cohort| cohort.people).sum()
    }
}
