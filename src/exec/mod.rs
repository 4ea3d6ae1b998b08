//! The two clocks.
//!
//! [`crowd`] is what they share: all visits in progress, pure. [`sim`] moves it along in virtual time,
//! [`live`] over a real transport. The two never use each other.

pub mod crowd;
pub mod live;
mod people;
mod progress;
pub mod sim;

pub use progress::Progress;
