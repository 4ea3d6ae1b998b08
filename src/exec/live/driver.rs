//! One worker's loop.

use super::rooms::{Housed, Rooms};
use crate::arrivals::Arrival;
use crate::clock::Timer;
use crate::exec::Progress;
use crate::exec::crowd::{Command, Crowd, Key, Replied};
use crate::journey::Exchange;
use crate::record::Observe;
use crate::target::connections::Connections;
use crate::target::{Delivery, Transport};
use base::time::{Nanos, Timestamp};
use futures_util::future::{AbortHandle, Abortable, Aborted, Either, FutureExt as _, select};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::iter::Peekable;
use std::num::NonZeroU32;
use std::pin::pin;
use std::rc::Rc;

/// The driver's own limits. Meeting one is counted and makes the run untrustworthy; nothing is ever
/// delayed quietly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most exchanges in flight at once, at least 1. Over it an arrival is refused, and so is an
    /// exchange in the middle of a visit.
    pub in_flight: usize,
    /// The most connections that the whole run opens at once after a quiet second, and a second of wall time
    /// from then on; a transport that has
    /// connections is made with [`Connections::bounded`].
    pub new_connections_per_s: NonZeroU32,
}

impl Limits {
    /// At most `in_flight` exchanges at once, and no more new connections than [`Connections::PER_S`].
    pub fn in_flight(in_flight: usize) -> Self {
        Self { in_flight, new_connections_per_s: Connections::PER_S }
    }
}

/// What a worker drives its visits with.
#[derive(Debug)]
pub struct Means<'a, T, X> {
    /// Its time.
    pub timer: T,
    /// Its way to the target.
    pub transport: X,
    /// Its own limits.
    pub limits: Limits,
    /// The longest it sleeps without looking whether it is to stop.
    pub heartbeat: Nanos,
    /// Where it shows how far it is.
    pub progress: &'a Progress,
}

/// Moves `crowd` along until every arrival has been let in and every visit has ended or reached the end
/// of the slice, which is `until`.
pub async fn drive<T: Timer, X: Transport, O: Observe>(
    arrivals: impl Iterator<Item = Arrival>,
    until: Timestamp,
    crowd: &mut Crowd<'_>,
    means: &Means<'_, T, X>,
    observe: &mut O,
) {
    let progress = means.progress;
    let begun = Begun::default();
    let make = |key: Key, number: u8, exchange: Exchange| {
        let (timer, begun) = (&means.timer, Rc::clone(&begun));
        let delivery = means.transport.call(exchange);
        async move {
            // An exchange has started when its future first runs, which is after those before it: waiting
            // for our own processor is lag and not service time.
            begun.borrow_mut().push((key, number, timer.now()));
            let delivery = delivery.await;
            (key, number, timer.now(), delivery)
        }
    };
    let mut driver = Driver {
        crowd,
        means,
        observe,
        wakes: BinaryHeap::new(),
        scheduled: 0,
        out: FuturesUnordered::new(),
        make,
        rooms: Rooms::default(),
        aborts: Vec::new(),
        begun: Rc::clone(&begun),
        commands: Vec::new(),
    };
    let mut arrivals = arrivals.peekable();
    while !progress.is_stopping() {
        driver.release(&mut arrivals);
        progress.show(means.timer.now(), driver.crowd.in_progress(), driver.crowd.in_flight());
        let Some(next) = driver.next_due(&mut arrivals, until) else { break };
        driver.wait(next).await;
    }
}

/// Whose exchange it is, which of the step's, when it was done, and what became of it.
type Finished = (Key, u8, Timestamp, Delivery);

/// Exchanges whose futures have begun since this was last looked at.
type Begun = Rc<RefCell<Vec<(Key, u8, Timestamp)>>>;

struct Driver<'a, 'c, T, X, O, M, F> {
    crowd: &'a mut Crowd<'c>,
    means: &'a Means<'a, T, X>,
    observe: &'a mut O,
    wakes: BinaryHeap<Reverse<(Timestamp, u64, Key)>>,
    scheduled: u64,
    out: FuturesUnordered<Abortable<Housed<F>>>,
    /// Makes the future of an exchange.
    make: M,
    rooms: Rooms<F>,
    /// How to drop the exchanges of the visit at this place.
    aborts: Vec<SmallVec<[AbortHandle; 1]>>,
    begun: Begun,
    commands: Vec<Command>,
}

impl<T, X, O, M, F> Driver<'_, '_, T, X, O, M, F>
where
    T: Timer,
    X: Transport,
    O: Observe,
    M: Fn(Key, u8, Exchange) -> F,
    F: Future<Output = Finished>,
{
    /// Does everything that is due, in the order of the instants asked for; at one instant wakes come
    /// before arrivals, as in the simulator.
    fn release(&mut self, arrivals: &mut Peekable<impl Iterator<Item = Arrival>>) {
        let now = self.means.timer.now();
        loop {
            let wake = self.wakes.peek().map(|Reverse((at, _, _))| *at).filter(|at| *at <= now);
            let arrival = arrivals.peek().map(|arrival| arrival.at).filter(|at| *at <= now);
            match (wake, arrival) {
                (None, None) => return,
                (Some(wake), Some(arrival)) if arrival < wake => self.let_in(arrivals.next()),
                (Some(_), _) => self.wake(),
                (None, Some(_)) => self.let_in(arrivals.next()),
            }
            self.obey();
        }
    }

    fn let_in(&mut self, arrival: Option<Arrival>) {
        let Some(arrival) = arrival else { return };
        if self.crowd.in_flight() >= self.means.limits.in_flight {
            self.crowd.refuse(&arrival, self.observe);
        } else {
            self.crowd.arrive(&arrival, &mut self.commands, self.observe);
        }
    }

    fn wake(&mut self) {
        let Some(Reverse((at, _, key))) = self.wakes.pop() else { return };
        if self.crowd.wake(key, at, &mut self.commands, self.observe) {
            self.drop_exchanges(key);
        }
    }

    /// Carries the commands out, those included that come of it on the way.
    fn obey(&mut self) {
        let mut next = 0;
        while let Some(command) = self.commands.get(next).copied() {
            next += 1;
            match command {
                Command::Wake { key, at } => {
                    self.scheduled += 1;
                    self.wakes.push(Reverse((at, self.scheduled, key)));
                }
                // The crowd counts an exchange when it asks for it.
                Command::Send { key, number, .. } if self.crowd.in_flight() > self.means.limits.in_flight => {
                    let now = self.means.timer.now();
                    self.crowd.refuse_exchange(key, number, now, &mut self.commands, self.observe);
                }
                Command::Send { key, number, exchange } => self.send(key, number, exchange),
            }
        }
        self.commands.clear();
    }

    fn send(&mut self, key: Key, number: u8, exchange: Exchange) {
        let (abort, registration) = AbortHandle::new_pair();
        if self.aborts.len() <= key.place() {
            self.aborts.resize_with(key.place() + 1, SmallVec::new);
        }
        if number == 0 {
            self.aborts[key.place()].clear();
        }
        self.aborts[key.place()].push(abort);
        let housed = Housed::new((self.make)(key, number, exchange), &self.rooms);
        self.out.push(Abortable::new(housed, registration));
    }

    fn drop_exchanges(&mut self, key: Key) {
        self.aborts[key.place()].drain(..).for_each(|abort| abort.abort());
    }

    fn note_begun(&mut self) {
        for (key, number, at) in self.begun.borrow_mut().drain(..) {
            self.crowd.started(key, number, at);
        }
    }

    /// When there is something to do without a reply; `None` when all is done.
    fn next_due(
        &mut self,
        arrivals: &mut Peekable<impl Iterator<Item = Arrival>>,
        until: Timestamp,
    ) -> Option<Timestamp> {
        let idle = self.crowd.in_flight() == 0;
        // Deadlines that were met still stand among the wakes: nobody is there to be woken by them.
        let empty = self.crowd.in_progress() == 0;
        let wake = self.wakes.peek().map(|Reverse((at, _, _))| *at);
        let wake = wake.filter(|at| !empty && (!idle || *at < until));
        let arrival = arrivals.peek().map(|arrival| arrival.at);
        [wake, arrival].into_iter().flatten().min()
    }

    /// Waits for a reply or for `next`, whichever is first, and hands out every reply that is there.
    async fn wait(&mut self, next: Timestamp) {
        let timer = &self.means.timer;
        let tick = timer.sleep_until(next.min(timer.now() + self.means.heartbeat));
        if self.out.is_empty() {
            return tick.await;
        }
        let first = match select(pin!(self.out.next()), pin!(tick)).await {
            Either::Left((finished, _)) => finished,
            Either::Right(_) => None,
        };
        self.note_begun();
        let mut finished = first;
        while let Some(reply) = finished {
            self.hand_out(reply);
            finished = self.out.next().now_or_never().flatten();
            self.note_begun();
        }
    }

    fn hand_out(&mut self, finished: Result<Finished, Aborted>) {
        // An aborted exchange was observed when its deadline passed.
        let Ok((key, number, done, delivery)) = finished else { return };
        match delivery {
            Delivery::Answered { sent, reply } => {
                let replied = Replied { sent, done, reply };
                self.crowd.reply(key, number, replied, &mut self.commands, self.observe);
            }
            Delivery::Refused => {
                self.crowd.refuse_exchange(key, number, done, &mut self.commands, self.observe);
            }
        }
        self.obey();
    }
}
