//! Why a run failed, in words, from its numbers: who was lost, what stood at its limit, and what the crowd
//! did about it.

use super::format::{self, count, share};
use super::run::Run;
use crate::record::series::Row;

/// A part of the crowd or of the requests below which it explains nothing.
const NOTICEABLE: f64 = 0.01;
/// From here on a station has nothing left.
const BUSY: f64 = 0.95;
/// From here on a crowd does little else than try again.
const RESTLESS: f64 = 0.2;

/// The reasons that the numbers give, as one sentence; `None` when they give none.
pub(super) fn of(run: &Run) -> Option<String> {
    let reasons =
        [lost(run), stuck(run), connections(run), sessions(run), stations(run), errors(run), restless(run)];
    let reasons: Vec<String> = reasons.into_iter().flatten().collect();
    (!reasons.is_empty()).then(|| format::sentence(&reasons.join("; ")))
}

/// Who gave up or was turned away.
fn lost(run: &Run) -> Option<String> {
    let people = &run.summary().people;
    let part = |number: u64| number as f64 / people.arrived.max(1) as f64;
    let turned_away: u64 = people.turned_away.values().sum();
    match (part(people.gave_up), part(turned_away)) {
        (gave_up, away) if gave_up >= NOTICEABLE && away >= NOTICEABLE => {
            Some(run.words.cause_gave_up_turned_away(share(gave_up), share(away)))
        }
        (gave_up, _) if gave_up >= NOTICEABLE => Some(run.words.cause_gave_up(share(gave_up))),
        (_, away) if away >= NOTICEABLE => Some(run.words.cause_turned_away(share(away))),
        _ => None,
    }
}

/// A line that did not drain.
fn stuck(run: &Run) -> Option<String> {
    let queue = run.summary().queue.as_ref().filter(|queue| queue.still_waiting > 0)?;
    Some(run.words.cause_line_stayed(count(queue.still_waiting)))
}

fn connections(run: &Run) -> Option<String> {
    let connections = run.summary().connections.as_ref()?;
    let limit = connections.limit.filter(|limit| connections.peak >= *limit)?;
    Some(match first(run, |row| row.connections.is_some_and(|held| held >= limit)) {
        Some(at) => run.words.cause_connections_from(count(limit), at),
        None => run.words.cause_connections(count(limit)),
    })
}

fn sessions(run: &Run) -> Option<String> {
    let sessions = run.summary().sessions.as_ref()?;
    let cap = sessions.cap.filter(|cap| sessions.peak >= *cap)?;
    Some(match first(run, |row| row.sessions.is_some_and(|held| held >= cap)) {
        Some(at) => run.words.cause_sessions_from(count(cap), at),
        None => run.words.cause_sessions(count(cap)),
    })
}

/// The end of the first interval in which something was so.
fn first(run: &Run, is: impl Fn(&Row) -> bool) -> Option<String> {
    run.ends().find(|(_, row)| is(row)).map(|(end, _)| run.clock.second(end))
}

/// The busiest station, if it was busy throughout or at its busiest moment.
fn stations(run: &Run) -> Option<String> {
    let stations = run.summary().stations.iter();
    let (name, station) = stations.max_by(|a, b| a.1.utilisation.total_cmp(&b.1.utilisation))?;
    if station.utilisation >= BUSY {
        return Some(run.words.cause_station(name, share(station.utilisation)));
    }
    let moments =
        run.rows().iter().flat_map(|row| row.stations.iter().map(move |(name, busy)| (row, name, busy)));
    let (row, name, busy) = moments.into_iter().find(|(_, _, busy)| **busy >= BUSY)?;
    Some(run.words.cause_station_from(name, share(*busy), run.clock.second(row.t_s)))
}

fn errors(run: &Run) -> Option<String> {
    let requests = &run.summary().requests;
    let part = requests.sent.saturating_sub(requests.ok) as f64 / requests.sent.max(1) as f64;
    let (kind, _) = requests.errors.iter().max_by_key(|(_, number)| **number)?;
    let kind = match kind.as_str() {
        "busy" => run.words.error_busy(),
        "refused" => run.words.error_refused(),
        "timed_out" => run.words.error_timed_out(),
        _ => run.words.error_failed(),
    };
    (part >= NOTICEABLE).then(|| run.words.cause_errors(share(part), kind))
}

/// How much of what the crowd sent was trying again.
fn restless(run: &Run) -> Option<String> {
    let requests = &run.summary().requests;
    let again = (requests.retries + requests.refreshes) as f64 / requests.sent.max(1) as f64;
    let each = format::number(requests.per_person);
    (again >= RESTLESS).then(|| run.words.cause_restless(each, share(again)))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::record::folder::Folder;
    use crate::report::messages::Language;

    fn told(folder: &Folder) -> Option<String> {
        of(&Run::of(folder, Language::English).unwrap())
    }

    /// A run in which nothing is noticeable.
    fn calm() -> Folder {
        let mut folder = sample::folder();
        folder.summary.people.turned_away.clear();
        folder.summary.requests.refreshes = 0;
        folder
    }

    #[test]
    fn a_calm_run_has_no_cause() {
        assert_eq!(told(&calm()), None);
    }

    #[test]
    fn a_collapse_is_told_in_words() {
        let mut folder = calm();
        let summary = &mut folder.summary;
        summary.people.gave_up = 19_188;
        summary.people.turned_away.insert("closed".to_owned(), 3_198);
        summary.connections.as_mut().unwrap().limit = Some(240);
        summary.connections.as_mut().unwrap().peak = 240;
        summary.stations.get_mut("identity").unwrap().utilisation = 0.998;
        (summary.requests.per_person, summary.requests.retries) = (41.0, 375_160);
        assert_eq!(
            told(&folder).unwrap(),
            "60 % gave up, 10 % were turned away; connections stood at their limit of 240 from 20:00:13; \
             station identity was 100 % busy; each person sent 41 requests, of which 83 % were retries and refreshes."
        );
    }

    #[test]
    fn each_limit_is_a_cause_of_its_own() {
        let mut folder = calm();
        folder.summary.sessions.as_mut().unwrap().cap = Some(7_900);
        assert!(told(&folder).unwrap().to_lowercase().contains("sessions reached their cap of 7,900"));
        let mut folder = calm();
        folder.summary.requests.ok = 300_000;
        assert!(
            told(&folder)
                .unwrap()
                .to_lowercase()
                .contains("34 % of requests failed, most of them given up by whoever waited for them")
        );
        let mut folder = calm();
        folder.summary.queue.as_mut().unwrap().still_waiting = 500;
        assert!(told(&folder).unwrap().to_lowercase().contains("500 tickets were still in line"));
        let mut folder = calm();
        folder.rows[700].stations.insert("slots".to_owned(), 0.99);
        assert!(told(&folder).unwrap().to_lowercase().contains("station slots was 99 % busy at 20:00:40"));
    }
}
