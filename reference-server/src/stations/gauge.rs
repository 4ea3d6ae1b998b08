//! What a station measures of itself.

use base::histogram::{self, Durations};
use base::time::{Nanos, Timestamp};

/// Running measures of one station.
#[derive(Clone, Debug)]
pub struct Gauge {
    from: Timestamp,
    workers: u32,
    changed: Timestamp,
    /// Worker-nanoseconds of work until `changed`.
    busy_time: u128,
    waits: Durations,
    refused: u64,
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
    /// Pieces of work that wait in the queue at this instant.
    pub queue: usize,
    /// Share of worker time spent working, 0 to 1.
    pub utilisation: f64,
    /// Time in the station's queue, of work that was begun.
    pub waits: Durations,
    /// Pieces of work turned down because the queue was full or too slow.
    pub refused: u64,
}

impl Gauge {
    pub(super) fn new(from: Timestamp, workers: u32) -> Self {
        Self { from, workers, changed: from, busy_time: 0, waits: histogram::durations(), refused: 0 }
    }

    /// `busy` workers have worked since the last change; now that number changes.
    pub(super) fn change(&mut self, now: Timestamp, busy: u32) {
        self.busy_time += u128::from(now.since(self.changed).0) * u128::from(busy);
        self.changed = self.changed.max(now);
    }

    pub(super) fn waited(&mut self, wait: Nanos) {
        histogram::record(&mut self.waits, wait);
    }

    pub(super) fn refused(&mut self) {
        self.refused += 1;
    }

    pub(super) fn read(&self, name: &str, now: Timestamp, busy: u32, queue: usize) -> Reading {
        let mut upto = self.clone();
        upto.change(now, busy);
        let offered = u128::from(now.since(self.from).0) * u128::from(self.workers);
        let utilisation = if offered == 0 { 0.0 } else { upto.busy_time as f64 / offered as f64 };
        let (name, workers) = (name.to_owned(), self.workers);
        Reading { name, workers, busy, queue, utilisation, waits: upto.waits, refused: upto.refused }
    }
}
