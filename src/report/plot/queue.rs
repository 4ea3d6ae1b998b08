//! `queue.svg`: the tickets in line, measured and as the closed form has it.

use super::panel::{self, Panel, Point};
use super::{Axis, BLUE, ORANGE, Pen, PlotError};
use crate::report::format;
use crate::report::run::Run;

/// The part of the slice that the picture shows, in seconds from the opening.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct View {
    /// Where it begins.
    pub(crate) from: f64,
    /// Where it ends.
    pub(crate) to: f64,
    /// The most tickets in line outside of it; absent when the whole slice is shown.
    pub(crate) most_outside: Option<u64>,
}

/// A line shorter than this part of the peak is not worth the room it would take in the picture.
const NOTICEABLE: f64 = 0.02;
/// The picture is narrowed only if this part of the slice, or less, is enough.
const NARROW: f64 = 0.6;
/// At least this much is shown after the opening, in seconds.
const LEAST: f64 = 120.0;

impl View {
    /// Shortly before the opening to three times the time until the line was gone, if the line is
    /// confined to that; otherwise, and with several openings, the whole slice.
    pub(crate) fn of(run: &Run) -> Self {
        let (begin, end) = run.slice();
        let whole = Self { from: begin, to: end, most_outside: None };
        if run.openings().len() > 1 {
            return whole;
        }
        let peak = run.summary().queue.as_ref().map_or(0, |queue| queue.peak);
        let depths = || run.ends().filter_map(|(t, row)| row.queue_depth.map(|depth| (t, depth)));
        let busy = |(_, depth): &(f64, u64)| *depth as f64 > (peak as f64 * NOTICEABLE).max(1.0);
        let (Some((first, _)), Some((last, _))) = (depths().find(busy), depths().filter(busy).last()) else {
            return whole;
        };
        let to = (3.0 * last).max(LEAST).min(end);
        let from = (first.min(0.0) - to / 8.0).max(begin);
        if to - from > NARROW * (end - begin) || to <= from {
            return whole;
        }
        let outside = depths().filter(|(t, _)| !(from..=to).contains(t)).map(|(_, depth)| depth);
        Self { from, to, most_outside: Some(outside.max().unwrap_or(0)) }
    }
}

/// Draws the picture.
///
/// # Errors
/// If the picture cannot be drawn.
pub(crate) fn draw(run: &Run) -> Result<String, PlotError> {
    let (view, words) = (View::of(run), &run.words);
    let measured = measured(run);
    let predicted = predicted(run);
    let highest = measured.iter().chain(&predicted).filter(|(t, _)| (view.from..=view.to).contains(t));
    let top = highest.filter_map(|(_, depth)| depth.filter(|depth| depth.is_finite())).fold(0.0, f64::max);
    let axes = (Axis::time(view.from, view.to, run), Axis::counts(top));
    panel::picture(&words.picture_queue(), axes, &words.axis_tickets(), run, |panel: &Panel| {
        let (solid, dashed) = (Pen::solid(BLUE, 9), Pen::dashed(ORANGE, 9));
        let mut legend = Vec::new();
        if measured.iter().any(|(_, depth)| depth.is_some()) {
            legend.push((solid, words.line_measured()));
        }
        if !predicted.is_empty() {
            legend.push((dashed, words.line_closed_form()));
        }
        if legend.is_empty() {
            return panel.empty(&words.no_queue_account());
        }
        panel.legend(&legend)?;
        panel.fill(&measured, BLUE)?;
        panel.times()?;
        panel.line(&measured, solid)?;
        panel.line(&predicted, dashed)?;
        notes(panel, run, top)
    })
}

/// Marks the peak and the end of the line, unless nobody was ever in line; with several windows, the peak
/// of each.
fn notes(panel: &Panel, run: &Run, top: f64) -> Result<(), PlotError> {
    for (opens_s, queue) in run.queues().into_iter().filter(|(_, queue)| queue.peak > 0) {
        let peak_at_s = opens_s + queue.peak_at_s.unwrap_or(0.0);
        if panel.x.shows(peak_at_s) && queue.peak as f64 <= top {
            let text = run.words.peak_note(format::count(queue.peak), run.clock.second(peak_at_s));
            panel.note((peak_at_s, queue.peak as f64), &text, 4.0)?;
        }
    }
    let queue = run.summary().queue.as_ref().filter(|queue| queue.peak > 0 && run.openings().len() < 2);
    match queue.and_then(|queue| queue.drained_at_s).filter(|t| panel.x.shows(*t)) {
        Some(drained) => panel.note((drained, 0.0), &run.words.line_gone(run.clock.second(drained)), 18.0),
        None => Ok(()),
    }
}

/// Tickets in line at the end of each interval, and the peaks, which may lie between two ends.
fn measured(run: &Run) -> Vec<Point> {
    let mut points: Vec<Point> =
        run.ends().map(|(t, row)| (t, row.queue_depth.map(|depth| depth as f64))).collect();
    for (opens_s, queue) in run.queues() {
        insert(&mut points, (opens_s + queue.peak_at_s.unwrap_or(0.0), queue.peak as f64));
    }
    rise_at_openings(&mut points, run);
    points
}

/// The same for the closed form; empty when it has nothing to say.
fn predicted(run: &Run) -> Vec<Point> {
    let mut points: Vec<Point> = run.ends().map(|(t, row)| (t, row.closed_form_depth)).collect();
    if points.iter().all(|(_, depth)| depth.is_none()) {
        return Vec::new();
    }
    for (opens_s, form) in run.closed_forms() {
        insert(&mut points, (opens_s + form.peak_at_s, form.peak));
    }
    rise_at_openings(&mut points, run);
    points
}

/// Those who come at an opening come at once, so the line rises there, not over the interval that ends
/// with it.
fn rise_at_openings(points: &mut Vec<Point>, run: &Run) {
    for opening in run.openings() {
        let place = points.partition_point(|(t, _)| *t < opening);
        if place > 0 && place < points.len() {
            points.insert(place, (opening, points[place - 1].1));
        }
    }
}

fn insert(points: &mut Vec<Point>, (t, value): (f64, f64)) {
    let place = points.partition_point(|(other, _)| *other <= t);
    points.insert(place, (t, Some(value)));
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;
    use crate::record::folder::Folder;
    use crate::report::messages::Language;

    fn view(folder: &Folder) -> View {
        View::of(&Run::of(folder, Language::English).unwrap())
    }

    #[test]
    fn a_short_queue_is_shown_close_up() {
        assert_eq!(view(&sample::folder()), View { from: -15.0, to: 120.0, most_outside: Some(0) });
    }

    #[test]
    fn without_a_queue_the_whole_slice_is_shown() {
        let mut folder = sample::folder();
        folder.rows.iter_mut().for_each(|row| row.queue_depth = Some(0));
        assert_eq!(view(&folder), View { from: -660.0, to: 960.0, most_outside: None });
        folder.rows.iter_mut().for_each(|row| row.queue_depth = None);
        assert_eq!(view(&folder).most_outside, None);
    }

    #[test]
    fn a_queue_that_stays_is_shown_whole() {
        let mut folder = sample::folder();
        folder.rows.iter_mut().for_each(|row| row.queue_depth = Some(500));
        assert_eq!(view(&folder).most_outside, None);
    }
}
