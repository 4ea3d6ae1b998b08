//! What the load generator and the reference booking server both speak.
//!
//! Everything here is pure: no clock is read, nothing is printed, nothing waits.
//!
//! * [`time`]: instants and spans of scenario time, whole nanoseconds
//! * [`units`]: rates, shares, scale and speed, each written with its unit
//! * [`written`]: what reading them has in common
//! * [`schema`]: JSON Schemas of what people write and read
//! * [`quantity`]: a value with its range and where it comes from
//! * [`draw`]: counter-based randomness; a draw is a function of what it is for, never of order
//! * [`law`]: distributions of durations that know their mean and variance
//! * [`calendar`]: civil times in a named zone
//! * [`grid`]: the intervals of a time series
//! * [`province`]: the provinces and sets of them
//! * [`register`]: what is known of each person before they come
//! * [`apportion`]: splitting whole numbers by largest remainder
//! * [`protocol`]: the booking service's operations and replies
//! * [`histogram`]: the one histogram configuration used for every duration

pub mod apportion;
pub mod calendar;
pub mod draw;
pub mod grid;
pub mod histogram;
pub mod law;
pub mod protocol;
pub mod province;
pub mod quantity;
pub mod register;
pub mod schema;
pub mod time;
pub mod units;
pub mod written;
