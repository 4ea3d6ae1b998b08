//! What a planned arrival, a draw, a recorded observation and a whole simulated visit cost.
//!
//! `cargo bench --package openrush`

use base::draw::{Purpose as Drawn, Seed};
use base::grid::Grid;
use base::protocol::{Operation, Outcome};
use base::time::{Nanos, Timestamp};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use openrush::arrivals::Schedule;
use openrush::exec::Progress;
use openrush::exec::crowd::Crowd;
use openrush::exec::sim::simulate;
use openrush::journey::Purpose;
use openrush::record::{Observation, Observe as _, Recorder};
use openrush::scenario::Scenario;
use openrush::scenario::resolve::{self, Choices};
use openrush::target::reference;

fn main() {
    divan::main();
}

fn seniors(scale: &str) -> Scenario {
    let text = include_str!("../scenarios/2021-08-02-seniors.yaml");
    let choices = Choices { scale: scale.parse().ok(), ..Choices::default() };
    resolve::scenario(text, &choices).expect("the shipped scenario is valid")
}

/// All 1,027,650 arrivals of the window, streamed.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn schedule_of_a_million_people(bencher: Bencher<'_, '_>) {
    let scenario = seniors("1");
    let (from, until) = (scenario.slice.from, scenario.windows[0].closes);
    bencher
        .counter(ItemsCount::new(scenario.people()))
        .bench_local(|| black_box(Schedule::new(&scenario.parts, from, until).count()));
}

#[divan::bench(sample_size = 4_096)]
fn draw(bencher: Bencher<'_, '_>) {
    let family = Seed(1).family("cohort", "bench");
    let mut person = 0;
    bencher.bench_local(|| {
        person += 1;
        black_box(family.person(person, 0).of(Drawn::Patience, 0).exponential())
    });
}

/// One observation; a second of scenario time passes every 4,096 of them.
#[divan::bench(sample_size = 4_096)]
fn observation(bencher: Bencher<'_, '_>) {
    let from = Timestamp(0);
    let mut recorder = Recorder::new(Grid::even(from, Nanos::from_secs(1), 100_000));
    let mut done = from;
    bencher.bench_local(|| {
        done += Nanos(1_000_000_000 / 4_096);
        recorder.observe(&Observation {
            operation: Operation::Slots,
            purpose: Purpose::Useful,
            outcome: Outcome::Ok,
            intended: from,
            started: from,
            sent: from,
            done,
            first: true,
        });
    });
}

/// The shipped slice at 1/50, against the reference site; per visit.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn simulated_visits(bencher: Bencher<'_, '_>) {
    let scenario = seniors("1/50");
    let slice = scenario.slice;
    let visits = Schedule::new(&scenario.parts, slice.from, slice.until).count();
    bencher.counter(ItemsCount::new(visits)).bench_local(|| {
        let mut site = reference::site(&scenario);
        let mut crowd = Crowd::new(&scenario.journey, &scenario.cohorts, slice.until);
        let mut recorder = Recorder::new(scenario.grid.clone());
        let arrivals = Schedule::new(&scenario.parts, slice.from, slice.until);
        black_box(simulate(arrivals, &mut crowd, &mut site, &mut recorder, &Progress::default()))
    });
}
