//! The booking site as one pure machine: its door, the rules, and behind them the stations.
//!
//! Both clocks drive this type: the simulator from its event queue, the HTTP server from behind a lock.
//! Calls are known by a key that the driver chooses; answers come back with the instant they became due.

use crate::connections::Connections;
use crate::door::{self, Door};
use crate::rules::{Accepted, Config, Rules, Verdict};
use crate::stations::{Finished, Floor, Layout, Offered, Work};
use crate::timeline::{Change, Timeline};
use crate::utilisation::Utilisation;
use base::draw::Seed;
use base::protocol::{Ask, Call, Reply};
use base::time::Timestamp;

/// The rules and the stations of one booking site.
#[derive(Clone, Debug)]
pub struct Site {
    door: Door,
    rules: Rules,
    floor: Floor,
    timeline: Timeline,
    utilisation: Utilisation,
    in_work: Vec<Option<(u64, Accepted)>>,
    free: Vec<usize>,
}

/// A reply to a call that was not answered at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The driver's key of the call.
    pub key: u64,
    /// When the reply became due: computed, not observed.
    pub at: Timestamp,
    /// The reply.
    pub reply: Reply,
}

impl Site {
    /// A site that nobody has come to yet, with a door that lets everybody pass, to which nothing happens; its
    /// service times are drawn from `seed`.
    pub fn new(rules: Config, stations: Layout, seed: Seed) -> Self {
        Self::with_door(door::Settings::default(), rules, stations, Timeline::default(), seed)
    }

    /// A site that nobody has come to yet, with limits at its door and what will happen to it.
    pub fn with_door(
        door: door::Settings,
        rules: Config,
        stations: Layout,
        timeline: Timeline,
        seed: Seed,
    ) -> Self {
        let grid = rules.account.clone();
        let connections = Connections::new(door.connections, grid.clone());
        let floor = Floor::new(stations, seed, grid.from());
        let utilisation = Utilisation::new(grid, floor.stations());
        let (door, rules) = (Door::new(connections, door.per_address), Rules::new(rules));
        let (in_work, free) = (Vec::new(), Vec::new());
        Self { door, rules, floor, timeline, utilisation, in_work, free }
    }

    /// A call arrives at `now`. Returns the reply if it can be given at once; otherwise it will come from
    /// [`Site::advance`]. First runs everything that is due, into `answers`.
    pub fn arrive(
        &mut self,
        now: Timestamp,
        key: u64,
        call: &Call,
        answers: &mut Vec<Answer>,
    ) -> Option<Reply> {
        self.advance(now, answers);
        let accepted = match self.at_the_door(now, call) {
            Verdict::Reply(reply) => return Some(reply),
            Verdict::Route(accepted) => accepted,
        };
        let slot = self.store(key, accepted);
        match self.floor.offer(now, work(slot, call)) {
            Offered::Queued => None,
            Offered::Done => Some(self.conclude(Finished { key: slot, at: now, done: true }).reply),
            Offered::Refused => Some(self.conclude(Finished { key: slot, at: now, done: false }).reply),
        }
    }

    /// What becomes of a call before any station works on it.
    fn at_the_door(&mut self, now: Timestamp, call: &Call) -> Verdict {
        if let Some(reply) = self.door.knock(now, call) {
            return Verdict::Reply(reply);
        }
        let verdict = self.rules.accept(now, call);
        if let Verdict::Reply(reply) = &verdict {
            self.door.answered(now, call, reply);
        }
        verdict
    }

    /// When the stations next have something to do or something changes. The door and the rules need no
    /// waking: they settle before a call.
    pub fn next_due(&self) -> Option<Timestamp> {
        [self.floor.next_due(), self.timeline.next_due()].into_iter().flatten().min()
    }

    /// Runs everything that is due by `now`; replies that became due are appended in time order.
    pub fn advance(&mut self, now: Timestamp, answers: &mut Vec<Answer>) {
        while let Some((at, change)) = self.timeline.take(now) {
            self.work_until(at, answers);
            self.change(at, &change);
        }
        self.work_until(now, answers);
        // The memory store has nothing to write down: the state is the rules' own.
        self.rules.take_effects();
    }

    fn work_until(&mut self, now: Timestamp, answers: &mut Vec<Answer>) {
        loop {
            // An interval's utilisation is read before anything that happens after its end.
            let due = self.floor.next_due().filter(|due| *due <= now);
            self.utilisation.pass_to(due.unwrap_or(now), &self.floor);
            if due.is_none() {
                break;
            }
            if let Some(finished) = due.and_then(|due| self.floor.complete(due)) {
                self.door.advance(finished.at);
                self.rules.settle(finished.at);
                answers.push(self.conclude(finished));
            }
        }
        self.door.advance(now);
        self.rules.settle(now);
    }

    fn change(&mut self, at: Timestamp, change: &Change) {
        match change {
            Change::Room(change) => self.rules.change_room(at, *change),
            Change::Station(place, change) => self.floor.change(at, *place, change),
        }
    }

    fn conclude(&mut self, finished: Finished) -> Answer {
        let taken = self.in_work[finished.key].take();
        let (key, accepted) = taken.expect("every piece of work ends once");
        self.free.push(finished.key);
        let reply = if finished.done {
            self.rules.commit(finished.at, &accepted)
        } else {
            self.rules.abandon(&accepted);
            Reply::Busy
        };
        self.door.answered(finished.at, &accepted.call, &reply);
        Answer { key, at: finished.at, reply }
    }

    fn store(&mut self, key: u64, accepted: Accepted) -> usize {
        if let Some(slot) = self.free.pop() {
            self.in_work[slot] = Some((key, accepted));
            slot
        } else {
            self.in_work.push(Some((key, accepted)));
            self.in_work.len() - 1
        }
    }

    /// The door, to read.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// The rules, to read.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The stations, to read.
    pub fn floor(&self) -> &Floor {
        &self.floor
    }

    /// How busy the stations were, interval by interval.
    pub fn utilisation(&self) -> &Utilisation {
        &self.utilisation
    }
}

/// What a call is to the stations.
fn work(key: usize, call: &Call) -> Work {
    let alternative = if let Ask::Identify { provider } = call.ask { provider } else { 0 };
    let Call { person, device, nth, .. } = *call;
    Work { key, person: person.0, device, nth, operation: call.ask.operation(), alternative }
}
