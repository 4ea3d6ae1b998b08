//! What was asked of the service, and what to keep in mind.

use crate::record::summary::{Caution, Judged};
use crate::report::document::{Block, Style, Table, Weight};
use crate::report::format::{self, NOTHING, share};
use crate::report::limits::Limit;
use crate::report::messages::Words;
use crate::report::run::Run;
use crate::report::verdict;

/// Each objective with its limit, what was seen, and the margin; the tightest is marked.
pub(super) fn judged(run: &Run) -> Vec<Block> {
    let (objectives, words) = (&run.summary().objectives, &run.words);
    if objectives.is_empty() {
        return vec![Block::text(words.no_objectives())];
    }
    let mut table = Table::new(Style::Code, &words.columns_objectives());
    let tightest = verdict::tightest(objectives);
    for (place, judged) in objectives.iter().enumerate() {
        let limit = Limit::of(&judged.text);
        let seen = judged.observed.map_or_else(|| unseen(judged, words), |value| limit.seen(value));
        let margin = margin(judged, tightest == Some(place), words);
        let weight = if judged.met { Weight::Plain } else { Weight::Missed };
        table.row(weight, [limit.name, limit.bound, seen, margin]);
    }
    vec![Block::Table(table)]
}

fn unseen(judged: &Judged, words: &Words) -> String {
    if judged.beyond_any { words.beyond_any() } else { words.not_seen() }
}

fn margin(judged: &Judged, tightest: bool, words: &Words) -> String {
    let margin = judged.margin.map(share);
    let mark = match (judged.met, tightest) {
        (false, _) => Some(words.missed()),
        (true, true) => Some(words.tightest()),
        (true, false) => None,
    };
    let parts: Vec<String> = margin.into_iter().chain(mark).collect();
    if parts.is_empty() { NOTHING.to_owned() } else { parts.join(", ") }
}

/// What to keep in mind, each with advice.
pub(super) fn cautions(run: &Run) -> Vec<Block> {
    let (cautions, words) = (&run.summary().cautions, &run.words);
    if cautions.is_empty() {
        return vec![Block::text(words.no_cautions())];
    }
    let caution = |caution: &Caution| Block::Caution {
        text: format::sentence(&caution.text),
        advice: words.advice(format::sentence(&caution.advice)),
    };
    cautions.iter().map(caution).collect()
}
