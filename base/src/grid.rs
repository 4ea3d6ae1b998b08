//! The intervals of a time series: short around each opening, longer elsewhere.
//!
//! Up to two hours every interval is a second. A longer span takes the shortest of 10 s, 1 min and 10 min
//! that gives at most 7,200 intervals, and keeps seconds for ten minutes on either side of each opening.

use crate::time::{Nanos, Timestamp};
use std::sync::Arc;

const SECOND: Nanos = Nanos::from_secs(1);
const LENGTHS: [Nanos; 4] = [SECOND, Nanos::from_secs(10), Nanos::from_secs(60), Nanos::from_secs(600)];
const MOST: u64 = 7_200;
const AROUND: Nanos = Nanos::from_secs(600);

/// The intervals of one span of time. Copies share them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid(Arc<[Timestamp]>);

impl Grid {
    /// The intervals of `[from, until)` with these openings in it or beside it.
    ///
    /// # Panics
    /// If the span is empty.
    pub fn new(from: Timestamp, until: Timestamp, openings: &[Timestamp]) -> Self {
        assert!(from < until, "a span of time has a length");
        let fits = |length: &&Nanos| until.since(from).0 / length.0 <= MOST;
        let length = *LENGTHS.iter().find(fits).unwrap_or(&LENGTHS[3]);
        let is_close = |at: Timestamp| openings.iter().any(|o| at >= *o - AROUND && at < *o + AROUND);
        // The next instant at which seconds begin: a long interval ends there.
        let next_close = |at: Timestamp| {
            openings.iter().map(|o| *o - AROUND).filter(|begins| *begins > at).min().unwrap_or(until)
        };
        let mut bounds = vec![from];
        let mut at = from;
        while at < until {
            at = if is_close(at) { at + SECOND } else { (at + length).min(next_close(at)) }.min(until);
            bounds.push(at);
        }
        Self(bounds.into())
    }

    /// Intervals of one length, without end in practice: for tests and for targets without a slice.
    ///
    /// # Panics
    /// If the length is zero.
    pub fn even(from: Timestamp, length: Nanos, count: usize) -> Self {
        assert!(length > Nanos::ZERO, "an interval has a length");
        Self((0..=count as u64).map(|place| from + Nanos(length.0 * place)).collect())
    }

    /// How many intervals there are.
    pub fn count(&self) -> usize {
        self.0.len() - 1
    }

    /// Where it begins.
    pub fn from(&self) -> Timestamp {
        self.0[0]
    }

    /// Where it ends.
    pub fn until(&self) -> Timestamp {
        self.0[self.count()]
    }

    /// The beginning of interval `place`.
    pub fn begin(&self, place: usize) -> Timestamp {
        self.0[place.min(self.count())]
    }

    /// The end of interval `place`.
    pub fn end(&self, place: usize) -> Timestamp {
        self.0[(place + 1).min(self.count())]
    }

    /// The length of interval `place`.
    pub fn length(&self, place: usize) -> Nanos {
        self.end(place).since(self.begin(place))
    }

    /// The interval that holds `at`; the first for what came before, the last for what came after.
    pub fn place(&self, at: Timestamp) -> usize {
        self.place_near(at, 0)
    }

    /// The same, where `hint` is likely to be right or just before.
    pub fn place_near(&self, at: Timestamp, hint: usize) -> usize {
        let last = self.count() - 1;
        let holds = |place: usize| place <= last && self.0[place] <= at && at < self.0[place + 1];
        if holds(hint) {
            return hint;
        }
        if holds(hint + 1) {
            return hint + 1;
        }
        self.0.partition_point(|bound| *bound <= at).saturating_sub(1).min(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FROM: Timestamp = Timestamp(1_627_902_000_000_000_000);

    #[test]
    fn a_short_span_is_in_seconds() {
        let grid = Grid::new(FROM, FROM + Nanos::from_secs(7_200), &[]);
        assert_eq!((grid.count(), grid.length(0), grid.length(7_199)), (7_200, SECOND, SECOND));
    }

    #[test]
    fn seconds_are_kept_around_each_opening() {
        let day = Nanos::from_secs(86_400);
        let (first, second) = (FROM + Nanos::from_secs(900), FROM + day + Nanos::from_secs(7));
        let grid = Grid::new(FROM, FROM + day + day, &[first, second]);
        for opening in [first, second] {
            let place = grid.place(opening);
            assert_eq!((grid.begin(place), grid.length(place)), (opening, SECOND));
            assert_eq!(grid.length(grid.place(opening - Nanos::from_secs(600))), SECOND);
            assert!(grid.length(grid.place(opening + Nanos::from_secs(600))) > SECOND);
        }
        assert!(grid.count() < 7_200 + 2_400, "{}", grid.count());
    }

    proptest! {
        #[test]
        fn intervals_are_without_gap_and_places_are_found(
            length in 1u64..10_000_000,
            openings in prop::collection::vec(0u64..10_000_000, 0..5),
            at in 0u64..10_000_000,
            hint in 0usize..10_000,
        ) {
            let after = |seconds: u64| FROM + Nanos::from_secs(seconds);
            let openings: Vec<_> = openings.into_iter().map(after).collect();
            let grid = Grid::new(FROM, after(length), &openings);
            prop_assert_eq!((grid.from(), grid.until()), (FROM, after(length)));
            prop_assert!((0..grid.count()).all(|place| grid.begin(place) < grid.end(place)));
            let at = after(at % length);
            let place = grid.place_near(at, hint);
            prop_assert_eq!(place, grid.place(at));
            prop_assert!(grid.begin(place) <= at && at < grid.end(place));
        }
    }
}
