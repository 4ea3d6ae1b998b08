//! What happens to the site during a run: operators' moves and faults, each at a known instant.

use crate::rules::RoomChange;
use crate::stations::StationChange;
use base::time::Timestamp;

/// A change of the site.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Of the waiting room.
    Room(RoomChange),
    /// Of the station at this place of the layout.
    Station(usize, StationChange),
}

/// Changes in the order in which they take effect.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline(Vec<(Timestamp, Change)>);

impl Timeline {
    /// A timeline of these changes; those of one instant keep their order.
    pub fn new(mut changes: Vec<(Timestamp, Change)>) -> Self {
        changes.sort_by_key(|(at, _)| *at);
        // The next one is taken from the end.
        changes.reverse();
        Self(changes)
    }

    /// When the next change takes effect.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.0.last().map(|(at, _)| *at)
    }

    /// Takes the next change if it is due by `now`.
    pub fn take(&mut self, now: Timestamp) -> Option<(Timestamp, Change)> {
        self.0.pop_if(|(at, _)| *at <= now)
    }
}
