//! What one sees in the pictures of this run, in sentences made of its numbers.

use super::format::{self, Clock, count};
use super::plot::cumulative::Totals;
use super::plot::latency::Course;
use super::plot::queue::View;
use super::{series, words};
use crate::record::folder::Folder;
use crate::record::summary::{ClosedForm, Queue};

/// Below `arrivals.svg`.
pub(super) fn arrivals(folder: &Folder, clock: &Clock) -> String {
    let totals = Totals::of(&folder.rows);
    let (_, until) = series::slice(folder, clock);
    let admitted = totals.admitted.map(count);
    words::arrivals(&clock.short(until), &count(totals.started), admitted.as_deref(), &count(totals.booked))
}

/// Below `queue.svg`.
pub(super) fn queue(folder: &Folder, clock: &Clock) -> String {
    let summary = &folder.summary;
    let mut text = vec![match &summary.queue {
        None => words::NO_QUEUE_ACCOUNT.to_owned(),
        Some(queue) => measured(queue, clock),
    }];
    text.extend(summary.closed_form.as_ref().map(|form| predicted(form, clock)));
    let view = View::of(folder, clock);
    text.extend(view.most_outside.map(|most| {
        let most = (most > 0).then(|| count(most));
        words::queue_part(&clock.second(view.from), &clock.second(view.to), most.as_deref())
    }));
    text.join(" ")
}

fn measured(queue: &Queue, clock: &Clock) -> String {
    if queue.peak == 0 {
        return words::queue_none().to_owned();
    }
    let peak = words::queue_peak(&count(queue.peak), &clock.second(queue.peak_at_s.unwrap_or(0.0)));
    let end = match queue.drained_at_s {
        Some(drained) => words::queue_gone(&clock.second(drained)),
        None => words::queue_stayed(&count(queue.still_waiting)),
    };
    format!("{peak} {end}")
}

fn predicted(form: &ClosedForm, clock: &Clock) -> String {
    let gone = form.drained_at_s.map(|drained| clock.second(drained));
    let peak = format::number(form.peak.round());
    words::queue_predicted(&peak, &clock.second(form.peak_at_s), gone.as_deref())
}

/// Below `latency.svg`.
pub(super) fn latency(folder: &Folder, clock: &Clock) -> String {
    let course = Course::of(&folder.rows);
    let Some((p99, at)) = course.slowest else { return words::latency_none().to_owned() };
    let mut text = vec![words::latency_slowest(&format::duration(p99), &clock.second(at))];
    text.push(words::latency_lag(course.lag.map(format::duration).as_deref()));
    text.push(words::latency_reading().to_owned());
    if course.instant {
        text.push(words::latency_instant().to_owned());
    }
    if course.intervals > 1 {
        let points = folder.rows.chunks(course.intervals);
        let lengths = points.map(|rows| rows.iter().map(|row| row.length_s).sum::<f64>());
        text.push(words::latency_points(&format::duration(lengths.fold(0.0, f64::max))));
    }
    text.join(" ")
}
