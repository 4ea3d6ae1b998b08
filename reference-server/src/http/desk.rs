//! The site behind its lock, and the pump that brings answers when they are due.

use super::ticket::TicketKey;
use crate::clock::Clock;
use crate::site::{Answer, Site};
use base::protocol::{Call, Refusal, Reply};
use base::time::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, oneshot};

/// The site as handlers share it.
pub(super) struct Desk {
    inner: Mutex<Inner>,
    clock: Clock,
    key: TicketKey,
    /// Rung when work became due earlier than the pump knows.
    sooner: Notify,
}

struct Inner {
    site: Site,
    /// Who waits for which answer, by the key that the site knows it by.
    waiting: Vec<Option<oneshot::Sender<Reply>>>,
    free: Vec<usize>,
    answers: Vec<Answer>,
    /// When the pump will look next.
    pump_due: Option<Timestamp>,
}

impl Desk {
    pub(super) fn new(site: Site, clock: Clock, key: TicketKey) -> Self {
        let (waiting, free, answers) = (Vec::new(), Vec::new(), Vec::new());
        let inner = Mutex::new(Inner { site, waiting, free, answers, pump_due: None });
        Self { inner, clock, key, sooner: Notify::new() }
    }

    /// Answers a call; the ticket in it is checked, the one in the reply is signed.
    pub(super) async fn answer(&self, call: Call) -> Reply {
        if call.ticket.is_some_and(|ticket| !self.key.is_genuine(ticket, call.person)) {
            return Reply::Refused { reason: Refusal::NoTicket };
        }
        let reply = match self.ask(&call) {
            Ok(reply) => reply,
            // The sender is dropped unanswered only when the server stops.
            Err(coming) => coming.await.unwrap_or(Reply::Busy),
        };
        self.signed(reply, &call)
    }

    /// The reply, or where it will come.
    fn ask(&self, call: &Call) -> Result<Reply, oneshot::Receiver<Reply>> {
        let mut inner = self.lock();
        let now = self.clock.now();
        let key = inner.reserve();
        let reply = inner.arrive(now, key, call);
        inner.hand_out();
        if let Some(reply) = reply {
            inner.free.push(key);
            return Ok(reply);
        }
        let (sender, receiver) = oneshot::channel();
        inner.waiting[key] = Some(sender);
        let due = inner.site.next_due();
        if due.is_some_and(|due| inner.pump_due.is_none_or(|pump| due < pump)) {
            self.sooner.notify_one();
        }
        Err(receiver)
    }

    fn signed(&self, reply: Reply, call: &Call) -> Reply {
        match reply {
            Reply::Waiting { ticket, ahead, poll_after } => {
                Reply::Waiting { ticket: self.key.sign(ticket.number, call.person), ahead, poll_after }
            }
            Reply::Admitted { ticket, until } => {
                Reply::Admitted { ticket: self.key.sign(ticket.number, call.person), until }
            }
            other => other,
        }
    }

    /// Brings answers when they are due, for ever. A late wake-up makes answers late and nothing else:
    /// the site computes when work begins and ends.
    pub(super) async fn pump(&self) {
        loop {
            let due = {
                let mut inner = self.lock();
                inner.advance(self.clock.now());
                inner.pump_due = inner.site.next_due();
                inner.pump_due
            };
            let sooner = self.sooner.notified();
            match due {
                None => sooner.await,
                Some(due) => {
                    let due = tokio::time::sleep_until(self.clock.wall(due).into());
                    tokio::select! { () = due => {}, () = sooner => {} }
                }
            }
        }
    }

    /// Looks at the site as it stands at this moment.
    pub(super) fn look<T>(&self, look: impl FnOnce(&Site, Timestamp) -> T) -> T {
        let mut inner = self.lock();
        let now = self.clock.now();
        inner.advance(now);
        look(&inner.site, now)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn reserve(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.waiting.push(None);
            self.waiting.len() - 1
        })
    }

    fn arrive(&mut self, now: Timestamp, key: usize, call: &Call) -> Option<Reply> {
        self.site.arrive(now, key as u64, call, &mut self.answers)
    }

    fn advance(&mut self, now: Timestamp) {
        self.site.advance(now, &mut self.answers);
        self.hand_out();
    }

    fn hand_out(&mut self) {
        for answer in self.answers.drain(..) {
            let key = answer.key as usize;
            if let Some(sender) = self.waiting[key].take() {
                // The client may have left; the work was done all the same.
                let _ = sender.send(answer.reply);
            }
            self.free.push(key);
        }
    }
}
