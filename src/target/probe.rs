//! How many requests a second this machine drives, with both ends on it: a short closed loop over real
//! HTTP against a reference server whose window is closed, so that it measures the way and not the work.

use super::Transport;
use super::http::HttpTransport;
use super::reference;
use crate::journey::{Exchange, Purpose};
use crate::scenario::resolve::{self, Choices};
use base::protocol::{Ask, Call, PersonId};
use base::time::Timestamp;
use base::units::Speed;
use futures_util::future::join_all;
use reference_server::clock::Clock;
use reference_server::http::about::About;
use reference_server::http::{Server, Settings};
use std::net::TcpListener;
use std::time::Duration;

/// Connections that are kept busy.
const CONNECTIONS: u64 = 32;

/// A scenario for the server to be closed by.
const CLOSED: &str = "
name: probe
timezone: UTC
cohorts: { nobody: { people: 1 } }
windows: [{ name: never, opens: 2200-01-01T00:00, closes: 2200-01-02T00:00, admits: [nobody] }]
arrivals: [{ constant: { share: 100% } }]
";

/// Requests a second over `span` of wall time; `None` if the loop cannot be set up.
pub fn requests_per_s(span: Duration) -> Option<f64> {
    let scenario = resolve::scenario(CLOSED, &Choices::default()).ok()?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).ok()?;
    let clock = Clock::starting(Timestamp(0), Speed::REAL, Duration::ZERO);
    let about = About {
        scenario_hash: String::new(),
        speed: 1.0,
        scale: "1".to_owned(),
        seed: 0,
        now: Timestamp(0),
        starts_in_ns: 0,
    };
    let settings = Settings { threads: 1, about, ticket_key: [0; 16] };
    let server = Server::start(listener, reference::site(&scenario), clock, settings).ok()?;
    let transport = HttpTransport::new(&format!("http://{}", server.address())).ok()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let end = clock.now() + base::time::Nanos(span.as_nanos() as u64);
    let counts =
        runtime.block_on(join_all((0..CONNECTIONS).map(|person| keep_busy(&transport, clock, end, person))));
    // Connections end with their clients; then the server can stop at once.
    drop((transport, runtime));
    server.stop();
    Some(counts.into_iter().sum::<u64>() as f64 / span.as_secs_f64())
}

async fn keep_busy(transport: &HttpTransport, clock: Clock, end: Timestamp, person: u64) -> u64 {
    let call =
        Call { person: PersonId(person), device: 0, address: 0, nth: 0, ticket: None, ask: Ask::Enter };
    let mut count = 0;
    while clock.now() < end {
        transport.call(Exchange { call, purpose: Purpose::Useful }).await;
        count += 1;
    }
    count
}
