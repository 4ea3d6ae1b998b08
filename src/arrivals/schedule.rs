//! The parts of all cohorts merged into one stream of arrivals in time order, in constant memory.
//!
//! Within a part the arrivals are distributed exactly as that many independent people would be: they are
//! the order statistics of uniforms, taken through the profile's inverse integral. They are made one
//! after the other by Rényi's representation (1953): with independent standard exponentials `E(j)`, the
//! k-th smallest of n exponentials is the sum over j ≤ k of `E(j) / (n - j + 1)`.
//!
//! The k-th arrival of a part is person `first_person + k` of its cohort, so the head-count is exact.

use super::{Profile, Span};
use crate::population::Cohort;
use base::draw::Purpose;
use base::protocol::PersonId;
use base::time::{Nanos, Timestamp};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// One first visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When the visit is meant to start.
    pub at: Timestamp,
    /// Which cohort, by its place in the scenario.
    pub cohort: u16,
    /// Who.
    pub person: PersonId,
    /// Which of their devices, from 0.
    pub device: u32,
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
    /// The number, within the cohort, of the first person of this part.
    pub first_person: u32,
    /// How many come.
    pub count: u64,
    /// The interval they spread over.
    pub span: Span,
    /// How.
    pub profile: Profile,
}

impl PlannedPart {
    /// How many are expected by `at`, from the closed-form integral.
    pub fn expected_by(&self, at: Timestamp) -> f64 {
        self.count as f64 * self.profile.come_by(self.span, at)
    }

    /// All arrivals of this part, in time order.
    pub fn arrivals(&self) -> impl Iterator<Item = Arrival> + '_ {
        let refresh_every = self.refresh_every();
        let mut hazard = 0.0;
        (0..self.count).map(move |k| {
            let person = self.people.person(self.first_person + k as u32);
            let draw = self.people.draws.person(person.0, 0).of(Purpose::Arrival, 0);
            hazard += draw.exponential() / (self.count - k) as f64;
            let at = self.profile.instant(self.span, -libm::expm1(-hazard));
            Arrival { at, cohort: self.cohort, person, device: 0, refresh_every }
        })
    }

    fn refresh_every(&self) -> Nanos {
        match &self.profile {
            Profile::AtTheDoor(door) => door.refresh_every.value,
            // Whoever else meets a closed window tries again as often as people at the door do by default.
            _ => Nanos::from_secs(5),
        }
    }
}

/// The merged stream of the arrivals in `[from, until)`.
pub struct Schedule<'a> {
    parts: Vec<Box<dyn Iterator<Item = Arrival> + 'a>>,
    heads: Vec<Option<Arrival>>,
    until: Timestamp,
}

impl<'a> Schedule<'a> {
    /// The arrivals of `parts` whose intended start lies in `[from, until)`.
    pub fn new(parts: &'a [PlannedPart], from: Timestamp, until: Timestamp) -> Self {
        let stream = |part: &'a PlannedPart| -> Box<dyn Iterator<Item = Arrival> + 'a> {
            Box::new(part.arrivals().skip_while(move |arrival| arrival.at < from))
        };
        let mut parts: Vec<_> = parts.iter().map(stream).collect();
        let heads = parts.iter_mut().map(Iterator::next).collect();
        Self { parts, heads, until }
    }
}

impl Iterator for Schedule<'_> {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        let heads = self.heads.iter().enumerate();
        let (at, place) = heads.filter_map(|(place, head)| head.map(|head| (head.at, place))).min()?;
        if at >= self.until {
            return None;
        }
        std::mem::replace(&mut self.heads[place], self.parts[place].next())
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
        self.0.update(arrival.device.to_le_bytes());
        self.0.update(arrival.at.0.to_le_bytes());
    }

    /// The digest, as `sha256:` and 64 hexadecimal digits.
    pub fn finish(self) -> String {
        crate::population::hex_digest(self.0)
    }
}
