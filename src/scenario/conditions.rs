//! Conditions that values of the document must meet together or beyond their own type.

use super::document::{Document, JourneyEntry, Reference, TimelineEntry};
use crate::arrivals::Span;
use base::time::Nanos;
use base::units::Share;

/// The most workers of one station.
const MOST_WORKERS: u64 = 100_000_000;
/// The shortest pause before somebody tries again.
const SHORTEST_PAUSE: Nanos = Nanos::from_millis(100);
/// The most servers that come or go at once.
const MOST_SERVERS: u32 = 1_000_000;

/// A condition that is not met.
pub(super) struct Broken {
    /// Where in the document.
    pub(super) path: String,
    /// What is wrong.
    pub(super) message: String,
    /// What to do about it.
    pub(super) hint: Option<&'static str>,
}

/// Every condition that the document does not meet, whatever the window.
pub(super) fn of(document: &Document) -> Vec<Broken> {
    let mut broken = Vec::new();
    shares(document, &mut broken);
    reference(&document.target.reference, &mut broken);
    timeline(document, &mut broken);
    habits(&document.journey, &mut broken);
    broken
}

fn say(
    broken: &mut Vec<Broken>,
    path: impl Into<String>,
    message: impl Into<String>,
    hint: Option<&'static str>,
) {
    broken.push(Broken { path: path.into(), message: message.into(), hint });
}

fn shares(document: &Document, broken: &mut Vec<Broken>) {
    let sum: f64 = document.arrivals.iter().map(|profile| profile.share().0).sum();
    if (sum - 1.0).abs() > 1e-9 {
        say(broken, "arrivals", format!("the shares add up to {}, not to 100%", Share(sum)), None);
    }
}

/// Every condition that the profiles do not meet in a window of this span.
pub(super) fn of_profiles(document: &Document, span: Span) -> Vec<Broken> {
    let mut broken = Vec::new();
    for (place, profile) in document.arrivals.iter().enumerate() {
        if let Some((key, message)) = profile.problem(span) {
            say(&mut broken, format!("arrivals[{place}].{}.{key}", profile.name()), message, None);
        }
    }
    broken
}

/// Whoever tries again without a pause would do so without end at one instant.
fn habits(journey: &JourneyEntry, broken: &mut Vec<Broken>) {
    let refresh = journey.refresh_after.as_ref().map(|after| ("refresh_after", after.value));
    for (key, pause) in refresh.into_iter().chain([("retry.backoff", journey.retry.backoff.value)]) {
        if pause < SHORTEST_PAUSE {
            say(broken, format!("journey.{key}"), format!("expected at least {SHORTEST_PAUSE}"), None);
        }
    }
}

fn timeline(document: &Document, broken: &mut Vec<Broken>) {
    for (place, entry) in document.timeline.iter().enumerate() {
        let nothing = TimelineEntry { at: entry.at.clone(), after: entry.after, ..TimelineEntry::default() };
        if *entry == nothing {
            let hint = "add one of add_servers, lose_servers, slow, admit, sessions, service, mark";
            say(broken, format!("timeline[{place}]"), "nothing happens here", Some(hint));
        }
        for (station, times) in &entry.slow {
            if !(0.001..=1_000.0).contains(times) {
                let path = format!("timeline[{place}].slow.{}", station.name());
                let message = "expected a number from 0.001 to 1000, such as 3 for three times as long";
                say(broken, path, message, None);
            }
        }
        for (key, servers) in [("add_servers", &entry.add_servers), ("lose_servers", &entry.lose_servers)] {
            for (station, _) in servers.iter().filter(|(_, servers)| **servers > MOST_SERVERS) {
                let path = format!("timeline[{place}].{key}.{}", station.name());
                say(broken, path, format!("expected at most {MOST_SERVERS} servers"), None);
            }
        }
    }
}

fn reference(reference: &Reference, broken: &mut Vec<Broken>) {
    let root = "target.reference";
    let slots = &reference.slots;
    if !(1..=64).contains(&slots.days.value.0) {
        say(broken, format!("{root}.slots.days"), "expected 1 to 64 days", None);
    }
    if !(1..=u64::from(u16::MAX)).contains(&slots.centres.value.0) {
        say(broken, format!("{root}.slots.centres"), "expected 1 to 65535 centres", None);
    }
    if !(1..=10_000_000).contains(&slots.places.value.0) {
        say(broken, format!("{root}.slots.places"), "expected 1 to 10,000,000 places", None);
    }
    let poll = &reference.waiting_room.poll;
    if reference.waiting_room.ticket_ttl.value <= poll.back {
        let message = "a ticket has to survive longer than the longest poll interval, `poll.back`";
        say(broken, format!("{root}.waiting_room.ticket_ttl"), message, None);
    }
    if poll.front == Nanos::ZERO || poll.front > poll.back {
        let message = "expected `front` over 0s and not longer than `back`";
        say(broken, format!("{root}.waiting_room.poll"), message, None);
    }
    let shares: f64 = reference.identity_providers.values().map(|share| share.value.0).sum();
    if !reference.identity_providers.is_empty() && (shares - 1.0).abs() > 1e-9 {
        let message = format!("the shares add up to {}, not to 100%", Share(shares));
        say(broken, format!("{root}.identity_providers"), message, None);
    }
    for (name, _) in reference.identity_providers.iter().filter(|(_, share)| share.value.0 == 0.0) {
        let hint = "a provider without workers serves nobody: take it out";
        say(broken, format!("{root}.identity_providers.{name}"), "expected a share over 0%", Some(hint));
    }
    if reference.per_address.as_ref().is_some_and(|entry| entry.burst == 0) {
        let message = "expected at least 1 call at once";
        say(broken, format!("{root}.per_address.burst"), message, None);
    }
    for (name, station) in reference.stations.named() {
        let name = name.name();
        let workers = u64::from(station.servers) * u64::from(station.workers);
        if !(1..=MOST_WORKERS).contains(&workers) {
            let message = format!("expected 1 to {MOST_WORKERS} workers in all, found {workers}");
            say(broken, format!("{root}.stations.{name}"), message, None);
        }
    }
}
