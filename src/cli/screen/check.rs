//! The screen of `check`.

use super::{Screen, clock_after};
use crate::cli::check::{Findings, Hinge};
use crate::cli::exit::Failure;
use crate::record::summary::ClosedForm;
use crate::report::format::{count, duration, share};
use crate::scenario::{Scenario, Window};
use base::province::Regions;
use base::quantity::{Kind, Quantity};
use base::time::Timestamp;
use base::units::Share;
use std::fmt::Display;

/// The screen of `check`.
pub(in crate::cli) fn checked(
    full: &Scenario,
    replay: &Scenario,
    findings: &Findings,
) -> Result<(), Failure> {
    let mut screen = Screen::default();
    screen.line(format!("ok   {}   {}", findings.scenario, plural(findings.cautions.len(), "caution")));
    for (place, window) in full.windows.iter().enumerate() {
        screen.row(if place == 0 { "opens" } else { "" }, &window_line(full, window));
    }
    screen.row("people", &people_line(full));
    let parts = findings.parts.iter().map(|part| format!("{} {}", part.profile, count(part.people)));
    screen.row("arrivals", &parts.collect::<Vec<_>>().join(" │ "));
    queue(&mut screen, full, findings);
    screen.row("binding", &binding(full, findings));
    for (place, hinge) in findings.hinges.iter().enumerate() {
        screen.row(if place == 0 { "hinges on" } else { "" }, &hinge_line(hinge));
    }
    screen.row("replay", &replay_line(replay, findings));
    screen.row("sends", &sends_line(findings));
    for caution in &findings.cautions {
        screen.row("caution", caution);
    }
    screen.print()
}

fn window_line(full: &Scenario, window: &Window) -> String {
    let zone = &full.zone;
    let (opens, closes) = (zone.date_time(window.opens), zone.date_time(window.closes));
    let name = if full.windows.len() == 1 { "one window".to_owned() } else { window.name.clone() };
    let regions =
        if window.regions == Regions::KOREA { String::new() } else { format!(", {}", window.regions) };
    format!("{opens} → {closes} {}   ({name}{regions})", zone.abbreviation(window.opens))
}

/// The line that theory expects: of each window, and had they been one.
fn queue(screen: &mut Screen, full: &Scenario, findings: &Findings) {
    for (place, (window, finding)) in full.windows.iter().zip(&findings.windows).enumerate() {
        let Some(line) = &finding.closed_form else { continue };
        let whose = if full.windows.len() == 1 {
            "   (closed form, full size)".to_owned()
        } else {
            format!("   ({}: {} people)", finding.name, count(finding.people))
        };
        let text = line_text(full, window.opens, line);
        screen.row(if place == 0 { "queue" } else { "" }, &format!("{text}{whose}"));
    }
    if let Some(line) = &findings.one_window {
        let text = line_text(full, full.windows[0].opens, line);
        screen.row("", &format!("{text}   (had all come in one window)"));
        screen.row("", "closed form, full size");
    }
}

fn hinge_line(hinge: &Hinge) -> String {
    let mut line = format!(
        "{} {} → peak {}, wait {}",
        hinge.path.trim_start_matches("target.reference."),
        hinge.value,
        count(hinge.closed_form.peak.round() as u64),
        duration(hinge.closed_form.wait_max_s),
    );
    for objective in &hinge.misses {
        line += "   MISSES ";
        line += objective;
    }
    line
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

fn line_text(scenario: &Scenario, opens: Timestamp, line: &ClosedForm) -> String {
    let at = |seconds: f64| clock_after(scenario, opens, seconds);
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
    if !full.reference.waiting_room.enforced {
        return "the waiting room holds nobody back: everybody is inside at once".to_owned();
    }
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
