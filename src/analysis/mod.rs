//! Pure functions of what was recorded.
//!
//! * [`closed_form`]: what theory says about the line at an opening
//! * [`summary`]: the numbers of a run
//! * [`judge`]: objectives, cautions, verdict
//! * [`rows`]: the time series
//!
//! Knows nothing of how a run was made: live or simulated, over which transport, on how many threads.

pub mod closed_form;
pub mod judge;
pub mod rows;
pub mod summary;
