//! What one sees in the pictures of this run, in sentences made of its numbers.

use super::format::{self, count};
use super::plot::cumulative::Totals;
use super::plot::latency::Course;
use super::plot::queue::View;
use super::run::Run;
use crate::record::summary::{ClosedForm, Queue};

/// Below `arrivals.svg`.
pub(super) fn arrivals(run: &Run) -> String {
    let (totals, words) = (Totals::of(run.rows()), &run.words);
    let until = run.clock.short(run.slice().1);
    let (started, booked) = (count(totals.started), count(totals.booked));
    let text = match totals.admitted.map(count) {
        None => [words.arrivals_totals(until, started, booked), words.arrivals_gaps()].to_vec(),
        Some(admitted) => vec![
            words.arrivals_totals_admitted(until, started, admitted, booked),
            words.arrivals_gaps(),
            words.arrivals_gaps_admitted(),
        ],
    };
    text.join(" ")
}

/// Below `queue.svg`.
pub(super) fn queue(run: &Run) -> String {
    let summary = run.summary();
    let mut text = vec![match &summary.queue {
        None => run.words.no_queue_account(),
        Some(queue) => measured(run, queue),
    }];
    text.extend(summary.closed_form.as_ref().map(|form| predicted(run, form)));
    let view = View::of(run);
    let (from, to) = (run.clock.second(view.from), run.clock.second(view.to));
    text.extend(view.most_outside.map(|most| match most {
        0 => run.words.queue_part_nobody(from, to),
        most => run.words.queue_part(from, to, count(most)),
    }));
    text.join(" ")
}

fn measured(run: &Run, queue: &Queue) -> String {
    let (words, clock) = (&run.words, &run.clock);
    if queue.peak == 0 {
        return words.queue_none();
    }
    let peak = words.queue_peak(count(queue.peak), clock.second(queue.peak_at_s.unwrap_or(0.0)));
    let end = match queue.drained_at_s {
        Some(drained) => words.queue_gone(clock.second(drained)),
        None => words.queue_stayed(count(queue.still_waiting)),
    };
    format!("{peak} {end}")
}

fn predicted(run: &Run, form: &ClosedForm) -> String {
    let (peak, at) = (format::number(form.peak.round()), run.clock.second(form.peak_at_s));
    match form.drained_at_s {
        Some(gone) => run.words.queue_predicted_gone(peak, at, run.clock.second(gone)),
        None => run.words.queue_predicted(peak, at),
    }
}

/// Below `latency.svg`.
pub(super) fn latency(run: &Run) -> String {
    let (course, words) = (Course::of(run.rows()), &run.words);
    let Some((p99, at)) = course.slowest else { return words.latency_none() };
    let mut text = vec![words.latency_slowest(run.clock.second(at), format::duration(p99))];
    text.push(
        course.lag.map_or_else(|| words.latency_no_lag(), |lag| words.latency_lag(format::duration(lag))),
    );
    text.push(words.latency_reading());
    if course.instant {
        text.push(words.latency_instant());
    }
    if course.intervals > 1 {
        let points = run.rows().chunks(course.intervals);
        let lengths = points.map(|rows| rows.iter().map(|row| row.length_s).sum::<f64>());
        text.push(words.latency_points(format::duration(lengths.fold(0.0, f64::max))));
    }
    text.join(" ")
}
