//! `steps.svg`: response and service time of each step side by side, and the generator's lag below.

use super::bars::{self, Bar, Row};
use super::{Axis, BLUE, MUTED, ORANGE, Pen, PlotError};
use crate::record::summary::Spread;
use crate::report::format::{self, duration};
use crate::report::run::Run;
use plotters::style::RGBColor;

/// Draws the picture; `None` when no step was answered.
///
/// # Errors
/// If the picture cannot be drawn.
pub(crate) fn draw(run: &Run) -> Result<Option<String>, PlotError> {
    let (words, rows) = (&run.words, spans(run));
    if rows.is_empty() {
        return Ok(None);
    }
    let all = || rows.iter().flat_map(|(_, spans)| spans).map(|span| (span.p50, span.p99));
    let least = all().map(|(p50, _)| p50).filter(|p50| format::lasts(*p50)).fold(1.0, f64::min);
    let most = all().map(|(_, p99)| p99).fold(0.0, f64::max);
    let x = Axis::durations(least, most);
    let mut legend =
        vec![(Pen::solid(BLUE, 36), words.line_response()), (Pen::solid(ORANGE, 36), words.line_service())];
    if run.summary().generator.is_some() {
        legend.push((Pen::solid(MUTED, 36), words.line_lag()));
    }
    let rows: Vec<Row> = rows
        .into_iter()
        .map(|(name, spans)| Row { name, bars: spans.iter().map(SpanOf::bar).collect() })
        .collect();
    bars::picture((&words.picture_steps(), &words.axis_steps()), &x, &legend, &rows).map(Some)
}

/// From the median to the 99th percentile, in seconds of scenario time.
struct SpanOf {
    p50: f64,
    p99: f64,
    color: RGBColor,
}

impl SpanOf {
    fn of(spread: &Spread, factor: f64, color: RGBColor) -> Self {
        Self { p50: spread.p50 * factor, p99: spread.p99 * factor, color }
    }

    fn bar(&self) -> Bar {
        if !format::lasts(self.p99) {
            return Bar { pieces: Vec::new(), text: duration(0.0) };
        }
        let text = format!("{} – {}", duration(self.p50), duration(self.p99));
        Bar { pieces: vec![(self.p50, self.p99, self.color)], text }
    }
}

/// Each step that was answered, in the order of the journey, then the lag of all.
fn spans(run: &Run) -> Vec<(String, Vec<SpanOf>)> {
    let steps = run.steps().into_iter().filter_map(|(name, step)| {
        let (response, service) = (step.response_s.as_ref()?, step.service_s.as_ref()?);
        Some((name.to_owned(), vec![SpanOf::of(response, 1.0, BLUE), SpanOf::of(service, 1.0, ORANGE)]))
    });
    let lag = run.summary().generator.as_ref().and_then(|generator| generator.lag_s.as_ref());
    // The lag is kept in wall time, the steps in scenario time.
    let lag = lag.map(|lag| SpanOf::of(lag, run.summary().speed, MUTED));
    let steps: Vec<_> = steps.collect();
    if steps.is_empty() {
        return steps;
    }
    steps.into_iter().chain(lag.map(|lag| (run.words.all_steps(), vec![lag]))).collect()
}
