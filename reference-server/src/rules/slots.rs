//! Slots, holds and bookings.
//!
//! Every change is an [`Effect`], and applying effects is the only way to change anything. So replaying
//! the effects of a run rebuilds its state, which is what a store does after a crash.

use base::protocol::{PersonId, Slot};
use base::time::Timestamp;
use std::collections::{BTreeMap, VecDeque};

/// One change to slots, holds or bookings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// `ticket` holds one of the slot's places until `until`.
    Held {
        /// The holder.
        ticket: u64,
        /// What is held.
        slot: Slot,
        /// When the hold ends by itself.
        until: Timestamp,
    },
    /// `ticket` holds nothing any more; the place is free again.
    Released {
        /// The former holder.
        ticket: u64,
    },
    /// What `ticket` held is booked for `person`.
    Booked {
        /// The holder.
        ticket: u64,
        /// For whom.
        person: PersonId,
        /// The idempotency key of the request.
        key: u64,
    },
}

/// Days from the first dose to the second: eight weeks.
const BETWEEN_DOSES: u8 = 56;

/// A booking as it stands: the first dose at a slot, the second at the same centre eight weeks later. Second
/// doses are not limited; the supply for them was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booking {
    /// Where and when the first dose is.
    pub slot: Slot,
    /// The idempotency key of the request that made it.
    pub key: u64,
}

impl Booking {
    /// Where and when the second dose is.
    pub fn second(&self) -> Slot {
        Slot { day: self.slot.day + BETWEEN_DOSES, ..self.slot }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hold {
    slot: Slot,
    until: Timestamp,
}

/// The state of all slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots {
    days: u8,
    /// Free places, by centre and then by day.
    free: Vec<u32>,
    holds: BTreeMap<u64, Hold>,
    /// Holds in order of their end; entries of released holds linger until their time.
    ends: VecDeque<(Timestamp, u64)>,
    bookings: BTreeMap<PersonId, Booking>,
}

impl Slots {
    /// `places[centre * days + day]` free places, nothing held or booked.
    ///
    /// # Panics
    /// If `days` is 0 or over 64, or does not divide the number of places.
    pub fn new(days: u8, places: Vec<u32>) -> Self {
        assert!((1..=64).contains(&days) && places.len().is_multiple_of(usize::from(days)));
        let (holds, ends, bookings) = (BTreeMap::new(), VecDeque::new(), BTreeMap::new());
        Self { days, free: places, holds, ends, bookings }
    }

    /// How many centres there are.
    pub fn centres(&self) -> u16 {
        (self.free.len() / usize::from(self.days)) as u16
    }

    /// Bit `d` is set when day `d` has a free place at `centre`; 0 for a centre that does not exist.
    pub fn free_days(&self, centre: u16) -> u64 {
        let first = usize::from(centre) * usize::from(self.days);
        let days = self.free.get(first..first + usize::from(self.days)).unwrap_or_default();
        days.iter().enumerate().fold(0, |bits, (day, free)| bits | u64::from(*free > 0) << day)
    }

    /// Whether the slot exists and has a free place.
    pub fn is_free(&self, slot: Slot) -> bool {
        slot.day < self.days && self.free_days(slot.centre) & (1 << slot.day) != 0
    }

    /// What `ticket` holds.
    pub fn held(&self, ticket: u64) -> Option<Slot> {
        self.holds.get(&ticket).map(|hold| hold.slot)
    }

    /// The booking of `person`.
    pub fn booking(&self, person: PersonId) -> Option<Booking> {
        self.bookings.get(&person).copied()
    }

    /// How many bookings stand.
    pub fn bookings(&self) -> u64 {
        self.bookings.len() as u64
    }

    /// When the next hold may end by itself.
    pub fn next_end(&self) -> Option<Timestamp> {
        self.ends.front().map(|(end, _)| *end)
    }

    /// The release that is due at `now`, if the hold first in order still stands and ends then.
    pub fn due_release(&mut self, now: Timestamp) -> Option<Effect> {
        let (end, ticket) = *self.ends.front().filter(|(end, _)| *end <= now)?;
        self.ends.pop_front();
        let ends_now = self.holds.get(&ticket).is_some_and(|hold| hold.until == end);
        ends_now.then_some(Effect::Released { ticket })
    }

    /// Makes one change.
    ///
    /// # Panics
    /// If the effect does not fit the state, which would be a bug: effects are only made by the rules
    /// after checking.
    pub fn apply(&mut self, effect: &Effect) {
        match *effect {
            Effect::Held { ticket, slot, until } => {
                *self.place(slot) -= 1;
                self.holds.insert(ticket, Hold { slot, until });
                self.ends.push_back((until, ticket));
            }
            Effect::Released { ticket } => {
                let hold = self.holds.remove(&ticket).expect("only what is held is released");
                *self.place(hold.slot) += 1;
            }
            Effect::Booked { ticket, person, key } => {
                let hold = self.holds.remove(&ticket).expect("only what is held is booked");
                let earlier = self.bookings.insert(person, Booking { slot: hold.slot, key });
                assert!(earlier.is_none(), "one person, one booking");
            }
        }
    }

    /// Everything that effects change, for comparing: free places, holds, bookings.
    #[cfg(test)]
    pub(super) fn state(&self) -> impl PartialEq + std::fmt::Debug {
        (self.free.clone(), self.holds.clone(), self.bookings.clone())
    }

    fn place(&mut self, slot: Slot) -> &mut u32 {
        &mut self.free[usize::from(slot.centre) * usize::from(self.days) + usize::from(slot.day)]
    }
}
