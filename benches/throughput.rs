//! Requests a second of one core: the live driver beside a bare loop on reqwest and one on hyper, in turns
//! within one run, all against the same minimal hyper server.
//!
//! `cargo bench --package openrush --bench throughput`
//!
//! Client and server are threads with a processor each, to which they are pinned. Each of the three keeps 64
//! exchanges in flight on kept-alive connections. The bare loops send one fixed request and read its reply;
//! the driver makes whole visits: it schedules, builds each operation's request, reads the reply, and records
//! every attempt. Between them stands a loop that sends the driver's own requests over the driver's own
//! transport: what is below it is reqwest with headers, bodies and JSON, what is above it is the driver. CPU
//! time is that of the client's thread. The goal is 0.85 of the bare reqwest loop.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

#[path = "common/crowd.rs"]
mod crowd;
#[path = "common/figures.rs"]
mod figures;

use base::protocol::{Ask, Call, Operation, PersonId, Reply, Slot};
use base::time::{Nanos, Timestamp};
use base::units::Speed;
use crowd::{FROM, driven, evenly, journey};
use figures::{median, steal, steal_share};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use openrush::clock::WallTimer;
use openrush::journey::{Exchange, Purpose};
use openrush::record::Tag;
use openrush::target::http::HttpTransport;
use openrush::target::{Delivery, Transport as _};
use reference_server::clock::Clock;
use rustix::thread::{CpuSet, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};
use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

const ROUNDS: usize = 25;
const IN_FLIGHT: u64 = 64;
/// A visit's steps are the booking's, so many times over.
const TIMES: usize = 31;
const STEPS: [Operation; 8] = [
    Operation::Enter,
    Operation::Identify,
    Operation::Eligibility,
    Operation::Centres,
    Operation::Slots,
    Operation::Hold,
    Operation::Book,
    Operation::Lookup,
];
const EACH: u64 = (STEPS.len() * TIMES) as u64;
const REQUESTS: u64 = IN_FLIGHT * EACH;

fn main() {
    let address = server();
    pin(1);
    let runtime = runtime();
    let clients = Clients::new(&runtime, address);
    let mut rounds: Vec<[Figures; 4]> = Vec::new();
    let before = steal();
    for _ in 0..=ROUNDS {
        rounds.push([
            clients.hyper(&runtime),
            clients.reqwest(&runtime),
            clients.same(&runtime),
            clients.driver(&runtime),
        ]);
    }
    // The first round opens the connections.
    rounds.remove(0);
    println!(
        "{ROUNDS} rounds of {REQUESTS} requests each, {IN_FLIGHT} in flight; medians; steal {:.1} %",
        steal_share(before) * 100.0
    );
    println!("{:<18} {:>10} {:>12}", "client", "requests/s", "CPU-s / M");
    for (place, name) in
        ["bare hyper loop", "bare reqwest loop", "… same requests", "openrush driver"].into_iter().enumerate()
    {
        let of = |pick: fn(&Figures) -> f64| median(rounds.iter().map(|round| pick(&round[place])).collect());
        println!("{name:<18} {:>10.0} {:>12.1}", of(|figures| figures.per_s), of(|figures| figures.cpu_us));
    }
    for (place, against) in [(1, "bare reqwest loop"), (2, "loop with the same requests")] {
        let ratio = |pick: fn(&Figures) -> f64| {
            median(rounds.iter().map(|round| pick(&round[3]) / pick(&round[place])).collect())
        };
        let (rate, cpu) = (ratio(|figures| figures.per_s), ratio(|figures| figures.cpu_us));
        println!("driver over {against}: {rate:.2} of its requests/s, {cpu:.2} of its CPU");
    }
    println!(
        "(medians of the rounds' ratios; goal, over the bare reqwest loop: at least 0.85, at most 1.18)"
    );
}

/// What one round of one client came to.
struct Figures {
    per_s: f64,
    /// CPU time of the client's thread for a request, in microseconds: CPU-seconds for a million.
    cpu_us: f64,
}

/// The clients, with their connections.
struct Clients {
    hyper: Vec<tokio::sync::Mutex<SendRequest<Empty<Bytes>>>>,
    reqwest: reqwest::Client,
    driver: HttpTransport,
    address: SocketAddr,
}

impl Clients {
    fn new(runtime: &Runtime, address: SocketAddr) -> Self {
        let hyper = runtime.block_on(async {
            let mut connections = Vec::new();
            for _ in 0..IN_FLIGHT {
                let stream = TcpStream::connect(address).await.expect("the server listens");
                stream.set_nodelay(true).expect("a socket takes the option");
                let (sender, connection) =
                    handshake(TokioIo::new(stream)).await.expect("a handshake is local");
                tokio::spawn(connection);
                connections.push(tokio::sync::Mutex::new(sender));
            }
            connections
        });
        let reqwest = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build();
        let driver = HttpTransport::new(&format!("http://{address}"));
        let (reqwest, driver) =
            (reqwest.expect("a client can be made"), driver.expect("a client can be made"));
        Self { hyper, reqwest, driver, address }
    }

    fn hyper(&self, runtime: &Runtime) -> Figures {
        let host = self.address.to_string();
        let loops = self.hyper.iter().map(|connection| {
            let host = &host;
            async move {
                let mut sender = connection.lock().await;
                for _ in 0..EACH {
                    sender.ready().await.expect("the connection stays");
                    let request = Request::get("/eligibility").header(HOST, host).body(Empty::new());
                    let response = sender.send_request(request.expect("it is a request")).await;
                    response.expect("there is a reply").into_body().collect().await.expect("it has a body");
                }
            }
        });
        measure(runtime, futures_util::future::join_all(loops))
    }

    fn reqwest(&self, runtime: &Runtime) -> Figures {
        let url = reqwest::Url::parse(&format!("http://{}/eligibility", self.address)).expect("it is a URL");
        let loops = (0..IN_FLIGHT).map(|_| {
            let (client, url) = (self.reqwest.clone(), url.clone());
            runtime.spawn(async move {
                for _ in 0..EACH {
                    let response = client.get(url.clone()).send().await.expect("there is a reply");
                    response.bytes().await.expect("it has a body");
                }
            })
        });
        let loops: Vec<_> = loops.collect();
        measure(runtime, futures_util::future::join_all(loops))
    }

    /// The driver's own requests, headers and replies read included, without visits, schedule and records.
    fn same(&self, runtime: &Runtime) -> Figures {
        let loops = (0..IN_FLIGHT).map(|person| async move {
            let mut ticket = None;
            for (nth, operation) in STEPS.into_iter().cycle().take(EACH as usize).enumerate() {
                let (person, nth) = (PersonId(person), (nth / STEPS.len()) as u32);
                let call = Call { person, device: 0, address: 0, nth, ticket, ask: ask(operation) };
                let exchange = Exchange { call, purpose: Purpose::Useful };
                let Delivery::Answered { reply, .. } = self.driver.call(exchange).await else { continue };
                if let Reply::Admitted { ticket: admitted, .. } = reply {
                    ticket = Some(admitted);
                }
            }
        });
        measure(runtime, futures_util::future::join_all(loops))
    }

    fn driver(&self, runtime: &Runtime) -> Figures {
        let clock = Clock::starting(FROM, Speed::REAL, Duration::ZERO);
        let journey = journey(STEPS.into_iter().cycle().take(EACH as usize));
        let until = FROM + Nanos::from_secs(3_600);
        let arrivals = evenly(FROM, IN_FLIGHT, Nanos::ZERO);
        let mut answered = 0;
        let figures = measure(runtime, async {
            let driven = driven(arrivals, until, &journey, WallTimer(clock), self.driver.clone());
            answered = driven.await.total(Tag::Lag).map_or(0, hdrhistogram::Histogram::len);
        });
        assert_eq!(answered, REQUESTS, "every step of every visit was answered");
        figures
    }
}

fn ask(operation: Operation) -> Ask {
    let slot = Slot { centre: 1, day: 2 };
    match operation {
        Operation::Enter => Ask::Enter,
        Operation::Identify => Ask::Identify { provider: 0 },
        Operation::Eligibility => Ask::Eligibility,
        Operation::Centres => Ask::Centres,
        Operation::Slots => Ask::Slots { centre: slot.centre },
        Operation::Hold => Ask::Hold { slot },
        Operation::Book => Ask::Book { key: u64::MAX, slot },
        _ => Ask::Lookup,
    }
}

/// Runs `work`, which makes [`REQUESTS`], on this thread.
fn measure<F: Future>(runtime: &Runtime, work: F) -> Figures {
    let (clock, cpu) = (Clock::starting(Timestamp(0), Speed::REAL, Duration::ZERO), cpu_s());
    runtime.block_on(work);
    let (wall_s, cpu_s) = (clock.now().since(Timestamp(0)).as_secs_f64(), cpu_s() - cpu);
    Figures { per_s: REQUESTS as f64 / wall_s, cpu_us: cpu_s / REQUESTS as f64 * 1e6 }
}

/// CPU time of this thread, user and system.
fn cpu_s() -> f64 {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    spent.tv_sec as f64 + spent.tv_nsec as f64 / 1e9
}

/// Keeps this thread on one processor, where there is more than one.
fn pin(cpu: usize) {
    let mut set = CpuSet::new();
    set.set(cpu);
    if let Err(error) = sched_setaffinity(None, &set) {
        println!("not pinned to processor {cpu}: {error}");
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made")
}

/// A server that knows one fixed reply for each operation, on a thread and a processor of its own.
fn server() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    listener.set_nonblocking(true).expect("a listener takes the option");
    let address = listener.local_addr().expect("a listener has an address");
    let serve = async move {
        let listener = tokio::net::TcpListener::from_std(listener).expect("the listener is in order");
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)));
        }
    };
    thread::spawn(|| {
        pin(0);
        runtime().block_on(serve);
    });
    address
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let reply: &'static str = match (request.method(), request.uri().path()) {
        (&Method::POST | &Method::GET, "/waiting-room") => {
            r#"{"reply":"admitted","ticket":"000000000000000c00000000000000000000000000000003","until":1627903800000000000}"#
        }
        (&Method::POST, "/identity") => r#"{"reply":"identified"}"#,
        (_, "/centres") => r#"{"reply":"centres","first":0,"count":255}"#,
        (_, "/slots") => r#"{"reply":"slots","free":1073741823}"#,
        (_, "/holds") => r#"{"reply":"held","until":1627903800000000000}"#,
        (_, "/bookings") => {
            r#"{"reply":"booked","slot":{"centre":1,"day":2},"second":{"centre":1,"day":58}}"#
        }
        _ => r#"{"reply":"eligible"}"#,
    };
    let body = Full::new(Bytes::from_static(reply.as_bytes()));
    let response = Response::builder().header(CONTENT_TYPE, "application/json").body(body);
    Ok(response.expect("it is a response"))
}
