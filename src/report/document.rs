//! The report as data: everything it says, already in words, before it is HTML or Markdown.
//!
//! Knows nothing of markup; the two renderers know nothing of runs.

use super::pictures::Picture;
use super::run::Run;
use super::{sections, verdict};
use crate::record::manifest::RunKind;
use serde::Serialize;

/// Everything a report says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Document {
    /// The tool and the kind of run.
    pub(super) kind: String,
    /// Which opening.
    pub(super) title: String,
    /// The slice, the scale and the speed in a sentence or two.
    pub(super) subtitle: String,
    /// The answer.
    pub(super) verdict: Verdict,
    /// The few numbers to remember.
    pub(super) figures: Vec<KeyFigure>,
    /// The rest.
    pub(super) sections: Vec<Section>,
}

/// Whether the run passed, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Verdict {
    /// `PASS`, `FAIL` or `UNTRUSTWORTHY`.
    pub(super) word: String,
    /// The same as a class of style: `pass`, `fail`, `untrustworthy`.
    pub(super) class: &'static str,
    /// Why.
    pub(super) sentence: String,
    /// What the numbers say about it, where it failed.
    pub(super) cause: Option<String>,
    /// That there are cautions, where there are.
    pub(super) cautions: Option<String>,
}

/// A number to remember.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct KeyFigure {
    /// The number with its unit.
    pub(super) value: String,
    /// What it is.
    pub(super) label: String,
}

/// A part with a heading.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Section {
    /// The heading.
    pub(super) title: String,
    /// A name for links: lower-case letters and `-`.
    pub(super) id: &'static str,
    /// What it says.
    pub(super) blocks: Vec<Block>,
}

/// One thing a section says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub(super) enum Block {
    /// A paragraph.
    Text {
        /// What it says.
        text: String,
    },
    /// A table.
    Table(Table),
    /// One of the pictures, with what one sees in it.
    Figure {
        /// The picture's file name.
        file: &'static str,
        /// The picture's name.
        name: String,
        /// What one sees.
        caption: String,
    },
    /// Something to keep in mind.
    Caution {
        /// What was seen.
        text: String,
        /// What to do about it.
        advice: String,
    },
}

impl Block {
    /// A paragraph.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Table {
    /// What its columns are.
    pub(super) columns: Vec<Column>,
    /// Its rows, each with as many cells as there are columns.
    pub(super) rows: Vec<TableRow>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Column {
    /// Its heading.
    pub(super) label: String,
    /// How its cells are set.
    pub(super) style: Style,
}

/// How the cells of a column are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Style {
    /// Words, to the left.
    Words,
    /// Names of things in files, to the left.
    Code,
    /// Numbers, to the right.
    Number,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct TableRow {
    /// Its cells.
    pub(super) cells: Vec<String>,
    /// Whether it stands out, and how.
    pub(super) weight: Weight,
}

/// How a row stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Weight {
    /// Not.
    Plain,
    /// As a sum.
    Total,
    /// As a part of the row above.
    Part,
    /// As an objective that was missed.
    Missed,
}

impl Table {
    /// An empty table whose first column has this style and whose others are numbers; its headings stand
    /// in one text, with `|` between them.
    pub(super) fn new(first: Style, headings: &str) -> Self {
        let style = |place| if place == 0 { first } else { Style::Number };
        let labels = headings.split('|').map(|label| label.trim().to_owned()).enumerate();
        let columns = labels.map(|(place, label)| Column { label, style: style(place) });
        Self { columns: columns.collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, weight: Weight, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().collect();
        debug_assert_eq!(cells.len(), self.columns.len(), "a row has a cell for every column");
        self.rows.push(TableRow { cells, weight });
    }
}

impl Document {
    /// The report of a run.
    pub(super) fn of(run: &Run, pictures: &[Picture]) -> Self {
        Self {
            kind: match run.manifest().kind {
                RunKind::Run => run.words.kind_live(),
                RunKind::Simulate => run.words.kind_simulated(),
            },
            title: run.manifest().scenario_name.clone(),
            subtitle: subtitle(run),
            verdict: verdict::of(run),
            figures: sections::key_figures(run),
            sections: sections::all(run, pictures),
        }
    }
}

/// When booking opens, which part was replayed, how fast, and how much of the crowd.
fn subtitle(run: &Run) -> String {
    let (summary, clock, words) = (run.summary(), &run.clock, &run.words);
    let (from, until) = run.slice();
    let speed = match run.manifest().kind {
        RunKind::Simulate => words.speed_simulated(),
        RunKind::Run if summary.speed == 1.0 => words.speed_live_same(),
        RunKind::Run => words.speed_live(summary.speed.to_string()),
    };
    let scale = match summary.scale.as_str() {
        "1" => words.scale_whole(),
        scale => words.scale_part(scale),
    };
    let slice = words.slice(clock.short(from), clock.short(until), clock.zone_name());
    [words.opening(clock.opening()), slice, speed, scale].join(" ")
}
