//! The screen at the end of `run` and `simulate`: objectives first, the tightest marked.

use super::{Screen, clock_at};
use crate::record::folder::Folder;
use crate::record::summary::{Judged, Queue, Sessions, StationNumbers, Summary, Verdict};
use crate::report::format::{count, duration, share};
use crate::report::limits::Limit;
use crate::scenario::Scenario;
use base::protocol::Operation;

/// The screen at the end of `run` and `simulate`.
pub(in crate::cli) fn closing(scenario: &Scenario, folder: &Folder) {
    let summary = &folder.summary;
    let mut screen = Screen::default();
    screen.line(headline(scenario, summary));
    objectives(&mut screen, &summary.objectives);
    screen.row("people", &people(summary));
    if let Some(queue) = &summary.queue {
        screen.row("queue", &queue_line(scenario, summary, queue));
        screen.row("wait", &wait_line(queue));
    }
    if let Some(Sessions { peak, cap: Some(cap) }) = summary.sessions {
        let part = share(peak as f64 / cap as f64);
        screen.row("sessions", &format!("peak {} of {} ({part})", count(peak), count(cap)));
    }
    screen.row("requests", &requests(summary));
    if !summary.requests.errors.is_empty() {
        let errors =
            summary.requests.errors.iter().map(|(kind, number)| format!("{kind} {}", count(*number)));
        let part = share((summary.requests.sent - summary.requests.ok) as f64 / summary.requests.sent as f64);
        screen.row("errors", &format!("{part}: {}", errors.collect::<Vec<_>>().join(", ")));
    }
    steps(&mut screen, summary);
    screen.row("stations", &stations(summary));
    if let Some(line) = generator(summary) {
        screen.row("generator", &line);
    }
    for caution in &summary.cautions {
        screen.row("caution", &caution.text);
        screen.row("", &caution.advice);
    }
    screen.row("report", &folder.path.join("report.html").display().to_string());
    // The results are in the folder already: a closed stdout takes nothing away.
    let _ = screen.print();
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
    format!("{verdict}    {crowd}, speed {}, seed {}", summary.speed, scenario.seed.0)
}

fn objectives(screen: &mut Screen, objectives: &[Judged]) {
    let margins = objectives.iter().filter_map(|judged| judged.margin);
    let tightest = margins.min_by(f64::total_cmp);
    for judged in objectives {
        let verdict = if judged.met { "met   " } else { "MISSED" };
        let seen = judged.observed.map_or_else(
            || if judged.beyond_any { "slower than any limit" } else { "nothing to see" }.to_owned(),
            |seen| Limit::of(&judged.text).seen(seen),
        );
        let margin = judged.margin.map(|margin| format!("   margin {}", share(margin))).unwrap_or_default();
        let mark = if judged.margin.is_some() && judged.margin == tightest { "   ← tightest" } else { "" };
        screen.line(format!("  {verdict}  {:<42} seen {seen}{margin}{mark}", judged.text));
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
    let gone = queue.drained_at_s.map_or_else(
        || format!("{} still in it", count(queue.still_waiting)),
        |gone| format!("gone {}", at(gone)),
    );
    format!("peak {} tickets at {}, {gone}{theory}", count(queue.peak), at(queue.peak_at_s.unwrap_or(0.0)))
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

fn steps(screen: &mut Screen, summary: &Summary) {
    screen.line("step            response p50 / p99      service p99");
    for operation in Operation::ALL {
        let name = operation.name();
        let Some(numbers) = summary.steps.get(name) else { continue };
        let (Some(response), Some(service)) = (&numbers.response_s, &numbers.service_s) else { continue };
        let both = format!("{} / {}", duration(response.p50), duration(response.p99));
        screen.line(format!("  {name:<14}{both:<24}{}", duration(service.p99)));
    }
}

fn stations(summary: &Summary) -> String {
    let busiest = summary.stations.values().map(|station| station.utilisation).max_by(f64::total_cmp);
    let station = |(name, numbers): (&String, &StationNumbers)| {
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
