//! People by how they ended, by step and by window, and what happened to the service meanwhile.

use super::plain;
use crate::record::manifest::HappeningKind;
use crate::record::summary::{People, WindowNumbers};
use crate::report::document::{Block, Style, Table, Weight};
use crate::report::format::{NOTHING, count, duration, share_of};
use crate::report::plot::funnel::stages;
use crate::report::run::Run;

/// People by how they ended, and the sum that they make.
pub(super) fn people(run: &Run) -> Vec<Block> {
    let (people, words) = (&run.summary().people, &run.words);
    let mut table = Table::new(Style::Words, &words.columns_people());
    let mut row = |weight, name: String, number| {
        table.row(weight, [name, count(number), share_of(number, people.arrived)]);
    };
    row(Weight::Total, words.arrived(), people.arrived);
    row(Weight::Plain, words.booked(), people.booked);
    row(Weight::Plain, words.turned_away(), people.turned_away.values().sum());
    for (reason, number) in &people.turned_away {
        row(Weight::Part, plain(reason), *number);
    }
    row(Weight::Plain, words.gave_up(), people.gave_up);
    row(Weight::Plain, words.inside(), people.inside);
    let blocks = [Block::Table(table), Block::text(sum(run, people))];
    blocks.into_iter().chain(funnel(run)).collect()
}

fn sum(run: &Run, people: &People) -> String {
    let turned_away = people.turned_away.values().sum();
    let parts = [people.booked, turned_away, people.gave_up, people.inside];
    let (arrived, sum) = (count(people.arrived), parts.iter().sum::<u64>());
    if sum != people.arrived {
        return run.words.people_do_not_add_up(arrived, count(sum));
    }
    let [booked, turned_away, gave_up, inside] = parts.map(count);
    run.words.people_identity(arrived, booked, turned_away, gave_up, inside)
}

/// Each window's own numbers. Nothing when there is one window: it would repeat the whole.
pub(super) fn windows(run: &Run) -> Vec<Block> {
    let windows = run.windows();
    if windows.len() < 2 {
        return Vec::new();
    }
    let mut table = Table::new(Style::Words, &run.words.columns_windows());
    for (opens_s, name, window) in windows {
        table.row(Weight::Plain, [name.to_owned()].into_iter().chain(window_cells(run, opens_s, window)));
    }
    let mut blocks = vec![Block::Table(table), Block::text(run.words.windows_note())];
    blocks.extend(run.summary().one_window.as_ref().map(|form| {
        let (peak, wait) = (count(form.peak.round() as u64), duration(form.wait_max_s));
        Block::text(run.words.one_window(peak, wait))
    }));
    blocks
}

fn window_cells(run: &Run, opens_s: f64, window: &WindowNumbers) -> [String; 9] {
    let (people, queue, form) = (&window.people, window.queue.as_ref(), window.closed_form.as_ref());
    let nothing = || NOTHING.to_owned();
    let time = |at: Option<f64>| at.map_or_else(nothing, |at| run.clock.second(opens_s + at));
    let wait = queue.and_then(|queue| queue.wait_s.as_ref());
    [
        count(people.arrived),
        count(people.booked),
        count(people.gave_up),
        queue.map_or_else(nothing, |queue| count(queue.peak)),
        time(queue.and_then(|queue| queue.peak_at_s)),
        time(queue.and_then(|queue| queue.drained_at_s)),
        wait.map_or_else(nothing, |wait| duration(wait.p95)),
        form.map_or_else(nothing, |form| count(form.peak.round() as u64)),
        time(form.and_then(|form| form.drained_at_s)),
    ]
}

/// What happened to the service, numbered as in the pictures.
pub(super) fn timeline(run: &Run) -> Vec<Block> {
    let (timeline, words) = (&run.manifest().timeline, &run.words);
    if timeline.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(Style::Words, &words.columns_timeline());
    for column in &mut table.columns {
        column.style = Style::Words;
    }
    for (place, happening) in timeline.iter().enumerate() {
        let at = run.clock.second(run.clock.seconds(happening.at_ns));
        let kind = match happening.kind {
            HappeningKind::Planned => words.planned(),
            HappeningKind::Mark => words.mark(),
        };
        table.row(Weight::Plain, [(place + 1).to_string(), at, happening.text.clone(), kind]);
    }
    vec![Block::Table(table)]
}

/// How many came to each step, and how many of them came no further.
fn funnel(run: &Run) -> Option<Block> {
    let stages = stages(run)?;
    let first = stages.first()?.reached;
    let mut table = Table::new(Style::Words, &run.words.columns_funnel());
    for stage in &stages {
        let part = share_of(stage.reached, first);
        table.row(Weight::Plain, [stage.name.clone(), count(stage.reached), part, count(stage.lost)]);
    }
    Some(Block::Table(table))
}
