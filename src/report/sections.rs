//! The sections of a report, from the numbers of a run.

use super::captions;
use super::document::{Block, KeyFigure, Section, Style, Table, Weight};
use super::format::{self, Clock, NOTHING, count, duration, share, share_of};
use super::limits::Limit;
use super::{FILE_ARRIVALS, FILE_LATENCY, FILE_QUEUE, verdict, words};
use crate::record::folder::Folder;
use crate::record::manifest::{Manifest, RunKind};
use crate::record::summary::{Caution, ClosedForm, Generator, People, Queue, Spread, Summary};
use base::protocol::Operation;

/// All sections in order; those with nothing to say are left out.
pub(super) fn all(folder: &Folder, clock: &Clock) -> Vec<Section> {
    let summary = &folder.summary;
    let section = |title, id, blocks| Section { title, id, blocks };
    let mut sections = vec![
        section(words::OBJECTIVES, "objectives", objectives(summary)),
        section(words::PICTURES, "pictures", pictures(folder, clock)),
        section(words::PEOPLE, "people", people(&summary.people)),
        section(words::WINDOWS, "windows", windows(summary)),
        section(words::QUEUE, "queue", queue(summary, clock)),
        section(words::WAITS, "waits", waits(summary)),
        section(words::REQUESTS, "requests", requests(summary)),
        section(words::STEPS, "steps", steps(summary)),
        section(words::STATIONS, "stations", stations(summary)),
        section(words::GENERATOR, "generator", generator(summary.generator.as_ref())),
        section(words::CAUTIONS, "cautions", cautions(summary)),
        section(words::RESTS_ON, "rests-on", rests_on(&folder.manifest)),
        section(words::PROVENANCE, "provenance", provenance(summary, &folder.manifest, clock)),
    ];
    sections.retain(|section| !section.blocks.is_empty());
    sections
}

/// The few numbers to remember.
pub(super) fn key_figures(summary: &Summary, clock: &Clock) -> Vec<KeyFigure> {
    let figure = |value: String, label: String| KeyFigure { value, label };
    let people = &summary.people;
    let mut figures = vec![
        figure(count(people.arrived), words::people_came(&summary.scale)),
        figure(count(people.booked), words::people_booked(&share_of(people.booked, people.arrived))),
    ];
    if let Some(queue) = summary.queue.as_ref().filter(|queue| queue.peak > 0) {
        figures.push(figure(
            count(queue.peak),
            words::peak_in_line(&clock.second(queue.peak_at_s.unwrap_or(0.0)), &summary.scale),
        ));
        figures.extend(
            queue.wait_s.as_ref().map(|wait| figure(duration(wait.p95), words::wait_p95().to_owned())),
        );
    }
    let book = summary.steps.get(Operation::Book.name()).and_then(|step| step.response_s.as_ref());
    figures.extend(book.map(|response| figure(duration(response.p99), words::book_p99().to_owned())));
    figures
}

fn objectives(summary: &Summary) -> Vec<Block> {
    if summary.objectives.is_empty() {
        return vec![Block::text(words::NO_OBJECTIVES)];
    }
    let mut table = Table::new(Style::Code, &words::COLUMNS_OBJECTIVES);
    let tightest = verdict::tightest(&summary.objectives);
    for (place, judged) in summary.objectives.iter().enumerate() {
        let limit = Limit::of(&judged.text);
        let unseen = if judged.beyond_any { words::BEYOND_ANY } else { words::NOT_SEEN };
        let seen = judged.observed.map_or_else(|| unseen.to_owned(), |value| limit.seen(value));
        let mut margin: Vec<String> = judged.margin.map(share).into_iter().collect();
        if !judged.met {
            margin.push(words::MISSED.to_owned());
        } else if Some(place) == tightest {
            margin.push(words::TIGHTEST.to_owned());
        }
        let margin = if margin.is_empty() { NOTHING.to_owned() } else { margin.join(", ") };
        let weight = if judged.met { Weight::Plain } else { Weight::Missed };
        table.row(weight, [limit.name, limit.bound, seen, margin]);
    }
    vec![Block::Table(table)]
}

fn pictures(folder: &Folder, clock: &Clock) -> Vec<Block> {
    let figure = |file, name, caption| Block::Figure { file, name, caption };
    vec![
        figure(FILE_ARRIVALS, words::PICTURE_ARRIVALS, captions::arrivals(folder, clock)),
        figure(FILE_QUEUE, words::PICTURE_QUEUE, captions::queue(folder, clock)),
        figure(FILE_LATENCY, words::PICTURE_LATENCY, captions::latency(folder, clock)),
    ]
}

fn people(people: &People) -> Vec<Block> {
    let mut table = Table::new(Style::Words, &words::COLUMNS_PEOPLE);
    let mut row = |weight, name: &str, number| {
        table.row(weight, [name.to_owned(), count(number), share_of(number, people.arrived)]);
    };
    let turned_away = people.turned_away.values().sum();
    row(Weight::Total, words::ARRIVED, people.arrived);
    row(Weight::Plain, words::BOOKED, people.booked);
    row(Weight::Plain, words::TURNED_AWAY, turned_away);
    for (reason, number) in &people.turned_away {
        row(Weight::Part, &plain(reason), *number);
    }
    row(Weight::Plain, words::GAVE_UP, people.gave_up);
    row(Weight::Plain, words::INSIDE, people.inside);
    let parts = [people.booked, turned_away, people.gave_up, people.inside];
    let sum: u64 = parts.iter().sum();
    let [booked, turned, gave_up, inside] = parts.map(count);
    let note = if sum == people.arrived {
        words::people_identity([&count(people.arrived), &booked, &turned, &gave_up, &inside])
    } else {
        words::people_do_not_add_up(&count(people.arrived), &count(sum))
    };
    vec![Block::Table(table), Block::text(note)]
}

/// Nothing when there is one window: it would repeat the whole.
fn windows(summary: &Summary) -> Vec<Block> {
    if summary.windows.len() < 2 {
        return Vec::new();
    }
    let mut table = Table::new(Style::Words, &words::COLUMNS_WINDOWS);
    for (name, window) in &summary.windows {
        let people = &window.people;
        let counts = [people.arrived, people.booked, people.gave_up, people.inside].map(count);
        let peaks = [window.queue.as_ref().map(|queue| queue.peak), window.sessions.as_ref().map(|s| s.peak)];
        let peaks = peaks.map(|peak| peak.map_or_else(|| NOTHING.to_owned(), count));
        table.row(Weight::Plain, [name.clone()].into_iter().chain(counts).chain(peaks));
    }
    vec![Block::Table(table)]
}

fn queue(summary: &Summary, clock: &Clock) -> Vec<Block> {
    let mut blocks = Vec::new();
    match (&summary.queue, &summary.closed_form) {
        (None, None) => blocks.push(Block::text(words::NO_QUEUE_ACCOUNT)),
        (queue, form) => blocks.push(Block::Table(side_by_side(queue.as_ref(), form.as_ref(), clock))),
    }
    blocks.extend(summary.queue.as_ref().map(|queue| Block::text(words::queue_source(&queue.source))));
    blocks.extend(summary.sessions.as_ref().and_then(|sessions| {
        let cap = sessions.cap?;
        let part = share_of(sessions.peak, cap);
        Some(Block::text(words::sessions(&count(sessions.peak), &count(cap), &part)))
    }));
    blocks
}

fn side_by_side(queue: Option<&Queue>, form: Option<&ClosedForm>, clock: &Clock) -> Table {
    let mut table = Table::new(Style::Words, &words::COLUMNS_QUEUE);
    let mut row =
        |name: &str, seen: Option<f64>, expected: Option<f64>, text: &dyn Fn(f64) -> String, gap: &Gap| {
            let shown = |value: Option<f64>| value.map_or_else(|| NOTHING.to_owned(), text);
            let difference = seen.zip(expected).map(|(seen, expected)| gap.between(seen, expected));
            let difference = difference.unwrap_or_else(|| NOTHING.to_owned());
            table.row(Weight::Plain, [name.to_owned(), shown(seen), shown(expected), difference]);
        };
    let whole = |value: f64| count(value.round() as u64);
    let time = |t_s: f64| clock.second(t_s);
    row(words::PEAK, queue.map(|q| q.peak as f64), form.map(|f| f.peak), &whole, &Gap::Share);
    row(words::PEAK_AT, queue.and_then(|q| q.peak_at_s), form.map(|f| f.peak_at_s), &time, &Gap::Seconds);
    let (seen, expected) = (queue.and_then(|q| q.drained_at_s), form.and_then(|f| f.drained_at_s));
    row(words::EMPTY_AT, seen, expected, &time, &Gap::Seconds);
    let longest = queue.and_then(|q| q.wait_s.as_ref()).map(|wait| wait.max);
    row(words::LONGEST_WAIT, longest, form.map(|f| f.wait_max_s), &duration, &Gap::Seconds);
    if let Some(queue) = queue {
        row(words::LEFT_LINE, Some(queue.left as f64), None, &whole, &Gap::Share);
        row(words::STILL_WAITING, Some(queue.still_waiting as f64), None, &whole, &Gap::Share);
    }
    table
}

/// How a difference to the closed form is told.
enum Gap {
    Share,
    Seconds,
}

impl Gap {
    fn between(&self, seen: f64, expected: f64) -> String {
        match self {
            Self::Share if expected == 0.0 => NOTHING.to_owned(),
            Self::Share => format::signed((seen - expected) / expected, share),
            Self::Seconds => format::signed(seen - expected, duration),
        }
    }
}

fn waits(summary: &Summary) -> Vec<Block> {
    let in_line = summary.queue.as_ref().and_then(|queue| queue.wait_s.as_ref());
    let at_stations =
        summary.stations.iter().filter_map(|(name, station)| Some((name, station.wait_s.as_ref()?)));
    let mut table = Table::new(Style::Words, &words::COLUMNS_WAITS);
    let mut row = |name: String, wait: &Spread| {
        let times = [wait.p50, wait.p90, wait.p95, wait.p99, wait.max, wait.mean].map(duration);
        table.row(Weight::Plain, [name].into_iter().chain(times).chain([count(wait.count)]));
    };
    if let Some(wait) = in_line {
        row(words::IN_LINE.to_owned(), wait);
    }
    for (name, wait) in at_stations {
        row(format!("{} {name}", words::AT_STATION), wait);
    }
    let note = if in_line.is_some() { words::WAITS_NOTE } else { words::NO_WAITS };
    let table = (!table.rows.is_empty()).then_some(Block::Table(table));
    table.into_iter().chain([Block::text(note)]).collect()
}

fn requests(summary: &Summary) -> Vec<Block> {
    let requests = &summary.requests;
    let mut table = Table::new(Style::Words, &words::COLUMNS_REQUESTS);
    let mut row = |weight, name: &str, number| {
        table.row(weight, [name.to_owned(), count(number), share_of(number, requests.sent)]);
    };
    row(Weight::Total, words::SENT, requests.sent);
    row(Weight::Part, words::USEFUL, requests.useful);
    row(Weight::Part, words::POLLS, requests.polls);
    row(Weight::Part, words::REFRESHES, requests.refreshes);
    row(Weight::Part, words::RETRIES, requests.retries);
    row(Weight::Plain, words::ANSWERED, requests.ok);
    for (kind, number) in &requests.errors {
        row(Weight::Plain, &words::error(&plain(kind)), *number);
    }
    let visits = &summary.visits;
    let per_person = format::number(requests.per_person);
    let note = words::visits(&count(visits.started), &count(visits.planned), &per_person);
    vec![Block::Table(table), Block::text(note)]
}

/// In the order a visitor meets them; steps of other names after those.
fn steps(summary: &Summary) -> Vec<Block> {
    let known = Operation::ALL.map(Operation::name);
    let place = |name: &str| known.iter().position(|other| *other == name).unwrap_or(known.len());
    let mut steps: Vec<_> = summary.steps.iter().collect();
    steps.sort_by_key(|(name, _)| place(name));
    if steps.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(Style::Code, &words::COLUMNS_STEPS);
    for (name, step) in steps {
        let answered = [step.count, step.ok].map(count);
        let failed = [step.timeouts, step.errors].map(count);
        let times =
            [&step.response_s, &step.service_s].into_iter().flat_map(|spread| quantiles(spread.as_ref()));
        table.row(Weight::Plain, [name.clone()].into_iter().chain(answered).chain(times).chain(failed));
    }
    vec![Block::Table(table), Block::text(words::STEPS_NOTE)]
}

fn stations(summary: &Summary) -> Vec<Block> {
    if summary.stations.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(Style::Code, &words::COLUMNS_STATIONS);
    for (name, station) in &summary.stations {
        let [p50, p99] = quantiles(station.wait_s.as_ref());
        let cells = [name.clone(), share(station.utilisation), p50, p99, count(station.refused)];
        table.row(Weight::Plain, cells);
    }
    vec![Block::Table(table), Block::text(words::STATIONS_NOTE)]
}

fn quantiles(spread: Option<&Spread>) -> [String; 2] {
    let text = |value: Option<f64>| value.map_or_else(|| NOTHING.to_owned(), duration);
    [text(spread.map(|s| s.p50)), text(spread.map(|s| s.p99))]
}

fn generator(generator: Option<&Generator>) -> Vec<Block> {
    let Some(generator) = generator else { return Vec::new() };
    let mut table = Table::new(Style::Words, &words::COLUMNS_GENERATOR);
    let mut row = |name: &str, value: String| table.row(Weight::Plain, [name.to_owned(), value]);
    if let Some(lag) = &generator.lag_s {
        row(words::LAG_P50, duration(lag.p50));
        row(words::LAG_P99, duration(lag.p99));
        row(words::LAG_MAX, duration(lag.max));
    }
    row(words::REFUSED, count(generator.refused));
    let shares = [(words::CPU, generator.cpu_share), (words::STEAL, generator.steal_share)];
    for (name, part) in shares {
        if let Some(part) = part {
            row(name, share(part));
        }
    }
    vec![Block::Table(table)]
}

fn cautions(summary: &Summary) -> Vec<Block> {
    if summary.cautions.is_empty() {
        return vec![Block::text(words::NO_CAUTIONS)];
    }
    let caution = |caution: &Caution| Block::Caution {
        text: format::sentence(&caution.text),
        advice: format!("{} {}", words::ADVICE, format::sentence(&caution.advice)),
    };
    summary.cautions.iter().map(caution).collect()
}

/// Assumptions and fits first: they are what a reader may doubt.
fn rests_on(manifest: &Manifest) -> Vec<Block> {
    if manifest.provenance.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(Style::Code, &words::COLUMNS_RESTS_ON);
    for column in &mut table.columns[1..] {
        column.style = Style::Words;
    }
    let mut known: Vec<_> = manifest.provenance.iter().collect();
    known.sort_by_key(|known| (known.kind == "fact", known.low.is_none() && known.high.is_none()));
    for known in known {
        let range = match (&known.low, &known.high) {
            (Some(low), Some(high)) => words::range(low, high),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => NOTHING.to_owned(),
        };
        let source = known.source.clone().unwrap_or_else(|| NOTHING.to_owned());
        table
            .row(Weight::Plain, [known.path.clone(), known.value.clone(), range, known.kind.clone(), source]);
    }
    vec![Block::text(words::RESTS_ON_NOTE), Block::Table(table)]
}

fn provenance(summary: &Summary, manifest: &Manifest, clock: &Clock) -> Vec<Block> {
    let mut table = Table::new(Style::Words, &words::COLUMNS_PROVENANCE);
    table.columns[1].style = Style::Code;
    let mut row = |name: &str, value: String| table.row(Weight::Plain, [name.to_owned(), value]);
    let time = &manifest.time;
    let (from, until) = (clock.seconds(time.from_ns), clock.seconds(time.until_ns));
    row(words::SEED, manifest.seed.to_string());
    row(words::TOOL, words::tool(&manifest.tool_version, manifest.tool_commit.as_deref()));
    row(words::SCENARIO_HASH, manifest.scenario_hash.clone());
    row(words::PLAN_HASH, manifest.plan_hash.clone());
    row(words::SLICE, words::slice_short(&clock.short(from), &clock.short(until), &clock.zone_name()));
    row(words::SCALE, summary.scale.clone());
    row(words::SPEED, summary.speed.to_string());
    // How a simulation was called changes nothing in it, and its report is the same to the byte.
    if manifest.kind == RunKind::Run {
        row(words::COMMAND, manifest.command.join(" "));
    }
    if let Some(sent) = &manifest.sent {
        row(words::SENT_INSTANT, sent.clone());
    }
    if let Some(machine) = &manifest.machine {
        row(words::MACHINE, words::machine(&machine.platform, machine.cpus, machine.workers));
    }
    vec![Block::Table(table)]
}

/// A name of a file as words: `no_slots` is `no slots`.
fn plain(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn text(blocks: &[Block]) -> String {
        format!("{blocks:?}")
    }

    #[test]
    fn people_add_up_or_the_report_says_so() {
        let mut summary = sample::folder().summary;
        let shown = text(&people(&summary.people));
        assert!(
            shown.contains("31,980 arrived = 24,003 booked + 452 turned away + 12 gave up + 7,513 inside"),
            "{shown}"
        );
        summary.people.booked += 1;
        assert!(text(&people(&summary.people)).contains("do not add up"));
    }

    #[test]
    fn the_tightest_and_the_missed_are_marked() {
        let mut summary = sample::folder().summary;
        assert!(text(&objectives(&summary)).contains("34 %, tightest"));
        summary.objectives[0].met = false;
        summary.objectives[0].margin = Some(-0.5);
        let shown = text(&objectives(&summary));
        assert!(shown.contains("−50 %, missed") && !shown.contains("tightest"), "{shown}");
    }

    #[test]
    fn steps_stand_in_the_order_of_the_journey() {
        let shown = text(&steps(&sample::folder().summary));
        let place = |name: &str| shown.find(name).unwrap();
        assert!(place("\"identify\"") < place("\"slots\"") && place("\"slots\"") < place("\"book\""));
    }

    #[test]
    fn the_closed_form_stands_beside_the_queue() {
        let summary = sample::folder().summary;
        let clock = Clock::of(&sample::folder().manifest.time).unwrap();
        let shown = text(&queue(&summary, &clock));
        assert!(shown.contains(r#"["peak, tickets", "617", "617", "0 %"]"#), "{shown}");
        assert!(shown.contains(r#"["line gone at", "20:00:33", "20:00:33", "0 s"]"#), "{shown}");
    }
}
