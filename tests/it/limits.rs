//! The driver's own limits: what is over one is refused, counted, and never charged to the target.

use base::draw::Seed;
use base::grid::Grid;
use base::law::Law;
use base::protocol::{Operation, PersonId, Reply};
use base::time::{Nanos, Timestamp};
use openrush::arrivals::Arrival;
use openrush::clock::{Timer as _, VirtualTimer};
use openrush::exec::Progress;
use openrush::exec::crowd::Crowd;
use openrush::exec::live::{Limits, Means, drive};
use openrush::journey::{Exchange, Growth, Habits, Journey, Step};
use openrush::population::{Cohort, Origin};
use openrush::record::{Recorder, Tag, Tally};
use openrush::target::connections::Connections;
use openrush::target::http::HttpTransport;
use openrush::target::scripted::{Script, ScriptedTransport};
use openrush::target::{Delivery, Transport};
use std::net::TcpListener;
use std::num::NonZeroU32;
use std::sync::Arc;

const FROM: Timestamp = Timestamp(1_000_000_000_000);

/// Two looks with this pause before each, and two more tries, a second apart, at what fails.
fn two_looks(think: Nanos) -> Journey {
    let think = Law::Constant(think);
    let step = |operation| Step { operation, think };
    Journey {
        steps: vec![step(Operation::Eligibility), step(Operation::Centres)],
        habits: Habits {
            patience: Law::Constant(Nanos::from_secs(3_600)),
            deadline: Nanos::from_secs(30),
            refresh_after: None,
            retries: 2,
            backoff: Nanos::from_secs(1),
            growth: Growth::Doubling,
            choices: 0,
        },
        providers: vec![1.0],
    }
}

/// Drives `visits` that all come at once, on virtual time.
fn driven<X: Transport>(
    visits: u64,
    journey: &Journey,
    in_flight: usize,
    timer: &VirtualTimer,
    transport: X,
) -> (Recorder, Tally) {
    let cohorts = [Arc::new(Cohort::new("anybody", visits, Origin::ANYBODY, Seed(1)))];
    let until = FROM + Nanos::from_secs(600);
    let mut crowd = Crowd::new(journey, &cohorts, until);
    let mut recorder = Recorder::new(Grid::even(FROM, Nanos::from_secs(1), 3_600));
    let progress = Progress::default();
    let (limits, heartbeat) = (Limits::in_flight(in_flight), Nanos::from_secs(60));
    let means = Means { timer: timer.clone(), transport, limits, heartbeat, progress: &progress };
    let arrivals = (0..visits).map(|k| Arrival {
        at: FROM,
        cohort: 0,
        person: PersonId(k),
        device: 0,
        window: 0,
        refresh_every: Nanos::from_secs(1),
    });
    timer.run(drive(arrivals, until, &mut crowd, &means, &mut recorder));
    recorder.close();
    (recorder, crowd.finish())
}

fn attempts(recorder: &Recorder) -> u64 {
    recorder.total(Tag::Lag).map_or(0, hdrhistogram::Histogram::len)
}

const SLOW: Script = |_, _| (Reply::Eligible, Nanos::from_millis(100));

#[test]
fn an_arrival_over_the_limit_is_refused() {
    let timer = VirtualTimer::starting(FROM);
    let transport = ScriptedTransport::new(SLOW, timer.clone());
    let (recorder, tally) = driven(100, &two_looks(Nanos::ZERO), 60, &timer, transport);
    assert_eq!((tally.people.arrived, tally.refused_by_generator), (60, 40));
    assert_eq!((attempts(&recorder), tally.exchanges_refused_by_generator), (120, 0));
}

/// Everybody is let in, for nothing is in flight while they think; then they all ask at once.
#[test]
fn an_exchange_over_the_limit_in_the_middle_of_a_visit_is_refused_and_the_visit_goes_on() {
    let timer = VirtualTimer::starting(FROM);
    let transport = ScriptedTransport::new(SLOW, timer.clone());
    let (recorder, tally) = driven(100, &two_looks(Nanos::from_secs(5)), 60, &timer, transport);
    assert_eq!((tally.people.arrived, tally.refused_by_generator), (100, 0));
    assert!(tally.exchanges_refused_by_generator >= 40, "{tally:?}");
    // Back-off spreads them out, so two tries more are enough for everybody; and nothing that was refused
    // is among the attempts at the target, all of which it answered.
    assert_eq!((attempts(&recorder), tally.people.inside), (200, 0));
    let retried = recorder.sent_for(openrush::journey::Purpose::Retry);
    assert_eq!(retried, tally.exchanges_refused_by_generator, "each was tried again, and once was enough");
}

/// A real server's address, and a client that may open this many connections a second.
fn bounded(per_s: u32) -> (TcpListener, Connections, HttpTransport) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let connections = Connections::bounded(NonZeroU32::new(per_s).unwrap());
    let address = format!("http://{}", listener.local_addr().unwrap());
    let transport = HttpTransport::counted(&address, &connections).unwrap();
    (listener, connections, transport)
}

#[test]
fn a_connection_over_the_bound_is_the_generators_failure() {
    use base::protocol::{Ask, Call};
    let (listener, connections, transport) = bounded(1);
    let call = Call { person: PersonId(1), device: 0, address: 0, nth: 0, ticket: None, ask: Ask::Centres };
    let exchange = Exchange { call, purpose: openrush::journey::Purpose::Useful };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let refused = runtime.block_on(async {
        // Nobody accepts, so the first keeps its connection busy and every other needs one of its own.
        let first = tokio::spawn(transport.call(exchange));
        while connections.opened() == 0 {
            tokio::task::yield_now().await;
        }
        let refused = transport.call(exchange).await;
        first.abort();
        refused
    });
    drop(listener);
    assert_eq!(refused, Delivery::Refused);
    assert_eq!((connections.opened(), connections.refused()), (1, 1));
}

/// A target whose connections are all refused by our own bound.
struct NoConnections(VirtualTimer);

impl Transport for NoConnections {
    fn call(&self, _: Exchange) -> impl Future<Output = Delivery> + 'static {
        let later = self.0.sleep_until(self.0.now() + Nanos::from_millis(1));
        async move {
            later.await;
            Delivery::Refused
        }
    }
}

#[test]
fn refused_connections_are_counted_and_observed_as_nothing() {
    let timer = VirtualTimer::starting(FROM);
    let (recorder, tally) = driven(10, &two_looks(Nanos::ZERO), 60, &timer, NoConnections(timer.clone()));
    // Each visit tries three times and gives up.
    assert_eq!((tally.exchanges_refused_by_generator, tally.people.gave_up), (30, 10));
    assert_eq!(attempts(&recorder), 0);
}
