//! The parts of all cohorts merged into one stream of arrivals in time order, in constant memory.
//!
//! Within a part the arrivals are distributed exactly as that many independent people would be: they are
//! the order statistics of uniforms, taken through the profile's inverse integral. They are made one
//! after the other by Rényi's representation (1953): with independent standard exponentials `E(j)`, the
//! k-th smallest of n exponentials is the sum over j ≤ k of `E(j) / (n - j + 1)`.
//!
//! The k-th arrival of a part is person `first_person + k` of its cohort, so the head-count is exact. A part
//! lies in one province, since people are numbered province by province. Whoever has several devices comes
//! with the first; the others follow within seconds.

use super::{Profile, Span};
use crate::population::Cohort;
use base::draw::Purpose;
use base::protocol::PersonId;
use base::time::{Nanos, Timestamp};
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// One first visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrival {
    /// When the visit is meant to start.
    pub at: Timestamp,
    /// Which cohort, by its place in the scenario.
    pub cohort: u16,
    /// Who.
    pub person: PersonId,
    /// Which of their devices, from 0.
    pub device: u8,
    /// In which window, by its place in the scenario.
    pub window: u16,
    /// How long they wait between refreshes while the window is closed.
    pub refresh_every: Nanos,
}

/// A part of a cohort with its head-count settled.
#[derive(Clone, Debug)]
pub struct PlannedPart {
    /// The cohort's place in the scenario.
    pub cohort: u16,
    /// Whose people they are.
    pub people: Arc<Cohort>,
    /// The window's place in the scenario.
    pub window: u16,
    /// The number, within the cohort, of the first person of this part.
    pub first_person: u32,
    /// How many come.
    pub count: u64,
    /// The interval they spread over.
    pub span: Span,
    /// How.
    pub profile: Profile,
}

/// How long after the first device another one comes, on average. People at two screens need some seconds
/// to type an address twice.
const NEXT_DEVICE_S: f64 = 5.0;

impl PlannedPart {
    /// How many people are expected by `at`, from the closed-form integral.
    pub fn expected_by(&self, at: Timestamp) -> f64 {
        self.count as f64 * self.profile.come_by(self.span, at)
    }

    /// All arrivals of this part with their first device, in time order.
    pub fn arrivals(&self) -> impl Iterator<Item = Arrival> + '_ {
        let refresh_every = self.profile.refresh_every();
        let mut hazard = 0.0;
        (0..self.count).map(move |k| {
            let person = self.people.person(self.first_person + k as u32);
            let draw = self.people.draws.person(person.0, 0).of(Purpose::Arrival, 0);
            hazard += draw.exponential() / (self.count - k) as f64;
            let at = self.profile.instant(self.span, -libm::expm1(-hazard));
            Arrival { at, cohort: self.cohort, person, device: 0, window: self.window, refresh_every }
        })
    }

    /// The arrivals of the same person's other devices.
    fn others(&self, first: Arrival) -> impl Iterator<Item = Arrival> + use<> {
        let people = Arc::clone(&self.people);
        let devices = people.devices_of(first.person);
        (1..devices).map(move |device| {
            let draw = people.draws.person(first.person.0, u32::from(device)).of(Purpose::NextDevice, 0);
            let after = Nanos::from_secs_f64(draw.exponential() * NEXT_DEVICE_S);
            Arrival { at: first.at + after, device, ..first }
        })
    }
}

/// The merged stream of the arrivals in `[from, until)`.
pub struct Schedule<'a> {
    parts: Vec<(&'a PlannedPart, Box<dyn Iterator<Item = Arrival> + 'a>)>,
    /// The next arrival of each part, by the part's place.
    heads: BinaryHeap<Reverse<(Timestamp, usize, Arrival)>>,
    /// Further devices of people whose first has come.
    devices: BinaryHeap<Reverse<Arrival>>,
    from: Timestamp,
    until: Timestamp,
}

impl<'a> Schedule<'a> {
    /// The arrivals of `parts` whose intended start lies in `[from, until)`.
    pub fn new(parts: &'a [PlannedPart], from: Timestamp, until: Timestamp) -> Self {
        let stream = |part: &'a PlannedPart| -> (&'a PlannedPart, Box<dyn Iterator<Item = Arrival> + 'a>) {
            (part, Box::new(part.arrivals()))
        };
        let parts = parts.iter().map(stream).collect();
        let (heads, devices) = (BinaryHeap::new(), BinaryHeap::new());
        let mut schedule = Self { parts, heads, devices, from, until };
        (0..schedule.parts.len()).for_each(|place| schedule.draw(place));
        schedule
    }

    /// Puts the next arrival of a part among the heads.
    fn draw(&mut self, place: usize) {
        let next = self.parts[place].1.next();
        self.heads.extend(next.map(|arrival| Reverse((arrival.at, place, arrival))));
    }

    /// The next arrival of a first device, whose other devices are noted.
    fn first(&mut self) -> Option<Arrival> {
        let Reverse((_, place, arrival)) = self.heads.pop()?;
        self.draw(place);
        let others = self.parts[place].0.others(arrival).filter(|other| other.at >= self.from);
        self.devices.extend(others.map(Reverse));
        Some(arrival)
    }
}

impl Iterator for Schedule<'_> {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        loop {
            let first = self.heads.peek().map(|Reverse((at, ..))| *at);
            let other = self.devices.peek().map(|Reverse(other)| other.at);
            let arrival = match (first, other) {
                (None, None) => return None,
                (Some(first), Some(other)) if other < first => self.devices.pop().map(|Reverse(other)| other),
                (None, Some(_)) => self.devices.pop().map(|Reverse(other)| other),
                (Some(_), _) => self.first(),
            }?;
            if arrival.at >= self.until {
                return None;
            }
            if arrival.at >= self.from {
                return Some(arrival);
            }
        }
    }
}

/// A digest of a plan: over cohort, person, device and intended start of every arrival, in order.
///
/// It depends on the scenario and the seed only, never on threads or shards.
#[derive(Clone, Default)]
pub struct PlanHash(Sha256);

impl PlanHash {
    /// Adds the next arrival; `cohort` is its cohort's name.
    pub fn add(&mut self, cohort: &str, arrival: &Arrival) {
        self.0.update((cohort.len() as u64).to_le_bytes());
        self.0.update(cohort);
        self.0.update(arrival.person.index().to_le_bytes());
        self.0.update(u32::from(arrival.device).to_le_bytes());
        self.0.update(arrival.at.0.to_le_bytes());
    }

    /// The digest, as `sha256:` and 64 hexadecimal digits.
    pub fn finish(self) -> String {
        crate::population::hex_digest(self.0)
    }
}
