//! `latency.svg`: response time, service time and lag over the slice.

use super::panel::{self, Panel, Point};
use super::{Axis, BLUE, MUTED, ORANGE, PURPLE, Pen, PlotError, SKY};
use crate::record::series::Row;
use crate::report::format;
use crate::report::run::Run;

/// No more points than this per line: beyond it, noise would hide the course.
const POINTS: usize = 420;

/// What the picture shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Course {
    /// How many intervals each point stands for; it shows the greatest of them.
    pub(crate) intervals: usize,
    /// The greatest response p99, and when.
    pub(crate) slowest: Option<(f64, f64)>,
    /// Whether some replies took no time at all, and so are not drawn.
    pub(crate) instant: bool,
    /// The greatest lag p99, unless there was none anywhere, as in virtual time.
    pub(crate) lag: Option<f64>,
}

impl Course {
    /// The course of a time series.
    pub(crate) fn of(rows: &[Row]) -> Self {
        let p99s = rows.iter().filter_map(|row| row.response_p99_s.map(|seconds| (seconds, row.t_s)));
        let lags = rows.iter().filter_map(|row| row.lag_p99_s).filter(|lag| format::lasts(*lag));
        Self {
            intervals: rows.len().div_ceil(POINTS).max(1),
            slowest: p99s.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1))),
            instant: rows.iter().filter_map(|row| row.service_p50_s).any(|seconds| !format::lasts(seconds)),
            lag: lags.max_by(f64::total_cmp),
        }
    }
}

/// Draws the picture.
///
/// # Errors
/// If the picture cannot be drawn.
pub(crate) fn draw(run: &Run) -> Result<String, PlotError> {
    let (course, words) = (Course::of(run.rows()), &run.words);
    let line = |value: fn(&Row) -> Option<f64>| greatest(run.rows(), course.intervals, value);
    // Where response and service coincide, the wider line shows on both sides of the narrower.
    let mut lines = vec![
        (line(|row| row.response_p99_s), Pen::solid(BLUE, 18), words.line_response_p99()),
        (line(|row| row.response_p50_s), Pen::solid(SKY, 18), words.line_response_p50()),
        (line(|row| row.service_p99_s), Pen::solid(ORANGE, 6), words.line_service_p99()),
        (line(|row| row.service_p50_s), Pen::solid(PURPLE, 6), words.line_service_p50()),
    ];
    if course.lag.is_some() {
        lines.push((line(|row| row.lag_p99_s), Pen::solid(MUTED, 6), words.line_lag_p99()));
    }
    let values = || {
        lines.iter().flat_map(|(points, ..)| points).filter_map(|(_, value)| value.filter(|v| v.is_finite()))
    };
    let (least, most) = (values().fold(1.0, f64::min), values().fold(0.0, f64::max));
    let (from, to) = run.slice();
    let axes = (Axis::time(from, to, run), Axis::durations(least, most));
    panel::picture(&words.picture_latency(), axes, &words.axis_durations(), run, |panel: &Panel| {
        if course.slowest.is_none() {
            return panel.empty(&words.latency_none());
        }
        let legend: Vec<_> = lines.iter().map(|(_, pen, name)| (*pen, name.clone())).collect();
        panel.legend(&legend)?;
        panel.times()?;
        lines.iter().try_for_each(|(points, pen, _)| panel.line(points, *pen))
    })
}

/// The greatest value of each `intervals` rows, at the first of them. A logarithmic scale has no place
/// for spans of nothing, so the line is broken there.
fn greatest(rows: &[Row], intervals: usize, value: impl Fn(&Row) -> Option<f64>) -> Vec<Point> {
    let of =
        |rows: &[Row]| rows.iter().filter_map(&value).filter(|v| format::lasts(*v)).max_by(f64::total_cmp);
    rows.chunks(intervals).map(|rows| (rows[0].t_s, of(rows))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_the_greatest_of_their_intervals() {
        let row = |t_s, p99| Row { t_s, response_p99_s: p99, ..Row::default() };
        let rows = [row(0.0, Some(1.0)), row(1.0, Some(3.0)), row(2.0, None), row(3.0, None)];
        assert_eq!(greatest(&rows, 2, |row| row.response_p99_s), [(0.0, Some(3.0)), (2.0, None)]);
        let course = Course::of(&rows);
        assert_eq!((course.intervals, course.slowest, course.lag), (1, Some((3.0, 1.0)), None));
    }
}
