//! What a station measures of itself.

use base::histogram::{self, Durations};
use base::time::{Nanos, Timestamp};

/// Running measures of one station.
#[derive(Clone, Debug)]
pub struct Gauge {
    workers: u32,
    changed: Timestamp,
    /// Until `changed`.
    worked: Worked,
    waits: Durations,
    refused: u64,
}

/// Time that a station's workers worked and time that they were there, in worker-nanoseconds. Workers who end
/// their work after their station was reduced have worked more than was offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// At work.
    pub busy: u128,
    /// There.
    pub offered: u128,
}

impl Worked {
    /// The share of offered time that was worked; 0 where none was offered.
    pub fn share(self) -> f64 {
        if self.offered == 0 { 0.0 } else { self.busy as f64 / self.offered as f64 }
    }

    /// What came since `earlier`.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self { busy: self.busy - earlier.busy, offered: self.offered - earlier.offered }
    }
}

/// A station's measures at one instant.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The station.
    pub name: String,
    /// Workers there are at this instant.
    pub workers: u32,
    /// Workers at work at this instant.
    pub busy: u32,
    /// Pieces of work in its queue at this instant.
    pub queue: u64,
    /// Worker time that was there, in seconds.
    pub offered_s: f64,
    /// Share of it spent working, 0 to 1.
    pub utilisation: f64,
    /// Time in the station's queue, of work that was begun.
    pub waits: Durations,
    /// Pieces of work turned down because the queue was full or too slow.
    pub refused: u64,
}

impl Gauge {
    pub(super) fn new(from: Timestamp, workers: u32) -> Self {
        Self { workers, changed: from, worked: Worked::default(), waits: histogram::durations(), refused: 0 }
    }

    /// `busy` workers have worked since the last change; now that number changes.
    pub(super) fn change(&mut self, now: Timestamp, busy: u32) {
        self.worked = self.worked(now, busy);
        self.changed = self.changed.max(now);
    }

    /// From the last change on there are so many workers.
    pub(super) fn set_workers(&mut self, workers: u32) {
        self.workers = workers;
    }

    pub(super) fn worked(&self, now: Timestamp, busy: u32) -> Worked {
        let span = u128::from(now.since(self.changed).0);
        Worked {
            busy: self.worked.busy + span * u128::from(busy),
            offered: self.worked.offered + span * u128::from(self.workers),
        }
    }

    pub(super) fn waited(&mut self, wait: Nanos) {
        histogram::record(&mut self.waits, wait);
    }

    pub(super) fn refused(&mut self) {
        self.refused += 1;
    }

    pub(super) fn read(&self, name: &str, now: Timestamp, busy: u32, queue: u64) -> Reading {
        let worked = self.worked(now, busy);
        Reading {
            name: name.to_owned(),
            busy,
            workers: self.workers,
            queue,
            offered_s: worked.offered as f64 / 1e9,
            utilisation: worked.share(),
            waits: self.waits.clone(),
            refused: self.refused,
        }
    }
}
