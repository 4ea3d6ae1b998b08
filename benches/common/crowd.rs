//! A crowd of plain visits, and a worker that drives them: what the benchmarks of the live driver share.

use base::draw::Seed;
use base::grid::Grid;
use base::law::Law;
use base::protocol::{Operation, PersonId};
use base::time::{Nanos, Timestamp};
use openrush::arrivals::Arrival;
use openrush::clock::Timer;
use openrush::exec::Progress;
use openrush::exec::crowd::Crowd;
use openrush::exec::live::{Limits, Means, drive};
use openrush::journey::{Growth, Habits, Journey, Step};
use openrush::population::{Cohort, Origin};
use openrush::record::Recorder;
use openrush::target::Transport;
use std::sync::Arc;

/// When a benchmark's scenario begins.
pub(crate) const FROM: Timestamp = Timestamp(1_000_000_000_000);

/// A journey through these operations without a pause, by people who never give up.
pub(crate) fn journey(operations: impl IntoIterator<Item = Operation>) -> Journey {
    let at_once = Law::Constant(Nanos::ZERO);
    let hour = Nanos::from_secs(3_600);
    let steps = operations.into_iter().map(|operation| Step { operation, think: at_once }).collect();
    let habits = Habits {
        patience: Law::Constant(hour),
        deadline: Nanos::from_secs(30),
        refresh_after: None,
        retries: 0,
        backoff: hour,
        growth: Growth::Constant,
        choices: 0,
    };
    Journey { steps, habits, providers: vec![1.0] }
}

/// So many visits from `from` on, evenly `every` so long.
pub(crate) fn evenly(from: Timestamp, visits: u64, every: Nanos) -> impl Iterator<Item = Arrival> {
    (0..visits).map(move |k| Arrival {
        at: from + Nanos(every.0 * k),
        cohort: 0,
        person: PersonId(k),
        device: 0,
        window: 0,
        refresh_every: Nanos::from_secs(1),
    })
}

/// Drives the visits to their ends, or to `until`, as one worker does; returns what it recorded.
pub(crate) async fn driven<T: Timer, X: Transport>(
    arrivals: impl Iterator<Item = Arrival>,
    until: Timestamp,
    journey: &Journey,
    timer: T,
    transport: X,
) -> Recorder {
    let (cohorts, progress) =
        ([Arc::new(Cohort::new("anybody", 1, Origin::ANYBODY, Seed(1)))], Progress::default());
    let mut crowd = Crowd::new(journey, &cohorts, until);
    let mut recorder = Recorder::new(Grid::even(FROM, Nanos::from_secs(1), 3_600));
    let limits = Limits::in_flight(8_000);
    let heartbeat = Nanos::from_millis(100);
    let means = Means { timer, transport, limits, heartbeat, progress: &progress };
    drive(arrivals, until, &mut crowd, &means, &mut recorder).await;
    recorder.close();
    let tally = crowd.finish();
    assert_eq!((tally.refused_by_generator, tally.exchanges_refused_by_generator), (0, 0));
    recorder
}
