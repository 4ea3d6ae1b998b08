//! The admission rate as a bucket of tokens, kept in exact arithmetic.
//!
//! This is the generic cell rate algorithm (ITU-T I.371) in its virtual-scheduling form. Times are kept
//! in units of 1/count nanoseconds, so 280 admissions a second never drift.

use base::time::{Nanos, Timestamp};
use base::units::Rate;

/// Lets `rate` through, and at most `burst` worth of it at once after an idle spell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    count: i128,
    per: i128,
    burst: i128,
    /// The theoretical arrival time of the next token beyond a full bucket, in 1/count nanoseconds.
    theoretical: i128,
}

impl Bucket {
    /// A bucket that is empty at `opens`: the first admission comes one interval later, so that the
    /// people at the door form the line that the closed form describes.
    pub(super) fn empty_at(opens: Timestamp, rate: Rate, burst: Nanos) -> Self {
        let count = i128::from(rate.count);
        let (per, burst) = (i128::from(rate.per.0), i128::from(burst.0) * count);
        Self { count, per, burst, theoretical: i128::from(opens.0) * count + burst + per }
    }

    /// From `now` on another rate. What was saved up stays saved up, as a span of time.
    pub(super) fn change(&mut self, now: Timestamp, rate: Rate) {
        let next = self.next();
        let count = i128::from(rate.count);
        let burst = self.burst / self.count * count;
        // A next admission that was far off under the old rate is at most one interval of the new one away.
        let per = i128::from(rate.per.0);
        let soon = (i128::from(next.0) * count).min(i128::from(now.0) * count + per);
        *self = Self { count, per, burst, theoretical: soon + burst };
    }

    /// The first instant at which an admission is allowed.
    pub(super) fn next(&self) -> Timestamp {
        self.after(0)
    }

    /// The first instant at which an admission is allowed once `ahead` others have had theirs, each as
    /// soon as it is allowed.
    pub(super) fn after(&self, ahead: u64) -> Timestamp {
        let exact = self.theoretical - self.burst + i128::from(ahead) * self.per;
        Timestamp(exact.div_euclid(self.count) as i64 + i64::from(exact.rem_euclid(self.count) != 0))
    }

    /// Takes a token at `now`, which is not before [`Bucket::next`].
    pub(super) fn take(&mut self, now: Timestamp) {
        let now = i128::from(now.0) * self.count;
        // Less than a nanosecond late is the rounding of `next`, not idleness: it must not add up.
        let late = now - self.theoretical >= self.count;
        self.theoretical = if late { now } else { self.theoretical } + self.per;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn does_not_drift() {
        let opens = Timestamp(1_627_902_000_000_000_000);
        let mut bucket = Bucket::empty_at(opens, Rate { count: 280, per: Nanos::from_secs(1) }, Nanos::ZERO);
        for _ in 0..280 * 3_600 {
            let next = bucket.next();
            bucket.take(next);
        }
        assert_eq!(bucket.next().since(opens).0, 3_600_000_000_000 + 3_571_429);
    }

    #[test]
    fn another_rate_takes_effect_at_once() {
        let hour = Nanos::from_secs(3_600);
        let mut bucket = Bucket::empty_at(Timestamp(0), Rate { count: 1, per: hour }, Nanos::ZERO);
        let now = Timestamp(0) + Nanos::from_secs(10);
        bucket.change(now, Rate { count: 10, per: Nanos::from_secs(1) });
        assert_eq!(bucket.next(), now + Nanos::from_millis(100));
        bucket.take(bucket.next());
        bucket.change(now + Nanos::from_millis(150), Rate { count: 1, per: Nanos::from_secs(1) });
        assert_eq!(bucket.next(), now + Nanos::from_millis(200), "what was promised stays promised");
        bucket.take(bucket.next());
        assert_eq!(bucket.next(), now + Nanos::from_millis(1_200));
    }

    #[test]
    fn a_burst_is_bounded() {
        let second = Nanos::from_secs(1);
        let mut bucket = Bucket::empty_at(Timestamp(0), Rate { count: 10, per: second }, second);
        let late = Timestamp(0) + Nanos::from_secs(100);
        let mut admitted = 0;
        while bucket.next() <= late {
            bucket.take(late);
            admitted += 1;
        }
        assert_eq!(admitted, 11, "ten saved up in one second and the one that is due");
    }
}
