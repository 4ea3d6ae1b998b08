//! A target that answers from a script, on both clocks: a pure function of the call gives the reply and
//! how long it takes. Without rules or stations, it shows whether the clocks themselves agree.

use super::{Delivery, Service, Transport};
use crate::clock::Timer;
use crate::journey::Exchange;
use base::protocol::{Call, Reply};
use base::time::{Nanos, Timestamp};
use reference_server::site::Answer;
use std::collections::BTreeMap;

/// What the script says to a call that arrives at an instant: the reply, and after how long.
pub type Script = fn(Timestamp, &Call) -> (Reply, Nanos);

/// The script in virtual time.
#[derive(Debug)]
pub struct ScriptedService {
    script: Script,
    /// By when they are due and in order of arrival.
    answers: BTreeMap<(Timestamp, u64), Answer>,
    calls: u64,
}

impl ScriptedService {
    /// A service that follows `script`.
    pub fn new(script: Script) -> Self {
        Self { script, answers: BTreeMap::new(), calls: 0 }
    }
}

impl Service for ScriptedService {
    fn arrive(&mut self, now: Timestamp, key: u64, call: &Call, answers: &mut Vec<Answer>) -> Option<Reply> {
        self.advance(now, answers);
        let (reply, after) = (self.script)(now, call);
        if after == Nanos::ZERO {
            return Some(reply);
        }
        let at = now + after;
        self.calls += 1;
        self.answers.insert((at, self.calls), Answer { key, at, reply });
        None
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.answers.first_key_value().map(|((at, _), _)| *at)
    }

    fn advance(&mut self, now: Timestamp, answers: &mut Vec<Answer>) {
        while let Some(first) = self.answers.first_entry().filter(|entry| entry.key().0 <= now) {
            answers.push(first.remove());
        }
    }
}

/// The script behind a timer, for the live driver.
#[derive(Clone, Debug)]
pub struct ScriptedTransport<T> {
    script: Script,
    timer: T,
}

impl<T: Timer> ScriptedTransport<T> {
    /// A transport that follows `script` and waits with `timer`.
    pub fn new(script: Script, timer: T) -> Self {
        Self { script, timer }
    }
}

impl<T: Timer> Transport for ScriptedTransport<T> {
    fn call(&self, exchange: Exchange) -> impl Future<Output = Delivery> + 'static {
        let now = self.timer.now();
        let (reply, after) = (self.script)(now, &exchange.call);
        let wait = self.timer.sleep_until(now + after);
        async move {
            wait.await;
            reply.into()
        }
    }
}
