//! A rate limit for each client address.
//!
//! The generic cell rate algorithm (ITU-T I.371, virtual scheduling) in exact arithmetic: an address's
//! calls may come at `rate`, and `burst` of them at once after an idle spell. Times are kept in units of
//! 1/count nanoseconds, as those of the admission rate are. Pure, on handed time.
//!
//! An address that could have its whole burst again is as good as new and is forgotten, so what is kept is
//! bounded by the calls that the rate allows in the time a burst takes to come back.

use base::time::Timestamp;
use base::units::Rate;
use std::collections::{BTreeMap, BTreeSet};

/// How much one address may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Calls per time.
    pub rate: Rate,
    /// How many may come at once after an idle spell, at least 1.
    pub burst: u32,
}

/// What each client address has used up.
#[derive(Clone, Debug)]
pub struct AddressLimits {
    count: i128,
    per: i128,
    burst: i128,
    /// By address: the instant, in 1/count nanoseconds, at which it will be as good as new. This is the
    /// theoretical arrival time of its next call.
    used: BTreeMap<u32, i128>,
    /// The same, soonest first.
    full_again: BTreeSet<(i128, u32)>,
}

impl AddressLimits {
    /// Limits that nobody has used yet.
    pub fn new(Settings { rate, burst }: Settings) -> Self {
        let (count, per) = (i128::from(rate.count), i128::from(rate.per.0));
        let burst = i128::from(burst.max(1));
        Self { count, per, burst, used: BTreeMap::new(), full_again: BTreeSet::new() }
    }

    /// A call comes from `address`; `false` if that is one too many. Such a call uses nothing up.
    pub fn allows(&mut self, now: Timestamp, address: u32) -> bool {
        let now = i128::from(now.0) * self.count;
        self.forget(now);
        let used = self.used.get(&address).copied();
        let theoretical = used.unwrap_or(now);
        if theoretical - now > (self.burst - 1) * self.per {
            return false;
        }
        if let Some(used) = used {
            self.full_again.remove(&(used, address));
        }
        self.used.insert(address, theoretical + self.per);
        self.full_again.insert((theoretical + self.per, address));
        true
    }

    /// Forgets every address that is as good as new at `now`. Each was added by one call, so this costs
    /// O(log n) amortised.
    fn forget(&mut self, now: i128) {
        while let Some((at, address)) = self.full_again.first().copied().filter(|(at, _)| *at <= now) {
            self.full_again.remove(&(at, address));
            self.used.remove(&address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::time::Nanos;
    use proptest::prelude::*;

    fn limits(count: u64, per_s: u64, burst: u32) -> AddressLimits {
        AddressLimits::new(Settings { rate: Rate { count, per: Nanos::from_secs(per_s) }, burst })
    }

    fn after(seconds: f64) -> Timestamp {
        Timestamp(1_627_902_000_000_000_000) + Nanos::from_secs_f64(seconds)
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let mut limits = limits(600, 60, 60);
        let passed = (0..100).filter(|_| limits.allows(after(0.0), 1)).count();
        assert_eq!(passed, 60);
        assert!(!limits.allows(after(0.099), 1));
        assert!(limits.allows(after(0.1), 1) && !limits.allows(after(0.1), 1), "ten a second come back");
        assert!(limits.allows(after(0.1), 2), "another address has its own");
    }

    #[test]
    fn a_rate_that_does_not_divide_a_second_does_not_drift() {
        let mut limits = limits(7, 1, 2);
        let due = |k: u64| after(0.0) + Nanos((k * 1_000_000_000).div_ceil(7));
        assert!(limits.allows(due(0), 1));
        for k in 0..7 * 3_600 {
            assert!(limits.allows(due(k), 1), "call {k} is due");
            assert!(!limits.allows(Timestamp(due(k + 1).0 - 1), 1), "and the next is not yet");
        }
    }

    #[test]
    fn an_address_that_is_as_good_as_new_is_forgotten() {
        let mut limits = limits(1, 1, 5);
        for address in 0..1_000 {
            assert!(limits.allows(after(0.0), address));
        }
        assert_eq!(limits.used.len(), 1_000);
        assert!(limits.allows(after(1.0), 5_000));
        assert_eq!((limits.used.len(), limits.full_again.len()), (1, 1));
    }

    proptest! {
        /// No stretch of time sees more calls pass than the burst and what the rate gives in it, and a call
        /// is refused only where the call more would break that for some stretch which ends now.
        #[test]
        fn what_passes_is_burst_and_rate(pauses in prop::collection::vec(0..3_000u64, 1..150), burst in 1..8u32) {
            let mut limits = limits(3, 2, burst);
            let (mut now, mut passed) = (after(0.0), Vec::new());
            for pause in pauses {
                now += Nanos::from_millis(pause);
                let before = |since: &Timestamp| passed.iter().filter(|at| *at >= since).count() as u64;
                // In `span` the rate gives span * 3 / 2 s; a call more has to fit into that and the burst.
                let fits = |since: &Timestamp| {
                    before(since) * 2_000_000_000 <= u64::from(burst - 1) * 2_000_000_000 + now.since(*since).0 * 3
                };
                let expected = passed.iter().all(fits);
                prop_assert_eq!(limits.allows(now, 9), expected);
                if expected {
                    passed.push(now);
                }
            }
        }

        /// Addresses do not touch one another, and forgetting changes no answer.
        #[test]
        fn each_address_is_limited_alone(calls in prop::collection::vec((0..900u64, 0..4u32), 1..150)) {
            let mut together = limits(2, 1, 3);
            let mut alone: Vec<_> = (0..4).map(|_| limits(2, 1, 3)).collect();
            let mut now = after(0.0);
            for (pause, address) in calls {
                now += Nanos::from_millis(pause);
                let expected = alone[address as usize].allows(now, address);
                prop_assert_eq!(together.allows(now, address), expected);
                prop_assert_eq!(together.used.len(), together.full_again.len());
            }
        }
    }
}
