//! What was asked of the service, how it answered, and how the load generator itself did.

use super::{plain, quantiles};
use crate::report::document::{Block, Style, Table, Weight};
use crate::report::format::{self, count, duration, share, share_of};
use crate::report::run::Run;

/// Requests by what they were for and how they ended.
pub(super) fn requests(run: &Run) -> Vec<Block> {
    let (summary, words) = (run.summary(), &run.words);
    let requests = &summary.requests;
    let mut table = Table::new(Style::Words, &words.columns_requests());
    let mut row = |weight, name: String, number| {
        table.row(weight, [name, count(number), share_of(number, requests.sent)]);
    };
    row(Weight::Total, words.sent(), requests.sent);
    row(Weight::Part, words.useful(), requests.useful);
    row(Weight::Part, words.polls(), requests.polls);
    row(Weight::Part, words.refreshes(), requests.refreshes);
    row(Weight::Part, words.retries(), requests.retries);
    row(Weight::Plain, words.answered(), requests.ok);
    for (kind, number) in &requests.errors {
        row(Weight::Plain, words.error(plain(kind)), *number);
    }
    let visits = &summary.visits;
    let per_person = format::number(requests.per_person);
    let note = words.visits(count(visits.started), count(visits.planned), per_person);
    vec![Block::Table(table), Block::text(note)]
}

/// In the order a visitor meets them; steps of other names after those.
pub(super) fn steps(run: &Run) -> Vec<Block> {
    let steps = run.steps();
    if steps.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(Style::Code, &run.words.columns_steps());
    for (name, step) in steps {
        let answered = [step.count, step.ok].map(count);
        let failed = [step.timeouts, step.errors].map(count);
        let times =
            [&step.response_s, &step.service_s].into_iter().flat_map(|spread| quantiles(spread.as_ref()));
        table.row(Weight::Plain, [name.to_owned()].into_iter().chain(answered).chain(times).chain(failed));
    }
    vec![Block::Table(table), Block::text(run.words.steps_note())]
}

/// How busy each station was, and how long requests waited at it.
pub(super) fn stations(run: &Run) -> Vec<Block> {
    let stations = &run.summary().stations;
    if stations.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(Style::Code, &run.words.columns_stations());
    for (name, station) in stations {
        let [p50, p99] = quantiles(station.wait_s.as_ref());
        let cells = [name.clone(), share(station.utilisation), p50, p99, count(station.refused)];
        table.row(Weight::Plain, cells);
    }
    vec![Block::Table(table), Block::text(run.words.stations_note())]
}

/// How the load generator itself did.
pub(super) fn generator(run: &Run) -> Vec<Block> {
    let (words, generator) = (&run.words, run.summary().generator.as_ref());
    let Some(generator) = generator else { return Vec::new() };
    let mut table = Table::new(Style::Words, &words.columns_generator());
    let mut row = |name: String, value: String| table.row(Weight::Plain, [name, value]);
    if let Some(lag) = &generator.lag_s {
        row(words.lag_p50(), duration(lag.p50));
        row(words.lag_p99(), duration(lag.p99));
        row(words.lag_max(), duration(lag.max));
    }
    row(words.arrivals_refused(), count(generator.refused));
    let shares = [(words.cpu(), generator.cpu_share), (words.steal(), generator.steal_share)];
    for (name, part) in shares {
        if let Some(part) = part {
            row(name, share(part));
        }
    }
    vec![Block::Table(table)]
}
