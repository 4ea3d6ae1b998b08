//! What one sees in the pictures of this run, in sentences made of its numbers.

use super::format::{self, count, duration, share, share_of};
use super::plot::cumulative::Totals;
use super::plot::latency::Course;
use super::plot::queue::View;
use super::plot::{funnel as way, requests as kinds};
use super::run::Run;
use crate::record::series::Row;
use crate::record::summary::{ClosedForm, Queue, StepNumbers};

/// Below `arrivals.svg`.
pub(super) fn arrivals(run: &Run) -> String {
    let (totals, words) = (Totals::of(run.rows()), &run.words);
    let until = run.clock.short(run.slice().1);
    let (started, booked) = (count(totals.started), count(totals.booked));
    let text = match totals.admitted.map(count) {
        None => [words.arrivals_totals(until, started, booked), words.arrivals_gaps()].to_vec(),
        Some(admitted) => vec![
            words.arrivals_totals_admitted(until, started, admitted, booked),
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

/// Below `sessions.svg`.
pub(super) fn sessions(run: &Run) -> String {
    let Some(sessions) = &run.summary().sessions else { return String::new() };
    let peak = count(sessions.peak);
    let Some(cap) = sessions.cap else { return run.words.sessions_unlimited(peak) };
    let text = run.words.sessions(peak, count(cap), share_of(sessions.peak, cap));
    let full = run.ends().find(|(_, row)| row.sessions.is_some_and(|held| held >= cap));
    let full = full.map(|(end, _)| run.words.full_from(run.clock.second(end)));
    [text].into_iter().chain(full).collect::<Vec<_>>().join(" ")
}

/// Below `connections.svg`.
pub(super) fn connections(run: &Run) -> String {
    let Some(connections) = &run.summary().connections else { return String::new() };
    let peak = count(connections.peak);
    let Some(limit) = connections.limit else { return run.words.connections_unlimited(peak) };
    let text = run.words.connections(peak, count(limit), share_of(connections.peak, limit));
    let full = run.ends().find(|(_, row)| row.connections.is_some_and(|held| held >= limit));
    let full = full.map(|(end, _)| run.words.full_from(run.clock.second(end)));
    [text].into_iter().chain(full).collect::<Vec<_>>().join(" ")
}

/// Below `funnel.svg`.
pub(super) fn funnel(run: &Run) -> String {
    let stages = way::stages(run).unwrap_or_default();
    let (Some(first), Some(last)) = (stages.first(), stages.last()) else { return String::new() };
    let part = share_of(last.reached, first.reached);
    let mut text = vec![run.words.funnel(count(first.reached), count(last.reached), part)];
    let most = stages.iter().max_by_key(|stage| stage.lost).filter(|stage| stage.lost > 0);
    text.extend(most.map(|stage| run.words.funnel_most(&stage.name, count(stage.lost))));
    if run.summary().people.inside > 0 {
        text.push(run.words.funnel_inside(count(run.summary().people.inside)));
    }
    text.join(" ")
}

/// Below `requests.svg`.
pub(super) fn requests(run: &Run) -> String {
    let requests = &run.summary().requests;
    let part = |number| share_of(number, requests.sent);
    let text = run.words.requests_by_kind(
        format::number(requests.per_person),
        part(requests.useful),
        part(requests.polls),
        part(requests.refreshes),
        part(requests.retries),
    );
    let rate = |row: &Row| if row.length_s > 0.0 { kinds::all(row) as f64 / row.length_s } else { 0.0 };
    let busiest = run.rows().iter().max_by(|a, b| rate(a).total_cmp(&rate(b)));
    let busiest = busiest
        .map(|row| run.words.requests_busiest(run.clock.second(row.t_s), format::number(rate(row).round())));
    let failed: u64 = run.rows().iter().map(kinds::errors).sum();
    let failed = (failed > 0).then(|| run.words.requests_failed(count(failed)));
    [text].into_iter().chain(busiest).chain(failed).collect::<Vec<_>>().join(" ")
}

/// Below `steps.svg`.
pub(super) fn steps(run: &Run) -> String {
    let p99 = |step: &StepNumbers| step.response_s.as_ref().map(|response| response.p99);
    let steps = run.steps().into_iter().filter_map(|(name, step)| Some((name, p99(step)?)));
    let slowest = steps.max_by(|a, b| a.1.total_cmp(&b.1));
    let slowest = slowest.map(|(name, p99)| run.words.steps_slowest(name, duration(p99)));
    slowest.into_iter().chain([run.words.steps_reading()]).collect::<Vec<_>>().join(" ")
}

/// Below `stations.svg`.
pub(super) fn stations(run: &Run) -> String {
    let stations = &run.summary().stations;
    let busiest = stations.iter().max_by(|a, b| a.1.utilisation.total_cmp(&b.1.utilisation));
    let Some((name, station)) = busiest else { return String::new() };
    let mut text = vec![run.words.stations_busiest(name, share(station.utilisation))];
    let moments = run.rows().iter().filter_map(|row| Some((row.t_s, *row.stations.get(name)?)));
    let most = moments.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.total_cmp(&a.0)));
    text.extend(most.map(|(at, busy)| run.words.stations_most(run.clock.second(at), share(busy))));
    text.join(" ")
}
