//! What commands print. Screens are for people: at most 80 columns where the content allows, and no
//! colour needed to understand them.

use super::check::Findings;
use super::exit::{Exit, Failure};
use super::load::Loaded;
use crate::record::folder::Folder;
use crate::record::summary::{ClosedForm, Judged, Queue, Summary, Verdict};
use crate::report::format::{count, duration, share};
use crate::scenario::Scenario;
use base::quantity::{Kind, Quantity};
use base::time::Nanos;
use base::units::Share;
use reference_server::http::Server;
use serde::Serialize;
use std::fmt::Display;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

/// A note on stderr.
#[expect(clippy::print_stderr, reason = "notes and errors go to stderr")]
pub(super) fn note(text: &str) {
    eprintln!("{text}");
}

/// What went wrong, on stderr.
pub(super) fn error(failure: &Failure) {
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
         run with   openrush run {}.yaml --target {url}   (same options)\n\
         Ctrl-C stops it\n",
        scenario.name,
        scenario.scale,
        scenario.speed,
        delay.as_secs(),
        loaded.stem,
    ))
}

/// The screen of `check`.
pub(super) fn checked(full: &Scenario, replay: &Scenario, findings: &Findings) -> Result<(), Failure> {
    let mut text = format!("ok   {}   {}\n", findings.scenario, plural(findings.cautions.len(), "caution"));
    let zone = &full.zone;
    let (opens, closes) = (zone.date_time(full.window.opens), zone.date_time(full.window.closes));
    row(
        &mut text,
        "opens",
        &format!("{opens} → {closes} {}   (one window)", zone.abbreviation(full.window.opens)),
    );
    row(&mut text, "people", &people_line(full));
    let parts = findings.parts.iter().map(|part| format!("{} {}", part.profile, count(part.people)));
    row(&mut text, "arrivals", &parts.collect::<Vec<_>>().join(" │ "));
    if let Some(line) = &findings.closed_form {
        row(&mut text, "queue", &format!("{}   (closed form, full size)", line_text(full, line)));
    }
    row(&mut text, "binding", &binding(full, findings));
    for (place, hinge) in findings.hinges.iter().enumerate() {
        let misses =
            hinge.misses.iter().map(|objective| format!("   MISSES {objective}")).collect::<String>();
        let name = hinge.path.trim_start_matches("target.reference.");
        let label = if place == 0 { "hinges on" } else { "" };
        let peak = count(hinge.closed_form.peak.round() as u64);
        let wait = duration(hinge.closed_form.wait_max_s);
        row(&mut text, label, &format!("{name} {} → peak {peak}, wait {wait}{misses}", hinge.value));
    }
    row(&mut text, "replay", &replay_line(replay, findings));
    row(&mut text, "sends", &sends_line(findings));
    for caution in &findings.cautions {
        row(&mut text, "caution", caution);
    }
    out(&text)
}

/// A labelled line; the label column is 11 wide.
fn row(text: &mut String, label: &str, content: &str) {
    text.push_str(&format!("{label:<11}{content}\n"));
}

fn plural(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn people_line(full: &Scenario) -> String {
    let cohorts = full.resolved.cohorts.iter().map(|(name, cohort)| {
        let people = count(cohort.people.value.0);
        format!("{name} {people}{} × show-up {}", provenance(&cohort.people), show_up(&cohort.show_up))
    });
    format!("{} = {}", cohorts.collect::<Vec<_>>().join(" + "), count(full.people()))
}

fn show_up(quantity: &Quantity<Share>) -> String {
    format!("{}{}", share(quantity.value.0), provenance(quantity))
}

/// Where a value comes from: ` [fact S1]`, ` [assumed 60%-100%]`.
fn provenance<T: Display>(quantity: &Quantity<T>) -> String {
    let kind = match quantity.kind {
        None => return String::new(),
        Some(Kind::Fact) => "fact",
        Some(Kind::Assumption) => "assumed",
        Some(Kind::Fitted) => "fitted to",
    };
    let source = quantity.source.as_ref().map(|source| format!(" {source}")).unwrap_or_default();
    let range = match (&quantity.low, &quantity.high) {
        (Some(low), Some(high)) => format!(" {low}-{high}"),
        _ => String::new(),
    };
    format!(" [{kind}{source}{range}]")
}

/// The clock, to the nearest second, so many seconds after the opening.
fn clock_at(scenario: &Scenario, seconds: f64) -> String {
    scenario.zone.clock_time(scenario.window.opens + Nanos::from_secs_f64(seconds.round()))
}

fn line_text(scenario: &Scenario, line: &ClosedForm) -> String {
    let at = |seconds: f64| clock_at(scenario, seconds);
    if line.peak < 1.0 {
        return "none".to_owned();
    }
    let gone =
        line.drained_at_s.map_or_else(|| "never gone".to_owned(), |gone| format!("gone by {}", at(gone)));
    let (peak, wait) = (count(line.peak.round() as u64), duration(line.wait_max_s));
    format!("peak {peak} tickets at {}, longest wait {wait}, {gone}", at(line.peak_at_s))
}

fn binding(full: &Scenario, findings: &Findings) -> String {
    let admit = full.reference.waiting_room.admit.value;
    let session = duration(findings.mean_session_s);
    let cap = findings.session_cap_binds_from_s.map_or_else(
        || "the session cap cannot bind".to_owned(),
        |from| format!("the session cap would bind from a mean session of {}", duration(from)),
    );
    format!("admission {admit}; {cap} (here {session})")
}

fn replay_line(replay: &Scenario, findings: &Findings) -> String {
    let zone = &replay.zone;
    let (from, until) = (zone.clock_time(replay.slice.from), zone.clock_time(replay.slice.until));
    let what = &findings.replay;
    format!(
        "{from}-{until}, scale {}, speed {}: {} people, {} requests, {}",
        replay.scale,
        replay.speed,
        count(what.people),
        count(what.requests),
        duration(what.wall_s),
    )
}

fn sends_line(findings: &Findings) -> String {
    let (mean, peak) = (findings.replay.mean_requests_per_s, findings.replay.peak_requests_per_s);
    let machine = findings.machine_requests_per_s.map_or_else(
        || "this machine could not be measured".to_owned(),
        |machine| format!("this machine drives {}/s (measured for 1 s)", count(machine.round() as u64)),
    );
    let (mean, peak) = (count(mean.round() as u64), count(peak.round() as u64));
    format!("mean {mean} requests/s, peak {peak}/s; {machine}")
}

/// The screen at the end of `run` and `simulate`.
pub(super) fn closing(scenario: &Scenario, folder: &Folder) {
    let summary = &folder.summary;
    let mut text = headline(scenario, summary);
    objectives(&mut text, &summary.objectives);
    row(&mut text, "people", &people(summary));
    if let Some(queue) = &summary.queue {
        row(&mut text, "queue", &queue_line(scenario, summary, queue));
        row(&mut text, "wait", &wait_line(queue));
    }
    if let Some(sessions) = &summary.sessions {
        let part = share(sessions.peak as f64 / sessions.cap as f64);
        row(
            &mut text,
            "sessions",
            &format!("peak {} of {} ({part})", count(sessions.peak), count(sessions.cap)),
        );
    }
    row(&mut text, "requests", &requests(summary));
    if !summary.requests.errors.is_empty() {
        let errors =
            summary.requests.errors.iter().map(|(kind, number)| format!("{kind} {}", count(*number)));
        let part = share((summary.requests.sent - summary.requests.ok) as f64 / summary.requests.sent as f64);
        row(&mut text, "errors", &format!("{part}: {}", errors.collect::<Vec<_>>().join(", ")));
    }
    steps(&mut text, summary);
    row(&mut text, "stations", &stations(summary));
    if let Some(line) = generator(summary) {
        row(&mut text, "generator", &line);
    }
    for caution in &summary.cautions {
        row(&mut text, "caution", &format!("{}: {}", caution.text, caution.advice));
    }
    row(&mut text, "report", &folder.path.join("report.html").display().to_string());
    // The results are in the folder already: a closed stdout takes nothing away.
    let _ = out(&text);
}

fn headline(scenario: &Scenario, summary: &Summary) -> String {
    let verdict = match summary.verdict {
        Verdict::Pass => "PASS, trustworthy",
        Verdict::Fail => "FAIL, trustworthy",
        Verdict::Untrustworthy => "UNTRUSTWORTHY",
    };
    let crowd = if summary.scale == "1" {
        "full crowd".to_owned()
    } else {
        format!("{} of the crowd", summary.scale)
    };
    format!("{verdict}    {crowd}, speed {}, seed {}\n", summary.speed, scenario.seed.0)
}

fn objectives(text: &mut String, objectives: &[Judged]) {
    let margins = objectives.iter().filter_map(|judged| judged.margin);
    let tightest = margins.min_by(f64::total_cmp);
    for judged in objectives {
        let verdict = if judged.met { "met   " } else { "MISSED" };
        let seen =
            judged.observed.map_or_else(|| "nothing to see".to_owned(), |seen| observed(&judged.text, seen));
        let margin = judged.margin.map(|margin| format!("   margin {}", share(margin))).unwrap_or_default();
        let mark = if judged.margin.is_some() && judged.margin == tightest { "   ← tightest" } else { "" };
        text.push_str(&format!("  {verdict}  {:<42} seen {seen}{margin}{mark}\n", judged.text));
    }
}

/// A number in the unit of its objective's limit.
fn observed(text: &str, seen: f64) -> String {
    use crate::objective::{LimitUnit, Objective};
    match text.parse::<Objective>().map(|objective| objective.unit) {
        Ok(LimitUnit::Seconds) => duration(seen),
        Ok(LimitUnit::Share) => share(seen),
        _ => count(seen.round() as u64),
    }
}

fn people(summary: &Summary) -> String {
    let people = &summary.people;
    let turned_away: u64 = people.turned_away.values().sum();
    format!(
        "{} = booked {} + turned away {} + gave up {} + inside {}",
        count(people.arrived),
        count(people.booked),
        count(turned_away),
        count(people.gave_up),
        count(people.inside),
    )
}

fn queue_line(scenario: &Scenario, summary: &Summary, queue: &Queue) -> String {
    let at = |seconds: f64| clock_at(scenario, seconds);
    let theory = summary.closed_form.as_ref().map(|line| {
        let gone = line.drained_at_s.map_or_else(|| "never".to_owned(), at);
        format!("; closed form {}, {gone}", count(line.peak.round() as u64))
    });
    let theory = theory.unwrap_or_default();
    if queue.peak == 0 {
        return format!("none{theory}");
    }
    let gone = queue
        .drained_at_s
        .map_or_else(|| format!("{} still in it", queue.still_waiting), |gone| format!("gone {}", at(gone)));
    format!("peak {} tickets at {}, {gone}{theory}", count(queue.peak), at(queue.peak_at_s))
}

fn wait_line(queue: &Queue) -> String {
    queue.wait_s.as_ref().map_or_else(
        || "nobody was admitted".to_owned(),
        |wait| {
            let [p50, p95, p99, max] = [wait.p50, wait.p95, wait.p99, wait.max].map(duration);
            format!("p50 {p50}   p95 {p95}   p99 {p99}   max {max}")
        },
    )
}

fn requests(summary: &Summary) -> String {
    let requests = &summary.requests;
    let part = |number: u64| share(number as f64 / requests.sent.max(1) as f64);
    format!(
        "{}, {:.1} per person: useful {} · polls {} · refreshes {} · retries {}",
        count(requests.sent),
        requests.per_person,
        part(requests.useful),
        part(requests.polls),
        part(requests.refreshes),
        part(requests.retries),
    )
}

fn steps(text: &mut String, summary: &Summary) {
    text.push_str("step            response p50 / p99      service p99\n");
    for (name, numbers) in &summary.steps {
        let (Some(response), Some(service)) = (&numbers.response_s, &numbers.service_s) else { continue };
        let both = format!("{} / {}", duration(response.p50), duration(response.p99));
        text.push_str(&format!("  {name:<14}{both:<24}{}\n", duration(service.p99)));
    }
}

fn stations(summary: &Summary) -> String {
    let busiest = summary.stations.values().map(|station| station.utilisation).max_by(f64::total_cmp);
    let station = |(name, numbers): (&String, &crate::record::summary::StationNumbers)| {
        let mark = if Some(numbers.utilisation) == busiest { " ← busiest" } else { "" };
        format!("{name} {}{mark}", share(numbers.utilisation))
    };
    summary.stations.iter().map(station).collect::<Vec<_>>().join(" · ")
}

fn generator(summary: &Summary) -> Option<String> {
    let generator = summary.generator.as_ref()?;
    let lag = generator
        .lag_s
        .as_ref()
        .map(|lag| format!("lag p50 {} p99 {} wall", duration(lag.p50), duration(lag.p99)));
    let part = |name: &str, part: Option<f64>| {
        part.map(|part| format!(", {name} {}", share(part))).unwrap_or_default()
    };
    let (cpu, steal) = (part("cpu", generator.cpu_share), part("steal", generator.steal_share));
    Some(format!("{}, refused {}{cpu}{steal}", lag.unwrap_or_default(), generator.refused))
}
