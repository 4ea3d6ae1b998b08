//! What a visitor does.
//!
//! A journey is data: steps with their think times, and habits. One machine, [`Visit`], interprets it.
//! The machine does no I/O, never sleeps and reads no clock: it is told the time and what happened, and
//! says what it wants next. Both clocks drive it, which is what makes them comparable.

mod visit;

use base::law::Law;
use base::protocol::{Call, Operation, Reply};
use base::time::{Nanos, Timestamp};
use smallvec::SmallVec;
pub use visit::{Ending, Visit, Visitor};

/// The steps of a visit and the habits of whoever makes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// How people behave.
    pub habits: Habits,
    /// The shares of people who go to each identity provider first; at least one.
    pub providers: Vec<f64>,
}

/// One step: a pause to think, then an exchange.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// What is asked.
    pub operation: Operation,
    /// How long people think before it.
    pub think: Law,
}

/// How people behave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Habits {
    /// How long people are willing to stand in line or to struggle with a failing service, from the moment
    /// they first have to.
    pub patience: Law,
    /// How long they look at a page that does not answer before they count it as failed.
    pub deadline: Nanos,
    /// How long they look at it before they load it again, which leaves the first request to the service;
    /// none if they wait.
    pub refresh_after: Option<Nanos>,
    /// How often they try again when the service fails, before they give up.
    pub retries: u8,
    /// How long they pause before the first try.
    pub backoff: Nanos,
    /// How much longer each further pause is.
    pub growth: Growth,
    /// How many other slots they try when one is taken.
    pub choices: u8,
}

/// How the pauses between tries grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// Each is twice as long as the one before: people, or a page, that back off.
    Doubling,
    /// All are alike: people who click again and again.
    Constant,
}

/// What the machine is told.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// The visit begins.
    Begin,
    /// The pause it asked for is over.
    Resumed,
    /// The replies it waited for, in the order of the exchanges.
    Replied(&'a [Reply]),
    /// Its deadline passed first.
    DeadlinePassed,
}

/// What the machine wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Make these exchanges.
    Send(Send),
    /// Do nothing until then.
    Pause {
        /// When to resume.
        until: Timestamp,
    },
    /// The visit is over.
    Done(Ending),
}

/// Exchanges to be made together; the visit goes on when all are answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Send {
    /// What is asked.
    pub exchanges: SmallVec<[Exchange; 1]>,
    /// When the visit stops waiting.
    pub deadline: Timestamp,
}

/// One request and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The request.
    pub call: Call,
    /// What it is for.
    pub purpose: Purpose,
}

impl Exchange {
    /// The operation that is asked for; also the name of the step.
    pub fn operation(&self) -> Operation {
        self.call.ask.operation()
    }
}

/// What a request is for, as reports count them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Purpose {
    /// Part of the way to a booking.
    Useful,
    /// Asking how the place in line stands.
    Poll,
    /// Looking whether the window has opened, or loading a slow page again.
    Refresh,
    /// Trying again after a failure.
    Retry,
}

impl Purpose {
    /// How many there are.
    pub const COUNT: usize = 4;
}

#[cfg(test)]
mod tests;
