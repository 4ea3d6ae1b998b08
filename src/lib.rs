//! openrush replays the opening of a booking system to a crowd, live or in virtual time, and says whether
//! it will hold.
//!
//! Each module uses only those above it in this table; `tests/it/layers.rs` holds it and fails on an edge
//! that runs the wrong way.
//!
//! | layer | modules |
//! |---|---|
//! | 1 | [`objective`]: what "good" means |
//! | 2 | [`population`]: who comes · [`journey`]: what a visitor does · [`arrivals`]: when visits start |
//! | 3 | [`scenario`]: YAML, valid by construction · [`record`]: observations and the run folder |
//! | 4 | [`clock`]: time for live parts · [`target`]: what is visited, behind one seam |
//! | 5 | [`exec`]: the two clocks |
//! | 7 | [`report`]: what people see |

pub mod arrivals;
pub mod clock;
pub mod exec;
pub mod journey;
pub mod objective;
pub mod population;
pub mod record;
pub mod report;
pub mod scenario;
pub mod target;
