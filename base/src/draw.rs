//! Counter-based randomness.
//!
//! A draw is a function of the seed and of *what it is for*: which cohort, person and device, for what
//! purpose, for the how-manieth time. It is never a function of order. So one more retry, one more cohort
//! or one more thread moves no other draw, and two variants of a scenario share their randomness.
//!
//! Method: SipHash-1-3 with 128 bits of output (Aumasson and Bernstein, 2012) as a keyed pseudo-random
//! function. The key is derived from the seed and the cohort's *name*; the message is the counter. The
//! function is fixed by its specification, so values do not change with a library version.

use siphasher::sip128::{Hasher128, SipHasher13};

/// The run's seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub u64);

/// A key from which draws of one family (a cohort, a station) are made.
#[derive(Clone, Copy, Debug)]
pub struct Draws(SipHasher13);

/// What a draw is for, within one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// The gap before this person's arrival in their part of the profile.
    Arrival = 1,
    /// How long the person is willing to wait in line.
    Patience = 2,
    /// The spread of a pause before trying again.
    Backoff = 3,
    /// Which centre to ask for.
    Centre = 4,
    /// Which of the free days to take.
    Day = 5,
    /// The idempotency key of a booking.
    BookingKey = 6,
    /// The pause before a step; combine with [`Purpose::step`].
    Think = 7,
    /// A service time; combine with [`Purpose::step`].
    Service = 8,
    /// The date of birth.
    Birth = 9,
    /// How many devices the person comes with.
    Devices = 10,
    /// How long after the first device another one comes.
    NextDevice = 11,
    /// From which client address.
    Address = 12,
    /// Whether, and when, a person who got nothing returns in a later window.
    Return = 13,
    /// Which identity provider.
    Provider = 14,
}

impl Purpose {
    /// This purpose narrowed to one step or operation, numbered by what it *is*, never by its place in a
    /// list.
    pub fn step(self, identity: u8) -> u64 {
        (self as u64) | (u64::from(identity) + 1) << 8
    }
}

/// The draws of one person (of one device of theirs).
#[derive(Clone, Copy, Debug)]
pub struct PersonDraws<'a> {
    family: &'a Draws,
    person: u64,
    device: u32,
}

/// 128 random bits for one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw(u64, u64);

impl Seed {
    /// The draws of the family called `name`. Two families' names never share draws unless equal.
    pub fn family(self, kind: &str, name: &str) -> Draws {
        let mut hasher = SipHasher13::new_with_keys(self.0, 0x6f70_656e_7275_7368);
        hasher_write(&mut hasher, kind);
        hasher_write(&mut hasher, name);
        let key = hasher.finish128();
        Draws(SipHasher13::new_with_keys(key.h1, key.h2))
    }
}

/// Length first, so that no two lists of texts collide by running into one another.
fn hasher_write(hasher: &mut SipHasher13, text: &str) {
    use std::hash::Hasher as _;
    hasher.write(&(text.len() as u64).to_le_bytes());
    hasher.write(text.as_bytes());
}

impl Draws {
    /// The draws of `person`'s `device` in this family.
    pub fn person(&self, person: u64, device: u32) -> PersonDraws<'_> {
        PersonDraws { family: self, person, device }
    }

    /// The draw of `person` for `purpose`, for the `occurrence`-th time.
    pub fn draw(&self, person: u64, device: u32, purpose: u64, occurrence: u32) -> Draw {
        let mut message = [0; 24];
        message[..8].copy_from_slice(&person.to_le_bytes());
        message[8..12].copy_from_slice(&device.to_le_bytes());
        message[12..16].copy_from_slice(&occurrence.to_le_bytes());
        message[16..].copy_from_slice(&purpose.to_le_bytes());
        let hash = self.0.hash(&message);
        Draw(hash.h1, hash.h2)
    }
}

impl PersonDraws<'_> {
    /// The draw for `purpose`, for the `occurrence`-th time.
    pub fn of(&self, purpose: Purpose, occurrence: u32) -> Draw {
        self.family.draw(self.person, self.device, purpose as u64, occurrence)
    }

    /// The draw for `purpose` at the step with this identity, for the `occurrence`-th time.
    pub fn at_step(&self, purpose: Purpose, step: u8, occurrence: u32) -> Draw {
        self.family.draw(self.person, self.device, purpose.step(step), occurrence)
    }
}

impl Draw {
    /// Uniform in [0, 1), 53 bits.
    pub fn unit(self) -> f64 {
        unit(self.0)
    }

    /// Two independent uniforms in [0, 1).
    pub fn pair(self) -> (f64, f64) {
        (unit(self.0), unit(self.1))
    }

    /// Uniform among `0..n` by multiplication (Lemire 2019); the bias is below 2⁻³² for any real `n`.
    ///
    /// # Panics
    /// If `n` is zero.
    pub fn below(self, n: u64) -> u64 {
        assert!(n > 0, "something to choose from");
        ((u128::from(self.0) * u128::from(n)) >> 64) as u64
    }

    /// 64 random bits.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// Exponential with mean 1, by inversion.
    pub fn exponential(self) -> f64 {
        -libm::log1p(-self.unit())
    }

    /// Standard normal, by the transform of Box and Muller (1958).
    pub fn normal(self) -> f64 {
        let (u, v) = self.pair();
        libm::sqrt(-2.0 * libm::log1p(-u)) * libm::cos(std::f64::consts::TAU * v)
    }
}

fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: Seed = Seed(20_210_802);

    #[test]
    fn a_draw_is_a_function_of_what_it_is_for() {
        let seniors = SEED.family("cohort", "seniors");
        let before = seniors.person(7, 0).of(Purpose::Patience, 0);
        let others = SEED.family("cohort", "fifties");
        let _ = (others.person(7, 0).of(Purpose::Patience, 0), seniors.person(7, 0).of(Purpose::Backoff, 3));
        assert_eq!(before, SEED.family("cohort", "seniors").person(7, 0).of(Purpose::Patience, 0));
    }

    #[test]
    fn every_part_of_the_address_matters() {
        let family = SEED.family("cohort", "a");
        let mut seen = vec![
            family.draw(1, 0, 1, 0),
            family.draw(2, 0, 1, 0),
            family.draw(1, 1, 1, 0),
            family.draw(1, 0, 2, 0),
            family.draw(1, 0, 1, 1),
            family.draw(1, 0, Purpose::Think.step(0), 0),
            family.draw(1, 0, Purpose::Think.step(1), 0),
            SEED.family("station", "a").draw(1, 0, 1, 0),
            Seed(1).family("cohort", "a").draw(1, 0, 1, 0),
        ];
        seen.sort_by_key(|draw| draw.bits());
        seen.dedup();
        assert_eq!(seen.len(), 9);
    }

    #[test]
    fn values_are_stable_across_versions() {
        let draw = SEED.family("cohort", "seniors").draw(0, 0, Purpose::Patience as u64, 0);
        assert_eq!((draw.0, draw.1), GOLDEN, "a changed value would change every published run");
    }
    const GOLDEN: (u64, u64) = (3_029_699_024_601_549_673, 5_489_395_491_260_940_766);

    #[test]
    fn moments_are_right() {
        let family = SEED.family("cohort", "moments");
        let n = 200_000;
        let (mut uniform, mut exponential, mut normal, mut square) = (0.0, 0.0, 0.0, 0.0);
        for person in 0..n {
            let draw = family.person(person, 0).of(Purpose::Arrival, 0);
            uniform += draw.unit();
            exponential += draw.exponential();
            normal += draw.normal();
            square += draw.normal() * draw.normal();
        }
        let n = n as f64;
        // Four standard errors each: 0.289, 1, 1 and 1.41 over the square root of n.
        assert!((uniform / n - 0.5).abs() < 4.0 * 0.289 / n.sqrt());
        assert!((exponential / n - 1.0).abs() < 4.0 / n.sqrt());
        assert!((normal / n).abs() < 4.0 / n.sqrt());
        assert!((square / n - 1.0).abs() < 4.0 * 1.415 / n.sqrt());
    }
}
