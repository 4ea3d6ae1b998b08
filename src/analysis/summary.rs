//! The numbers of a run, from what was measured.

use super::closed_form::Opening;
use super::judge;
use crate::journey::Purpose;
use crate::record::summary::{
    Generator, People, Queue, Requests, Sessions, Spread, StationNumbers, StepNumbers, Summary, Verdict,
    Visits, WindowNumbers, rounded,
};
use crate::record::{Measured, Recorder, Tag};
use crate::scenario::Scenario;
use base::histogram::{self, Durations};
use base::protocol::{Operation, Outcome};
use base::time::{Nanos, Timestamp};
use reference_server::account::{SiteAccount, StationAccount};
use std::collections::BTreeMap;

/// The summary of a run of `scenario`, judged.
pub fn of(scenario: &Scenario, measured: &Measured) -> Summary {
    let people = people(measured);
    let queue = measured.account.as_ref().map(|account| queue(account, scenario.window.opens));
    let sessions = measured.account.as_ref().map(sessions);
    let window = WindowNumbers { people: people.clone(), queue: queue.clone(), sessions: sessions.clone() };
    let mut summary = Summary {
        verdict: Verdict::Pass,
        cautions: Vec::new(),
        objectives: Vec::new(),
        speed: scenario.speed.factor(),
        scale: scenario.scale.to_string(),
        requests: requests(&measured.recorder, people.arrived),
        people,
        visits: visits(&measured.recorder),
        queue,
        sessions,
        steps: steps(&measured.recorder),
        stations: measured.account.as_ref().map(stations).unwrap_or_default(),
        generator: generator(scenario, measured),
        closed_form: Opening::of(scenario).and_then(|opening| opening.line().summary()),
        windows: [(scenario.window.name.clone(), window)].into(),
    };
    judge::judge(&mut summary, scenario, measured);
    summary
}

fn people(measured: &Measured) -> People {
    let tally = &measured.tally;
    People {
        arrived: tally.arrived,
        booked: tally.booked,
        turned_away: tally
            .turned_away
            .iter()
            .map(|(reason, count)| (reason.name().to_owned(), *count))
            .collect(),
        gave_up: tally.gave_up,
        inside: tally.inside,
        finished: tally.arrived - tally.inside,
    }
}

fn visits(recorder: &Recorder) -> Visits {
    let sum = |pick: fn(&crate::record::Interval) -> u64| recorder.intervals().iter().map(pick).sum();
    Visits { planned: sum(|interval| interval.planned), started: sum(|interval| interval.started) }
}

fn queue(account: &SiteAccount, opens: Timestamp) -> Queue {
    let waits = durations(&account.waits);
    let wait_s = Spread::of(&waits, 1.0).map(|spread| Spread {
        // The sum of the waits is kept exactly, so the mean is not rounded to a histogram's buckets.
        mean: rounded(Nanos(account.waited).as_secs_f64() / waits.len() as f64),
        ..spread
    });
    Queue {
        source: "rules".to_owned(),
        peak: account.peak,
        peak_at_s: (account.peak > 0).then(|| account.peak_at.secs_from(opens)),
        drained_at_s: account.drained_at.map(|at| at.secs_from(opens)),
        wait_s,
        left: account.left,
        still_waiting: account.still_waiting,
    }
}

fn sessions(account: &SiteAccount) -> Sessions {
    Sessions { peak: account.sessions_peak, cap: account.sessions_cap }
}

fn requests(recorder: &Recorder, arrived: u64) -> Requests {
    let count = |outcome: Outcome| -> u64 {
        let intervals = recorder.intervals().iter().flat_map(|interval| &interval.exchanges);
        intervals.map(|by_outcome| by_outcome[outcome as usize]).sum()
    };
    let sent: u64 = Outcome::ALL.into_iter().map(count).sum();
    let errors = Outcome::ALL.into_iter().filter(|outcome| *outcome != Outcome::Ok);
    let errors = errors.map(|outcome| (outcome.name().to_owned(), count(outcome)));
    Requests {
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

fn stations(account: &SiteAccount) -> BTreeMap<String, StationNumbers> {
    let numbers = |station: &StationAccount| StationNumbers {
        utilisation: rounded(station.utilisation),
        wait_s: Spread::of(&durations(&station.waits), 1.0),
        refused: station.refused,
    };
    account.stations.iter().map(|station| (station.name.clone(), numbers(station))).collect()
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
