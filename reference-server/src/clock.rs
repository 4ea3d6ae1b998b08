//! Scenario time from the wall clock: the one place of this crate that reads a clock.

use base::time::{Nanos, Timestamp};
use base::units::Speed;
use std::time::{Duration, Instant};

/// Scenario time that began at some instant and passes at some speed. Copies agree with one another.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    began: Instant,
    start: Timestamp,
    speed: Speed,
}

impl Clock {
    /// A clock that shows `start` after `delay` of wall time, and from then on runs at `speed`.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that the others are given")]
    pub fn starting(start: Timestamp, speed: Speed, delay: Duration) -> Self {
        Self { began: Instant::now() + delay, start, speed }
    }

    /// The scenario time now; `start` until the clock begins.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that the others are given")]
    pub fn now(&self) -> Timestamp {
        let wall = Instant::now().saturating_duration_since(self.began);
        self.start + Nanos(wall.as_nanos() as u64).mul_f64(self.speed.factor())
    }

    /// When the wall clock will be at scenario time `at`; at the beginning for anything earlier.
    pub fn wall(&self, at: Timestamp) -> Instant {
        self.began + self.wall_span(at.since(self.start))
    }

    /// How long a span of scenario time takes on the wall clock. Rounded up, so that whoever waits for an
    /// instant does not wake a nanosecond before it.
    pub fn wall_span(&self, span: Nanos) -> Duration {
        Duration::from_nanos((span.0 as f64 / self.speed.factor()).ceil() as u64)
    }

    /// How much wall time is left until the clock begins; zero once it has.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that the others are given")]
    pub fn starts_in(&self) -> Duration {
        self.began.saturating_duration_since(Instant::now())
    }

    /// How fast scenario time passes.
    pub fn speed(&self) -> Speed {
        self.speed
    }
}
