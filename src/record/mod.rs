//! What was observed, and the run folder it is kept in.
//!
//! * [`Observation`]: one attempt at one exchange, with its four instants
//! * [`Recorder`]: counts and histograms in constant memory; one per worker, merged at the end
//! * [`folder`]: the versioned run folder
//! * [`generator`]: how the generator itself did over time
//!
//! Knows nothing of how a run was made: live and simulated runs are recorded alike.

pub mod folder;
pub mod generator;
pub mod manifest;
mod recorder;
pub mod series;
pub mod summary;

use crate::journey::{Ending, Purpose};
use base::protocol::{Operation, Outcome, Refusal};
use base::time::{Nanos, Timestamp};
pub use generator::GeneratorHealth;
pub use recorder::{Interval, Recorder, Segment, Tag};
use reference_server::account::SiteAccount;
use std::collections::BTreeMap;

/// One attempt at one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation {
    /// What was asked; also the name of the step.
    pub operation: Operation,
    /// What the request was for.
    pub purpose: Purpose,
    /// How it ended.
    pub outcome: Outcome,
    /// When the visit meant it to start.
    pub intended: Timestamp,
    /// When the driver, after every limit of its own, began it.
    pub started: Timestamp,
    /// When a connection took it; where the transport cannot see that, the same as `started`.
    pub sent: Timestamp,
    /// When the reply was there, or when the visitor stopped waiting.
    pub done: Timestamp,
}

impl Observation {
    /// Done minus intended: what the visitor lived through, our own lateness included.
    pub fn response(&self) -> Nanos {
        self.done.since(self.intended)
    }

    /// Done minus sent: what the service took.
    pub fn service(&self) -> Nanos {
        self.done.since(self.sent)
    }

    /// Started minus intended: our own lateness.
    pub fn lag(&self) -> Nanos {
        self.started.since(self.intended)
    }
}

/// Whoever wants to know what happens in a run.
pub trait Observe {
    /// An attempt ended.
    fn observe(&mut self, observation: &Observation);
    /// A visit was due; `started` says whether the driver let it in or refused it at its own limit.
    fn arrived(&mut self, at: Timestamp, started: bool);
    /// A visit ended.
    fn ended(&mut self, at: Timestamp, ending: Ending);
}

/// People by how they ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// People who came.
    pub arrived: u64,
    /// With a booking.
    pub booked: u64,
    /// Turned away, by reason.
    pub turned_away: BTreeMap<Refusal, u64>,
    /// Gave up.
    pub gave_up: u64,
    /// Not finished when the slice ended.
    pub inside: u64,
    /// Planned visits that the driver refused at its own limit; not among `arrived`.
    pub refused_by_generator: u64,
    /// Exchanges of visits in progress that the driver refused at its own limits; the target never saw
    /// them.
    pub exchanges_refused_by_generator: u64,
}

impl Tally {
    /// Adds another worker's people.
    pub fn add(&mut self, other: &Self) {
        self.arrived += other.arrived;
        self.booked += other.booked;
        self.gave_up += other.gave_up;
        self.inside += other.inside;
        self.refused_by_generator += other.refused_by_generator;
        self.exchanges_refused_by_generator += other.exchanges_refused_by_generator;
        for (reason, count) in &other.turned_away {
            *self.turned_away.entry(*reason).or_default() += count;
        }
    }
}

/// All that a run measured, whichever clock it ran on.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Counts and histograms.
    pub recorder: Recorder,
    /// People by how they ended.
    pub tally: Tally,
    /// The target's own account, if it keeps one.
    pub account: Option<SiteAccount>,
    /// What a live run's generator says of itself.
    pub generator: Option<GeneratorHealth>,
    /// When somebody stopped the run, if that was before its end.
    pub interrupted: Option<Timestamp>,
}
