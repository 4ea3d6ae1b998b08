//! Who comes. Each person is a function of (seed, cohort's name, number); nothing is stored about people
//! who have not come.

use base::calendar::Born;
use base::draw::{Draws, Purpose, Seed};
use base::protocol::PersonId;
use base::province::{Province, Regions};
use base::register::Listed;
use base::units::{Devices, People, Share};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// A counted set of people.
#[derive(Clone, Debug)]
pub struct Cohort {
    /// Its name, which keys every draw of its people.
    pub name: String,
    /// The first 32 bits of the name's SHA-256: what its people's ids begin with.
    pub tag: u32,
    /// How many come.
    pub people: u64,
    /// The draws of its people.
    pub draws: Draws,
    /// What the register of residents knows of them.
    pub listed: Listed,
    /// How many devices each comes with, on average.
    pub devices: Devices,
    /// How they share client addresses.
    pub addresses: Addresses,
}

/// Where the people of a cohort live and when they were born.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The interval of their dates of birth.
    pub born: Born,
    /// Where they live, spread by residents.
    pub regions: Regions,
}

impl Origin {
    /// Anybody in the country.
    pub const ANYBODY: Self = Self { born: Born::ANYBODY, regions: Regions::KOREA };
}

/// How people share client addresses: some have one of their own, the others sit behind the translators
/// (NAT) of mobile networks and offices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Addresses {
    /// The share of people with an address of their own.
    pub alone: Share,
    /// How many of the others share one, on average, at least 1.
    pub shared_by: People,
}

impl Addresses {
    /// Everybody has an address of their own.
    pub const ALONE: Self = Self { alone: Share(1.0), shared_by: People(1) };
}

impl Cohort {
    /// The cohort called `name`, of which `people` come: anybody, with one device and an address each.
    pub fn new(name: &str, people: u64, origin: Origin, seed: Seed) -> Self {
        let digest = Sha256::digest(name);
        let tag = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        let draws = seed.family("cohort", name);
        let listed = Listed::new(tag, people, origin.born, origin.regions, draws);
        let (devices, addresses) = (Devices(1.0), Addresses::ALONE);
        Self { name: name.to_owned(), tag, people, draws, listed, devices, addresses }
    }

    /// The person with this number.
    pub fn person(&self, number: u32) -> PersonId {
        PersonId::new(self.tag, number)
    }

    /// Where the person lives; none if there is no such person.
    pub fn province(&self, person: PersonId) -> Option<Province> {
        self.listed.resident(person.index() as u32).map(|resident| resident.province)
    }

    /// How many devices the person comes with, at least 1.
    pub fn devices_of(&self, person: PersonId) -> u8 {
        if self.devices == Devices(1.0) {
            return 1;
        }
        self.devices.of(self.draws.person(person.0, 0).of(Purpose::Devices, 0).unit())
    }

    /// The client address that all devices of the person call from, as the number of an IPv4 address.
    pub fn address_of(&self, person: PersonId) -> u32 {
        /// Addresses that are shared lie below, others above.
        const OWN: u32 = 1 << 31;
        let draw = self.draws.person(person.0, 0).of(Purpose::Address, 0);
        let (alone, which) = draw.pair();
        if alone < self.addresses.alone.0 {
            return OWN | (draw.bits() as u32);
        }
        let others = self.people as f64 * (1.0 - self.addresses.alone.0);
        let shared = (others / self.addresses.shared_by.0.max(1) as f64).clamp(1.0, f64::from(OWN - 1));
        // Each cohort's translators are its own, as far as the numbers go round.
        let first = f64::from(self.tag) / f64::from(u32::MAX) * f64::from(OWN / 2);
        (first + which * shared) as u32 % OWN
    }
}

/// A finished SHA-256 as `sha256:` and 64 hexadecimal digits.
pub fn hex_digest(hasher: Sha256) -> String {
    let digest = hasher.finalize();
    digest.iter().fold(String::from("sha256:"), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn devices_and_addresses_follow_their_laws() {
        let mut cohort = Cohort::new("a", 100_000, Origin::ANYBODY, Seed(7));
        cohort.devices = Devices(1.5);
        cohort.addresses = Addresses { alone: Share(0.6), shared_by: People(40) };
        let people = || (0..100_000).map(|number| cohort.person(number));
        let devices: u64 = people().map(|person| u64::from(cohort.devices_of(person))).sum();
        // Four standard errors of a mean of 100,000 coin tosses.
        assert!((devices as f64 / 1e5 - 1.5).abs() < 4.0 * 0.5 / 1e5_f64.sqrt(), "{devices}");
        let mut sharing: BTreeMap<u32, u32> = BTreeMap::new();
        for person in people() {
            *sharing.entry(cohort.address_of(person)).or_default() += 1;
        }
        let shared: Vec<u32> = sharing.values().copied().filter(|people| *people > 8).collect();
        let behind: u32 = shared.iter().sum();
        assert!((f64::from(behind) / 1e5 - 0.4).abs() < 0.01, "{behind} people share");
        let mean = f64::from(behind) / shared.len() as f64;
        assert!((mean - 40.0).abs() < 2.0, "{mean} people to a shared address");
    }
}
