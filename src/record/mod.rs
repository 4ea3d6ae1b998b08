//! What was observed, and the run folder it is kept in.
//!
//! * [`Observation`]: one attempt at one exchange, with its four instants
//! * [`Recorder`]: counts and histograms in constant memory; one per worker, merged at the end
//! * [`folder`]: the versioned run folder
//!
//! Knows nothing of how a run was made: live and simulated runs are recorded alike.

pub mod folder;
pub mod manifest;
mod recorder;
pub mod series;
pub mod summary;

use crate::journey::{Ending, Purpose};
use base::protocol::{Operation, Outcome};
use base::time::{Nanos, Timestamp};
pub use recorder::{Interval, Recorder, Segment, Tag};

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
