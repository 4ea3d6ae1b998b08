//! The door of the site: limits that every call passes before the rules see it, and what was refused.
//!
//! A connection beyond the limit is refused without an answer; a call beyond its address's rate is told so.
//! Neither costs any station work.

use crate::connections::{self, Connections, Device};
use crate::rules::limits::{self, AddressLimits};
use base::protocol::{Ask, Call, Failure, Refusal, Reply};
use base::time::Timestamp;
use std::collections::BTreeMap;

/// How the door is kept. Without limits everybody passes, and connections are only counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Connections in all.
    pub connections: connections::Settings,
    /// Calls from one client address.
    pub per_address: Option<limits::Settings>,
}

/// The door of one site.
#[derive(Clone, Debug)]
pub struct Door {
    connections: Connections,
    per_address: Option<AddressLimits>,
    refusals: BTreeMap<Refusal, u64>,
}

impl Door {
    /// A door nobody has come to yet.
    pub fn new(connections: Connections, per_address: Option<limits::Settings>) -> Self {
        let per_address = per_address.map(AddressLimits::new);
        Self { connections, per_address, refusals: BTreeMap::new() }
    }

    /// Closes the connections whose time has come by `now`.
    pub fn advance(&mut self, now: Timestamp) {
        self.connections.advance(now);
    }

    /// A call comes at `now`; the reply if it is refused here. A call that passes has to be reported with
    /// [`Door::answered`]. Call [`Door::advance`] with the same instant first.
    pub fn knock(&mut self, now: Timestamp, call: &Call) -> Option<Reply> {
        if !self.connections.begin(device(call)) {
            return Some(Reply::Failed { failure: Failure::Connection });
        }
        if self.allows(now, call.address) {
            return None;
        }
        let reply = Reply::Refused { reason: Refusal::TooManyRequests };
        self.answered(now, call, &reply);
        Some(reply)
    }

    /// A call that passed is answered at `now`. Call [`Door::advance`] with the same instant first.
    pub fn answered(&mut self, now: Timestamp, call: &Call, reply: &Reply) {
        if let Reply::Refused { reason } = reply {
            *self.refusals.entry(*reason).or_default() += 1;
        }
        self.connections.end(now, device(call), call.ask == Ask::Leave || is_sent_away(reply));
    }

    /// An address that nobody wrote down cannot be limited: it stands for no one client.
    fn allows(&mut self, now: Timestamp, address: u32) -> bool {
        address == 0 || self.per_address.as_mut().is_none_or(|limits| limits.allows(now, address))
    }

    /// What became of connections so far.
    pub fn connections(&self) -> connections::Reading {
        self.connections.reading()
    }

    /// How many calls were refused, by reason; here and by the rules.
    pub fn refusals(&self) -> &BTreeMap<Refusal, u64> {
        &self.refusals
    }
}

/// Whether the reply sends its reader away for a while: a page of the waiting room, or the notice that the
/// window has not opened. Such a page keeps no connection; that is how a waiting room can hold millions.
fn is_sent_away(reply: &Reply) -> bool {
    matches!(reply, Reply::Waiting { .. } | Reply::NotOpen { .. })
}

fn device(call: &Call) -> Device {
    Device { person: call.person, number: call.device }
}
