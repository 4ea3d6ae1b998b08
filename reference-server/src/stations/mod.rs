//! Stations: where accepted work is done.
//!
//! A station is some workers with a service-time law and a bounded queue. An operation declares a chain
//! of stations, and one may stay held while the next is awaited, as a web worker is held while its
//! database connection is waited for. Pure, and driven by both clocks.
//!
//! Starts and completions are computed from the previous completion, never from an observed wake-up. So
//! a timer that fires late delays a reply but takes no capacity away. And work belongs to the station,
//! not to the connection it came by: nothing here can be cancelled from outside.

mod gauge;

use base::draw::{Draws, Purpose, Seed};
use base::law::Law;
use base::protocol::Operation;
use base::time::{Nanos, Timestamp};
pub use gauge::{Gauge, Reading, Worked};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// One station.
#[derive(Clone, Debug, PartialEq)]
pub struct Station {
    /// Its name, which keys its service draws and its row in reports.
    pub name: String,
    /// How many pieces of work it serves at once, at least 1.
    pub workers: u32,
    /// How long one piece takes.
    pub service: Law,
    /// How many more may wait.
    pub queue: u32,
    /// How long one waits at most before it is turned down.
    pub timeout: Nanos,
}

/// One station of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Which station, by its place in [`Layout::stations`].
    pub station: usize,
    /// How many stations, from that one on, do the same work side by side; the piece of work says which of
    /// them it goes to. 1 for a station that stands alone.
    pub alternatives: u8,
    /// Whether its worker stays taken until the whole chain is done.
    pub held: bool,
}

/// The stations and which operation passes which. No chain holds stations in a circle: held stages come
/// in the same order in all chains.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// All stations.
    pub stations: Vec<Station>,
    /// The chain of each operation; empty means done at once.
    pub chains: [Vec<Stage>; Operation::COUNT],
}

/// A station as it is from some instant on.
#[derive(Clone, Debug, PartialEq)]
pub struct StationChange {
    /// How many pieces of work it serves at once; 0 for a station that is lost.
    pub workers: u32,
    /// How long one piece takes.
    pub service: Law,
    /// How many more may wait.
    pub queue: u32,
}

/// A piece of work as the caller knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// What the caller wants to be told at the end.
    pub key: usize,
    /// For whom; keys the service draws.
    pub person: u64,
    /// On which of their devices; keys the service draws.
    pub device: u8,
    /// How many calls of this operation came before; keys the service draws.
    pub nth: u32,
    /// What is to be done.
    pub operation: Operation,
    /// Which of the stations that do the same work.
    pub alternative: u8,
}

impl Stage {
    /// A station that stands alone.
    pub const fn alone(station: usize, held: bool) -> Self {
        Self { station, alternatives: 1, held }
    }

    /// The station that a piece of work with this choice goes to.
    fn chosen(self, alternative: u8) -> usize {
        self.station + usize::from(alternative % self.alternatives.max(1))
    }
}

/// What became of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// Taken; a [`Finished`] will come.
    Queued,
    /// A queue was full.
    Refused,
    /// There was nothing to do.
    Done,
}

/// A piece of work that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The caller's key.
    pub key: usize,
    /// When it ended: computed, not observed.
    pub at: Timestamp,
    /// Whether the work was done; otherwise a queue was full or too slow.
    pub done: bool,
}

#[derive(Clone, Copy, Debug)]
struct Job {
    work: Work,
    stage: u8,
}

#[derive(Clone, Debug)]
struct Post {
    station: Station,
    draws: Draws,
    queue: VecDeque<(usize, Timestamp)>,
    busy: u32,
    gauge: Gauge,
}

/// All stations at work.
#[derive(Clone, Debug)]
pub struct Floor {
    posts: Vec<Post>,
    chains: [Vec<Stage>; Operation::COUNT],
    jobs: Vec<Job>,
    free: Vec<usize>,
    /// Ends of services: when, in order of scheduling, of which job.
    ends: BinaryHeap<Reverse<(Timestamp, u64, usize)>>,
    scheduled: u64,
}

impl Floor {
    /// Idle stations; their service times are drawn from `seed`.
    ///
    /// # Panics
    /// If a chain names a station that is not there, or a station has no worker.
    pub fn new(plan: Layout, seed: Seed, from: Timestamp) -> Self {
        let known =
            |stage: &Stage| stage.station + usize::from(stage.alternatives.max(1)) <= plan.stations.len();
        assert!(plan.chains.iter().flatten().all(known), "chains pass stations that exist");
        assert!(plan.stations.iter().all(|station| station.workers > 0), "a station has a worker");
        let post = |station: Station| Post {
            draws: seed.family("station", &station.name),
            queue: VecDeque::new(),
            busy: 0,
            gauge: Gauge::new(from, station.workers),
            station,
        };
        Self {
            posts: plan.stations.into_iter().map(post).collect(),
            chains: plan.chains,
            jobs: Vec::new(),
            free: Vec::new(),
            ends: BinaryHeap::new(),
            scheduled: 0,
        }
    }

    /// Offers a piece of work at `now`. First take every [`Floor::complete`] up to `now`.
    pub fn offer(&mut self, now: Timestamp, work: Work) -> Offered {
        let Some(first) = self.chains[work.operation.index()].first() else { return Offered::Done };
        let first = first.chosen(work.alternative);
        if self.posts[first].is_full() {
            self.posts[first].gauge.refused();
            return Offered::Refused;
        }
        let job = self.store(Job { work, stage: 0 });
        self.reach(now, job);
        Offered::Queued
    }

    /// When the next service or patience ends.
    pub fn next_due(&self) -> Option<Timestamp> {
        let service = self.ends.peek().map(|Reverse((end, _, _))| *end);
        [service, self.next_timeout().map(|(deadline, _)| deadline)].into_iter().flatten().min()
    }

    /// Runs what is due by `now` until a piece of work ends; call again until there is none.
    pub fn complete(&mut self, now: Timestamp) -> Option<Finished> {
        loop {
            let due = self.next_due().filter(|due| *due <= now)?;
            let service = self.ends.peek().is_some_and(|Reverse((end, _, _))| *end == due);
            let ended = if service { self.end_service() } else { self.end_patience(due) };
            if ended.is_some() {
                return ended;
            }
        }
    }

    /// What each station did up to `now`.
    pub fn readings(&self, now: Timestamp) -> Vec<Reading> {
        let queue = |post: &Post| post.queue.len() as u64;
        let read = |post: &Post| post.gauge.read(&post.station.name, now, post.busy, queue(post));
        self.posts.iter().map(read).collect()
    }

    /// How many stations there are.
    pub fn stations(&self) -> usize {
        self.posts.len()
    }

    /// Time worked and time offered by each station up to `now`, in worker-nanoseconds.
    pub fn worked(&self, now: Timestamp) -> impl Iterator<Item = Worked> + '_ {
        self.posts.iter().map(move |post| post.gauge.worked(now, post.busy))
    }

    /// From `now` on station `place` is another. First take every [`Floor::complete`] up to `now`. Work that
    /// has begun ends as it would have; workers that came in addition take from the queue at once.
    pub fn change(&mut self, now: Timestamp, place: usize, change: &StationChange) {
        let post = &mut self.posts[place];
        post.gauge.change(now, post.busy);
        post.gauge.set_workers(change.workers);
        post.station.workers = change.workers;
        post.station.service = change.service;
        post.station.queue = change.queue;
        self.fill(now, place);
    }

    /// Free workers take from the queue.
    fn fill(&mut self, now: Timestamp, place: usize) {
        while self.posts[place].busy < self.posts[place].station.workers {
            let Some((job, since)) = self.posts[place].queue.pop_front() else { return };
            self.posts[place].gauge.waited(now.since(since));
            self.start(now, job);
        }
    }

    fn end_service(&mut self) -> Option<Finished> {
        let Reverse((at, _, job)) = self.ends.pop()?;
        let Job { work, stage } = self.jobs[job];
        let chain = &self.chains[work.operation.index()];
        let (current, next) = (chain[usize::from(stage)], chain.get(usize::from(stage) + 1).copied());
        let Some(next) = next else { return Some(self.finish(at, job, true)) };
        if !current.held {
            self.release(at, current.chosen(work.alternative));
        }
        self.jobs[job].stage += 1;
        let next = next.chosen(work.alternative);
        if self.posts[next].is_full() {
            self.posts[next].gauge.refused();
            return Some(self.finish(at, job, false));
        }
        self.reach(at, job);
        None
    }

    fn end_patience(&mut self, due: Timestamp) -> Option<Finished> {
        let (_, station) = self.next_timeout()?;
        let (job, _) = self.posts[station].queue.pop_front()?;
        self.posts[station].gauge.refused();
        Some(self.finish(due, job, false))
    }

    /// The earliest deadline of waiting work, and where. A station's queue is first come, first served
    /// and its time-out is one length for all, so only the fronts matter.
    fn next_timeout(&self) -> Option<(Timestamp, usize)> {
        let fronts = self.posts.iter().enumerate().filter_map(|(station, post)| {
            post.queue.front().map(|(_, since)| (*since + post.station.timeout, station))
        });
        fronts.min()
    }

    /// The job stands before the station of its stage, which is not full.
    fn reach(&mut self, now: Timestamp, job: usize) {
        let station = self.station_of(job);
        if self.posts[station].busy < self.posts[station].station.workers {
            self.posts[station].gauge.waited(Nanos::ZERO);
            self.start(now, job);
        } else {
            self.posts[station].queue.push_back((job, now));
        }
    }

    fn start(&mut self, now: Timestamp, job: usize) {
        let station = self.station_of(job);
        let Work { person, device, nth, operation, .. } = self.jobs[job].work;
        let post = &mut self.posts[station];
        post.gauge.change(now, post.busy);
        post.busy += 1;
        let draw = post.draws.draw(person, u32::from(device), Purpose::Service.step(operation as u8), nth);
        let end = now + post.station.service.sample(draw);
        self.scheduled += 1;
        self.ends.push(Reverse((end, self.scheduled, job)));
    }

    /// A worker comes free and takes the next in its queue at this very instant.
    fn release(&mut self, now: Timestamp, station: usize) {
        let post = &mut self.posts[station];
        post.gauge.change(now, post.busy);
        post.busy -= 1;
        self.fill(now, station);
    }

    /// The job leaves. If it was `done`, its worker at the last stage comes free; if it was turned down,
    /// it has none there; either way those it held on the way do.
    fn finish(&mut self, at: Timestamp, job: usize, done: bool) -> Finished {
        let Job { work, stage } = self.jobs[job];
        let reached = usize::from(stage);
        for place in 0..=reached {
            let stage = self.chains[work.operation.index()][place];
            let serving_now = place == reached && done;
            if serving_now || (place < reached && stage.held) {
                self.release(at, stage.chosen(work.alternative));
            }
        }
        self.free.push(job);
        Finished { key: work.key, at, done }
    }

    /// Where the job stands.
    fn station_of(&self, job: usize) -> usize {
        let Job { work, stage } = self.jobs[job];
        self.chains[work.operation.index()][usize::from(stage)].chosen(work.alternative)
    }

    fn store(&mut self, job: Job) -> usize {
        if let Some(place) = self.free.pop() {
            self.jobs[place] = job;
            return place;
        }
        self.jobs.push(job);
        self.jobs.len() - 1
    }
}

impl Post {
    fn is_full(&self) -> bool {
        self.busy >= self.station.workers && self.queue.len() >= self.station.queue as usize
    }
}

#[cfg(test)]
mod tests;
