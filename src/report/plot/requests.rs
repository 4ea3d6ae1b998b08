//! `requests.svg`: requests by what they were for, over time, and those that failed.

use super::panel::{self, Panel, Point, Span};
use super::{Axis, BLUE, INK, ORANGE, PURPLE, Pen, PlotError, SKY};
use crate::record::series::Row;
use crate::report::run::Run;
use base::protocol::Outcome;
use plotters::style::RGBColor;

/// No more spans than this: beyond it, noise would hide the course.
const SPANS: usize = 210;

/// A kind of request: how it is counted, its colour and its name.
type Kind = (fn(&Row) -> u64, RGBColor, String);

/// Attempts of all kinds that ended in a row's interval.
pub(crate) fn all(row: &Row) -> u64 {
    row.useful + row.polls + row.refreshes + row.retries
}

/// Attempts that were not answered as hoped.
pub(crate) fn errors(row: &Row) -> u64 {
    let failed = |key: &str| key.rsplit_once('.').is_none_or(|(_, outcome)| outcome != Outcome::Ok.name());
    row.exchanges.iter().filter(|(key, _)| failed(key)).map(|(_, count)| count).sum()
}

/// Draws the picture; `None` when requests were not counted by what they were for.
///
/// # Errors
/// If the picture cannot be drawn.
pub(crate) fn draw(run: &Run) -> Result<Option<String>, PlotError> {
    let words = &run.words;
    if run.rows().iter().all(|row| all(row) == 0) {
        return Ok(None);
    }
    let kinds: [Kind; 4] = [
        (|row| row.useful, BLUE, words.useful()),
        (|row| row.polls, SKY, words.polls()),
        (|row| row.refreshes, ORANGE, words.refreshes()),
        (|row| row.retries, PURPLE, words.retries()),
    ];
    let failed = rates(run.rows(), errors);
    let top = rates(run.rows(), all).iter().chain(&failed).map(|span| span.2).fold(0.0, f64::max);
    let (from, to) = run.slice();
    let axes = (Axis::time(from, to, run), Axis::counts(top));
    panel::picture(&words.picture_requests(), axes, &words.axis_requests(), run, |panel: &Panel| {
        let pen = Pen::solid(INK, 6);
        let mut legend: Vec<_> =
            kinds.iter().map(|(_, color, name)| (Pen::solid(*color, 36), name.clone())).collect();
        legend.push((pen, words.line_errors()));
        panel.legend(&legend)?;
        let mut lower: Vec<Span> = rates(run.rows(), |_| 0);
        for (kind, color, _) in &kinds {
            let upper = stacked(&lower, &rates(run.rows(), kind));
            panel.band(&lower, &upper, *color)?;
            lower = upper;
        }
        panel.times()?;
        let steps = failed.iter().flat_map(|(from, to, rate)| [(*from, Some(*rate)), (*to, Some(*rate))]);
        panel.line(&steps.collect::<Vec<Point>>(), pen)
    })
    .map(Some)
}

/// How many a second, over at most [`SPANS`] spans of time.
fn rates(rows: &[Row], count: impl Fn(&Row) -> u64) -> Vec<Span> {
    let together = rows.len().div_ceil(SPANS).max(1);
    rows.chunks(together)
        .map(|rows| {
            let length: f64 = rows.iter().map(|row| row.length_s).sum();
            let total: u64 = rows.iter().map(&count).sum();
            let rate = if length > 0.0 { total as f64 / length } else { 0.0 };
            (rows[0].t_s, rows[rows.len() - 1].end_s(), rate)
        })
        .collect()
}

fn stacked(lower: &[Span], on_top: &[Span]) -> Vec<Span> {
    lower.iter().zip(on_top).map(|(low, top)| (low.0, low.1, low.2 + top.2)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_counts_over_the_lengths_of_their_intervals() {
        let row = |t_s: f64, length_s, useful| Row { t_s, length_s, useful, ..Row::default() };
        let rows = [row(0.0, 1.0, 30), row(1.0, 10.0, 30)];
        assert_eq!(rates(&rows, all), [(0.0, 1.0, 30.0), (1.0, 11.0, 3.0)]);
    }

    #[test]
    fn whatever_is_not_ok_is_an_error() {
        let exchanges = [("enter.ok", 5), ("enter.busy", 2), ("book.timed_out", 1)];
        let exchanges = exchanges.map(|(key, count)| (key.to_owned(), count)).into();
        assert_eq!(errors(&Row { exchanges, ..Row::default() }), 3);
    }
}
