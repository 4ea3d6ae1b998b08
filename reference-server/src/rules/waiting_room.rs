//! The waiting room: tickets in order of arrival, admission by rate and by session cap, sessions.
//!
//! Must not know of slots, identity or stations; it only decides who is inside.

use super::account::Account;
use super::admission::Bucket;
use super::line::Line;
use base::protocol::{PersonId, Refusal, Reply, Ticket};
use base::time::{Nanos, Timestamp};
use base::units::Rate;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// How the waiting room is run.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// When the window opens. Before, nobody gets a ticket.
    pub opens: Timestamp,
    /// When it closes. From then on nobody gets a ticket or is admitted.
    pub closes: Timestamp,
    /// Admissions per time.
    pub admit: Rate,
    /// How much unused admission rate is kept for later, as a span of it.
    pub burst: Nanos,
    /// The most sessions at once.
    pub sessions: u64,
    /// How long a session lasts if it is not given back.
    pub session_limit: Nanos,
    /// How long a ticket in line survives without a poll.
    pub ticket_ttl: Nanos,
    /// The poll interval for whoever is about to be admitted.
    pub poll_front: Nanos,
    /// The poll interval for whoever is far back.
    pub poll_back: Nanos,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In line since the ticket was issued.
    Waiting,
    /// Admitted; the session ends by itself at the ticket's `deadline`.
    Inside,
    /// Given back, expired, or session over.
    Over(Refusal),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Holder {
    person: PersonId,
    issued: Timestamp,
    /// Waiting: when the ticket expires unless its owner polls. Inside: when the session ends.
    deadline: Timestamp,
    state: State,
    identified: bool,
}

/// The waiting room at one instant.
#[derive(Clone, Debug)]
pub struct WaitingRoom {
    settings: Settings,
    bucket: Bucket,
    line: Line,
    holders: Vec<Holder>,
    inside: u64,
    /// When waiting tickets may expire, looked at again when the time comes.
    ticket_ends: BinaryHeap<Reverse<(Timestamp, u64)>>,
    /// When sessions end; all last equally long, so admission order is also the order of ends.
    session_ends: VecDeque<(Timestamp, u64)>,
    /// The latest instant this room was told of.
    now: Timestamp,
}

impl WaitingRoom {
    /// An empty room.
    pub fn new(settings: Settings) -> Self {
        let bucket = Bucket::empty_at(settings.opens, settings.admit, settings.burst);
        Self {
            bucket,
            line: Line::default(),
            holders: Vec::new(),
            inside: 0,
            ticket_ends: BinaryHeap::new(),
            session_ends: VecDeque::new(),
            now: Timestamp(i64::MIN),
            settings,
        }
    }

    /// How the room is run.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Sessions in progress.
    pub fn inside(&self) -> u64 {
        self.inside
    }

    /// When the next internal event is due, as things stand.
    pub fn next_due(&self) -> Option<Timestamp> {
        let ticket = self.ticket_ends.peek().map(|Reverse((end, _))| *end);
        let session = self.session_ends.front().map(|(end, _)| *end);
        [ticket, session, self.admission_due()].into_iter().flatten().min()
    }

    fn admission_due(&self) -> Option<Timestamp> {
        let possible = !self.line.is_empty() && self.inside < self.settings.sessions;
        let due = self.bucket.next().max(self.now);
        (possible && due < self.settings.closes).then_some(due)
    }

    /// Runs what is due at exactly `now`: ends of sessions, ends of tickets, then admissions.
    pub fn run_due(&mut self, now: Timestamp, account: &mut Account) {
        self.now = self.now.max(now);
        self.end_sessions(now, account);
        self.end_tickets(now, account);
        while self.admission_due().is_some_and(|due| due <= now) {
            let number = self.line.pop().expect("an admission is due only while somebody waits");
            self.admit(now, number, account);
            account.depth(now, self.line.len());
        }
    }

    /// Notes that time has come to `now` without an event.
    pub fn pass_to(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
    }

    fn end_sessions(&mut self, now: Timestamp, account: &mut Account) {
        while let Some((end, number)) = self.session_ends.front().copied().filter(|(end, _)| *end <= now) {
            self.session_ends.pop_front();
            let holder = &mut self.holders[number as usize];
            if holder.state == State::Inside && holder.deadline == end {
                holder.state = State::Over(Refusal::SessionExpired);
                self.inside -= 1;
                account.sessions(self.inside);
            }
        }
    }

    fn end_tickets(&mut self, now: Timestamp, account: &mut Account) {
        while self.ticket_ends.peek().is_some_and(|Reverse((end, _))| *end <= now) {
            let Some(Reverse((_, number))) = self.ticket_ends.pop() else { return };
            let holder = &mut self.holders[number as usize];
            if holder.state != State::Waiting {
                continue;
            }
            if holder.deadline > now {
                self.ticket_ends.push(Reverse((holder.deadline, number)));
                continue;
            }
            holder.state = State::Over(Refusal::TicketExpired);
            self.line.leave(number);
            account.expired_in_line();
            account.depth(now, self.line.len());
        }
    }

    /// A newcomer asks to be let in.
    pub fn enter(&mut self, now: Timestamp, person: PersonId, account: &mut Account) -> Reply {
        if now < self.settings.opens {
            return Reply::NotOpen { opens: self.settings.opens };
        }
        if now >= self.settings.closes {
            return Reply::Refused { reason: Refusal::Closed };
        }
        let number = self.holders.len() as u64;
        let (deadline, state) = (now + self.settings.ticket_ttl, State::Waiting);
        self.holders.push(Holder { person, issued: now, deadline, state, identified: false });
        account.issued();
        let free = self.line.is_empty() && self.inside < self.settings.sessions && self.bucket.next() <= now;
        if free {
            self.admit(now, number, account);
            return self.admitted(number);
        }
        self.line.join(number);
        self.ticket_ends.push(Reverse((deadline, number)));
        account.depth(now, self.line.len());
        self.waiting(now, number)
    }

    /// The owner of a ticket asks how it stands.
    pub fn poll(&mut self, now: Timestamp, number: u64) -> Reply {
        let closed = now >= self.settings.closes;
        let holder = &mut self.holders[number as usize];
        match holder.state {
            State::Inside => self.admitted(number),
            State::Over(reason) => Reply::Refused { reason },
            State::Waiting if closed => Reply::Refused { reason: Refusal::Closed },
            State::Waiting => {
                holder.deadline = now + self.settings.ticket_ttl;
                self.waiting(now, number)
            }
        }
    }

    /// The owner of a ticket gives it, or the session, back.
    pub fn leave(&mut self, now: Timestamp, number: u64, account: &mut Account) {
        let holder = &mut self.holders[number as usize];
        match holder.state {
            State::Waiting => {
                self.line.leave(number);
                account.left_line();
                account.depth(now, self.line.len());
            }
            State::Inside => {
                self.inside -= 1;
                account.sessions(self.inside);
            }
            State::Over(_) => return,
        }
        self.holders[number as usize].state = State::Over(Refusal::SessionExpired);
    }

    /// Whether `number` was issued to `person`.
    pub fn belongs(&self, number: u64, person: PersonId) -> bool {
        self.holders.get(number as usize).is_some_and(|holder| holder.person == person)
    }

    /// Whether a protected call may pass with ticket `number`.
    ///
    /// # Errors
    /// The reason why not.
    pub fn check_inside(&self, number: u64) -> Result<(), Refusal> {
        match self.holders[number as usize].state {
            State::Inside => Ok(()),
            State::Waiting => Err(Refusal::NotAdmitted),
            State::Over(reason) => Err(reason),
        }
    }

    /// Remembers that the session's owner has proven who they are.
    pub fn set_identified(&mut self, number: u64) {
        self.holders[number as usize].identified = true;
    }

    /// Whether they have.
    pub fn is_identified(&self, number: u64) -> bool {
        self.holders[number as usize].identified
    }

    fn admit(&mut self, now: Timestamp, number: u64, account: &mut Account) {
        self.bucket.take(now);
        self.inside += 1;
        let holder = &mut self.holders[number as usize];
        account.admitted(now.since(holder.issued));
        account.sessions(self.inside);
        holder.state = State::Inside;
        holder.deadline = now + self.settings.session_limit;
        self.session_ends.push_back((holder.deadline, number));
    }

    fn admitted(&self, number: u64) -> Reply {
        Reply::Admitted { ticket: unsigned(number), until: self.holders[number as usize].deadline }
    }

    fn waiting(&self, now: Timestamp, number: u64) -> Reply {
        let ahead = self.line.ahead(number);
        Reply::Waiting { ticket: unsigned(number), ahead, poll_after: self.poll_after(now, ahead) }
    }

    /// Poll again when the admission is expected at the admission rate, within the two ends.
    fn poll_after(&self, now: Timestamp, ahead: u64) -> Nanos {
        let expected = self.bucket.after(ahead).since(now);
        expected.clamp(self.settings.poll_front, self.settings.poll_back)
    }
}

/// A ticket without its checksum; whoever carries it over a network signs it.
fn unsigned(number: u64) -> Ticket {
    Ticket { number, mac: 0 }
}
