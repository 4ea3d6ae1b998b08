//! What is visited, behind one seam for each clock.
//!
//! * [`Transport`]: how live exchanges are made; [`http`] is the real one
//! * [`Service`]: a service as the simulator drives it; the reference site is one
//! * [`mod@reference`]: turns a scenario into the reference server's configuration
//! * [`connections`]: how many connections may be opened in a second, and how many were
//! * [`probe`]: how much this machine drives
//! * [`remote`]: a running reference server, asked what it plays and for its account
//! * [`scripted`]: a target that answers from a script, for tests of the clocks, on both of them

pub mod connections;
pub mod http;
pub mod probe;
pub mod reference;
pub mod remote;
pub mod scripted;

use crate::journey::Exchange;
use base::protocol::{Call, Reply};
use base::time::Timestamp;
use reference_server::site::{Answer, Site};

/// Makes exchanges in real or virtual time. A failure is a kind of reply, never an error: what happens to
/// a request is a measurement.
pub trait Transport {
    /// Makes one exchange.
    fn call(&self, exchange: Exchange) -> impl Future<Output = Delivery> + 'static;
}

/// What became of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The target was asked.
    Answered {
        /// When a connection took the request, if the transport can see that.
        sent: Option<Timestamp>,
        /// What came back, be it that nothing did.
        reply: Reply,
    },
    /// A limit of the generator's own was met, and nobody was asked. This is never the target's failure.
    Refused,
}

impl From<Reply> for Delivery {
    fn from(reply: Reply) -> Self {
        Self::Answered { sent: None, reply }
    }
}

/// A service in virtual time.
pub trait Service {
    /// A call arrives at `now`; `key` comes back with the answer. Returns the reply if it is given at
    /// once. Answers of other calls that became due meanwhile are appended to `answers`.
    fn arrive(&mut self, now: Timestamp, key: u64, call: &Call, answers: &mut Vec<Answer>) -> Option<Reply>;

    /// When the service next has an answer.
    fn next_due(&self) -> Option<Timestamp>;

    /// Appends the answers that are due by `now`, in time order.
    fn advance(&mut self, now: Timestamp, answers: &mut Vec<Answer>);
}

impl Service for Site {
    fn arrive(&mut self, now: Timestamp, key: u64, call: &Call, answers: &mut Vec<Answer>) -> Option<Reply> {
        Self::arrive(self, now, key, call, answers)
    }

    fn next_due(&self) -> Option<Timestamp> {
        Self::next_due(self)
    }

    fn advance(&mut self, now: Timestamp, answers: &mut Vec<Answer>) {
        Self::advance(self, now, answers);
    }
}
