//! The one integration binary.

#![expect(clippy::unwrap_used, reason = "a test that meets a surprise should fail")]

mod cli;
mod collapse;
mod conformance;
mod draws;
mod layers;
mod limits;
mod live;
mod opening;
mod rim;
mod samples;
mod schema;
mod staggered;
mod stall;
mod support;
