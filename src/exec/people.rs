//! From visits to people: who came, how they ended, in which window.
//!
//! A person with several devices is one person, whose state is the best of the devices': booked, inside,
//! turned away, gave up. A person who returns in a later window is counted in each, and once in all.

use crate::journey::Ending;
use crate::record::{Headcount, Tally};
use base::protocol::PersonId;
use std::collections::BTreeMap;

/// People of one worker.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    whole: Headcount,
    /// By the window's place.
    windows: Vec<Headcount>,
    /// People with several devices, from the arrival of the first until all have ended.
    groups: BTreeMap<PersonId, Group>,
}

/// The devices of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Group {
    /// Devices whose visits have not ended for good.
    left: u8,
    /// The window that the person was last seen in.
    window: u16,
    /// The best ending in that window, and of all.
    best_here: Option<Ending>,
    best: Option<Ending>,
}

impl People {
    /// Somebody comes with one of `devices` devices, in this window.
    pub(super) fn came(&mut self, person: PersonId, devices: u8, window: u16) {
        if devices > 1 {
            if self.groups.contains_key(&person) {
                return;
            }
            self.groups.insert(person, Group { left: devices, window, best_here: None, best: None });
        }
        self.whole.arrived += 1;
        self.window(window).arrived += 1;
    }

    /// Whether another device of the person has booked.
    pub(super) fn has_booked(&self, person: PersonId) -> bool {
        self.groups.get(&person).is_some_and(|group| group.best == Some(Ending::Booked))
    }

    /// Whether the person has several devices that have not all ended.
    pub(super) fn is_undecided(&self, person: PersonId) -> bool {
        self.groups.contains_key(&person)
    }

    /// A visit in this window ended. If the person `returns`, the device's last word is not spoken.
    pub(super) fn ended(&mut self, person: PersonId, window: u16, ending: Ending, returns: bool) {
        let Some(group) = self.groups.get_mut(&person) else {
            self.window(window).count(ending);
            if !returns {
                self.whole.count(ending);
            }
            return;
        };
        group.best = Some(better(group.best, ending));
        if group.window == window {
            group.best_here = Some(better(group.best_here, ending));
        }
        group.left -= u8::from(!returns);
        if group.left == 0 {
            self.conclude(person);
        }
    }

    /// A return visit begins in this window.
    pub(super) fn returned(&mut self, person: PersonId, window: u16) {
        let Some(group) = self.groups.get_mut(&person) else {
            self.window(window).arrived += 1;
            return;
        };
        if group.window == window {
            return;
        }
        let before = std::mem::replace(&mut group.window, window);
        let ending = group.best_here.take().unwrap_or(Ending::GaveUp);
        self.window(before).count(ending);
        self.window(window).arrived += 1;
    }

    /// All devices of the person have ended.
    fn conclude(&mut self, person: PersonId) {
        let Some(group) = self.groups.remove(&person) else { return };
        let best = group.best.unwrap_or(Ending::GaveUp);
        self.whole.count(best);
        self.window(group.window).count(group.best_here.unwrap_or(best));
    }

    /// The run is over. `inside` says of whom a visit is still in progress.
    pub(super) fn finish(mut self, inside: impl Fn(PersonId) -> bool) -> Tally {
        // Devices that the slice does not hold never came: those that did decide.
        let undecided: Vec<PersonId> = self.groups.keys().copied().collect();
        for person in undecided {
            if self.has_booked(person) || !inside(person) {
                self.conclude(person);
            }
        }
        Tally {
            people: self.whole.settled(),
            windows: self.windows.into_iter().map(Headcount::settled).collect(),
            ..Tally::default()
        }
    }

    fn window(&mut self, window: u16) -> &mut Headcount {
        let place = usize::from(window);
        if self.windows.len() <= place {
            self.windows.resize_with(place + 1, Headcount::default);
        }
        &mut self.windows[place]
    }
}

/// The better of two endings; endings are in that order.
fn better(a: Option<Ending>, b: Ending) -> Ending {
    a.map_or(b, |a| a.min(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::protocol::Refusal;

    const ONE: PersonId = PersonId(1);
    const TWO: PersonId = PersonId(2);

    #[test]
    fn the_best_of_the_devices_counts() {
        let mut people = People::default();
        people.came(ONE, 3, 0);
        people.came(TWO, 1, 0);
        people.came(ONE, 3, 0);
        people.ended(ONE, 0, Ending::GaveUp, false);
        people.ended(TWO, 0, Ending::GaveUp, false);
        assert!(!people.has_booked(ONE));
        people.ended(ONE, 0, Ending::Booked, false);
        assert!(people.has_booked(ONE) && !people.has_booked(TWO));
        people.came(ONE, 3, 0);
        people.ended(ONE, 0, Ending::TurnedAway(Refusal::AlreadyBooked), false);
        let tally = people.finish(|_| false);
        assert_eq!((tally.people.arrived, tally.people.booked, tally.people.gave_up), (2, 1, 1));
        assert_eq!(tally.people, tally.windows[0]);
    }

    #[test]
    fn who_returns_is_counted_in_each_window_and_once_in_all() {
        for devices in [1, 2] {
            let mut people = People::default();
            (0..devices).for_each(|_| people.came(ONE, devices, 0));
            (0..devices).for_each(|_| people.ended(ONE, 0, Ending::GaveUp, true));
            (0..devices).for_each(|_| people.returned(ONE, 2));
            (0..devices).for_each(|_| people.ended(ONE, 2, Ending::Booked, false));
            let tally = people.finish(|_| false);
            assert_eq!((tally.people.arrived, tally.people.booked, tally.people.gave_up), (1, 1, 0));
            assert_eq!((tally.windows[0].arrived, tally.windows[0].gave_up), (1, 1), "{devices} devices");
            assert_eq!((tally.windows[2].arrived, tally.windows[2].booked), (1, 1), "{devices} devices");
        }
    }

    #[test]
    fn whoever_is_still_busy_is_inside() {
        let mut people = People::default();
        people.came(ONE, 2, 0);
        people.came(TWO, 1, 0);
        people.ended(ONE, 0, Ending::GaveUp, false);
        let tally = people.finish(|person| person == ONE);
        assert_eq!((tally.people.arrived, tally.people.inside), (2, 2));
    }

    #[test]
    fn a_device_that_never_came_decides_nothing() {
        let mut people = People::default();
        people.came(ONE, 2, 0);
        people.ended(ONE, 0, Ending::GaveUp, false);
        let tally = people.finish(|_| false);
        assert_eq!((tally.people.gave_up, tally.people.inside), (1, 0));
    }
}
