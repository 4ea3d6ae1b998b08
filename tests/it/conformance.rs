//! Both clocks move the same visits: simulated, and live on virtual time, they agree to the nanosecond.

use crate::support::{Log, seniors_text};
use base::draw::Seed;
use base::protocol::{Ask, Call, Operation, Outcome, Refusal, Reply, Slot, Ticket};
use base::time::{Nanos, Timestamp};
use openrush::arrivals::Schedule;
use openrush::clock::VirtualTimer;
use openrush::exec::Progress;
use openrush::exec::crowd::Crowd;
use openrush::exec::live::{Limits, Means, drive};
use openrush::exec::sim::simulate;
use openrush::journey::Purpose;
use openrush::record::{Observe, Tally};
use openrush::scenario::Scenario;
use openrush::scenario::resolve::{self, Choices};
use openrush::target::scripted::{ScriptedService, ScriptedTransport};

/// 20:00 KST on 2 August 2021.
const OPENS: Timestamp = Timestamp(1_627_902_000_000_000_000);

const BOOKED: Reply = Reply::Booked { slot: Slot { centre: 0, day: 0 }, second: Slot { centre: 0, day: 56 } };

/// A capricious service: lines, failures, taken slots and replies that come too late, each a function of
/// the call alone.
pub(crate) fn script(now: Timestamp, call: &Call) -> (Reply, Nanos) {
    let draws = Seed(11).family("test", "script");
    let draw = draws.draw(call.person.0, u32::from(call.device), call.ask.operation() as u64, call.nth);
    let (chance, length) = draw.pair();
    let after = Nanos::from_secs_f64(0.02 - 0.5 * (1.0 - length).ln());
    let hopeless = call.person.0.is_multiple_of(17) && matches!(call.ask, Ask::Slots { .. });
    if chance < 0.02 || hopeless {
        return (Reply::Busy, after);
    }
    if chance < 0.04 {
        return (Reply::Left, Nanos::from_secs(31));
    }
    if chance < 0.05 && call.ask != Ask::Enter {
        return (Reply::Refused { reason: Refusal::SessionExpired }, after);
    }
    (answer(now, call, chance), after)
}

fn answer(now: Timestamp, call: &Call, chance: f64) -> Reply {
    let ticket = Ticket { number: call.person.0, mac: 1 };
    let until = now + Nanos::from_secs(600);
    match call.ask {
        Ask::Enter if now < OPENS => Reply::NotOpen { opens: OPENS },
        Ask::Enter | Ask::Poll if chance < 0.4 => {
            Reply::Waiting { ticket, ahead: 9, poll_after: Nanos::from_secs(3) }
        }
        Ask::Enter | Ask::Poll => Reply::Admitted { ticket, until },
        Ask::Identify { .. } => Reply::Identified,
        Ask::Eligibility => Reply::Eligible,
        Ask::Centres => Reply::Centres { first: 0, count: 250 },
        Ask::Slots { .. } => Reply::Slots { free: draw_days(chance) },
        Ask::Hold { .. } if chance < 0.3 => Reply::Taken,
        Ask::Hold { .. } => Reply::Held { until },
        Ask::Book { .. } | Ask::Lookup => BOOKED,
        Ask::Leave => Reply::Left,
    }
}

fn draw_days(chance: f64) -> u64 {
    if chance < 0.2 { 0 } else { (chance * 1e9) as u64 }
}

/// A crowd with some second devices, who load slow pages again; and a second window, in which some return.
fn scenario() -> Scenario {
    let set = [
        "cohorts.seniors.devices=1.3 devices",
        "arrivals[0].at_the_door.from.value=-50s",
        "journey.refresh_after=2s",
        "journey.returns=80%",
    ];
    let set = set.map(str::to_owned).to_vec();
    let text = seniors_text().replace(
        "    admits: [seniors]\n",
        "    admits: [seniors]\n    come: 90%\n  - { name: again, opens: 2021-08-02T20:05, closes: 2021-08-02T20:30, admits: [seniors] }\n",
    );
    let text = text.replace("closes: { value: 2021-08-31T18:00, ", "closes: { value: 2021-08-02T20:04, ");
    let choices = Choices { scale: Some("1/400".parse().unwrap()), set, ..Choices::default() };
    resolve::scenario(&text, &choices).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn simulated(scenario: &Scenario) -> (Log, Tally) {
    let slice = scenario.slice;
    let (mut log, mut crowd) = (
        Log::default(),
        Crowd::new(&scenario.journey, &scenario.cohorts, slice.until).returning(&scenario.returns),
    );
    let arrivals = Schedule::new(&scenario.parts, slice.from, slice.until);
    simulate(arrivals, &mut crowd, &mut ScriptedService::new(script), &mut log, &Progress::default());
    (log.sorted(), crowd.finish())
}

fn live_on_virtual_time(scenario: &Scenario) -> (Log, Tally) {
    let mut log = Log::default();
    let tally = live_part(scenario, 0, 1, &mut log);
    (log.sorted(), tally)
}

/// Worker `worker` of `workers`, live on virtual time, as the fleet divides the people.
pub(crate) fn live_part(scenario: &Scenario, worker: u64, workers: u64, observe: &mut impl Observe) -> Tally {
    let slice = scenario.slice;
    let mut crowd =
        Crowd::new(&scenario.journey, &scenario.cohorts, slice.until).returning(&scenario.returns);
    let arrivals = Schedule::new(&scenario.parts, slice.from, slice.until)
        .filter(|arrival| arrival.person.index() % workers == worker);
    let timer = VirtualTimer::starting(slice.from);
    let transport = ScriptedTransport::new(script, timer.clone());
    let (limits, progress) = (Limits::in_flight(100_000), Progress::default());
    let heartbeat = Nanos::from_secs(3_600);
    let means = Means { timer: timer.clone(), transport, limits, heartbeat, progress: &progress };
    timer.run(drive(arrivals, slice.until, &mut crowd, &means, observe));
    crowd.finish()
}

#[test]
fn both_clocks_agree_to_the_nanosecond() {
    let scenario = scenario();
    let (simulated, live) = (simulated(&scenario), live_on_virtual_time(&scenario));
    assert_eq!(simulated.1, live.1);
    assert_eq!(simulated.0.observations.len(), live.0.observations.len());
    for (ours, theirs) in simulated.0.observations.iter().zip(&live.0.observations) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(simulated.0.ended, live.0.ended);
    assert_eq!(simulated.0.returned, live.0.returned);
}

/// More workers see the same, attempt by attempt: no person's draws depend on who drives them.
#[test]
fn one_two_and_four_workers_agree_to_the_nanosecond() {
    let scenario = scenario();
    let (alone, tally) = live_on_virtual_time(&scenario);
    for workers in [2, 4] {
        let (mut log, mut sum) = (Log::default(), Tally::default());
        for worker in 0..workers {
            sum.add(&live_part(&scenario, worker, workers, &mut log));
        }
        assert_eq!(sum, tally);
        assert!(log.sorted() == alone, "{workers} workers see something else than one");
    }
}

#[test]
fn the_script_visits_every_corner() {
    let (log, tally) = simulated(&scenario());
    for operation in Operation::ALL {
        assert!(log.attempts(operation) > 20, "{}", operation.name());
    }
    for outcome in [Outcome::Ok, Outcome::Refused, Outcome::Busy, Outcome::TimedOut] {
        assert!(log.observations.iter().any(|seen| seen.outcome == outcome), "{}", outcome.name());
    }
    assert!(log.returned.len() > 5, "{} returned", log.returned.len());
    assert!(log.observations.iter().any(|seen| seen.purpose == Purpose::Refresh && seen.intended > OPENS));
    for people in [&tally.people, &tally.windows[0], &tally.windows[1]] {
        assert!(people.booked > 20 && people.gave_up > 0 && !people.turned_away.is_empty());
        let turned_away: u64 = people.turned_away.values().sum();
        assert_eq!(people.arrived, people.booked + turned_away + people.gave_up + people.inside);
    }
    assert!(tally.people.inside > 0);
    let in_windows = tally.windows[0].arrived + tally.windows[1].arrived;
    assert!(in_windows > tally.people.arrived, "who returned is counted in both");
}
