//! The time series as pictures need it.

use super::format::Clock;
use crate::record::folder::Folder;
use crate::record::series::Row;

/// Each row with the end of its interval, in seconds from the opening. Intervals may differ in length.
pub(super) fn ends(folder: &Folder) -> impl Iterator<Item = (f64, &Row)> {
    folder.rows.iter().map(|row| (row.end_s(), row))
}

/// The slice, in seconds from the opening.
pub(super) fn slice(folder: &Folder, clock: &Clock) -> (f64, f64) {
    (clock.seconds(folder.manifest.time.from_ns), clock.seconds(folder.manifest.time.until_ns))
}
