//! Windows: when booking is open, and to whom.

use base::calendar::Born;
use base::protocol::PersonId;
use base::province::Regions;
use base::register::Resident;
use base::time::Timestamp;

/// An interval `[opens, closes)` in which booking is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// When it opens.
    pub opens: Timestamp,
    /// When it closes.
    pub closes: Timestamp,
    /// The cohorts that it admits: the tag of each, and when its people must have been born.
    pub cohorts: Vec<(u32, Born)>,
    /// Where people must live.
    pub regions: Regions,
}

impl Window {
    /// Whether somebody may book in it.
    pub fn admits(&self, person: PersonId, resident: &Resident) -> bool {
        let is_listed =
            |(tag, born): &(u32, Born)| *tag == person.cohort_tag() && born.contains(resident.born);
        self.cohorts.iter().any(is_listed) && self.regions.contain(resident.province)
    }
}

/// How an instant lies to the windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// None is open; the next opens then.
    Before(Timestamp),
    /// This one is open, by its place.
    Open(usize),
    /// The last has closed.
    Over,
}

/// How `now` lies to `windows`, which are in order and do not overlap.
pub fn phase(windows: &[Window], now: Timestamp) -> Phase {
    let place = windows.partition_point(|window| window.closes <= now);
    match windows.get(place) {
        None => Phase::Over,
        Some(window) if now < window.opens => Phase::Before(window.opens),
        Some(_) => Phase::Open(place),
    }
}
