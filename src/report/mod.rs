//! What people see of a run: a report in HTML and in Markdown, and its pictures.
//!
//! * `document`: everything a report says, as formatted text; `messages` has the wording
//! * `html` and `markdown`: the two ways to set it
//! * `plot`: the pictures, as SVG; `tables`: the numbers, as CSV
//!
//! Pure functions of a run folder: nothing here reads a file, a clock or the network, and one folder
//! always gives the same bytes. It does not judge either: verdict, margins and cautions are the summary's.

mod captions;
mod cause;
mod document;
pub(crate) mod format;
mod html;
pub(crate) mod limits;
mod markdown;
mod messages;
mod pictures;
mod plot;
mod run;
#[cfg(test)]
pub(crate) mod sample;
mod sections;
mod tables;
mod verdict;

use crate::record::folder::Folder;
use crate::record::summary::Verdict;
use base::calendar::CalendarError;
use document::Document;
pub use messages::{Language, UnknownLanguage};
pub use plot::PlotError;
use run::Run;
use thiserror::Error;

const FILE_MARKDOWN: &str = "report.md";
const FILE_HTML: &str = "report.html";

/// A report that cannot be made.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The manifest names no time zone that there is.
    #[error("the manifest's time zone: {0}")]
    Zone(#[from] CalendarError),
    /// A picture could not be drawn.
    #[error("a picture could not be drawn: {0}")]
    Plot(#[from] PlotError),
    /// The page could not be set.
    #[error("the page could not be set: {0}")]
    Page(#[from] minijinja::Error),
}

/// Renders everything people see of a run in `language`, as (file name, contents).
///
/// # Errors
/// If the manifest names an unknown time zone. The other errors would be bugs of ours.
pub fn files(folder: &Folder, language: Language) -> Result<Vec<(String, String)>, ReportError> {
    let run = Run::of(folder, language)?;
    let pictures = pictures::all(&run)?;
    let document = Document::of(&run, &pictures);
    let mut files = vec![
        (FILE_MARKDOWN.to_owned(), markdown::render(&document)),
        (FILE_HTML.to_owned(), html::render(&document, &pictures, &run.words)?),
    ];
    files.extend(tables::all(&run).into_iter().map(|(name, table)| (name.to_owned(), table)));
    files.extend(pictures.into_iter().map(|picture| (picture.file.to_owned(), picture.svg)));
    Ok(files)
}

/// A picture that [`files`] gave, as PNG: the name that it goes under, and its contents; `None` for a file
/// that is no picture.
///
/// # Errors
/// If it cannot be drawn, which would be a bug of ours.
pub fn png(name: &str, contents: &str) -> Result<Option<(String, Vec<u8>)>, ReportError> {
    let Some(stem) = name.strip_suffix(".svg") else { return Ok(None) };
    Ok(Some((format!("{stem}.png"), plot::png::of(contents)?)))
}

/// Why a run failed, in a sentence; `None` when it did not, or when its numbers do not say why.
pub fn cause(folder: &Folder) -> Option<String> {
    let run = Run::of(folder, Language::English).ok()?;
    (folder.summary.verdict == Verdict::Fail).then(|| cause::of(&run)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn rendered(folder: &Folder) -> BTreeMap<String, String> {
        files(folder, Language::English).unwrap().into_iter().collect()
    }

    #[test]
    fn there_is_a_picture_of_all_that_was_measured() {
        let mut folder = sample::folder();
        let pictures = |folder: &Folder| -> Vec<String> {
            rendered(folder)
                .into_keys()
                .filter_map(|name| name.strip_suffix(".svg").map(str::to_owned))
                .collect()
        };
        let all = [
            "arrivals",
            "connections",
            "funnel",
            "latency",
            "queue",
            "requests",
            "sessions",
            "stations",
            "steps",
        ];
        assert_eq!(pictures(&folder), all);
        folder.summary.connections = None;
        folder.summary.sessions = None;
        assert_eq!(pictures(&folder).len(), 7);
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        let files = rendered(&sample::folder());
        let html = &files["report.html"];
        for foreign in ["http://", "https://", "<script", "<link", "url(", "src="] {
            assert!(!html.contains(foreign), "{foreign}");
        }
        assert_eq!(html.matches("<svg").count(), 9);
        assert!(html.contains("<html lang=\"en\">") && html.contains("name=\"viewport\""));
    }

    #[test]
    fn what_stands_in_files_is_text_not_markup() {
        let mut folder = sample::folder();
        folder.summary.cautions[0].text = "<b>bold</b> & \"quoted\" | piped".to_owned();
        folder.manifest.command.push("<script>alert(1)</script>".to_owned());
        let files = rendered(&folder);
        assert!(files["report.html"].contains("&lt;b&gt;bold"));
        for page in ["report.html", "report.md"] {
            assert!(!files[page].contains("<b>bold") && !files[page].contains("<script"), "{page}");
        }
    }

    #[test]
    fn pictures_are_labelled() {
        let files = rendered(&sample::folder());
        for (name, labels) in [
            ("arrivals.svg", ["arrivals", "admissions", "bookings", "20:05", "10,000", "time of day, KST"]),
            (
                "queue.svg",
                [
                    "measured",
                    "closed form",
                    "opens 20:00",
                    "peak 617 at 20:00:00",
                    "line gone at 20:00:33",
                    "400",
                ],
            ),
            (
                "sessions.svg",
                ["sessions", "limit 12,000", "12,000", "opens 20:00", "20:10", "time of day, KST"],
            ),
            (
                "connections.svg",
                ["connections", "limit 9,000", "5,000", "opens 20:00", "20:10", "time of day, KST"],
            ),
            ("requests.svg", ["useful", "polls", "refreshes", "retries", "errors", "requests a second"]),
            ("latency.svg", ["response p99", "service p50", "lag p99", "1 s", "20:00", "logarithmic"]),
        ] {
            let svg = &files[name];
            assert!(svg.contains("viewBox=\"0 0 3840 1680\"") && svg.contains("width=\"960\""), "{name}");
            assert!(svg.contains("font-family=\"sans-serif\"") && !svg.contains("NaN"), "{name}");
            for label in labels {
                assert!(svg.contains(label), "{label} in {name}");
            }
        }
    }

    #[test]
    fn both_pages_say_the_same() {
        let files = rendered(&sample::folder());
        for said in [
            "PASS",
            "31,980 arrived = 24,003 booked + 452 turned away + 12 gave up + 7,513 inside at the end.",
            "nothing is scaled back up",
            "At most 617 tickets were in line, at 20:00:00. The line was gone at 20:00:33.",
            "20210802",
            "What it rests on",
            "60% to 100%",
        ] {
            assert!(files["report.html"].contains(said), "{said}");
            assert!(files["report.md"].contains(said), "{said}");
        }
        assert!(files["report.md"].contains("](arrivals.svg)"));
    }

    #[test]
    fn one_folder_gives_the_same_bytes() {
        assert_eq!(rendered(&sample::folder()), rendered(&sample::folder()));
    }

    #[test]
    fn what_was_not_measured_is_not_shown() {
        let mut folder = sample::folder();
        folder.summary.queue = None;
        folder.summary.closed_form = None;
        folder.summary.generator = None;
        folder.summary.sessions = None;
        folder.summary.stations.clear();
        folder.summary.steps.clear();
        folder.summary.connections = None;
        folder.manifest.machine = None;
        for row in &mut folder.rows {
            (row.queue_depth, row.closed_form_depth, row.admissions) = (None, None, None);
        }
        let html = &rendered(&folder)["report.html"];
        assert!(!html.contains("id=\"generator\"") && !html.contains("processors"));
        folder.rows.clear();
        rendered(&folder);
    }

    #[test]
    fn gaps_and_infinities_do_not_hurt() {
        let mut folder = sample::folder();
        for (place, row) in folder.rows.iter_mut().enumerate() {
            if place % 3 == 0 {
                row.response_p99_s = None;
                row.closed_form_depth = Some(f64::NAN);
                row.service_p99_s = Some(f64::INFINITY);
            }
        }
        assert!(rendered(&folder).values().all(|file| !file.contains("NaN")));
    }

    #[test]
    fn an_unknown_zone_is_an_error() {
        let mut folder = sample::folder();
        folder.manifest.time.timezone = "Asia/Soul".to_owned();
        assert!(files(&folder, Language::English).unwrap_err().to_string().contains("Asia/Soul"));
    }
}
