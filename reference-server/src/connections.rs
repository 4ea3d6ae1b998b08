//! The connections that visitors hold open, and the limit beyond which the site refuses new ones.
//!
//! A connection is a person's, not a socket: each device of a person has at most one. A call on an open one
//! uses it, otherwise it opens one; after its last answer it is kept alive for a while and then closes by
//! itself. Whoever has left, or was sent away to wait, closes it at once. So what is counted is exchanges
//! accepted and not yet answered, a device's together as one, and the connections kept alive after them.
//!
//! Pure, and handed the time. What is open takes O(log n) for each change and the same small memory for each
//! connection, however many calls it carried.

use base::grid::Grid;
use base::protocol::PersonId;
use base::time::{Nanos, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// How connections are bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The most that are open at once; without it there is no limit, and they are only counted.
    pub limit: Option<u64>,
    /// How long one stays open after its last answer.
    pub keep_alive: Nanos,
}

impl Default for Settings {
    /// No limit, and the fifteen seconds for which widespread servers keep an idle connection open.
    fn default() -> Self {
        Self { limit: None, keep_alive: Nanos::from_secs(15) }
    }
}

/// What the caller of [`Connections::end`] has to keep to.
const ONCE: &str = "every call that was let in is answered once";

/// One device of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Device {
    /// Whose.
    pub person: PersonId,
    /// Which of theirs, from 0.
    pub number: u8,
}

/// What happened in one interval and how things stood at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// Connections open at the end of the interval.
    pub open: u64,
    /// The most that were open at once during the interval.
    pub peak: u64,
    /// Connections refused during the interval.
    pub refused: u64,
}

/// The connections of one site.
#[derive(Clone, Debug)]
pub struct Connections {
    settings: Settings,
    open: BTreeMap<Device, State>,
    /// Idle connections by the instant at which they close.
    idle: BTreeSet<(Timestamp, Device)>,
    account: Account,
}

/// What an open connection is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// This many exchanges, at least 1, are not yet answered; once they are, it closes if its owner has left.
    Busy { exchanges: u32, left: bool },
    /// Everything is answered; it closes at this instant.
    Idle { closes: Timestamp },
}

impl Connections {
    /// No connection; the account is kept by the intervals of `grid`.
    pub fn new(settings: Settings, grid: Grid) -> Self {
        Self { settings, open: BTreeMap::new(), idle: BTreeSet::new(), account: Account::new(grid) }
    }

    /// Closes every connection whose time has come by `now`, in time order.
    pub fn advance(&mut self, now: Timestamp) {
        while let Some((at, device)) = self.idle.first().copied().filter(|(at, _)| *at <= now) {
            self.account.pass_to(at);
            self.idle.remove(&(at, device));
            self.close(device);
        }
        self.account.pass_to(now);
    }

    /// When the next idle connection closes.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.idle.first().map(|(at, _)| *at)
    }

    /// A call comes from `device`; `false` if that would take one connection more than the limit. Call
    /// [`Connections::advance`] with the same instant first.
    pub fn begin(&mut self, device: Device) -> bool {
        let full = self.is_full();
        match self.open.entry(device) {
            Entry::Vacant(_) if full => {
                self.account.refused();
                return false;
            }
            Entry::Vacant(place) => {
                place.insert(State::Busy { exchanges: 1, left: false });
                self.account.open(self.count());
            }
            Entry::Occupied(mut place) => match place.get_mut() {
                State::Busy { exchanges, left } => (*exchanges, *left) = (*exchanges + 1, false),
                State::Idle { closes } => {
                    self.idle.remove(&(*closes, device));
                    place.insert(State::Busy { exchanges: 1, left: false });
                }
            },
        }
        true
    }

    /// A call that was let in is answered at `now`; with this answer its owner has `left` or not. Call
    /// [`Connections::advance`] with the same instant first.
    ///
    /// # Panics
    /// If no such call is unanswered, which is a bug of the caller.
    pub fn end(&mut self, now: Timestamp, device: Device, has_left: bool) {
        let Some(state) = self.open.get_mut(&device) else { panic!("{ONCE}") };
        let State::Busy { exchanges, left } = state else { panic!("{ONCE}") };
        *exchanges -= 1;
        *left |= has_left;
        match (*exchanges, *left) {
            (0, true) => self.close(device),
            (0, false) => {
                let closes = now + self.settings.keep_alive;
                *state = State::Idle { closes };
                self.idle.insert((closes, device));
            }
            _ => {}
        }
    }

    fn close(&mut self, device: Device) {
        self.open.remove(&device);
        self.account.open(self.count());
    }

    fn is_full(&self) -> bool {
        self.settings.limit.is_some_and(|limit| self.count() >= limit)
    }

    fn count(&self) -> u64 {
        self.open.len() as u64
    }

    /// What became of connections so far.
    pub fn reading(&self) -> Reading {
        Reading {
            open: self.count(),
            peak: self.account.peak,
            limit: self.settings.limit,
            refused: self.account.refused,
            rows: self.account.rows.clone(),
        }
    }
}

/// The account of a site's connections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reading {
    /// Open now.
    pub open: u64,
    /// The most that were open at once.
    pub peak: u64,
    /// The most that may be; absent if there is no limit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<u64>,
    /// Connections refused because of the limit.
    pub refused: u64,
    /// The finished intervals, as those of the rules' account.
    pub rows: Vec<Row>,
}

/// What is counted, by interval; nothing is from the end of the account on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Account {
    grid: Grid,
    current: Row,
    rows: Vec<Row>,
    peak: u64,
    refused: u64,
}

impl Account {
    fn new(grid: Grid) -> Self {
        Self { grid, current: Row::default(), rows: Vec::new(), peak: 0, refused: 0 }
    }

    /// Whether the end has been reached; nothing is counted any more.
    fn is_closed(&self) -> bool {
        self.rows.len() == self.grid.count()
    }

    /// Closes every interval that ends at or before `now`, and at its end the account.
    fn pass_to(&mut self, now: Timestamp) {
        while !self.is_closed() && self.grid.end(self.rows.len()) <= now {
            self.rows.push(self.current);
            self.current = Row { open: self.current.open, peak: self.current.open, refused: 0 };
        }
    }

    fn open(&mut self, count: u64) {
        if self.is_closed() {
            return;
        }
        self.current.open = count;
        self.current.peak = self.current.peak.max(count);
        self.peak = self.peak.max(count);
    }

    fn refused(&mut self) {
        if self.is_closed() {
            return;
        }
        self.current.refused += 1;
        self.refused += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEEP_ALIVE: Nanos = Nanos::from_secs(15);

    fn connections(limit: Option<u64>) -> Connections {
        let settings = Settings { limit, keep_alive: KEEP_ALIVE };
        Connections::new(settings, Grid::even(Timestamp(0), Nanos::from_secs(10), 100))
    }

    fn after(seconds: u64) -> Timestamp {
        Timestamp(0) + Nanos::from_secs(seconds)
    }

    fn device(person: u64) -> Device {
        Device { person: PersonId(person), number: 0 }
    }

    /// Runs what is due, then a call that is answered at once.
    fn call(connections: &mut Connections, now: Timestamp, person: u64, leaves: bool) -> bool {
        connections.advance(now);
        let let_in = connections.begin(device(person));
        if let_in {
            connections.end(now, device(person), leaves);
        }
        let_in
    }

    #[test]
    fn a_connection_outlives_its_last_answer_by_the_keep_alive_time() {
        let mut open = connections(None);
        assert!(call(&mut open, after(0), 1, false));
        assert!(call(&mut open, after(10), 1, false), "the same connection, and a new lease of it");
        assert_eq!((open.next_due(), open.reading().open), (Some(after(25)), 1));
        open.advance(Timestamp(after(25).0 - 1));
        assert_eq!(open.reading().open, 1);
        open.advance(after(25));
        assert_eq!((open.reading().open, open.reading().peak), (0, 1));
    }

    #[test]
    fn an_exchange_that_is_not_answered_holds_the_connection_open() {
        let mut open = connections(Some(1));
        assert!(open.begin(device(1)));
        assert!(open.begin(device(1)), "a second call on the connection that is open");
        open.advance(after(100));
        assert!(!open.begin(device(2)));
        open.end(after(100), device(1), true);
        assert_eq!(open.reading().open, 1, "one call is still unanswered");
        open.end(after(100), device(1), false);
        assert_eq!(open.reading().open, 0, "its owner has left");
        assert!(open.begin(device(2)));
    }

    #[test]
    fn beyond_the_limit_a_connection_is_refused_until_one_closes() {
        let mut open = connections(Some(2));
        assert!(call(&mut open, after(0), 1, false) && call(&mut open, after(1), 2, false));
        assert!(!call(&mut open, after(2), 3, false));
        assert!(call(&mut open, after(3), 1, false), "whoever has one may go on");
        assert!(call(&mut open, after(4), 2, true), "leaves");
        assert!(call(&mut open, after(4), 3, false));
        let reading = open.reading();
        assert_eq!((reading.open, reading.peak, reading.refused, reading.limit), (2, 2, 1, Some(2)));
    }

    #[test]
    fn two_devices_of_one_person_have_two_connections() {
        let mut open = connections(None);
        assert!(open.begin(device(1)) && open.begin(Device { number: 1, ..device(1) }));
        assert_eq!(open.reading().open, 2);
    }

    #[test]
    fn rows_tell_the_end_the_peak_and_the_refusals_of_each_interval() {
        let mut open = connections(Some(2));
        call(&mut open, after(1), 1, false);
        call(&mut open, after(2), 2, false);
        call(&mut open, after(3), 3, false);
        open.advance(after(30));
        let rows = open.reading().rows;
        let row = |open, peak, refused| Row { open, peak, refused };
        assert_eq!(rows, [row(2, 2, 1), row(0, 2, 0), row(0, 0, 0)]);
    }

    /// A call: after how long it comes, from whom, how long its answer takes, and whether that is good-bye.
    type Step = (u64, u64, u64, bool);

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        prop::collection::vec((0..5u64, 0..8u64, 0..30u64, any::<bool>()), 1..200)
    }

    /// Plays the calls and their answers in time order, and asserts after each that the count holds.
    /// Returns how many calls were refused too.
    fn play(steps: &[Step], limit: Option<u64>, look_between: bool) -> (Connections, u64) {
        let mut open = connections(limit);
        let mut answers: BTreeSet<(u64, usize, u64, bool)> = BTreeSet::new();
        let (mut refused, mut now) = (0, 0);
        for (place, (pause, person, takes, leaves)) in steps.iter().enumerate() {
            now += pause;
            while let Some((at, place, person, leaves)) = answers.first().copied().filter(|a| a.0 <= now) {
                answers.remove(&(at, place, person, leaves));
                open.advance(after(at));
                open.end(after(at), device(person), leaves);
            }
            if look_between {
                open.advance(after(now.saturating_sub(pause / 2)));
            }
            open.advance(after(now));
            if open.begin(device(*person)) {
                answers.insert((now + takes, place, *person, *leaves));
            } else {
                refused += 1;
            }
            assert!(limit.is_none_or(|limit| open.count() <= limit));
            let busy: BTreeSet<_> = answers.iter().map(|(_, _, person, _)| person).collect();
            assert_eq!(open.count(), (busy.len() + open.idle.len()) as u64, "busy and idle ones add up");
        }
        (open, refused)
    }

    proptest! {
        #[test]
        fn the_limit_holds_and_calls_add_up(steps in steps(), limit in 1..8u64) {
            let (open, refused) = play(&steps, Some(limit), false);
            let reading = open.reading();
            prop_assert!(reading.peak <= limit && reading.open <= reading.peak);
            prop_assert!(reading.rows.iter().all(|row| row.open <= row.peak && row.peak <= reading.peak));
            prop_assert_eq!(reading.refused, refused);
            let in_rows: u64 = reading.rows.iter().map(|row| row.refused).sum();
            prop_assert_eq!(in_rows + open.account.current.refused, refused);
        }

        #[test]
        fn looking_between_changes_nothing(steps in steps(), limit in prop::option::of(1..8u64)) {
            let (plain, looked) = (play(&steps, limit, false), play(&steps, limit, true));
            prop_assert_eq!((plain.0.reading(), plain.1), (looked.0.reading(), looked.1));
        }

        #[test]
        fn advancing_in_two_leaps_is_advancing_in_one(steps in steps(), a in 0..200u64, b in 0..200u64) {
            let (mut once, _) = play(&steps, None, false);
            let mut twice = once.clone();
            let end: u64 = steps.iter().map(|step| step.0).sum();
            once.advance(after(end + a + b));
            twice.advance(after(end + a));
            twice.advance(after(end + a + b));
            prop_assert_eq!(once.reading(), twice.reading());
            prop_assert_eq!(once.next_due(), twice.next_due());
        }
    }
}
