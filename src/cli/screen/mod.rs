//! What commands print. Screens are for people: about 80 columns, and no colour needed to understand them.

mod check;
mod closing;

pub(super) use check::checked;
pub(super) use closing::closing;

use super::exit::{Exit, Failure};
use super::load::Loaded;
use crate::record::folder::Folder;
use crate::record::summary::Summary;
use crate::scenario::Scenario;
use base::time::{Offset, Timestamp};
use reference_server::http::Server;
use serde::Serialize;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

/// The width of a screen.
const COLUMNS: usize = 80;
/// The width of the column of labels.
const LABEL: usize = 11;

/// Lines to be printed.
#[derive(Default)]
struct Screen(Vec<String>);

impl Screen {
    fn line(&mut self, text: impl Into<String>) {
        self.0.push(text.into());
    }

    /// A line with a label.
    fn row(&mut self, label: &str, content: &str) {
        self.0.push(format!("{label:<LABEL$}{content}"));
    }

    /// The same with content that is broken between its pieces where a line would be too long.
    fn pieces(&mut self, label: &str, separator: &str, pieces: &[String]) {
        let (mut label, mut line) = (label, String::new());
        for piece in pieces {
            let longer = line.chars().count() + separator.chars().count() + piece.chars().count();
            if !line.is_empty() && LABEL + longer > COLUMNS {
                self.row(label, &(line + separator.trim_end()));
                (label, line) = ("", String::new());
            } else if !line.is_empty() {
                line += separator;
            }
            line += piece;
        }
        self.row(label, &line);
    }

    fn print(&self) -> Result<(), Failure> {
        out(&(self.0.join("\n") + "\n"))
    }
}

/// The clock, to the nearest second, so many seconds after an opening; with the date if the day is another.
fn clock_after(scenario: &Scenario, opens: Timestamp, seconds: f64) -> String {
    let (zone, at) = (&scenario.zone, opens + Offset(seconds.round() as i64 * 1_000_000_000));
    let (day, opening) = (zone.date_time(at), zone.date_time(opens));
    let time = zone.clock_time(at);
    if day[..10] == opening[..10] { time } else { format!("{} {time}", &day[5..10]) }
}

/// A note on stderr.
pub(super) fn note(text: &str) {
    // Where stderr cannot be written to there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// What went wrong, on stderr.
pub(super) fn error(failure: &Failure) {
    if let Some(heading) = &failure.heading {
        note(heading);
    }
    for message in &failure.messages {
        note(&format!("error: {message}"));
    }
    if let Some(hint) = &failure.hint {
        note(&format!("hint: {hint}"));
    }
}

/// Text on stdout. A reader that has gone away is not an error of ours.
fn out(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Usage, format!("stdout: {error}")))
        }
        _ => Ok(()),
    }
}

/// A text of another program's language on stdout.
pub(super) fn text(text: &str) -> Result<(), Failure> {
    out(text)
}

/// One JSON document on stdout.
pub(super) fn document(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| {
        Failure::new(Exit::Undecidable, format!("the document cannot be written: {error}"))
    })?;
    out(&format!("{text}\n"))
}

/// The summary of a run with the folder's path in it, as one JSON document on stdout.
pub(super) fn json(folder: &Folder) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Printed<'a> {
        folder: &'a Path,
        #[serde(flatten)]
        summary: &'a Summary,
    }
    document(&Printed { folder: &folder.path, summary: &folder.summary })
}

/// Where a report was written.
pub(super) fn written(path: &Path) -> Result<(), Failure> {
    out(&format!("{}\n", path.display()))
}

/// Where the server listens and when it begins.
pub(super) fn serving(
    loaded: &Loaded,
    server: &Server,
    delay: Duration,
    as_json: bool,
) -> Result<(), Failure> {
    let url = format!("http://{}", server.address());
    if as_json {
        #[derive(Serialize)]
        struct Serving<'a> {
            url: &'a str,
            scenario_hash: &'a str,
            starts_in_s: f64,
        }
        let starts_in_s = delay.as_secs_f64();
        return document(&Serving { url: &url, scenario_hash: &loaded.hash, starts_in_s });
    }
    let scenario = &loaded.scenario;
    let from = scenario.zone.clock_time(scenario.slice.from);
    out(&format!(
        "serving    {url}\n\
         plays      {} at scale {}, speed {}; scenario time {from} begins in {} s\n\
         run with   openrush run {} --target {url}   (same options)\n\
         Ctrl-C stops it\n",
        scenario.name,
        scenario.scale,
        scenario.speed,
        delay.as_secs(),
        loaded.path.display(),
    ))
}
