//! The one visit machine: some 150 bytes of data that say what to do next.

use super::{Action, Exchange, Growth, Input, Journey, Purpose, Send};
use base::draw::{PersonDraws, Purpose as Drawn};
use base::protocol::{Ask, Call, Failure, Operation, PersonId, Refusal, Reply, Slot, Ticket};
use base::time::{Nanos, Timestamp};
use smallvec::smallvec;

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// With a booking.
    Booked,
    /// The rules said no.
    TurnedAway(Refusal),
    /// The person lost patience, or tried too often in vain.
    GaveUp,
}

/// Who visits, on which device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Who.
    pub person: PersonId,
    /// On which of their devices, from 0.
    pub device: u8,
    /// From which client address.
    pub address: u32,
}

/// What the visit is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    New,
    /// Pausing before the step.
    Thinking,
    /// Pausing until the window opens or the next look.
    BeforeOpening,
    /// In line, pausing until the next poll.
    InLine,
    /// Pausing before another try of the step.
    BackingOff,
    /// The step's exchange is out.
    Asking,
    /// A poll is out.
    Polling,
    /// The last exchange is out; the ending is decided.
    Leaving(Ending),
}

/// One try at booking by one device of a person.
#[derive(Clone, Debug)]
pub struct Visit {
    visitor: Visitor,
    ticket: Option<Ticket>,
    refresh_every: Nanos,
    /// Which visit of this device it is, from 0; keys its draws apart from those of earlier ones.
    nth: u8,
    /// When patience ends, once it is needed.
    patience_ends: Option<Timestamp>,
    /// When the present exchange was first asked for.
    asked: Timestamp,
    /// How many calls of each operation were made.
    calls: [u16; Operation::COUNT],
    phase: Phase,
    step: u8,
    /// Tries of the present step that failed.
    retries: u8,
    /// Slots that turned out to be taken, and centres that were full.
    choices: u8,
    /// The first centre of the province, and how many there are.
    centres: (u16, u16),
    slot: Slot,
    booked: bool,
}

impl Visit {
    /// A visit that has not begun.
    pub fn new(visitor: Visitor, refresh_every: Nanos) -> Self {
        Self {
            visitor,
            ticket: None,
            refresh_every,
            nth: 0,
            patience_ends: None,
            asked: Timestamp(0),
            calls: [0; Operation::COUNT],
            phase: Phase::New,
            step: 0,
            retries: 0,
            choices: 0,
            centres: (0, 1),
            slot: Slot { centre: 0, day: 0 },
            booked: false,
        }
    }

    /// Another visit of the same device, which has not begun. Its calls are counted on.
    #[must_use]
    pub fn again(&self, refresh_every: Nanos) -> Self {
        Self { nth: self.nth.saturating_add(1), calls: self.calls, ..Self::new(self.visitor, refresh_every) }
    }

    /// Who visits.
    pub fn visitor(&self) -> Visitor {
        self.visitor
    }

    /// Tells the machine what happened at `now`; returns what it wants next.
    pub fn advance(
        &mut self,
        now: Timestamp,
        input: Input<'_>,
        journey: &Journey,
        draws: &PersonDraws<'_>,
    ) -> Action {
        let mut turn = Turn { visit: self, now, journey, draws };
        match input {
            Input::Begin => turn.think(),
            Input::Resumed => turn.resumed(),
            Input::Replied(replies) => match replies.first() {
                Some(reply) => turn.replied(*reply),
                None => turn.replied(Reply::Failed { failure: Failure::Unreadable }),
            },
            Input::DeadlinePassed => turn.unanswered(),
        }
    }
}

/// One call of [`Visit::advance`]: the visit with everything it may look at.
struct Turn<'a, 'd> {
    visit: &'a mut Visit,
    now: Timestamp,
    journey: &'a Journey,
    draws: &'a PersonDraws<'d>,
}

impl Turn<'_, '_> {
    fn resumed(&mut self) -> Action {
        match self.visit.phase {
            Phase::InLine | Phase::BackingOff if self.patience_is_over() => self.leave(Ending::GaveUp),
            Phase::InLine => self.poll(Purpose::Poll, self.now),
            Phase::BeforeOpening => self.ask(Purpose::Refresh, self.now),
            Phase::BackingOff => self.ask(Purpose::Retry, self.now),
            _ => self.ask(Purpose::Useful, self.now),
        }
    }

    /// Nothing came by the deadline: people load the page again until they count it as failed.
    fn unanswered(&mut self) -> Action {
        let leaving = matches!(self.visit.phase, Phase::Leaving(_));
        let failed = self.now >= self.visit.asked + self.journey.habits.deadline;
        if leaving || failed {
            return self.replied(Reply::Failed { failure: Failure::TimedOut });
        }
        let since = self.visit.asked;
        match self.visit.phase {
            Phase::Polling => self.poll(Purpose::Refresh, since),
            _ => self.ask(Purpose::Refresh, since),
        }
    }

    fn replied(&mut self, reply: Reply) -> Action {
        if let Phase::Leaving(ending) = self.visit.phase {
            return Action::Done(ending);
        }
        match reply {
            Reply::NotOpen { opens } => self.look_again(opens),
            Reply::Waiting { ticket, poll_after, .. } => self.stand_in_line(ticket, poll_after),
            Reply::Admitted { ticket, .. } => {
                self.visit.ticket = Some(ticket);
                self.next_step()
            }
            Reply::Identified | Reply::Eligible | Reply::Held { .. } | Reply::NotBooked | Reply::Left => {
                self.next_step()
            }
            Reply::Centres { first, count } => self.choose_centre(first, count),
            Reply::Slots { free } => self.choose_day(free),
            Reply::Taken => self.choose_again(),
            Reply::Booked { .. } => {
                self.visit.booked = true;
                self.next_step()
            }
            Reply::Refused { reason: Refusal::InProgress | Refusal::TooManyRequests }
            | Reply::Busy
            | Reply::Failed { .. } => self.try_again(),
            Reply::Refused { reason } => Action::Done(self.outcome(Ending::TurnedAway(reason))),
        }
    }

    /// The window is closed: look again in a while, but not later than the opening, whose minute
    /// everybody knows.
    fn look_again(&mut self, opens: Timestamp) -> Action {
        self.visit.retries = 0;
        self.visit.phase = Phase::BeforeOpening;
        Action::Pause { until: (self.now + self.visit.refresh_every).min(opens).max(self.now) }
    }

    fn stand_in_line(&mut self, ticket: Ticket, poll_after: Nanos) -> Action {
        self.visit.ticket = Some(ticket);
        let ends = self.patience_ends();
        self.visit.retries = 0;
        self.visit.phase = Phase::InLine;
        Action::Pause { until: (self.now + poll_after).min(ends).max(self.now) }
    }

    fn poll(&mut self, purpose: Purpose, since: Timestamp) -> Action {
        self.visit.phase = Phase::Polling;
        self.send(Ask::Poll, purpose, since)
    }

    /// When patience ends; it begins to run out now if it has not yet.
    fn patience_ends(&mut self) -> Timestamp {
        let draw = self.draws.of(Drawn::Patience, self.occurrence(0));
        let ends = || self.now + self.journey.habits.patience.sample(draw);
        *self.visit.patience_ends.get_or_insert_with(ends)
    }

    /// The `n`-th time in this visit, told apart from that of earlier ones.
    fn occurrence(&self, n: u32) -> u32 {
        u32::from(self.visit.nth) << 24 | n
    }

    fn patience_is_over(&self) -> bool {
        self.visit.patience_ends.is_some_and(|ends| self.now >= ends)
    }

    fn choose_centre(&mut self, first: u16, count: u16) -> Action {
        self.visit.centres = (first, count.max(1));
        let draw = self.draws.of(Drawn::Centre, self.occurrence(0));
        self.visit.slot.centre = first + draw.below(u64::from(count.max(1))) as u16;
        self.next_step()
    }

    /// Takes one of the free days; a full centre leads to the next one.
    fn choose_day(&mut self, free: u64) -> Action {
        if free == 0 {
            let (first, count) = self.visit.centres;
            self.visit.slot.centre = first + (self.visit.slot.centre - first + 1) % count;
            return self.choose_again();
        }
        let draw = self.draws.of(Drawn::Day, self.occurrence(u32::from(self.visit.choices)));
        let skip = draw.below(u64::from(free.count_ones()));
        self.visit.slot.day = nth_set_bit(free, skip);
        self.next_step()
    }

    fn choose_again(&mut self) -> Action {
        if self.visit.choices >= self.journey.habits.choices {
            return self.leave(Ending::TurnedAway(Refusal::NoSlots));
        }
        self.visit.choices += 1;
        self.go_to(Operation::Slots)
    }

    fn try_again(&mut self) -> Action {
        let habits = &self.journey.habits;
        if self.visit.retries >= habits.retries {
            return self.leave(Ending::GaveUp);
        }
        let occurrence = self.visit.calls.iter().map(|calls| u32::from(*calls)).sum();
        let spread = 0.5 + self.draws.of(Drawn::Backoff, occurrence).unit();
        let times = match habits.growth {
            Growth::Doubling => f64::from(1u32 << self.visit.retries.min(16)),
            Growth::Constant => 1.0,
        };
        let pause = habits.backoff.mul_f64(spread * times);
        self.visit.retries += 1;
        let ends = self.patience_ends();
        self.visit.phase = Phase::BackingOff;
        Action::Pause { until: (self.now + pause).min(ends).max(self.now) }
    }

    fn next_step(&mut self) -> Action {
        self.visit.step += 1;
        self.visit.retries = 0;
        if usize::from(self.visit.step) >= self.journey.steps.len() {
            return Action::Done(self.outcome(Ending::GaveUp));
        }
        self.think()
    }

    fn go_to(&mut self, operation: Operation) -> Action {
        let place = self.journey.steps.iter().position(|step| step.operation == operation);
        match place {
            Some(place) => {
                self.visit.step = place as u8;
                self.visit.retries = 0;
                self.think()
            }
            None => self.leave(Ending::TurnedAway(Refusal::NoSlots)),
        }
    }

    fn think(&mut self) -> Action {
        let step = self.journey.steps[usize::from(self.visit.step)];
        let occurrence = self.occurrence(u32::from(self.visit.choices));
        let pause = step.think.sample(self.draws.at_step(Drawn::Think, step.operation as u8, occurrence));
        if pause == Nanos::ZERO {
            return self.ask(Purpose::Useful, self.now);
        }
        self.visit.phase = Phase::Thinking;
        Action::Pause { until: self.now + pause }
    }

    /// Asks what the present step asks; the visitor looks at the page since `since`.
    fn ask(&mut self, purpose: Purpose, since: Timestamp) -> Action {
        let operation = self.journey.steps[usize::from(self.visit.step)].operation;
        let ask = match operation {
            Operation::Enter => Ask::Enter,
            Operation::Poll => Ask::Poll,
            Operation::Identify => Ask::Identify { provider: self.provider() },
            Operation::Eligibility => Ask::Eligibility,
            Operation::Centres => Ask::Centres,
            Operation::Slots => Ask::Slots { centre: self.visit.slot.centre },
            Operation::Hold => Ask::Hold { slot: self.visit.slot },
            Operation::Book => {
                let key = self.draws.of(Drawn::BookingKey, self.occurrence(0)).bits();
                Ask::Book { key, slot: self.visit.slot }
            }
            Operation::Lookup => Ask::Lookup,
            Operation::Leave => return self.leave(Ending::GaveUp),
        };
        // Once there is a ticket, entering again would mean a second place in line: ask after the first.
        let ask = if ask == Ask::Enter && self.visit.ticket.is_some() { Ask::Poll } else { ask };
        self.visit.phase = Phase::Asking;
        self.send(ask, purpose, since)
    }

    /// The provider that the person goes to; after a failure they try the next.
    fn provider(&self) -> u8 {
        let u = self.draws.of(Drawn::Provider, 0).unit();
        let shares = self.journey.providers.iter().scan(0.0, |sum, share| {
            *sum += share;
            Some(*sum)
        });
        let first = shares.take_while(|below| *below <= u).count();
        let count = self.journey.providers.len().max(1);
        ((first.min(count - 1) + usize::from(self.visit.retries)) % count) as u8
    }

    /// Gives back what is held and ends so; `ending` is for a visit that has not booked.
    fn leave(&mut self, ending: Ending) -> Action {
        let ending = self.outcome(ending);
        if self.visit.ticket.is_none() {
            return Action::Done(ending);
        }
        self.visit.phase = Phase::Leaving(ending);
        self.send(Ask::Leave, Purpose::Useful, self.now)
    }

    fn outcome(&self, otherwise: Ending) -> Ending {
        if self.visit.booked { Ending::Booked } else { otherwise }
    }

    fn send(&mut self, ask: Ask, purpose: Purpose, since: Timestamp) -> Action {
        let made = &mut self.visit.calls[ask.operation().index()];
        let nth = u32::from(*made);
        *made = made.saturating_add(1);
        let Visitor { person, device, address } = self.visit.visitor;
        let call = Call { person, device, address, nth, ticket: self.visit.ticket, ask };
        let habits = &self.journey.habits;
        self.visit.asked = since;
        let failed = since + habits.deadline;
        let refresh = habits.refresh_after.map_or(failed, |after| self.now + after);
        let deadline = refresh.min(failed).max(self.now);
        Action::Send(Send { exchanges: smallvec![Exchange { call, purpose }], deadline })
    }
}

/// The place of the set bit with `skip` set bits below it.
fn nth_set_bit(bits: u64, skip: u64) -> u8 {
    let left = (0..skip).fold(bits, |bits, _| bits & (bits - 1));
    left.trailing_zeros() as u8
}
