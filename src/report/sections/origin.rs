//! What the scenario rests on, and how the run was made.

use crate::record::manifest::RunKind;
use crate::report::document::{Block, Style, Table, Weight};
use crate::report::format::NOTHING;
use crate::report::run::Run;

/// Assumptions and fits first: they are what a reader may doubt.
pub(super) fn rests_on(run: &Run) -> Vec<Block> {
    let provenance = &run.manifest().provenance;
    if provenance.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(Style::Code, &run.words.columns_rests_on());
    for column in &mut table.columns[1..] {
        column.style = Style::Words;
    }
    let mut known: Vec<_> = provenance.iter().collect();
    known.sort_by_key(|known| (known.kind == "fact", known.low.is_none() && known.high.is_none()));
    for known in known {
        let range = match (&known.low, &known.high) {
            (Some(low), Some(high)) => run.words.range(low, high),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => NOTHING.to_owned(),
        };
        let source = known.source.clone().unwrap_or_else(|| NOTHING.to_owned());
        table
            .row(Weight::Plain, [known.path.clone(), known.value.clone(), range, known.kind.clone(), source]);
    }
    vec![Block::text(run.words.rests_on_note()), Block::Table(table)]
}

/// Everything that it takes to make the run again.
pub(super) fn provenance(run: &Run) -> Vec<Block> {
    let (manifest, words, clock) = (run.manifest(), &run.words, &run.clock);
    let mut table = Table::new(Style::Words, &words.columns_provenance());
    table.columns[1].style = Style::Code;
    let mut row = |name: String, value: String| table.row(Weight::Plain, [name, value]);
    let (from, until) = run.slice();
    row(words.seed(), manifest.seed.to_string());
    row(words.tool(), tool(run));
    row(words.scenario_hash(), manifest.scenario_hash.clone());
    row(words.plan_hash(), manifest.plan_hash.clone());
    row(words.slice_row(), words.slice_short(clock.short(from), clock.short(until), clock.zone_name()));
    row(words.scale(), run.summary().scale.clone());
    row(words.speed(), run.summary().speed.to_string());
    // How a simulation was called changes nothing in it, and its report is the same to the byte.
    if manifest.kind == RunKind::Run {
        row(words.command(), manifest.command.join(" "));
    }
    if let Some(sent) = &manifest.sent {
        row(words.sent_instant(), sent.clone());
    }
    if let Some(machine) = &manifest.machine {
        let (cpus, workers) = (machine.cpus.to_string(), machine.workers.to_string());
        row(words.machine_row(), words.machine(&machine.platform, cpus, workers));
    }
    vec![Block::Table(table)]
}

fn tool(run: &Run) -> String {
    let manifest = run.manifest();
    match &manifest.tool_commit {
        Some(commit) => run.words.tool_built(&manifest.tool_version, commit),
        None => run.words.tool_unknown(&manifest.tool_version),
    }
}
