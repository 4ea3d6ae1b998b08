//! What was asked of the service, how it answered, and how the load generator itself did.

use super::{plain, quantiles};
use crate::record::summary::Generator;
use crate::report::document::{Block, Style, Table, Weight};
use crate::report::format::{self, count, duration, share, share_of};
use crate::report::messages::Words;
use crate::report::run::Run;

/// Requests by what they were for and how they ended.
pub(super) fn requests(run: &Run) -> Vec<Block> {
    let (summary, words) = (run.summary(), &run.words);
    let requests = &summary.requests;
    let mut table = Table::new(Style::Words, &words.columns_requests());
    let mut row = |weight, name: String, number| {
        let each = format::number(number as f64 / summary.people.arrived.max(1) as f64);
        table.row(weight, [name, count(number), share_of(number, requests.sent), each]);
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
    let returns = (visits.returns > 0).then(|| words.returns(count(visits.returns)));
    let note = [note].into_iter().chain(returns).collect::<Vec<_>>().join(" ");
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
    let lateness = lateness(generator, words).map(Block::text);
    [Block::Table(table)].into_iter().chain(lateness).collect()
}

/// Up to this lag p99, in seconds of wall time, a driver is on time on a busy machine too.
const ON_TIME_S: f64 = 0.02;
/// From this share of CPU time taken by neighbours on, they can explain a delay.
const NEIGHBOURS: f64 = 0.05;
/// From this share of CPU time on, a process has little left.
const FULL: f64 = 0.85;

/// Whose lateness it was, in a sentence.
fn lateness(generator: &Generator, words: &Words) -> Option<String> {
    let p99 = generator.lag_s.as_ref()?.p99;
    let lag = duration(p99);
    let over = |part: Option<f64>, limit: f64| part.filter(|part| *part >= limit).map(share);
    Some(match (over(generator.steal_share, NEIGHBOURS), over(generator.cpu_share, FULL)) {
        _ if p99 <= ON_TIME_S => words.generator_on_time(lag),
        (Some(steal), _) => words.generator_machine(lag, steal),
        (None, Some(cpu)) => words.generator_load(lag, cpu),
        (None, None) => words.generator_own(lag),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::messages::Language;
    use crate::report::sample;

    #[test]
    fn our_lateness_is_told_from_the_machines() {
        let words = Words::of(Language::English);
        let said = |p99: f64, steal, cpu| {
            let mut generator = sample::folder().summary.generator.unwrap();
            generator.lag_s.as_mut().unwrap().p99 = p99;
            (generator.steal_share, generator.cpu_share) = (steal, cpu);
            lateness(&generator, &words).unwrap()
        };
        assert!(said(0.003, Some(0.5), Some(1.0)).contains("kept its schedule"));
        assert!(said(0.08, Some(0.3), Some(0.9)).contains("neighbours took 30 %"));
        assert!(said(0.08, Some(0.01), Some(0.9)).contains("more than this machine drives"));
        assert!(said(0.08, None, None).contains("the driver's own"));
    }
}
