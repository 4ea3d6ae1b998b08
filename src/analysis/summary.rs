//! The numbers of a run, from what was measured.

use super::closed_form::Opening;
use super::judge;
use crate::journey::Purpose;
use crate::record::summary::{
    ClosedForm, Connections, EtaErrorRatio, Generator, People, Queue, Requests, Sessions, Spread,
    StationNumbers, StepNumbers, Summary, Verdict, Visits, WindowNumbers, rounded,
};
use crate::record::{Headcount, Measured, Recorder, Tag};
use crate::scenario::{Scenario, Slice, Window};
use base::histogram::{self, Durations};
use base::protocol::{Operation, Outcome};
use base::time::{Nanos, Timestamp};
use reference_server::account::{Line, SiteAccount, StationAccount};
use std::collections::BTreeMap;

/// The summary of a run of `scenario`, judged.
pub fn of(scenario: &Scenario, measured: &Measured) -> Summary {
    let people = people(&measured.tally.people);
    let first = scenario.opening();
    let account = measured.account.as_ref();
    let windows = windows(scenario, measured);
    let mut summary = Summary {
        verdict: Verdict::Pass,
        cautions: Vec::new(),
        objectives: Vec::new(),
        speed: scenario.speed.factor(),
        scale: scenario.scale.to_string(),
        requests: requests(measured, people.arrived),
        people,
        visits: visits(&measured.recorder),
        queue: account.map(|account| queue(&account.line, first.opens, account.still_waiting, None)),
        sessions: account.map(|account| sessions(&account.line, account)),
        connections: account.map(connections),
        steps: steps(&measured.recorder),
        stations: account.map(stations).unwrap_or_default(),
        generator: generator(scenario, measured),
        // Of several windows each is described by itself: the line of all is none of theirs.
        closed_form: closed_form(scenario, first).filter(|_| windows.len() < 2),
        one_window: Opening::in_one_window(scenario).and_then(|opening| opening.line().summary()),
        windows,
    };
    judge::judge(&mut summary, scenario, measured);
    summary
}

fn closed_form(scenario: &Scenario, window: &Window) -> Option<ClosedForm> {
    Opening::of(scenario, window).and_then(|opening| opening.line().summary())
}

/// The blocks of each window that is open during the slice.
fn windows(scenario: &Scenario, measured: &Measured) -> BTreeMap<String, WindowNumbers> {
    let Slice { from, until } = scenario.slice;
    let open = scenario.windows.iter().enumerate();
    let open = open.filter(|(_, window)| window.opens < until && window.closes > from);
    let last = measured.account.as_ref().map_or(0, |account| account.windows.len());
    let numbers = |(place, window): (usize, &Window)| {
        let account = measured.account.as_ref();
        let line = account.and_then(|account| Some((account, account.windows.get(place)?)));
        let here = |account: &SiteAccount| if place + 1 == last { account.still_waiting } else { 0 };
        // The account ends with the slice, before the line of a window that closes at that very instant does.
        let closes_here = window.closes < until;
        let closed_out = |line: &Line| closes_here.then_some(line.closed_out);
        let nobody = Headcount::default();
        let numbers = WindowNumbers {
            people: people(measured.tally.windows.get(place).unwrap_or(&nobody)),
            queue: line.map(|(account, line)| queue(line, window.opens, here(account), closed_out(line))),
            sessions: line.map(|(account, line)| sessions(line, account)),
            closed_form: closed_form(scenario, window),
        };
        (window.name.clone(), numbers)
    };
    open.map(numbers).collect()
}

fn people(count: &Headcount) -> People {
    let turned_away = count.turned_away.iter().map(|(reason, count)| (reason.name().to_owned(), *count));
    People {
        arrived: count.arrived,
        booked: count.booked,
        turned_away: turned_away.collect(),
        gave_up: count.gave_up,
        inside: count.inside,
        finished: count.arrived - count.inside,
    }
}

fn visits(recorder: &Recorder) -> Visits {
    let sum = |pick: fn(&crate::record::Interval) -> u64| recorder.intervals().iter().map(pick).sum();
    Visits {
        planned: sum(|interval| interval.planned),
        started: sum(|interval| interval.started),
        returns: sum(|interval| interval.returned),
    }
}

fn queue(line: &Line, opens: Timestamp, still_waiting: u64, closed_out: Option<u64>) -> Queue {
    let waits = durations(&line.waits);
    let wait_s = Spread::of(&waits, 1.0).map(|spread| Spread {
        // The sum of the waits is kept exactly, so the mean is not rounded to a histogram's buckets.
        mean: rounded(Nanos(line.waited).as_secs_f64() / waits.len() as f64),
        ..spread
    });
    Queue {
        source: "rules".to_owned(),
        peak: line.peak,
        peak_at_s: (line.peak > 0).then(|| line.peak_at.secs_from(opens)),
        drained_at_s: line.drained_at.map(|at| at.secs_from(opens)),
        wait_s,
        left: line.left,
        still_waiting,
        closed_out,
        eta_error_ratio: eta_error_ratio(line),
    }
}

/// Shown over actual waits are kept as durations, a ratio of 1 as a second.
fn eta_error_ratio(line: &Line) -> Option<EtaErrorRatio> {
    let ratios = durations(&line.shown_over_actual);
    let at = |q| histogram::quantile_s(&ratios, q).map(rounded);
    Some(EtaErrorRatio { p50: at(0.5)?, p90: at(0.9)? })
}

fn sessions(line: &Line, account: &SiteAccount) -> Sessions {
    Sessions { peak: line.sessions_peak, cap: account.sessions_cap }
}

fn requests(measured: &Measured, arrived: u64) -> Requests {
    let recorder = &measured.recorder;
    let count = |outcome: Outcome| -> u64 {
        let intervals = recorder.intervals().iter().flat_map(|interval| &interval.exchanges);
        intervals.map(|by_outcome| by_outcome[outcome as usize]).sum()
    };
    let sent: u64 = Outcome::ALL.into_iter().map(count).sum();
    let errors = Outcome::ALL.into_iter().filter(|outcome| *outcome != Outcome::Ok);
    let errors = errors.map(|outcome| (outcome.name().to_owned(), count(outcome)));
    Requests {
        planned: Some(measured.tally.exchanges),
        sent,
        ok: count(Outcome::Ok),
        errors: errors.filter(|(_, count)| *count > 0).collect(),
        useful: recorder.sent_for(Purpose::Useful),
        polls: recorder.sent_for(Purpose::Poll),
        refreshes: recorder.sent_for(Purpose::Refresh),
        retries: recorder.sent_for(Purpose::Retry),
        per_person: if arrived == 0 { 0.0 } else { rounded(sent as f64 / arrived as f64) },
    }
}

fn steps(recorder: &Recorder) -> BTreeMap<String, StepNumbers> {
    let numbers = |operation: Operation| {
        let count = |outcome: Outcome| -> u64 {
            let intervals = recorder.intervals().iter();
            intervals.map(|interval| interval.exchanges[operation.index()][outcome as usize]).sum()
        };
        let all: u64 = Outcome::ALL.into_iter().map(count).sum();
        let (ok, timeouts) = (count(Outcome::Ok), count(Outcome::TimedOut));
        let spread = |tag: Tag| recorder.total(tag).and_then(|histogram| Spread::of(histogram, 1.0));
        StepNumbers {
            reached: recorder.reached(operation),
            count: all,
            ok,
            timeouts,
            errors: all - ok - timeouts,
            response_s: spread(Tag::Response(operation, Outcome::Ok)),
            service_s: spread(Tag::Service(operation)),
        }
    };
    let all = Operation::ALL.into_iter().map(|operation| (operation.name().to_owned(), numbers(operation)));
    all.filter(|(_, numbers)| numbers.count > 0).collect()
}

fn connections(account: &SiteAccount) -> Connections {
    Connections { peak: account.connections.peak, limit: account.connections.limit }
}

/// The stations, and for several that do the same work (`identity-a`, `identity-b`) their sum (`identity`).
fn stations(account: &SiteAccount) -> BTreeMap<String, StationNumbers> {
    let mut by_name: BTreeMap<&str, Vec<&StationAccount>> = BTreeMap::new();
    for station in &account.stations {
        by_name.entry(&station.name).or_default().push(station);
        if let Some((kind, _)) = station.name.split_once('-') {
            by_name.entry(kind).or_default().push(station);
        }
    }
    by_name.into_iter().map(|(name, all)| (name.to_owned(), together(&all))).collect()
}

fn together(stations: &[&StationAccount]) -> StationNumbers {
    let offered_s: f64 = stations.iter().map(|station| station.offered_s).sum();
    let busy_s: f64 = stations.iter().map(|station| station.utilisation * station.offered_s).sum();
    let alone = stations.first().map_or(0.0, |station| station.utilisation);
    let waits: Vec<(u64, u64)> = stations.iter().flat_map(|station| station.waits.iter().copied()).collect();
    StationNumbers {
        utilisation: rounded(if stations.len() == 1 {
            alone
        } else {
            busy_s / offered_s.max(f64::MIN_POSITIVE)
        }),
        wait_s: Spread::of(&durations(&waits), 1.0),
        refused: stations.iter().map(|station| station.refused).sum(),
    }
}

fn generator(scenario: &Scenario, measured: &Measured) -> Option<Generator> {
    let health = measured.generator.as_ref()?;
    let lag = measured.recorder.total(Tag::Lag);
    Some(Generator {
        lag_s: lag.and_then(|lag| Spread::of(lag, 1.0 / scenario.speed.factor())),
        refused: measured.tally.refused_by_generator,
        exchanges_refused: measured.tally.exchanges_refused_by_generator,
        connections_opened: health.connections_opened,
        connections_refused: health.connections_refused,
        new_connections_peak_per_s: health.new_connections_peak_per_s().map(rounded),
        cpu_share: health.cpu_share.map(rounded),
        steal_share: health.steal_share.map(rounded),
    })
}

/// The histogram that was written as pairs of value and count.
pub(super) fn durations(counts: &[(u64, u64)]) -> Durations {
    let mut sum = histogram::durations();
    for (value, count) in counts {
        sum.saturating_record_n(*value, *count);
    }
    sum
}
