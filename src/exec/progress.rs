//! How far a run has come, shared with whoever watches it; and their wish to stop it.

use base::time::Timestamp;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};

/// Written by a clock, read by a watcher. The numbers are for the eye: they are not measured data.
#[derive(Debug, Default)]
pub struct Progress {
    now: AtomicI64,
    visits: AtomicU64,
    in_flight: AtomicU64,
    stop: AtomicBool,
}

/// One look at a [`Progress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    /// Scenario time.
    pub now: Timestamp,
    /// Visits in progress.
    pub visits: u64,
    /// Exchanges out.
    pub in_flight: u64,
}

impl Progress {
    /// Publishes how far the run is.
    pub fn show(&self, now: Timestamp, visits: usize, in_flight: usize) {
        self.now.store(now.0, Relaxed);
        self.visits.store(visits as u64, Relaxed);
        self.in_flight.store(in_flight as u64, Relaxed);
    }

    /// Looks.
    pub fn glance(&self) -> Glance {
        Glance {
            now: Timestamp(self.now.load(Relaxed)),
            visits: self.visits.load(Relaxed),
            in_flight: self.in_flight.load(Relaxed),
        }
    }

    /// Asks the run to end as soon as it can, keeping what it has.
    pub fn stop(&self) {
        self.stop.store(true, Relaxed);
    }

    /// Whether somebody asked.
    pub fn is_stopping(&self) -> bool {
        self.stop.load(Relaxed)
    }
}
