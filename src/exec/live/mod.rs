//! The live clock: moves the crowd along over a transport, in real time or on a virtual timer.
//!
//! The schedule never waits for a reply. A visit is data; only exchanges in flight cost a future. When a
//! timer fires, the visit is handed the instant *it asked for*; the clock's reading enters only
//! `started` and `done`, so our own lateness is seen and reported as lag.

mod driver;
mod rooms;
mod workers;

pub use driver::{Limits, Means, drive};
pub use workers::{Fleet, Recorded};
