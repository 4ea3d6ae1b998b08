//! People by how they ended, in all and by window.

use super::plain;
use crate::record::summary::People;
use crate::report::document::{Block, Style, Table, Weight};
use crate::report::format::{NOTHING, count, share_of};
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
    vec![Block::Table(table), Block::text(sum(run, people))]
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
    let windows = &run.summary().windows;
    if windows.len() < 2 {
        return Vec::new();
    }
    let mut table = Table::new(Style::Words, &run.words.columns_windows());
    for (name, window) in windows {
        let people = &window.people;
        let counts = [people.arrived, people.booked, people.gave_up, people.inside].map(count);
        let peaks = [window.queue.as_ref().map(|queue| queue.peak), window.sessions.as_ref().map(|s| s.peak)];
        let peaks = peaks.map(|peak| peak.map_or_else(|| NOTHING.to_owned(), count));
        table.row(Weight::Plain, [name.clone()].into_iter().chain(counts).chain(peaks));
    }
    vec![Block::Table(table)]
}
