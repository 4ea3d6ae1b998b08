//! The reference server over real HTTP: its stations keep what they declare, and work goes on without
//! whoever asked for it.

use base::calendar::Born;
use base::draw::Seed;
use base::grid::Grid;
use base::law::Law;
use base::protocol::{Ask, Call, Operation, PersonId, Refusal, Reply, Slot, Ticket};
use base::province::{Province, Regions};
use base::register::{Listed, Register};
use base::time::{Nanos, Timestamp};
use base::units::{Rate, Speed};
use openrush::journey::{Exchange, Purpose};
use openrush::target::http::HttpTransport;
use openrush::target::{Delivery, Transport as _};
use reference_server::clock::Clock;
use reference_server::http::about::About;
use reference_server::http::{Server, Settings};
use reference_server::rules::window::Window;
use reference_server::rules::{Centres, Config, waiting_room};
use reference_server::site::Site;
use reference_server::stations::{Layout, Stage, Station};
use std::net::TcpListener;
use std::time::Duration;

const OPENS: Timestamp = Timestamp(1_000_000_000_000);
const IDENTIFY: Ask = Ask::Identify { provider: 0 };

/// A site that is open to everybody at once, with one station of one worker that takes `service` for a
/// look-up and for a booking, and nothing for anything else.
fn site(service: Nanos) -> Site {
    let hour = Nanos::from_secs(3_600);
    let room = waiting_room::Settings {
        windows: vec![Window {
            opens: OPENS,
            closes: OPENS + Nanos::from_secs(1_000_000),
            cohorts: vec![(0, Born::ANYBODY)],
            regions: Regions::KOREA,
        }],
        enforced: true,
        admit: Rate { count: 1_000_000, per: Nanos::from_secs(1) },
        burst: Nanos::from_secs(1),
        sessions: 10_000,
        session_limit: hour,
        ticket_ttl: hour,
        poll_front: Nanos::from_secs(1),
        poll_back: Nanos::from_secs(1),
    };
    let draws = Seed(1).family("cohort", "everybody");
    let everybody = Listed::new(0, 100_000, Born::ANYBODY, Regions::KOREA, draws);
    let rules = Config {
        waiting_room: room,
        register: Register::new(vec![everybody]),
        days: 1,
        centres: vec![Centres { province: Province::Seoul, first: 0, count: 1 }],
        places: vec![1_000],
        hold_for: hour,
        account: Grid::even(OPENS, Nanos::from_secs(60), 10_000),
    };
    let law = Law::Constant(service);
    let desk = Station { name: "desk".into(), workers: 1, service: law, queue: 10_000, timeout: hour };
    let mut chains: [Vec<Stage>; Operation::COUNT] = Default::default();
    for operation in [Operation::Lookup, Operation::Book] {
        chains[operation.index()] = vec![Stage::alone(0, false)];
    }
    Site::new(rules, Layout { stations: vec![desk], chains }, Seed(1))
}

/// A server of such a site at this speed, and a client of it.
fn serve(service: Nanos, speed: &str) -> (Server, HttpTransport) {
    let speed: Speed = speed.parse().unwrap();
    // The window has been open for two seconds: the bucket of admissions is full.
    let clock = Clock::starting(OPENS + Nanos::from_secs(2), speed, Duration::ZERO);
    let about = About {
        scenario_hash: String::new(),
        speed: speed.factor(),
        scale: "1".into(),
        seed: 1,
        now: OPENS,
        starts_in_ns: 0,
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let settings = Settings { threads: 1, about, ticket_key: [5; 16] };
    let server = Server::start(listener, site(service), clock, settings).unwrap();
    let transport = HttpTransport::new(&format!("http://{}", server.address())).unwrap();
    (server, transport)
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

async fn ask(transport: &HttpTransport, person: u64, ticket: Option<Ticket>, ask: Ask) -> Reply {
    let call = Call { person: PersonId(person), device: 0, address: 0, nth: 0, ticket, ask };
    match transport.call(Exchange { call, purpose: Purpose::Useful }).await {
        Delivery::Answered { reply, .. } => reply,
        Delivery::Refused => panic!("so few connections are never refused"),
    }
}

/// Somebody inside, identified.
async fn inside(transport: &HttpTransport, person: u64) -> Option<Ticket> {
    let Reply::Admitted { ticket, .. } = ask(transport, person, None, Ask::Enter).await else {
        panic!("everybody is let in")
    };
    assert_eq!(ask(transport, person, Some(ticket), IDENTIFY).await, Reply::Identified);
    Some(ticket)
}

/// Calls of 1 ms each that one worker completes, by its own declaration, in a second of scenario time.
const DECLARED: f64 = 1_000.0;

/// The throughput of look-ups, per second of scenario time, that 24 visitors get who ask without pause.
fn throughput(speed: &str, calls: usize) -> f64 {
    let (server, transport) = serve(Nanos::from_millis(1), speed);
    let clock = server.clock();
    let seconds = block_on(async {
        let visitors = 24;
        let mut tickets = Vec::new();
        for person in 0..visitors {
            tickets.push(inside(&transport, person).await);
        }
        let began = clock.now();
        let visit = |person: u64| {
            let (transport, ticket) = (&transport, tickets[person as usize]);
            async move {
                for _ in 0..calls / visitors as usize {
                    assert_eq!(ask(transport, person, ticket, Ask::Lookup).await, Reply::NotBooked);
                }
            }
        };
        futures_util::future::join_all((0..visitors).map(visit)).await;
        clock.now().since(began).as_secs_f64()
    });
    server.stop();
    calls as f64 / seconds
}

/// A naive server that sleeps for each piece of work delivers under half of what a 1 ms station declares,
/// because timers are late. A station can never deliver more, and the machine's noise can only lower the
/// figure, so one good try of several is proof.
#[test]
fn a_station_with_1_ms_work_delivers_its_capacity_at_any_speed() {
    for (speed, calls) in [("0.25", 480), ("1", 1_440), ("2", 2_400)] {
        let mut tries = (0..10).map(|_| throughput(speed, calls) / DECLARED);
        assert!(tries.any(|ratio| (0.98..1.02).contains(&ratio)), "speed {speed}");
    }
}

/// At a speed that HTTP cannot follow, the station still serves everything that is there, back to back.
#[test]
fn a_backlog_is_served_back_to_back_at_high_speed() {
    let (server, transport) = serve(Nanos::from_millis(1), "200");
    block_on(async {
        let ticket = inside(&transport, 1).await;
        let backlog = (0..400).map(|_| ask(&transport, 1, ticket, Ask::Lookup));
        futures_util::future::join_all(backlog).await;
    });
    let account = server.account();
    server.stop();
    let station = &account.stations[0];
    let work_s = 400.0 * 0.001;
    // 400 calls of 1 ms are 0.4 s of work, whenever they came and whenever anybody looked.
    let worked = station.utilisation * account_span(&account);
    assert!((worked / work_s - 1.0).abs() < 1e-6, "{worked} s worked");
}

/// How long the account is, in seconds: utilisation is taken over it.
fn account_span(account: &reference_server::account::SiteAccount) -> f64 {
    account.at.since(OPENS).as_secs_f64()
}

#[test]
fn work_abandoned_by_the_client_is_still_done() {
    let service = Nanos::from_millis(200);
    let (server, transport) = serve(service, "1");
    let clock = server.clock();
    block_on(async {
        let (impatient, patient) = (inside(&transport, 1).await, inside(&transport, 2).await);
        let slot = Slot { centre: 0, day: 0 };
        assert!(matches!(ask(&transport, 1, impatient, Ask::Hold { slot }).await, Reply::Held { .. }));
        let began = clock.now();
        {
            // Sends the booking and hangs up as soon as the worker is at it.
            let book = ask(&transport, 1, impatient, Ask::Book { key: 7, slot });
            let at_work = async {
                while server.account().stations[0].busy == 0 {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                reply = book => panic!("{reply:?} came before the worker was seen at work"),
                () = at_work => {}
            }
        }
        // The worker is still at it, so the next in line waits for both.
        assert_eq!(ask(&transport, 2, patient, Ask::Lookup).await, Reply::NotBooked);
        let waited = clock.now().since(began);
        assert!(waited.0 >= 2 * service.0, "the abandoned booking was dropped: {waited}");
        // And the booking stands.
        assert_eq!(
            ask(&transport, 1, impatient, Ask::Lookup).await,
            Reply::Booked { slot, second: Slot { day: 56, ..slot } }
        );
    });
    assert_eq!(server.account().bookings, 1);
    server.stop();
}

#[test]
fn forged_tickets_and_strangers_are_refused_at_the_door() {
    let (server, transport) = serve(Nanos::from_millis(1), "1");
    block_on(async {
        let ticket = inside(&transport, 1).await.unwrap();
        let no_ticket = Reply::Refused { reason: Refusal::NoTicket };
        let forged = Ticket { mac: ticket.mac ^ 1, ..ticket };
        assert_eq!(ask(&transport, 1, None, Ask::Lookup).await, no_ticket);
        assert_eq!(ask(&transport, 1, Some(forged), Ask::Lookup).await, no_ticket);
        assert_eq!(ask(&transport, 2, Some(ticket), Ask::Lookup).await, no_ticket);
        assert_eq!(ask(&transport, 1, Some(ticket), Ask::Lookup).await, Reply::NotBooked);
        assert_eq!(ask(&transport, 1, Some(ticket), Ask::Leave).await, Reply::Left);
        let over = Reply::Refused { reason: Refusal::SessionExpired };
        assert_eq!(ask(&transport, 1, Some(ticket), Ask::Lookup).await, over);
    });
    assert_eq!(server.account().stations[0].refused, 0, "nothing of this reached a station");
    server.stop();
}

#[test]
fn a_stopped_server_is_gone() {
    let (server, transport) = serve(Nanos::from_millis(1), "1");
    block_on(async {
        inside(&transport, 1).await;
    });
    drop(transport);
    let address = server.address();
    server.stop();
    assert!(std::net::TcpStream::connect(address).is_err(), "the port is free again");
}
