//! `sessions.svg` and `connections.svg`: what the target holds at once, against its limit.

use super::panel::{self, Panel, Point};
use super::{Axis, BLUE, ORANGE, Pen, PlotError};
use crate::record::series::Row;
use crate::report::format;
use crate::report::run::Run;

/// A limit this many times above the peak would flatten the curve; it is named instead of drawn.
const IN_VIEW: f64 = 8.0;

/// What is held.
pub(crate) struct Held {
    name: String,
    axis: String,
    line: String,
    peak: u64,
    limit: Option<u64>,
    value: fn(&Row) -> Option<u64>,
}

impl Held {
    /// Sessions against their cap; `None` when the target keeps no account.
    pub(crate) fn sessions(run: &Run) -> Option<Self> {
        let (sessions, words) = (run.summary().sessions.as_ref()?, &run.words);
        Some(Self {
            name: words.picture_sessions(),
            axis: words.axis_sessions(),
            line: words.line_sessions(),
            peak: sessions.peak,
            limit: sessions.cap,
            value: |row| row.sessions,
        })
    }

    /// Connections against their limit; `None` when they were not measured.
    pub(crate) fn connections(run: &Run) -> Option<Self> {
        let (connections, words) = (run.summary().connections.as_ref()?, &run.words);
        Some(Self {
            name: words.picture_connections(),
            axis: words.axis_connections(),
            line: words.line_connections(),
            peak: connections.peak,
            limit: connections.limit,
            value: |row| row.connections,
        })
    }

    /// Draws the picture.
    ///
    /// # Errors
    /// If the picture cannot be drawn.
    pub(crate) fn draw(&self, run: &Run) -> Result<String, PlotError> {
        let points: Vec<Point> =
            run.ends().map(|(end, row)| (end, (self.value)(row).map(|held| held as f64))).collect();
        let limit = self.limit.map(|limit| limit as f64);
        let drawn = limit.filter(|limit| *limit <= self.peak as f64 * IN_VIEW);
        let (from, to) = run.slice();
        let top = drawn.unwrap_or(0.0).max(self.peak as f64);
        let axes = (Axis::time(from, to, run), Axis::counts(top));
        let (solid, dashed) = (Pen::solid(BLUE, 9), Pen::dashed(ORANGE, 9));
        panel::picture(&self.name, axes, &self.axis, run, |panel: &Panel| {
            let mut legend = vec![(solid, self.line.clone())];
            legend.extend(drawn.map(|_| (dashed, run.words.line_limit())));
            panel.legend(&legend)?;
            panel.times()?;
            panel.fill(&points, BLUE)?;
            panel.line(&points, solid)?;
            let Some(limit) = limit else { return Ok(()) };
            let number = format::number(limit);
            if drawn.is_some() {
                panel.level(limit, dashed)?;
                panel.level_note(limit, &run.words.limit_note(number), ORANGE)
            } else {
                panel.level_note(f64::INFINITY, &run.words.limit_above(number), ORANGE)
            }
        })
    }
}
