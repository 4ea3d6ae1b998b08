//! One more cohort, one more retry or one more thread moves no other person's draws.

use crate::conformance::script;
use crate::support::{Log, seniors, seniors_text};
use base::protocol::{Ask, Call, Operation, PersonId, Refusal, Reply, Slot, Ticket};
use base::time::{Nanos, Timestamp};
use openrush::arrivals::{Arrival, PlanHash, Schedule};
use openrush::exec::Progress;
use openrush::exec::crowd::Crowd;
use openrush::exec::live::{Fleet, Limits};
use openrush::exec::sim::simulate;
use openrush::journey::Exchange;
use openrush::scenario::Scenario;
use openrush::scenario::resolve::{self, Choices};
use openrush::target::scripted::ScriptedService;
use openrush::target::{Delivery, Service, Transport};
use reference_server::clock::Clock;
use reference_server::site::Answer;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn small() -> Choices {
    Choices { scale: Some("1/500".parse().unwrap()), ..Choices::default() }
}

fn plan(scenario: &Scenario) -> Vec<Arrival> {
    Schedule::new(&scenario.parts, scenario.slice.from, scenario.slice.until).collect()
}

fn plan_hash(scenario: &Scenario, plan: &[Arrival]) -> String {
    let mut hash = PlanHash::default();
    for arrival in plan {
        hash.add(&scenario.cohorts[usize::from(arrival.cohort)].name, arrival);
    }
    hash.finish()
}

const BOOKED: Reply = Reply::Booked { slot: Slot { centre: 0, day: 0 }, second: Slot { centre: 0, day: 56 } };

/// Everything asked by each person, simulated against a script in which nobody meets anybody.
fn story(scenario: &Scenario) -> BTreeMap<u64, Vec<(Timestamp, Call)>> {
    let mut service = Listening { script: ScriptedService::new(script), heard: BTreeMap::new() };
    let mut crowd = Crowd::new(&scenario.journey, &scenario.cohorts, scenario.slice.until);
    let arrivals = plan(scenario).into_iter();
    simulate(arrivals, &mut crowd, &mut service, &mut Log::default(), &Progress::default());
    service.heard
}

/// Writes down what is asked.
struct Listening {
    script: ScriptedService,
    heard: BTreeMap<u64, Vec<(Timestamp, Call)>>,
}

impl Service for Listening {
    fn arrive(&mut self, now: Timestamp, key: u64, call: &Call, answers: &mut Vec<Answer>) -> Option<Reply> {
        self.heard.entry(call.person.0).or_default().push((now, *call));
        self.script.arrive(now, key, call, answers)
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.script.next_due()
    }

    fn advance(&mut self, now: Timestamp, answers: &mut Vec<Answer>) {
        self.script.advance(now, answers);
    }
}

#[test]
fn one_more_cohort_moves_nobody() {
    let alone = seniors(&small());
    let text = seniors_text().replace(
        "cohorts:\n",
        "cohorts:\n  # A cohort that sorts before the seniors.\n  fifties: { people: 900_000 }\n",
    );
    let text = text.replace("admits: [seniors]", "admits: [seniors, fifties]");
    let both = resolve::scenario(&text, &small()).unwrap();
    let seniors = both.cohorts.iter().position(|cohort| cohort.name == "seniors").unwrap();
    assert_eq!(seniors, 1, "the place in the file has moved");
    let theirs: Vec<_> =
        plan(&both).into_iter().filter(|arrival| usize::from(arrival.cohort) == seniors).collect();
    let ours: Vec<_> = plan(&alone).into_iter().map(|arrival| Arrival { cohort: 1, ..arrival }).collect();
    assert_eq!(ours, theirs);
    let (alone, both) = (story(&alone), story(&both));
    assert!(alone.len() > 300 && both.len() > alone.len() + 100);
    let mut same = 0;
    for (person, asked) in &alone {
        assert_eq!(asked, &both[person], "person {person:x}");
        same += asked.len();
    }
    assert!(same > 3_000, "{same} calls were compared");
}

/// Answers at once: everything is served, but the first call of one person fails.
#[derive(Clone)]
struct Instantly {
    heard: Arc<Mutex<Vec<Call>>>,
    fails: Option<u64>,
}

impl Transport for Instantly {
    fn call(&self, exchange: Exchange) -> impl Future<Output = Delivery> + 'static {
        let call = exchange.call;
        self.heard.lock().unwrap().push(call);
        let fails = self.fails == Some(call.person.0) && call.nth == 0;
        std::future::ready(if fails { Reply::Busy } else { answer(&call) }.into())
    }
}

fn answer(call: &Call) -> Reply {
    let until = Timestamp(i64::MAX / 2);
    match call.ask {
        Ask::Enter | Ask::Poll => Reply::Admitted { ticket: Ticket { number: 0, mac: 0 }, until },
        Ask::Identify { .. } => Reply::Identified,
        Ask::Eligibility => Reply::Eligible,
        Ask::Centres => Reply::Centres { first: 0, count: 300 },
        Ask::Slots { .. } => Reply::Slots { free: u64::MAX },
        Ask::Hold { .. } => Reply::Held { until },
        Ask::Book { .. } | Ask::Lookup => BOOKED,
        Ask::Leave => Reply::Refused { reason: Refusal::Closed },
    }
}

/// Who asks what, on so many workers; and how many visits were planned.
fn live(scenario: &Scenario, workers: usize, fails: Option<u64>) -> (Vec<Call>, u64) {
    let progress: Vec<Progress> = (0..workers).map(|_| Progress::default()).collect();
    let clock = Clock::starting(scenario.slice.from, scenario.speed, Duration::ZERO);
    let limits = Limits::in_flight(10_000);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let transport = Instantly { heard: Arc::clone(&heard), fails };
    let fleet = Fleet { scenario, clock, limits, progress: &progress };
    let shard = fleet.run(|| transport.clone()).unwrap();
    let planned = shard.recorder.intervals().iter().map(|interval| interval.planned).sum();
    let mut calls = heard.lock().unwrap().clone();
    calls.sort_by_key(|call| (call.person, call.ask.operation(), call.nth));
    (calls, planned)
}

fn quick() -> Scenario {
    let until = Some("20:10".to_owned());
    seniors(&Choices { speed: Some("2000".parse().unwrap()), until, ..small() })
}

#[test]
fn the_plan_and_every_draw_are_the_same_on_one_two_and_four_threads() {
    let scenario = quick();
    let plan = plan(&scenario);
    let hash = plan_hash(&scenario, &plan);
    let (one, _) = live(&scenario, 1, None);
    for workers in [1, 2, 4] {
        let (calls, planned) = live(&scenario, workers, None);
        assert_eq!(planned as usize, plan.len());
        // The people whom the fleet really let in, in the order of the plan, give the plan's hash.
        let came: BTreeSet<PersonId> = calls.iter().map(|call| call.person).collect();
        let let_in: Vec<Arrival> =
            plan.iter().filter(|arrival| came.contains(&arrival.person)).copied().collect();
        assert_eq!(plan_hash(&scenario, &let_in), hash, "on {workers} workers");
        assert_eq!(came.len(), plan.len(), "nobody comes twice, and nobody else");
        // What each asked is the same; how far they got by the end of the slice depends on the wall clock.
        let asked: BTreeMap<_, Ask> = calls.iter().map(|call| (key(call), call.ask)).collect();
        let common = one.iter().filter_map(|call| Some((asked.get(&key(call))?, call.ask)));
        let common: Vec<_> = common.collect();
        assert!(common.iter().all(|(theirs, ours)| *theirs == ours));
        assert!(common.len() * 2 >= one.len(), "{} of {}", common.len(), one.len());
    }
}

fn key(call: &Call) -> (PersonId, Operation, u32) {
    (call.person, call.ask.operation(), call.nth)
}

#[test]
fn one_more_retry_moves_no_other_persons_draws() {
    let scenario = quick();
    let unlucky = plan(&scenario)[10].person.0;
    let (smooth, _) = live(&scenario, 1, None);
    let (bumpy, _) = live(&scenario, 1, Some(unlucky));
    let others = |calls: &[Call]| -> BTreeMap<_, Ask> {
        calls.iter().filter(|call| call.person.0 != unlucky).map(|call| (key(call), call.ask)).collect()
    };
    let (smooth, bumpy) = (others(&smooth), others(&bumpy));
    let mut same = 0;
    for (key, ask) in &smooth {
        if let Some(other) = bumpy.get(key) {
            assert_eq!(ask, other, "{key:?}");
            same += 1;
        }
    }
    assert!(same * 2 >= smooth.len(), "{same} of {} calls were compared", smooth.len());
}

#[test]
fn the_plan_of_the_shipped_scenario_does_not_change_unnoticed() {
    let scenario = seniors(&Choices { as_replayed: true, ..Choices::default() });
    let plan = plan(&scenario);
    assert_eq!(plan.len(), 32_189);
    let hash = plan_hash(&scenario, &plan);
    assert_eq!(hash, "sha256:783ffed50b71bad2a2fdeb389806ab6e052d32c37dabcd5dbeda27a829fee62c");
    assert!(plan.iter().all(|arrival| arrival.refresh_every == Nanos::from_secs(5)));
}
