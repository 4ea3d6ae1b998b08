//! All visits in progress. Pure: told what happened, it says what to do, and reports what was observed.
//!
//! Both clocks drive this one type, so a visit cannot behave differently on one of them. It decides which
//! replies complete a step, what a deadline means, what happens at the end of the slice, and who ends
//! how; the clocks only carry out its [`Command`]s.

use super::people::People;
use crate::arrivals::{Arrival, Return, Returns};
use crate::journey::{Action, Ending, Exchange, Input, Journey, Purpose, Send, Visit, Visitor};
use crate::population::Cohort;
use crate::record::{Observation, Observe, Tally};
use base::draw::{PersonDraws, Purpose as Drawn};
use base::protocol::{Failure, Operation, PersonId, Refusal, Reply};
use base::time::Timestamp;
use smallvec::SmallVec;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Which visit, and in which turn of it. What belongs to an earlier turn is out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    place: u32,
    turn: u32,
}

impl Key {
    /// The most visits in progress at once, so that a key and an exchange's number fit one word.
    const PLACES: usize = 1 << 24;

    /// The visit's place, below the largest number of visits in progress so far.
    pub fn place(self) -> usize {
        self.place as usize
    }

    /// This turn's exchange `number` as one word, for services that know their calls by a word.
    pub fn word(self, number: u8) -> u64 {
        u64::from(number) << 56 | u64::from(self.place) << 32 | u64::from(self.turn)
    }

    /// The key and the number that gave this word.
    pub fn from_word(word: u64) -> (Self, u8) {
        let place = (word >> 32) as u32 & (Self::PLACES as u32 - 1);
        (Self { place, turn: word as u32 }, (word >> 56) as u8)
    }
}

/// What a clock is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Make an exchange and report with [`Crowd::reply`].
    Send {
        /// Whose.
        key: Key,
        /// Which of the step's exchanges, from 0.
        number: u8,
        /// The exchange.
        exchange: Exchange,
    },
    /// Call [`Crowd::wake`] with this very instant when it has come.
    Wake {
        /// Whose.
        key: Key,
        /// When.
        at: Timestamp,
    },
}

/// A reply as the clock saw it come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replied {
    /// When a connection took the exchange, if the transport can see that.
    pub sent: Option<Timestamp>,
    /// When the reply was there.
    pub done: Timestamp,
    /// The reply.
    pub reply: Reply,
}

struct Active {
    visit: Visit,
    cohort: u16,
    window: u16,
    /// Whether the visit is one that has not begun yet, in a later window.
    returning: bool,
    turn: u32,
    intended: Timestamp,
    /// When the visit stops waiting for what is out.
    deadline: Timestamp,
    awaited: Awaited,
}

/// The exchanges of a step whose replies are awaited.
#[derive(Clone, Debug, Default)]
struct Awaited {
    out: SmallVec<[Out; 1]>,
}

#[derive(Clone, Copy, Debug)]
struct Out {
    operation: Operation,
    purpose: Purpose,
    /// Whether it is the visit's first call of this operation.
    first: bool,
    started: Timestamp,
    reply: Option<Reply>,
}

impl Awaited {
    fn of(send: &Send, now: Timestamp) -> Self {
        let out = |exchange: &Exchange| Out {
            operation: exchange.operation(),
            purpose: exchange.purpose,
            first: exchange.call.nth == 0,
            started: now,
            reply: None,
        };
        Self { out: send.exchanges.iter().map(out).collect() }
    }

    /// The replies, once all are there.
    fn complete(&self) -> Option<SmallVec<[Reply; 1]>> {
        self.out.iter().map(|out| out.reply).collect()
    }
}

/// All visits in progress, of one worker.
pub struct Crowd<'a> {
    journey: &'a Journey,
    cohorts: &'a [Arc<Cohort>],
    returns: Option<&'a Returns>,
    /// From here on nothing new is begun.
    until: Timestamp,
    active: Vec<Option<Active>>,
    free: Vec<u32>,
    in_flight: usize,
    turns: u32,
    people: People,
    exchanges: u64,
    refused: u64,
    exchanges_refused: u64,
}

impl<'a> Crowd<'a> {
    /// Nobody yet; visits of `cohorts` follow `journey` and begin nothing at or after `until`.
    pub fn new(journey: &'a Journey, cohorts: &'a [Arc<Cohort>], until: Timestamp) -> Self {
        let (active, free, people) = (Vec::new(), Vec::new(), People::default());
        let (in_flight, turns, exchanges, refused, exchanges_refused) = (0, 0, 0, 0, 0);
        let returns = None;
        Self {
            journey,
            cohorts,
            returns,
            until,
            active,
            free,
            in_flight,
            turns,
            people,
            exchanges,
            refused,
            exchanges_refused,
        }
    }

    /// The same crowd, of whom some return in later windows.
    #[must_use]
    pub fn returning(self, returns: &'a Returns) -> Self {
        Self { returns: Some(returns), ..self }
    }

    /// Exchanges that are out.
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Visits in progress.
    pub fn in_progress(&self) -> usize {
        self.active.len() - self.free.len()
    }

    /// A visit is due. It begins at its intended start, whatever the clock says.
    pub fn arrive(&mut self, arrival: &Arrival, commands: &mut Vec<Command>, observe: &mut impl Observe) {
        observe.arrived(arrival.at, true);
        let cohort = &self.cohorts[usize::from(arrival.cohort)];
        let Arrival { person, device, window, .. } = *arrival;
        self.people.came(person, cohort.devices_of(person), window);
        let visitor = Visitor { person, device, address: cohort.address_of(person) };
        let active = Active {
            visit: Visit::new(visitor, arrival.refresh_every),
            cohort: arrival.cohort,
            window,
            returning: false,
            turn: 0,
            intended: arrival.at,
            deadline: arrival.at,
            awaited: Awaited::default(),
        };
        let place = self.free.pop().unwrap_or_else(|| {
            assert!(self.active.len() < Key::PLACES, "over 16 million visits in progress at once");
            self.active.push(None);
            (self.active.len() - 1) as u32
        });
        self.active[place as usize] = Some(active);
        if self.people.has_booked(person) {
            self.end(place, arrival.at, BOOKED_ELSEWHERE, commands, observe);
        } else {
            self.advance(place, arrival.at, Input::Begin, commands, observe);
        }
    }

    /// The driver refused a visit at a limit of its own.
    pub fn refuse(&mut self, arrival: &Arrival, observe: &mut impl Observe) {
        observe.arrived(arrival.at, false);
        self.refused += 1;
    }

    /// The instant of a [`Command::Wake`] has come. Returns whether it was a deadline that passed: then
    /// the driver drops the exchanges of this turn.
    pub fn wake(
        &mut self,
        key: Key,
        at: Timestamp,
        commands: &mut Vec<Command>,
        observe: &mut impl Observe,
    ) -> bool {
        let Some(active) = self.current(key) else { return false };
        if active.awaited.out.is_empty() {
            self.resume(key.place, at, commands, observe);
            return false;
        }
        let intended = active.intended;
        let awaited = std::mem::take(&mut active.awaited);
        for out in awaited.out.iter().filter(|out| out.reply.is_none()) {
            self.in_flight -= 1;
            let timed_out = Reply::Failed { failure: Failure::TimedOut };
            observe.observe(&observation(out, intended, &Replied { sent: None, done: at, reply: timed_out }));
        }
        self.advance(key.place, at, Input::DeadlinePassed, commands, observe);
        true
    }

    /// A pause is over: the visit goes on, or a return visit begins, unless another device has booked by now.
    fn resume(&mut self, place: u32, at: Timestamp, commands: &mut Vec<Command>, observe: &mut impl Observe) {
        let Some(active) = self.active[place as usize].as_mut() else { return };
        let (person, window) = (active.visit.visitor().person, active.window);
        let begins = std::mem::take(&mut active.returning);
        if self.people.has_booked(person) {
            return self.end(place, at, BOOKED_ELSEWHERE, commands, observe);
        }
        if begins {
            self.people.returned(person, window);
            observe.returned(at);
        }
        let input = if begins { Input::Begin } else { Input::Resumed };
        self.advance(place, at, input, commands, observe);
    }

    /// The driver has begun exchange `number` at `started`.
    pub fn started(&mut self, key: Key, number: u8, started: Timestamp) {
        if let Some(active) = self.current(key) {
            active.awaited.out[usize::from(number)].started = started;
        }
    }

    /// A reply came. One that is out of date is dropped.
    pub fn reply(
        &mut self,
        key: Key,
        number: u8,
        replied: Replied,
        commands: &mut Vec<Command>,
        observe: &mut impl Observe,
    ) {
        let Some(active) = self.current(key) else { return };
        if replied.done > active.deadline {
            // It came late and the deadline has not been looked at yet: a late reply is never delivered.
            let deadline = active.deadline;
            self.wake(key, deadline, commands, observe);
            return;
        }
        observe.observe(&observation(&active.awaited.out[usize::from(number)], active.intended, &replied));
        self.take(key, number, replied, commands, observe);
    }

    /// The driver refused exchange `number` at a limit of its own. It is counted as that and observed as
    /// nothing: the target was not asked. The visit goes on as after a failure.
    pub fn refuse_exchange(
        &mut self,
        key: Key,
        number: u8,
        at: Timestamp,
        commands: &mut Vec<Command>,
        observe: &mut impl Observe,
    ) {
        let Some(active) = self.current(key) else { return };
        let done = at.min(active.deadline);
        self.exchanges_refused += 1;
        let reply = Reply::Failed { failure: Failure::Connection };
        self.take(key, number, Replied { sent: None, done, reply }, commands, observe);
    }

    /// Gives the visit the reply to exchange `number`, once all of the step are there.
    fn take(
        &mut self,
        key: Key,
        number: u8,
        replied: Replied,
        commands: &mut Vec<Command>,
        observe: &mut impl Observe,
    ) {
        let Some(active) = self.current(key) else { return };
        active.awaited.out[usize::from(number)].reply = Some(replied.reply);
        let complete = active.awaited.complete();
        if complete.is_some() {
            active.awaited = Awaited::default();
        }
        self.in_flight -= 1;
        if let Some(replies) = complete {
            self.advance(key.place, replied.done, Input::Replied(&replies), commands, observe);
        }
    }

    /// Ends the run: whoever is still here is `inside`.
    pub fn finish(self) -> Tally {
        let here = self.active.iter().flatten().map(|active| active.visit.visitor().person);
        let here: BTreeSet<PersonId> = here.filter(|person| self.people.is_undecided(*person)).collect();
        Tally {
            exchanges: self.exchanges,
            refused_by_generator: self.refused,
            exchanges_refused_by_generator: self.exchanges_refused,
            ..self.people.finish(|person| here.contains(&person))
        }
    }

    fn current(&mut self, key: Key) -> Option<&mut Active> {
        self.active.get_mut(key.place()).and_then(Option::as_mut).filter(|active| active.turn == key.turn)
    }

    fn advance(
        &mut self,
        place: u32,
        now: Timestamp,
        input: Input<'_>,
        commands: &mut Vec<Command>,
        observe: &mut impl Observe,
    ) {
        let Some(active) = self.active[place as usize].as_mut() else { return };
        let draws = draws_of(self.cohorts, active);
        let action = active.visit.advance(now, input, self.journey, &draws);
        self.turns = self.turns.wrapping_add(1);
        active.turn = self.turns;
        active.intended = now;
        let key = Key { place, turn: self.turns };
        match action {
            Action::Done(ending) => self.end(place, now, ending, commands, observe),
            // The slice is over: the visit stays as it is, inside.
            Action::Pause { until } if until >= self.until => {}
            Action::Send(_) if now >= self.until => {}
            Action::Pause { until } => commands.push(Command::Wake { key, at: until }),
            Action::Send(send) => {
                active.awaited = Awaited::of(&send, now);
                active.deadline = send.deadline;
                self.in_flight += send.exchanges.len();
                self.exchanges += send.exchanges.len() as u64;
                for (number, exchange) in send.exchanges.iter().enumerate() {
                    commands.push(Command::Send { key, number: number as u8, exchange: *exchange });
                }
                commands.push(Command::Wake { key, at: send.deadline });
            }
        }
    }

    fn end(
        &mut self,
        place: u32,
        now: Timestamp,
        ending: Ending,
        commands: &mut Vec<Command>,
        observe: &mut impl Observe,
    ) {
        let Some(mut active) = self.active[place as usize].take() else { return };
        let comes_back = self.comes_back(&active, now, ending);
        let person = active.visit.visitor().person;
        observe.ended(now, ending);
        self.people.ended(person, active.window, ending, comes_back.is_some());
        let Some(Return { at, window, refresh_every }) = comes_back else {
            self.free.push(place);
            return;
        };
        self.turns = self.turns.wrapping_add(1);
        (active.turn, active.window, active.returning) = (self.turns, window, true);
        active.visit = active.visit.again(refresh_every);
        self.active[place as usize] = Some(active);
        commands.push(Command::Wake { key: Key { place, turn: self.turns }, at });
    }

    /// The visit in a later window, within the slice, of somebody who ended so in this one.
    fn comes_back(&self, active: &Active, now: Timestamp, ending: Ending) -> Option<Return> {
        let returns = self.returns?;
        let person = active.visit.visitor().person;
        if !can_come_back(ending) || self.people.has_booked(person) {
            return None;
        }
        let cohort = &self.cohorts[usize::from(active.cohort)];
        let draw = cohort.draws.person(person.0, 0).of(Drawn::Return, u32::from(active.window));
        let comes = returns.after(active.window, active.cohort, cohort.province(person)?, now, draw);
        comes.filter(|comes| comes.at < self.until)
    }
}

/// How a device's visit ends when another device of the person has booked.
const BOOKED_ELSEWHERE: Ending = Ending::TurnedAway(Refusal::AlreadyBooked);

/// Whether another try later makes sense.
fn can_come_back(ending: Ending) -> bool {
    let settled = [Refusal::AlreadyBooked, Refusal::NotEligible];
    match ending {
        Ending::Booked => false,
        Ending::GaveUp => true,
        Ending::TurnedAway(reason) => !settled.contains(&reason),
    }
}

fn draws_of<'a>(cohorts: &'a [Arc<Cohort>], active: &Active) -> PersonDraws<'a> {
    let Visitor { person, device, .. } = active.visit.visitor();
    cohorts[usize::from(active.cohort)].draws.person(person.0, u32::from(device))
}

fn observation(out: &Out, intended: Timestamp, replied: &Replied) -> Observation {
    Observation {
        operation: out.operation,
        purpose: out.purpose,
        outcome: replied.reply.outcome(),
        intended,
        started: out.started,
        sent: replied.sent.unwrap_or(out.started),
        done: replied.done,
        first: out.first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_complete_when_all_its_replies_are_there() {
        let awaited = |replies: &[Option<Reply>]| {
            let (operation, purpose, started) = (Operation::Slots, Purpose::Useful, Timestamp(0));
            let out = |reply: &Option<Reply>| Out { operation, purpose, first: true, started, reply: *reply };
            Awaited { out: replies.iter().map(out).collect() }
        };
        let left = Some(Reply::Left);
        assert!(awaited(&[left, None]).complete().is_none());
        assert_eq!(awaited(&[left, left]).complete().unwrap().as_slice(), [Reply::Left, Reply::Left]);
    }

    #[test]
    fn keys_travel_as_words() {
        let key = Key { place: 7, turn: u32::MAX };
        assert_eq!(Key::from_word(key.word(200)), (key, 200));
    }
}
