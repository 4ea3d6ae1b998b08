//! The screen at the end of `run` and `simulate`: objectives first, the tightest marked, the next limit
//! named.

use super::{Screen, clock_after};
use crate::record::folder::Folder;
use crate::record::summary::{ClosedForm, Generator, Judged, Queue, Summary, Verdict};
use crate::report;
use crate::report::format::{count, duration, number, share};
use crate::report::limits::Limit;
use crate::scenario::Scenario;
use crate::target::reference;
use base::protocol::Operation;
use base::time::Timestamp;

/// The screen at the end of `run` and `simulate`.
pub(in crate::cli) fn closing(scenario: &Scenario, folder: &Folder) {
    // The results are in the folder already: a closed stdout takes nothing away.
    let _ = screen(scenario, folder).print();
}

fn screen(scenario: &Scenario, folder: &Folder) -> Screen {
    let summary = &folder.summary;
    let mut screen = Screen::default();
    headline(&mut screen, scenario, summary);
    objectives(&mut screen, &summary.objectives);
    if let Some(cause) = report::cause(folder) {
        screen.pieces("because", " ", &words(&cause));
    }
    screen.pieces("people", " + ", &people(summary));
    queues(&mut screen, scenario, summary);
    held(&mut screen, summary);
    requests(&mut screen, summary);
    steps(&mut screen, scenario, summary);
    if let Some(generator) = &summary.generator {
        screen.pieces("generator", ", ", &generator_pieces(generator, summary.speed));
    }
    for caution in &summary.cautions {
        screen.pieces("caution", " ", &words(&caution.text));
        screen.pieces("", " ", &words(&caution.advice));
    }
    screen.row("report", &folder.path.join("report.html").display().to_string());
    screen
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn headline(screen: &mut Screen, scenario: &Scenario, summary: &Summary) {
    let verdict = match summary.verdict {
        Verdict::Pass => "PASS, trustworthy",
        Verdict::Fail => "FAIL, trustworthy",
        Verdict::Untrustworthy => "UNTRUSTWORTHY",
    };
    let (crowd, note) = match summary.scale.as_str() {
        "1" => ("full crowd".to_owned(), ""),
        scale => (format!("{scale} crowd"), "(n) = at full size"),
    };
    let how = format!("{verdict}    {crowd}, speed {}, seed {}", summary.speed, scenario.seed.0);
    screen.line(format!("{how:<62}{note}").trim_end());
}

fn objectives(screen: &mut Screen, objectives: &[Judged]) {
    if objectives.is_empty() {
        return screen.row("objectives", "none: there was nothing to miss");
    }
    screen.line(format!("{:<42}{:<9}{:<11}margin", "objective", "limit", "seen"));
    let tightest = objectives.iter().filter_map(|judged| judged.margin).min_by(f64::total_cmp);
    for judged in objectives {
        let limit = Limit::of(&judged.text);
        let seen = judged.observed.map_or_else(
            || if judged.beyond_any { "beyond any" } else { "nothing" }.to_owned(),
            |seen| limit.seen(seen),
        );
        let margin = judged.margin.map(share).unwrap_or_default();
        let mark = match judged.met {
            false => "  MISSED",
            true if judged.margin.is_some() && judged.margin == tightest => " ← tightest",
            true => "",
        };
        let line = format!("  {:<40}{:<9}{seen:<11}{margin:<5}{mark}", limit.name, limit.bound);
        screen.line(line.trim_end());
    }
}

fn people(summary: &Summary) -> Vec<String> {
    let people = &summary.people;
    let turned_away: u64 = people.turned_away.values().sum();
    vec![
        format!("{} = booked {}", count(people.arrived), count(people.booked)),
        format!("turned away {}", count(turned_away)),
        format!("gave up {}", count(people.gave_up)),
        format!("inside {}", count(people.inside)),
    ]
}

/// The line of the whole run and, when there are several, of each window.
fn queues(screen: &mut Screen, scenario: &Scenario, summary: &Summary) {
    let Some(queue) = &summary.queue else { return };
    let opens = scenario.opening().opens;
    screen.pieces("queue", "; ", &queue_pieces(scenario, opens, queue, summary.closed_form.as_ref()));
    if summary.windows.len() > 1 {
        for window in &scenario.windows {
            let Some(numbers) = summary.windows.get(&window.name) else { continue };
            let Some(queue) = &numbers.queue else { continue };
            let mut pieces = queue_pieces(scenario, window.opens, queue, numbers.closed_form.as_ref());
            pieces[0] = format!("{}: {}", window.name, pieces[0]);
            screen.pieces("", "; ", &pieces);
        }
    }
    if let Some(form) = &summary.one_window {
        let peak = count(form.peak.round() as u64);
        screen.pieces("", " ", &[format!("had all come in one window: closed form {peak}")]);
    }
    if queue.peak > 0 {
        screen.pieces("wait", "; ", &wait_pieces(queue));
    }
}

fn queue_pieces(
    scenario: &Scenario,
    opens: Timestamp,
    queue: &Queue,
    form: Option<&ClosedForm>,
) -> Vec<String> {
    let at = |seconds: f64| clock_after(scenario, opens, seconds);
    let theory = form.map(|line| {
        let gone = line.drained_at_s.map_or_else(|| "never gone".to_owned(), at);
        format!("closed form {}, {gone}", count(line.peak.round() as u64))
    });
    if queue.peak == 0 {
        return ["none".to_owned()].into_iter().chain(theory).collect();
    }
    let gone = queue.drained_at_s.map_or_else(
        || format!("{} still in it", count(queue.still_waiting)),
        |gone| format!("gone {}", at(gone)),
    );
    let full = full_size(scenario, queue.peak);
    let seen = format!("peak {}{full} at {}, {gone}", count(queue.peak), at(queue.peak_at_s.unwrap_or(0.0)));
    [seen].into_iter().chain(theory).collect()
}

/// ` (3,083)`: what a number of people would be in the full crowd; nothing when it is the full crowd.
fn full_size(scenario: &Scenario, people: u64) -> String {
    let factor = scenario.scale.factor();
    if factor == 1.0 {
        String::new()
    } else {
        format!(" ({})", count((people as f64 / factor).round() as u64))
    }
}

fn wait_pieces(queue: &Queue) -> Vec<String> {
    let Some(wait) = &queue.wait_s else { return vec!["nobody was admitted".to_owned()] };
    let [p50, p95, p99, max] = [wait.p50, wait.p95, wait.p99, wait.max].map(duration);
    let seen = format!("p50 {p50}   p95 {p95}   p99 {p99}   max {max}");
    let shown = queue.eta_error_ratio.as_ref().map(|ratio| format!("shown/actual p90 {}", number(ratio.p90)));
    let out = queue.closed_out.filter(|out| *out > 0).map(|out| format!("{} closed out", count(out)));
    [seen].into_iter().chain(shown).chain(out).collect()
}

/// What the target holds at once, against its limits.
fn held(screen: &mut Screen, summary: &Summary) {
    let of = |peak: u64, limit: u64| {
        let part =
            if limit == 0 { String::new() } else { format!(" ({})", share(peak as f64 / limit as f64)) };
        format!("peak {} of {}{part}", count(peak), count(limit))
    };
    let sessions = summary.sessions.as_ref().and_then(|sessions| Some(of(sessions.peak, sessions.cap?)));
    let connections = summary.connections.as_ref().map(|connections| {
        let peak = connections.peak;
        connections.limit.map_or_else(|| format!("peak {}", count(peak)), |limit| of(peak, limit))
    });
    match (sessions, connections) {
        (Some(sessions), Some(connections)) => {
            screen.pieces("sessions", "     ", &[sessions, format!("connections {connections}")]);
        }
        (Some(sessions), None) => screen.row("sessions", &sessions),
        (None, Some(connections)) => screen.row("connected", &connections),
        (None, None) => {}
    }
}

fn requests(screen: &mut Screen, summary: &Summary) {
    let requests = &summary.requests;
    let part = |number: u64| share(number as f64 / requests.sent.max(1) as f64);
    let kinds = [
        format!(
            "{}, {} per person: useful {}",
            count(requests.sent),
            number(requests.per_person),
            part(requests.useful)
        ),
        format!("polls {}", part(requests.polls)),
        format!("refreshes {}", part(requests.refreshes)),
        format!("retries {}", part(requests.retries)),
    ];
    screen.pieces("requests", " · ", &kinds);
    if requests.errors.is_empty() {
        return;
    }
    let all = format!("{}:", part(requests.sent.saturating_sub(requests.ok)));
    let mut kinds =
        requests.errors.iter().map(|(kind, n)| format!("{} {}", kind.replace('_', " "), count(*n)));
    let first = kinds.next().map(|first| format!("{all} {first}"));
    screen.pieces("errors", ", ", &first.into_iter().chain(kinds).collect::<Vec<_>>());
}

/// Each step with the busiest of the stations that it passes. A station's utilisation is told once; the
/// busiest of all is what the service would meet next.
fn steps(screen: &mut Screen, scenario: &Scenario, summary: &Summary) {
    screen.line("step           response p50 / p99    service p99   busiest station");
    let busy = |name: &String| summary.stations.get(name).map_or(0.0, |station| station.utilisation);
    let next = summary.stations.keys().max_by(|a, b| busy(a).total_cmp(&busy(b)));
    let mut told: Vec<String> = Vec::new();
    for operation in Operation::ALL {
        let Some(numbers) = summary.steps.get(operation.name()) else { continue };
        let (Some(response), Some(service)) = (&numbers.response_s, &numbers.service_s) else { continue };
        let passed = reference::stations_of(scenario, operation).into_iter();
        let passed = passed.filter(|name| summary.stations.contains_key(name));
        let station = passed.max_by(|a, b| busy(a).total_cmp(&busy(b)));
        let station = station.map(|name| {
            let first = !told.contains(&name);
            told.push(name.clone());
            station_text(&name, first.then(|| busy(&name)), first && next == Some(&name))
        });
        let both = format!("{} / {}", duration(response.p50), duration(response.p99));
        let (name, service) = (operation.name(), duration(service.p99));
        let line = format!("  {name:<13}{both:<22}{service:<14}{}", station.unwrap_or_default());
        screen.line(line.trim_end());
    }
}

fn station_text(name: &str, busy: Option<f64>, next: bool) -> String {
    let busy = busy.map(|busy| format!(" {}", share(busy))).unwrap_or_default();
    let mark = if next { "  ← next limit" } else { "" };
    format!("{name}{busy}{mark}")
}

fn generator_pieces(generator: &Generator, speed: f64) -> Vec<String> {
    let lag = generator.lag_s.as_ref().map(|lag| {
        let (wall, scenario) = (duration(lag.p99), duration(lag.p99 * speed));
        if speed == 1.0 {
            format!("lag p99 {wall}")
        } else {
            format!("lag p99 {wall} wall ({scenario} of scenario time)")
        }
    });
    let part = |name: &str, part: Option<f64>| part.map(|part| format!("{name} {}", share(part)));
    let refused = format!("refused {}", count(generator.refused));
    let shares = [part("cpu", generator.cpu_share), part("steal", generator.steal_share)];
    lag.into_iter().chain([refused]).chain(shares.into_iter().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::scenario::resolve::{self, Choices};

    fn lines(change: impl FnOnce(&mut Summary)) -> Vec<String> {
        let text = include_str!("../../../scenarios/2021-08-02-seniors.yaml");
        let choices = Choices { as_replayed: true, ..Choices::default() };
        let scenario = resolve::scenario(text, &choices).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let mut folder = sample::folder();
        change(&mut folder.summary);
        screen(&scenario, &folder).0
    }

    #[test]
    fn the_screen_is_eighty_columns_wide() {
        for line in lines(|_| {}) {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }

    #[test]
    fn the_tightest_the_next_limit_and_full_size_are_named() {
        let lines = lines(|_| {});
        let line = |word: &str| {
            lines.iter().find(|line| line.contains(word)).unwrap_or_else(|| panic!("{word}: {lines:#?}"))
        };
        assert!(lines[0].ends_with("(n) = at full size"), "{}", lines[0]);
        assert!(line("← tightest").contains("steps.book.response.p99"));
        assert!(line("← next limit").contains("slots") && line("← next limit").contains("pool 83 %"));
        assert!(line("queue  ").ends_with("peak 617 (3,085) at 20:00:00, gone 20:00:33;"));
        assert!(line("closed form").ends_with("  closed form 617, 20:00:33"));
        assert!(line("connections").contains("connections peak 8,120 of 9,000 (90 %)"));
        assert!(line("generator").contains("lag p99 3 ms wall (60 ms of scenario time)"));
        assert!(line("errors").contains("timed out 61"));
    }

    #[test]
    fn a_missed_objective_is_marked_and_what_was_not_measured_is_left_out() {
        let lines = lines(|summary| {
            summary.objectives[1].met = false;
            summary.verdict = Verdict::Fail;
            (summary.queue, summary.connections, summary.generator) = (None, None, None);
            summary.stations.clear();
        });
        assert!(lines.iter().any(|line| line.contains("queue.wait.p95") && line.ends_with("MISSED")));
        assert!(lines.iter().any(|line| line.starts_with("because    1.4 % were turned away")));
        for word in ["queue  ", "wait  ", "connections", "generator", "next limit"] {
            assert!(!lines.iter().any(|line| line.starts_with(word) || line.contains("← next")), "{word}");
        }
    }
}
