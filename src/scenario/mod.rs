//! Scenarios: who comes, when, what they do, against what, judged how.
//!
//! * [`document`]: the file as people write it
//! * [`yaml`]: the only place that knows the YAML crate; problems with file, line and column
//! * `tree`, `reading`: a file read to its end, whatever is wrong in it
//! * [`schema()`], [`page`]: what the file may have, for editors and for people
//! * [`provenance`]: what a scenario rests on
//! * [`resolve`]: from the document to a [`Scenario`], which is valid by construction

mod conditions;
pub mod document;
pub mod page;
pub mod provenance;
mod reading;
pub mod resolve;
mod schema;
mod tree;
pub mod yaml;

use crate::arrivals::PlannedPart;
use crate::journey::Journey;
use crate::objective::Objective;
use crate::population::Cohort;
use base::calendar::Zone;
use base::draw::Seed;
use base::time::{Nanos, Timestamp};
use base::units::{Scale, Speed};
use document::{Document, Reference};
pub use schema::schema;
use std::sync::Arc;

/// A scenario that can be run: every value chosen and checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What the file calls it.
    pub name: String,
    /// The time zone of every printed time.
    pub zone: Zone,
    /// The seed of every draw.
    pub seed: Seed,
    /// The window that opens.
    pub window: Window,
    /// Who comes, at the scale of the run.
    pub cohorts: Vec<Arc<Cohort>>,
    /// When they come.
    pub parts: Vec<PlannedPart>,
    /// What they do.
    pub journey: Journey,
    /// What they visit, before scaling.
    pub reference: Reference,
    /// What is replayed.
    pub slice: Slice,
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

    /// The interval of its time series: 1 s up to two hours, else the smallest of 10 s, 1 min and 10 min
    /// that gives at most 7,200 rows.
    pub fn interval(self) -> Nanos {
        const MOST_ROWS: u64 = 7_200;
        let lengths = [1, 10, 60, 600].map(Nanos::from_secs);
        let fits = |interval: &&Nanos| self.length().0 / interval.0 <= MOST_ROWS;
        *lengths.iter().find(fits).unwrap_or(&lengths[3])
    }
}

impl Scenario {
    /// How many people come in all, at the scale of the run.
    pub fn people(&self) -> u64 {
        self.cohorts.iter().map(|cohort| cohort.people).sum()
    }
}
