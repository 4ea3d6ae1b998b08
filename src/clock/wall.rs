//! Scenario time from the wall clock, waiting with tokio's timer (whole milliseconds, never early).

use super::Timer;
use base::time::Timestamp;
use reference_server::clock::Clock;

/// A timer on a [`Clock`].
#[derive(Clone, Copy, Debug)]
pub struct WallTimer(pub Clock);

impl Timer for WallTimer {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn sleep_until(&self, at: Timestamp) -> impl Future<Output = ()> + 'static {
        tokio::time::sleep_until(self.0.wall(at).into())
    }
}
