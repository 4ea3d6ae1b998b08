//! Time as the live driver sees it: a seam with a real body and a virtual one.
//!
//! With `target` and `exec::live` the only place that knows tokio.

mod virtual_time;
mod wall;

use base::time::Timestamp;
pub use virtual_time::VirtualTimer;
pub use wall::WallTimer;

/// Tells the time and waits for it.
pub trait Timer: Clone + 'static {
    /// The scenario time now.
    fn now(&self) -> Timestamp;

    /// Is over when the scenario time is `at` or later.
    fn sleep_until(&self, at: Timestamp) -> impl Future<Output = ()> + 'static;
}
