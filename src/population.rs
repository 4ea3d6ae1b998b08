//! Who comes. Each person is a function of (seed, cohort's name, number); nothing is stored about people
//! who have not come.

use base::draw::{Draws, Seed};
use base::protocol::PersonId;
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
}

impl Cohort {
    /// The cohort called `name`, of which `people` come.
    pub fn new(name: &str, people: u64, seed: Seed) -> Self {
        let digest = Sha256::digest(name);
        let tag = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        Self { name: name.to_owned(), tag, people, draws: seed.family("cohort", name) }
    }

    /// The person with this number.
    pub fn person(&self, number: u32) -> PersonId {
        PersonId::new(self.tag, number)
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
