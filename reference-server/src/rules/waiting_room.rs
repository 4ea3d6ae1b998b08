//! The waiting room: tickets in order of arrival, admission by rate and by session cap, sessions.
//!
//! Must not know of slots, identity or stations; it only decides who is inside.

use super::account::Account;
use super::admission::Bucket;
use super::line::Line;
use super::window::{self, Phase, Window};
use base::protocol::{PersonId, Refusal, Reply, Ticket};
use base::time::{Nanos, Timestamp};
use base::units::Rate;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// How the waiting room is run.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// When booking is open, in order and without overlap. Outside of it nobody gets a ticket, and the line
    /// ends with the window that it stands in.
    pub windows: Vec<Window>,
    /// Whether people have to wait at all. If not, whoever enters is inside at once: neither the admission
    /// rate nor the session cap holds.
    pub enforced: bool,
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
    /// The wait that was shown at issue, in whole milliseconds.
    shown_ms: u32,
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
    /// The window that people last entered in.
    window: Option<usize>,
    /// Whether the service is suspended: nobody is admitted, and no ticket expires.
    suspended: bool,
    /// When it was last resumed.
    resumed: Timestamp,
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
        let opens = settings.windows.first().map_or(Timestamp(i64::MAX / 2), |window| window.opens);
        Self {
            bucket: Bucket::empty_at(opens, settings.admit, settings.burst),
            line: Line::default(),
            holders: Vec::new(),
            inside: 0,
            window: None,
            suspended: false,
            resumed: Timestamp(i64::MIN),
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
        let ticket = self.ticket_ends.peek().map(|Reverse((end, _))| *end).filter(|_| !self.suspended);
        let session = self.session_ends.front().map(|(end, _)| *end);
        [ticket, session, self.admission_due(), self.closing_due()].into_iter().flatten().min()
    }

    fn admission_due(&self) -> Option<Timestamp> {
        let free = self.inside < self.settings.sessions && !self.suspended;
        let closes = self.closing_due()?;
        let due = self.bucket.next().max(self.now);
        (free && due < closes).then_some(due)
    }

    /// When the window closes on whoever still stands in line.
    fn closing_due(&self) -> Option<Timestamp> {
        let window = self.window.filter(|_| !self.line.is_empty())?;
        Some(self.settings.windows[window].closes)
    }

    /// Runs what is due at exactly `now`: ends of sessions, the close, ends of tickets, then admissions.
    pub fn run_due(&mut self, now: Timestamp, account: &mut Account) {
        self.now = self.now.max(now);
        self.end_sessions(now, account);
        if self.closing_due().is_some_and(|closes| closes <= now) {
            self.close_out(account);
        }
        self.end_tickets(now, account);
        while self.admission_due().is_some_and(|due| due <= now) {
            let number = self.line.pop().expect("an admission is due only while somebody waits");
            self.bucket.take(now);
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

    fn close_out(&mut self, account: &mut Account) {
        account.closed_out(self.line.len());
        while let Some(number) = self.line.pop() {
            self.holders[number as usize].state = State::Over(Refusal::Closed);
        }
    }

    fn end_tickets(&mut self, now: Timestamp, account: &mut Account) {
        if self.suspended {
            return;
        }
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
        match window::phase(&self.settings.windows, now) {
            Phase::Before(opens) => Reply::NotOpen { opens },
            Phase::Over => Reply::Refused { reason: Refusal::Closed },
            Phase::Open(place) => {
                self.reach(place, account);
                self.issue(now, person, account)
            }
        }
    }

    /// Notes that people enter in this window: each begins with an empty bucket.
    fn reach(&mut self, place: usize, account: &mut Account) {
        if self.window == Some(place) {
            return;
        }
        let opens = self.settings.windows[place].opens;
        let empty_at = opens.max(self.resumed);
        self.bucket = Bucket::empty_at(empty_at, self.settings.admit, self.settings.burst);
        self.window = Some(place);
        account.window(place, opens);
    }

    fn issue(&mut self, now: Timestamp, person: PersonId, account: &mut Account) -> Reply {
        let number = self.holders.len() as u64;
        let (deadline, state) = (now + self.settings.ticket_ttl, State::Waiting);
        self.holders.push(Holder { person, issued: now, shown_ms: 0, deadline, state, identified: false });
        account.issued();
        if !self.settings.enforced {
            self.admit(now, number, account);
            return self.admitted(number);
        }
        let free = self.line.is_empty() && self.inside < self.settings.sessions && !self.suspended;
        if free && self.bucket.next() <= now {
            self.bucket.take(now);
            self.admit(now, number, account);
            return self.admitted(number);
        }
        self.line.join(number);
        self.ticket_ends.push(Reverse((deadline, number)));
        account.depth(now, self.line.len());
        let shown = self.bucket.after(self.line.ahead(number)).since(now);
        self.holders[number as usize].shown_ms = u32::try_from(shown.0 / 1_000_000).unwrap_or(u32::MAX);
        self.waiting(now, number)
    }

    /// The owner of a ticket asks how it stands.
    pub fn poll(&mut self, now: Timestamp, number: u64) -> Reply {
        let holder = &mut self.holders[number as usize];
        match holder.state {
            State::Inside => self.admitted(number),
            State::Over(reason) => Reply::Refused { reason },
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

    /// From `now` on people are admitted at another rate.
    pub fn set_admit(&mut self, now: Timestamp, admit: Rate) {
        self.settings.admit = admit;
        self.bucket.change(now, admit);
    }

    /// From now on another number of sessions is allowed. Nobody is thrown out.
    pub fn set_sessions(&mut self, sessions: u64) {
        self.settings.sessions = sessions;
    }

    /// Suspends the service or resumes it at `now`. The line keeps its order; when it goes on, every ticket
    /// in it has its full time again, and admission begins with an empty bucket.
    pub fn set_suspended(&mut self, now: Timestamp, suspended: bool) {
        if self.suspended && !suspended {
            let deadline = now + self.settings.ticket_ttl;
            let waiting = self.holders.iter_mut().filter(|holder| holder.state == State::Waiting);
            waiting.for_each(|holder| holder.deadline = holder.deadline.max(deadline));
            self.bucket = Bucket::empty_at(now, self.settings.admit, self.settings.burst);
            self.resumed = now;
        }
        self.suspended = suspended;
    }

    /// Whether the service is suspended.
    pub fn is_suspended(&self) -> bool {
        self.suspended
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
        self.inside += 1;
        let holder = &mut self.holders[number as usize];
        account.admitted(now.since(holder.issued), Nanos::from_millis(u64::from(holder.shown_ms)));
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
