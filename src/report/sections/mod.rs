//! The sections of a report, from the numbers of a run.

mod line;
mod objectives;
mod origin;
mod people;
mod service;

use super::document::{Block, KeyFigure, Section};
use super::format::{NOTHING, count, duration, share_of};
use super::pictures::Picture;
use super::run::Run;
use crate::record::summary::Spread;
use base::protocol::Operation;

/// All sections in order; those with nothing to say are left out.
pub(super) fn all(run: &Run, pictures: &[Picture]) -> Vec<Section> {
    let words = &run.words;
    let section = |title, id, blocks| Section { title, id, blocks };
    let figures = |files: &[&str]| figures(pictures, files);
    let with = |files: &[&str], blocks: Vec<Block>| -> Vec<Block> {
        if blocks.is_empty() { blocks } else { figures(files).into_iter().chain(blocks).collect() }
    };
    let mut sections = vec![
        section(words.section_objectives(), "objectives", objectives::judged(run)),
        section(
            words.section_pictures(),
            "pictures",
            figures(&["arrivals.svg", "queue.svg", "sessions.svg", "connections.svg"]),
        ),
        section(words.section_people(), "people", with(&["funnel.svg"], people::people(run))),
        section(words.section_windows(), "windows", people::windows(run)),
        section(words.section_queue(), "queue", line::queue(run)),
        section(words.section_waits(), "waits", line::waits(run)),
        section(words.section_requests(), "requests", with(&["requests.svg"], service::requests(run))),
        section(words.section_steps(), "steps", with(&["latency.svg", "steps.svg"], service::steps(run))),
        section(words.section_stations(), "stations", with(&["stations.svg"], service::stations(run))),
        section(words.section_generator(), "generator", service::generator(run)),
        section(words.section_timeline(), "timeline", people::timeline(run)),
        section(words.section_cautions(), "cautions", objectives::cautions(run)),
        section(words.section_rests_on(), "rests-on", origin::rests_on(run)),
        section(words.section_provenance(), "provenance", origin::provenance(run)),
    ];
    sections.retain(|section| !section.blocks.is_empty());
    sections
}

/// The few numbers to remember.
pub(super) fn key_figures(run: &Run) -> Vec<KeyFigure> {
    let (summary, words) = (run.summary(), &run.words);
    let figure = |value: String, label: String| KeyFigure { value, label };
    let people = &summary.people;
    // Cards are quoted without what stands around them, so each names the size of the crowd.
    let whole = summary.scale == "1";
    let came = if whole { words.people_came() } else { words.people_came_scaled(&summary.scale) };
    let booked = words.people_booked(share_of(people.booked, people.arrived));
    let mut figures = vec![figure(count(people.arrived), came), figure(count(people.booked), booked)];
    if let Some(queue) = summary.queue.as_ref().filter(|queue| queue.peak > 0) {
        let at = run.clock.second(queue.peak_at_s.unwrap_or(0.0));
        let label =
            if whole { words.peak_in_line(at) } else { words.peak_in_line_scaled(at, &summary.scale) };
        figures.push(figure(count(queue.peak), label));
        figures.extend(queue.wait_s.as_ref().map(|wait| figure(duration(wait.p95), words.wait_p95())));
    }
    let book = summary.steps.get(Operation::Book.name()).and_then(|step| step.response_s.as_ref());
    figures.extend(book.map(|response| figure(duration(response.p99), words.book_p99())));
    figures
}

/// Those of the pictures that have these file names.
fn figures(pictures: &[Picture], files: &[&str]) -> Vec<Block> {
    let named = pictures.iter().filter(|picture| files.contains(&picture.file));
    let figure = |picture: &Picture| Block::Figure {
        file: picture.file,
        name: picture.name.clone(),
        caption: picture.caption.clone(),
    };
    named.map(figure).collect()
}

/// The median and the 99th percentile, as a table shows them.
fn quantiles(spread: Option<&Spread>) -> [String; 2] {
    let text = |value: Option<f64>| value.map_or_else(|| NOTHING.to_owned(), duration);
    [text(spread.map(|s| s.p50)), text(spread.map(|s| s.p99))]
}

/// A name of a file as words: `no_slots` is `no slots`.
fn plain(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::record::folder::Folder;
    use crate::report::messages::Language;

    fn shown(folder: &Folder, section: fn(&Run) -> Vec<Block>) -> String {
        format!("{:?}", section(&Run::of(folder, Language::English).unwrap()))
    }

    #[test]
    fn people_add_up_or_the_report_says_so() {
        let mut folder = sample::folder();
        let text = shown(&folder, people::people);
        assert!(
            text.contains("31,980 arrived = 24,003 booked + 452 turned away + 12 gave up + 7,513 inside"),
            "{text}"
        );
        folder.summary.people.booked += 1;
        assert!(shown(&folder, people::people).contains("do not add up"));
    }

    #[test]
    fn the_tightest_and_the_missed_are_marked() {
        let mut folder = sample::folder();
        assert!(shown(&folder, objectives::judged).contains("34 %, tightest"));
        folder.summary.objectives[0].met = false;
        folder.summary.objectives[0].margin = Some(-0.5);
        let text = shown(&folder, objectives::judged);
        assert!(text.contains("−50 %, missed") && !text.contains("tightest"), "{text}");
    }

    #[test]
    fn steps_stand_in_the_order_of_the_journey() {
        let text = shown(&sample::folder(), service::steps);
        let place = |name: &str| text.find(name).unwrap();
        assert!(place("\"identify\"") < place("\"slots\"") && place("\"slots\"") < place("\"book\""));
    }

    #[test]
    fn the_closed_form_stands_beside_the_queue() {
        let text = shown(&sample::folder(), line::queue);
        assert!(text.contains(r#"["peak, tickets", "617", "617", "0 %"]"#), "{text}");
        assert!(text.contains(r#"["line gone at", "20:00:33", "20:00:33", "0 s"]"#), "{text}");
    }
}
