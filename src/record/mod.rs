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
    /// Whether it was the visit's first call of this operation.
    pub first: bool,
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
    /// Somebody who got nothing in an earlier window begins another visit.
    fn returned(&mut self, at: Timestamp);
    /// A visit ended.
    fn ended(&mut self, at: Timestamp, ending: Ending);
}

/// People by how they ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headcount {
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
}

impl Headcount {
    /// One of those who came ended so.
    pub fn count(&mut self, ending: Ending) {
        match ending {
            Ending::Booked => self.booked += 1,
            Ending::GaveUp => self.gave_up += 1,
            Ending::TurnedAway(reason) => *self.turned_away.entry(reason).or_default() += 1,
        }
    }

    /// The same when the run is over: whoever came and has not ended is inside.
    #[must_use]
    pub fn settled(self) -> Self {
        let ended = self.booked + self.gave_up + self.turned_away.values().sum::<u64>();
        Self { inside: self.arrived - ended, ..self }
    }

    fn add(&mut self, other: &Self) {
        self.arrived += other.arrived;
        self.booked += other.booked;
        self.gave_up += other.gave_up;
        self.inside += other.inside;
        for (reason, count) in &other.turned_away {
            *self.turned_away.entry(*reason).or_default() += count;
        }
    }
}

/// What the visits of a run, or of one worker, came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All people.
    pub people: Headcount,
    /// People by the window they came in; who returns is counted in each.
    pub windows: Vec<Headcount>,
    /// Exchanges that the visits meant to make, whether or not they ended.
    pub exchanges: u64,
    /// Planned visits that the driver refused at its own limit; not among `arrived`.
    pub refused_by_generator: u64,
    /// Exchanges of visits in progress that the driver refused at its own limits; the target never saw
    /// them.
    pub exchanges_refused_by_generator: u64,
}

impl Tally {
    /// Adds another worker's people.
    pub fn add(&mut self, other: &Self) {
        self.people.add(&other.people);
        self.windows.resize_with(self.windows.len().max(other.windows.len()), Headcount::default);
        for (into, from) in self.windows.iter_mut().zip(&other.windows) {
            into.add(from);
        }
        self.exchanges += other.exchanges;
        self.refused_by_generator += other.refused_by_generator;
        self.exchanges_refused_by_generator += other.exchanges_refused_by_generator;
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
