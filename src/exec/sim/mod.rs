//! The simulated clock: an event queue moves the crowd and a service along in virtual time.
//!
//! No `async`, no clock, no network here. Arrivals are streamed beside the queue, never all in it.
//! Events of one instant come in this order: answers of the service, then wakes, then arrivals; within
//! each, first scheduled is first. Integer nanoseconds and this order make a run repeat to the byte.

use crate::arrivals::Arrival;
use crate::exec::Progress;
use crate::exec::crowd::{Command, Crowd, Key, Replied};
use crate::record::Observe;
use crate::target::Service;
use base::time::Timestamp;
use reference_server::site::Answer;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What a simulation did, for its manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// Arrivals, wakes and answers handled.
    pub handled: u64,
    /// When the last of them was.
    pub last: Option<Timestamp>,
}

/// Moves `crowd` and `service` along until every arrival has been let in and every visit has ended or
/// reached the end of the slice.
pub fn simulate<S: Service, O: Observe>(
    arrivals: impl Iterator<Item = Arrival>,
    crowd: &mut Crowd<'_>,
    service: &mut S,
    observe: &mut O,
    progress: &Progress,
) -> Events {
    let mut world = World {
        crowd,
        service,
        observe,
        wakes: BinaryHeap::new(),
        scheduled: 0,
        commands: Vec::new(),
        answers: Vec::new(),
        events: Events::default(),
    };
    let mut arrivals = arrivals.peekable();
    while !progress.is_stopping() {
        let Some((now, next)) = world.next(arrivals.peek()) else { break };
        world.events.handled += 1;
        world.events.last = Some(now);
        match next {
            Next::Answer => world.answer(now),
            Next::Wake => world.wake(now),
            Next::Arrival => {
                if let Some(arrival) = arrivals.next() {
                    world.crowd.arrive(&arrival, &mut world.commands, world.observe);
                }
            }
        }
        world.carry_out(now);
        if world.events.handled.is_multiple_of(4_096) {
            progress.show(now, world.crowd.in_progress(), world.crowd.in_flight());
        }
    }
    world.events
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Answer,
    Wake,
    Arrival,
}

struct World<'a, 'c, S, O> {
    crowd: &'a mut Crowd<'c>,
    service: &'a mut S,
    observe: &'a mut O,
    wakes: BinaryHeap<Reverse<(Timestamp, u64, Key)>>,
    scheduled: u64,
    commands: Vec<Command>,
    answers: Vec<Answer>,
    events: Events,
}

impl<S: Service, O: Observe> World<'_, '_, S, O> {
    /// What comes next, and when.
    fn next(&self, arrival: Option<&Arrival>) -> Option<(Timestamp, Next)> {
        let answer = self.service.next_due().map(|at| (at, Next::Answer));
        let wake = self.wakes.peek().map(|Reverse((at, _, _))| (*at, Next::Wake));
        let arrival = arrival.map(|arrival| (arrival.at, Next::Arrival));
        [answer, wake, arrival].into_iter().flatten().min()
    }

    fn answer(&mut self, now: Timestamp) {
        self.service.advance(now, &mut self.answers);
    }

    fn wake(&mut self, now: Timestamp) {
        if let Some(Reverse((_, _, key))) = self.wakes.pop() {
            self.crowd.wake(key, now, &mut self.commands, self.observe);
        }
    }

    /// Carries out commands and hands out answers until neither is left.
    fn carry_out(&mut self, now: Timestamp) {
        while !self.answers.is_empty() || !self.commands.is_empty() {
            let mut answers = std::mem::take(&mut self.answers);
            for Answer { key, at, reply } in answers.drain(..) {
                let (key, number) = Key::from_word(key);
                let replied = Replied { sent: None, done: at, reply };
                self.crowd.reply(key, number, replied, &mut self.commands, self.observe);
            }
            let mut commands = std::mem::take(&mut self.commands);
            for command in commands.drain(..) {
                self.obey(now, command, &mut answers);
            }
            self.commands = commands;
            self.answers = answers;
        }
    }

    fn obey(&mut self, now: Timestamp, command: Command, answers: &mut Vec<Answer>) {
        match command {
            Command::Wake { key, at } => {
                self.scheduled += 1;
                self.wakes.push(Reverse((at, self.scheduled, key)));
            }
            Command::Send { key, number, exchange } => {
                let word = key.word(number);
                if let Some(reply) = self.service.arrive(now, word, &exchange.call, answers) {
                    answers.push(Answer { key: word, at: now, reply });
                }
            }
        }
    }
}
