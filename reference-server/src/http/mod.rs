//! The site over HTTP.
//!
//! A handler asks the site, and if the answer is not there at once, waits for it. It only ever waits:
//! the work belongs to the stations and goes on if the client leaves. `now` is read inside the lock that
//! guards the site, so time never runs backwards there.
//!
//! * `desk`: the site behind its lock, and the pump that brings answers when they are due
//! * `routes`: the operations as paths and methods
//! * `ticket`: signing and checking tickets
//! * `metrics`, [`health`], [`about`]: what the server says of itself: its account in numbers, whether it has
//!   begun, which scenario it plays
//! * `openapi`: all of it as an OpenAPI document

pub mod about;
mod desk;
pub mod health;
mod metrics;
mod openapi;
mod routes;
mod server;
mod ticket;

pub use server::{Server, Settings};
