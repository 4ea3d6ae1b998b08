//! The one visit machine: some 150 bytes of data that say what to do next.

use super::{Action, Exchange, Input, Journey, Purpose, Send};
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
    person: PersonId,
    ticket: Option<Ticket>,
    refresh_every: Nanos,
    /// When patience in line ends, once the visitor stands in one.
    patience_ends: Option<Timestamp>,
    /// How many calls of each operation were made.
    calls: [u16; Operation::COUNT],
    phase: Phase,
    step: u8,
    /// Tries of the present step that failed.
    retries: u8,
    /// Slots that turned out to be taken, and centres that were full.
    choices: u8,
    centres: u16,
    slot: Slot,
    booked: bool,
}

impl Visit {
    /// A visit that has not begun.
    pub fn new(person: PersonId, refresh_every: Nanos) -> Self {
        Self {
            person,
            ticket: None,
            refresh_every,
            patience_ends: None,
            calls: [0; Operation::COUNT],
            phase: Phase::New,
            step: 0,
            retries: 0,
            choices: 0,
            centres: 1,
            slot: Slot { centre: 0, day: 0 },
            booked: false,
        }
    }

    /// Who visits.
    pub fn person(&self) -> PersonId {
        self.person
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
            Input::DeadlinePassed => turn.replied(Reply::Failed { failure: Failure::TimedOut }),
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
            Phase::InLine if self.patience_is_over() => self.leave(Ending::GaveUp),
            Phase::InLine => {
                self.visit.phase = Phase::Polling;
                self.send(Ask::Poll, Purpose::Poll)
            }
            Phase::BeforeOpening => self.ask(Purpose::Refresh),
            Phase::BackingOff => self.ask(Purpose::Retry),
            _ => self.ask(Purpose::Useful),
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
            Reply::Centres { count } => self.choose_centre(count),
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
        let ends = match self.visit.patience_ends {
            Some(ends) => ends,
            None => self.now + self.journey.habits.patience.sample(self.draws.of(Drawn::Patience, 0)),
        };
        self.visit.patience_ends = Some(ends);
        self.visit.retries = 0;
        self.visit.phase = Phase::InLine;
        Action::Pause { until: (self.now + poll_after).min(ends).max(self.now) }
    }

    fn patience_is_over(&self) -> bool {
        self.visit.patience_ends.is_some_and(|ends| self.now >= ends)
    }

    fn choose_centre(&mut self, count: u16) -> Action {
        self.visit.centres = count.max(1);
        let draw = self.draws.of(Drawn::Centre, 0);
        self.visit.slot.centre = draw.below(u64::from(self.visit.centres)) as u16;
        self.next_step()
    }

    /// Takes one of the free days; a full centre leads to the next one.
    fn choose_day(&mut self, free: u64) -> Action {
        if free == 0 {
            self.visit.slot.centre = (self.visit.slot.centre + 1) % self.visit.centres;
            return self.choose_again();
        }
        let draw = self.draws.of(Drawn::Day, u32::from(self.visit.choices));
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
        let pause = habits.backoff.mul_f64(spread * f64::from(1u32 << self.visit.retries.min(16)));
        self.visit.retries += 1;
        self.visit.phase = Phase::BackingOff;
        Action::Pause { until: self.now + pause }
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
        let occurrence = u32::from(self.visit.choices);
        let pause = step.think.sample(self.draws.at_step(Drawn::Think, step.operation as u8, occurrence));
        if pause == Nanos::ZERO {
            return self.ask(Purpose::Useful);
        }
        self.visit.phase = Phase::Thinking;
        Action::Pause { until: self.now + pause }
    }

    /// Asks what the present step asks.
    fn ask(&mut self, purpose: Purpose) -> Action {
        let operation = self.journey.steps[usize::from(self.visit.step)].operation;
        let ask = match operation {
            Operation::Enter => Ask::Enter,
            Operation::Poll => Ask::Poll,
            Operation::Identify => Ask::Identify,
            Operation::Eligibility => Ask::Eligibility,
            Operation::Centres => Ask::Centres,
            Operation::Slots => Ask::Slots { centre: self.visit.slot.centre },
            Operation::Hold => Ask::Hold { slot: self.visit.slot },
            Operation::Book => Ask::Book { key: self.draws.of(Drawn::BookingKey, 0).bits() },
            Operation::Lookup => Ask::Lookup,
            Operation::Leave => return self.leave(Ending::GaveUp),
        };
        // Once there is a ticket, entering again would mean a second place in line: ask after the first.
        let ask = if ask == Ask::Enter && self.visit.ticket.is_some() { Ask::Poll } else { ask };
        self.visit.phase = Phase::Asking;
        self.send(ask, purpose)
    }

    /// Gives back what is held and ends so; `ending` is for a visit that has not booked.
    fn leave(&mut self, ending: Ending) -> Action {
        let ending = self.outcome(ending);
        if self.visit.ticket.is_none() {
            return Action::Done(ending);
        }
        self.visit.phase = Phase::Leaving(ending);
        self.send(Ask::Leave, Purpose::Useful)
    }

    fn outcome(&self, otherwise: Ending) -> Ending {
        if self.visit.booked { Ending::Booked } else { otherwise }
    }

    fn send(&mut self, ask: Ask, purpose: Purpose) -> Action {
        let made = &mut self.visit.calls[ask.operation().index()];
        let nth = u32::from(*made);
        *made = made.saturating_add(1);
        // A visit does not know its device and address yet: everybody calls from the first, and from nowhere.
        let (device, address) = (0, 0);
        let call = Call { person: self.visit.person, device, address, nth, ticket: self.visit.ticket, ask };
        Action::Send(Send {
            exchanges: smallvec![Exchange { call, purpose }],
            deadline: self.now + self.journey.habits.deadline,
        })
    }
}

/// The place of the set bit with `skip` set bits below it.
fn nth_set_bit(bits: u64, skip: u64) -> u8 {
    let left = (0..skip).fold(bits, |bits, _| bits & (bits - 1));
    left.trailing_zeros() as u8
}
