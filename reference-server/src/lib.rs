//! The reference booking server: a system under test that is open to inspection.
//!
//! * [`connections`] and [`door`]: what visitors hold open, and the limits before the rules (pure)
//! * [`rules`]: the waiting room, sessions, slots and bookings (pure)
//! * [`stations`]: where accepted work is served (pure)
//! * [`site`]: all of it together, the machine that the simulator and the HTTP server drive
//! * [`timeline`]: what changes about it during a run
//! * [`utilisation`]: how busy the stations were, interval by interval
//! * [`account`]: what a site says of itself afterwards
//! * [`http`]: the site over HTTP, by the scenario time of [`clock`]
//!
//! It knows nothing of the load generator.

pub mod account;
pub mod clock;
pub mod connections;
pub mod door;
pub mod http;
pub mod rules;
pub mod site;
pub mod stations;
pub mod timeline;
pub mod utilisation;
