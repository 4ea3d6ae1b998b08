//! `arrivals.svg`: cumulative arrivals, admissions and bookings.
//!
//! The classic picture of queueing: the upright gap between two curves is the number of people between
//! the two events, the level gap is the time they spend there.

use super::panel::{self, Panel, Point};
use super::{Axis, BLUE, GREEN, ORANGE, Pen, PlotError};
use crate::record::series::Row;
use crate::report::run::Run;

/// The totals at the end of the slice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Visits begun.
    pub(crate) started: u64,
    /// Visits admitted; absent when the target keeps no account.
    pub(crate) admitted: Option<u64>,
    /// Visits that ended with a booking.
    pub(crate) booked: u64,
}

impl Totals {
    /// The totals of a time series.
    pub(crate) fn of(rows: &[Row]) -> Self {
        let admissions = rows.iter().filter_map(|row| row.admissions);
        Self {
            started: rows.iter().map(|row| row.started).sum(),
            admitted: rows.iter().any(|row| row.admissions.is_some()).then(|| admissions.sum()),
            booked: rows.iter().map(|row| row.completions).sum(),
        }
    }
}

/// Draws the picture.
///
/// # Errors
/// If the picture cannot be drawn.
pub(crate) fn draw(run: &Run) -> Result<String, PlotError> {
    let (totals, words) = (Totals::of(run.rows()), &run.words);
    let started = running(run, |row| Some(row.started));
    let admitted = running(run, |row| row.admissions);
    let booked = running(run, |row| Some(row.completions));
    let top = totals.started.max(totals.admitted.unwrap_or(0)).max(totals.booked);
    let (from, to) = run.slice();
    // Where two lines coincide, the wider shows on both sides of the narrower.
    let mut lines = vec![(started, Pen::solid(BLUE, 18), words.line_arrivals())];
    if totals.admitted.is_some() {
        lines.push((admitted, Pen::solid(ORANGE, 9), words.line_admissions()));
    }
    lines.push((booked, Pen::solid(GREEN, 9), words.line_bookings()));
    let axes = (Axis::time(from, to, run), Axis::counts(top as f64));
    panel::picture(
        &words.picture_arrivals(),
        axes,
        &words.axis_visits(run.clock.short(from)),
        run,
        |panel: &Panel| {
            let legend: Vec<_> = lines.iter().map(|(_, pen, name)| (*pen, name.clone())).collect();
            panel.legend(&legend)?;
            panel.times()?;
            lines.iter().try_for_each(|(points, pen, _)| panel.line(points, *pen))
        },
    )
}

/// The running total at the end of each interval, beginning with none.
fn running(run: &Run, count: impl Fn(&Row) -> Option<u64>) -> Vec<Point> {
    let begin = run.rows().first().map(|row| (row.t_s, Some(0.0)));
    let mut total = 0;
    let ends = run.ends().map(|(end, row)| {
        total += count(row).unwrap_or(0);
        (end, Some(total as f64))
    });
    begin.into_iter().chain(ends).collect()
}
