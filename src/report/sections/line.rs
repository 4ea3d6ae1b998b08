//! The waiting room's line, beside what the closed form expects, and how long people waited.

use crate::record::summary::{ClosedForm, Queue, Spread};
use crate::report::captions;
use crate::report::document::{Block, Style, Table, Weight};
use crate::report::format::{self, NOTHING, count, duration, share};
use crate::report::run::Run;

/// The line as measured and as the closed form has it, and the sessions behind it.
pub(super) fn queue(run: &Run) -> Vec<Block> {
    let (summary, words) = (run.summary(), &run.words);
    let mut blocks = Vec::new();
    match (&summary.queue, &summary.closed_form) {
        (None, None) => blocks.push(Block::text(words.no_queue_account())),
        (queue, form) => blocks.push(Block::Table(side_by_side(run, queue.as_ref(), form.as_ref()))),
    }
    blocks.extend(summary.queue.as_ref().map(|queue| Block::text(words.queue_source(&queue.source))));
    if summary.sessions.is_some() {
        blocks.push(Block::text(captions::sessions(run)));
    }
    if summary.connections.is_some() {
        blocks.push(Block::text(captions::connections(run)));
    }
    blocks
}

fn side_by_side(run: &Run, queue: Option<&Queue>, form: Option<&ClosedForm>) -> Table {
    let words = &run.words;
    let mut table = Table::new(Style::Words, &words.columns_queue());
    let mut row =
        |name: String, seen: Option<f64>, expected: Option<f64>, text: &dyn Fn(f64) -> String, gap: Gap| {
            let shown = |value: Option<f64>| value.map_or_else(|| NOTHING.to_owned(), text);
            let difference = seen.zip(expected).map(|(seen, expected)| gap.between(seen, expected));
            let difference = difference.unwrap_or_else(|| NOTHING.to_owned());
            table.row(Weight::Plain, [name, shown(seen), shown(expected), difference]);
        };
    let whole = |value: f64| count(value.round() as u64);
    let time = |t_s: f64| run.clock.second(t_s);
    row(words.peak_tickets(), queue.map(|q| q.peak as f64), form.map(|f| f.peak), &whole, Gap::Share);
    row(words.peak_at(), queue.and_then(|q| q.peak_at_s), form.map(|f| f.peak_at_s), &time, Gap::Seconds);
    let (seen, expected) = (queue.and_then(|q| q.drained_at_s), form.and_then(|f| f.drained_at_s));
    row(words.empty_at(), seen, expected, &time, Gap::Seconds);
    let longest = queue.and_then(|q| q.wait_s.as_ref()).map(|wait| wait.max);
    row(words.longest_wait(), longest, form.map(|f| f.wait_max_s), &duration, Gap::Seconds);
    if let Some(queue) = queue {
        row(words.left_line(), Some(queue.left as f64), None, &whole, Gap::Share);
        row(words.still_waiting(), Some(queue.still_waiting as f64), None, &whole, Gap::Share);
        if let Some(out) = queue.closed_out {
            row(words.closed_out(), Some(out as f64), None, &whole, Gap::Share);
        }
        if let Some(ratio) = &queue.eta_error_ratio {
            row(words.eta_ratio(), Some(ratio.p90), None, &format::number, Gap::Share);
        }
    }
    table
}

/// How a difference to the closed form is told.
#[derive(Clone, Copy)]
enum Gap {
    Share,
    Seconds,
}

impl Gap {
    fn between(self, seen: f64, expected: f64) -> String {
        match self {
            Self::Share if expected == 0.0 => NOTHING.to_owned(),
            Self::Share => format::signed((seen - expected) / expected, share),
            Self::Seconds => format::signed(seen - expected, duration),
        }
    }
}

/// How long people waited in line, and requests at stations.
pub(super) fn waits(run: &Run) -> Vec<Block> {
    let (summary, words) = (run.summary(), &run.words);
    let in_line = summary.queue.as_ref().and_then(|queue| queue.wait_s.as_ref());
    let at_stations =
        summary.stations.iter().filter_map(|(name, station)| Some((name, station.wait_s.as_ref()?)));
    let mut table = Table::new(Style::Words, &words.columns_waits());
    let mut row = |name: String, wait: &Spread| {
        let times = [wait.p50, wait.p90, wait.p95, wait.p99, wait.max, wait.mean].map(duration);
        table.row(Weight::Plain, [name].into_iter().chain(times).chain([count(wait.count)]));
    };
    if let Some(wait) = in_line {
        row(words.in_line(), wait);
    }
    for (name, wait) in at_stations {
        row(words.at_station(name), wait);
    }
    let note = if in_line.is_some() { words.waits_note() } else { words.no_waits() };
    let table = (!table.rows.is_empty()).then_some(Block::Table(table));
    table.into_iter().chain([Block::text(note)]).collect()
}
