//! The rim of the reference server over real HTTP: who is refused with which status and at what cost, the
//! limits at the door, and what the server says of itself.

use base::protocol::{Ask, Call, Failure, Operation, PersonId, Refusal, Reply, Ticket};
use base::time::{Nanos, Timestamp};
use base::units::Speed;
use openrush::journey::{Exchange, Purpose};
use openrush::scenario::Scenario;
use openrush::scenario::resolve::{self, Choices};
use openrush::scenario::yaml::Problem;
use openrush::target::http::HttpTransport;
use openrush::target::reference;
use openrush::target::{Delivery, Transport as _};
use reference_server::account::SiteAccount;
use reference_server::clock::Clock;
use reference_server::http::about::About;
use reference_server::http::{Server, Settings};
use reference_server::site::{Answer, Site};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::Duration;

/// 12:00 UTC on 1 January 2026, when the window of [`site`] opens.
const OPENS: Timestamp = Timestamp(1_767_268_800_000_000_000);

/// The waiting room of most tests: everybody is let in.
const WIDE: &str = "waiting_room: { admit: 1000/s, session_limit: 1h }";

/// A site whose stations take next to no time, with this written under `target.reference`, at this scale.
fn site(reference: &str, scale: &str) -> Site {
    let scenario = scenario(reference, scale).unwrap_or_else(|problems| panic!("{problems:#?}"));
    reference::site(&scenario)
}

fn scenario(reference: &str, scale: &str) -> Result<Scenario, Vec<Problem>> {
    let station = "{ servers: 1, workers: 9, service: { constant: 1us } }";
    let text = format!(
        "
name: rim
timezone: UTC
cohorts: {{ people: {{ people: 100 }} }}
windows: [{{ name: opening, opens: 2026-01-01T12:00, closes: 2026-01-01T20:00, admits: [people] }}]
arrivals: [{{ constant: {{ share: 100% }} }}]
target:
  reference:
    stations: {{ web: {station}, pool: {station}, identity: {station}, slots: {station} }}
    {reference}
replay: {{ from: 11:59, until: 12:30 }}
"
    );
    let choices = Choices { scale: Some(scale.parse().unwrap()), ..Choices::default() };
    resolve::scenario(&text, &choices)
}

#[test]
fn limits_that_mean_nothing_are_refused_with_a_hint() {
    for (written, said, hint) in [
        ("connections: { limit: 300_000 }", "a number of connections", "`300000 connections`"),
        ("connections: { limit: 300_000 sessions }", "a number of connections", ""),
        ("connections: { keep_alive: 15s }", "the key `limit` is missing", ""),
        ("per_address: { rate: 600, burst: 60 }", "a rate such as", "`600/min`"),
        ("per_address: { rate: 600/min, burst: 0 }", "at least 1 call", ""),
    ] {
        let problems = scenario(written, "1").unwrap_err();
        let found = format!("{problems:?}");
        assert!(found.contains(said) && found.contains(hint), "{written}: {found}");
        assert!(problems[0].place.is_some(), "{written}: {found}");
    }
}

/// A server of that site whose clock shows `from` after `delay`, at the speed of the wall clock.
fn serve(reference: &str, from: Timestamp, delay: Duration) -> Server {
    let about = About {
        scenario_hash: "rim".into(),
        speed: 1.0,
        scale: "1".into(),
        seed: 0,
        now: from,
        starts_in_ns: 0,
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let clock = Clock::starting(from, Speed::REAL, delay);
    let settings = Settings { threads: 1, about, ticket_key: [5; 16] };
    Server::start(listener, site(reference, "1"), clock, settings).unwrap()
}

/// A server whose window has been open for two seconds, so that the bucket of admissions is full.
fn open(reference: &str) -> Server {
    serve(reference, OPENS + Nanos::from_secs(2), Duration::ZERO)
}

/// What our own client makes of the answer.
async fn answered(transport: &HttpTransport, call: Call) -> Reply {
    match transport.call(Exchange { call, purpose: Purpose::Useful }).await {
        Delivery::Answered { reply, .. } => reply,
        Delivery::Refused => panic!("so few connections are never refused"),
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A client that is not ours, so that what is seen is what the wire carries.
struct Wire {
    client: Client,
    root: String,
}

impl Wire {
    fn to(server: &Server) -> Self {
        let client = Client::builder().no_proxy().build().unwrap();
        Self { client, root: format!("http://{}", server.address()) }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.root))
    }

    fn of(&self, person: u64, method: Method, path: &str, ticket: Option<&str>) -> RequestBuilder {
        let request = self.request(method, path).header("x-person", person).header("x-nth", 0);
        match ticket {
            Some(ticket) => request.header("authorization", format!("Ticket {ticket}")),
            None => request,
        }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let response = self.request(Method::GET, path).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Lets a person in, identified; returns the ticket.
    async fn inside(&self, person: u64) -> String {
        let (status, entered) = sent(self.of(person, Method::POST, "/waiting-room", None)).await;
        assert_eq!((status, &entered["reply"]), (200, &json!("admitted")));
        let ticket = entered["ticket"].as_str().unwrap().to_owned();
        let (status, _) = sent(self.of(person, Method::POST, "/identity?provider=0", Some(&ticket))).await;
        assert_eq!(status, 200);
        ticket
    }
}

async fn sent(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
}

/// What stations have done: pieces of work begun and turned down.
fn work(account: &SiteAccount) -> u64 {
    let begun = |waits: &[(u64, u64)]| waits.iter().map(|(_, count)| count).sum::<u64>();
    account.stations.iter().map(|station| begun(&station.waits) + station.refused).sum()
}

/// Every protected operation as it is written on the wire.
const PROTECTED: [(Method, &str); 7] = [
    (Method::POST, "/identity?provider=0"),
    (Method::GET, "/eligibility"),
    (Method::GET, "/centres"),
    (Method::GET, "/slots?centre=0"),
    (Method::POST, "/holds"),
    (Method::POST, "/bookings"),
    (Method::GET, "/bookings"),
];

/// Asks for every protected operation as `person` with `ticket`, and expects one refusal of all.
async fn all_refused(wire: &Wire, person: u64, ticket: Option<&str>, status: u16, reason: &str) {
    for (method, path) in PROTECTED {
        let request = wire.of(person, method.clone(), path, ticket).header("idempotency-key", 1);
        let refused = sent(request.body(r#"{"centre":0,"day":0}"#)).await;
        let expected = (status, json!({ "reply": "refused", "reason": reason }));
        assert_eq!(refused, expected, "{method} {path}");
    }
}

#[test]
fn protected_calls_are_refused_at_the_door_and_cost_no_station_work() {
    let server = open("waiting_room: { admit: 1000/s, sessions: 1 sessions }");
    block_on(async {
        let wire = Wire::to(&server);
        let ticket = wire.inside(1).await;
        let before = work(&server.account());
        let (status, waiting) = sent(wire.of(2, Method::POST, "/waiting-room", None)).await;
        assert_eq!((status, &waiting["reply"]), (202, &json!("waiting")));
        let last = if ticket.ends_with('0') { "1" } else { "0" };
        let forged = format!("{}{last}", &ticket[..47]);
        all_refused(&wire, 1, None, 401, "no_ticket").await;
        all_refused(&wire, 1, Some(&forged), 401, "no_ticket").await;
        all_refused(&wire, 2, Some(&ticket), 401, "no_ticket").await;
        all_refused(&wire, 2, waiting["ticket"].as_str(), 403, "not_admitted").await;
        assert_eq!(work(&server.account()), before, "none of this reached a station");
        assert_eq!(server.account().refusals["no_ticket"], 3 * PROTECTED.len() as u64);
        let (status, _) = sent(wire.of(1, Method::GET, "/bookings", Some(&ticket))).await;
        assert_eq!(status, 404, "the ticket's owner is let through, and has booked nothing");
        assert!(work(&server.account()) > before);
    });
    server.stop();
}

#[test]
fn an_expired_session_and_an_early_visitor_are_refused_at_the_door() {
    // A microsecond is over before a reply can have crossed the socket.
    let server = open("waiting_room: { admit: 1000/s, session_limit: 1us }");
    block_on(async {
        let wire = Wire::to(&server);
        let (_, entered) = sent(wire.of(1, Method::POST, "/waiting-room", None)).await;
        all_refused(&wire, 1, entered["ticket"].as_str(), 410, "session_expired").await;
    });
    assert_eq!(work(&server.account()), 0);
    server.stop();

    let early = Timestamp(OPENS.0 - 1);
    let server = serve(WIDE, early, Duration::from_hours(1));
    block_on(async {
        let wire = Wire::to(&server);
        let entered = sent(wire.of(1, Method::POST, "/waiting-room", None)).await;
        assert_eq!(entered, (403, json!({ "reply": "not_open", "opens": OPENS.0 })));
        all_refused(&wire, 1, None, 401, "no_ticket").await;
    });
    assert_eq!(work(&server.account()), 0);
    server.stop();
}

fn enter(person: u64, device: u8, address: u32) -> Call {
    Call { person: PersonId(person), device, address, nth: 0, ticket: None, ask: Ask::Enter }
}

#[test]
fn a_connection_beyond_the_limit_is_refused_over_http() {
    let server = open(&format!("{WIDE}\n    connections: {{ limit: 2 connections, keep_alive: 1h }}"));
    let transport = HttpTransport::new(&format!("http://{}", server.address())).unwrap();
    block_on(async {
        let ask = async |call| answered(&transport, call).await;
        let Reply::Admitted { ticket, .. } = ask(enter(1, 0, 0)).await else { panic!("there is room") };
        assert!(
            matches!(ask(enter(1, 1, 0)).await, Reply::Admitted { .. }),
            "another device of the same person"
        );
        let refused = Reply::Failed { failure: Failure::Connection };
        assert_eq!(ask(enter(2, 0, 0)).await, refused);
        let (status, _) = sent(Wire::to(&server).of(2, Method::POST, "/waiting-room", None)).await;
        assert_eq!(status, 503);
        let leave = Call { ticket: Some(ticket), ask: Ask::Leave, ..enter(1, 0, 0) };
        assert_eq!(ask(leave).await, Reply::Left);
        assert!(matches!(ask(enter(2, 0, 0)).await, Reply::Admitted { .. }), "who leaves makes room");
    });
    let connections = server.account().connections;
    assert_eq!((connections.open, connections.peak, connections.refused), (2, 2, 2));
    server.stop();
}

#[test]
fn an_address_beyond_its_rate_is_told_so_over_http() {
    let server = open(&format!("{WIDE}\n    per_address: {{ rate: 1/h, burst: 2 }}"));
    let transport = HttpTransport::new(&format!("http://{}", server.address())).unwrap();
    let refused = Reply::Refused { reason: Refusal::TooManyRequests };
    block_on(async {
        let ask = async |call| answered(&transport, call).await;
        for person in 0..2 {
            assert!(matches!(ask(enter(person, 0, 0x0a00_0001)).await, Reply::Admitted { .. }));
        }
        assert_eq!(ask(enter(3, 0, 0x0a00_0001)).await, refused, "one household, one address");
        assert!(matches!(ask(enter(3, 0, 0x0a00_0002)).await, Reply::Admitted { .. }));
        let through = |proxies: &'static str| {
            let request = Wire::to(&server).of(4, Method::POST, "/waiting-room", None);
            sent(request.header("x-forwarded-for", proxies))
        };
        assert_eq!(through("unknown, 10.0.0.1, 10.0.0.9").await.0, 429, "the first IPv4 address counts");
        for _ in 0..5 {
            assert!(matches!(ask(enter(5, 0, 0)).await, Reply::Admitted { .. }), "nobody is not limited");
        }
    });
    assert_eq!(server.account().refusals["too_many_requests"], 2);
    assert_eq!(work(&server.account()), 0);
    server.stop();
}

/// In virtual time the door is the same. The limit of connections belongs to the crowd and shrinks with it,
/// an address's rate is a person's and does not.
#[test]
fn limits_hold_in_virtual_time_and_scale_with_what_they_are_of() {
    let limits = "connections: { limit: 10 connections, keep_alive: 15s }
    per_address: { rate: 1/s, burst: 3 }";
    let mut site = site(&format!("{WIDE}\n    {limits}"), "1/5");
    let mut ask = |seconds: u64, call: Call| {
        let mut answers: Vec<Answer> = Vec::new();
        site.arrive(OPENS + Nanos::from_secs(seconds), 0, &call, &mut answers)
    };
    let refused = Some(Reply::Failed { failure: Failure::Connection });
    assert!(matches!(ask(2, enter(1, 0, 0)), Some(Reply::Admitted { .. })));
    assert!(matches!(ask(3, enter(2, 0, 7)), Some(Reply::Admitted { .. })));
    assert_eq!(ask(16, enter(3, 0, 0)), refused);
    assert!(
        matches!(ask(17, enter(3, 0, 0)), Some(Reply::Admitted { .. })),
        "the first has closed by itself"
    );
    for _ in 0..3 {
        assert!(matches!(ask(17, enter(2, 0, 7)), Some(Reply::Admitted { .. })));
    }
    let too_many = Reply::Refused { reason: Refusal::TooManyRequests };
    assert_eq!(ask(17, enter(2, 0, 7)), Some(too_many));
    let account = SiteAccount::of(&site, OPENS + Nanos::from_secs(17));
    assert_eq!((account.connections.limit, account.connections.refused), (Some(2), 1));
    // From 11:59 on, second by second: what is open at the end of each.
    let at = |second: usize| account.connections.rows[60 + second].open;
    assert_eq!((at(1), at(2), at(3), at(16)), (0, 1, 2, 2));
}

/// A call that a station works on keeps its connection until it is answered, however long that takes.
#[test]
fn a_connection_stays_open_while_a_station_works() {
    let mut site = site(&format!("{WIDE}\n    connections: {{ limit: 1 connections, keep_alive: 0s }}"), "1");
    let mut answers = Vec::new();
    let at = |seconds: u64| OPENS + Nanos::from_secs(seconds);
    let Some(Reply::Admitted { ticket, .. }) = site.arrive(at(2), 0, &enter(1, 0, 0), &mut answers) else {
        panic!("there is room")
    };
    let identify = Call { ticket: Some(ticket), ask: Ask::Identify { provider: 0 }, ..enter(1, 0, 0) };
    assert_eq!(site.arrive(at(2), 1, &identify, &mut answers), None);
    assert_eq!(site.door().connections().open, 1, "nothing is kept alive here, and yet it is open");
    site.advance(at(3), &mut answers);
    assert_eq!((answers.len(), site.door().connections().open), (1, 0));
}

#[test]
fn health_tells_whether_the_scenario_has_begun() {
    for (delay, status, ready) in [(Duration::ZERO, 200, true), (Duration::from_hours(1), 503, false)] {
        let server = serve(WIDE, OPENS, delay);
        let (found, health) = block_on(sent(Wire::to(&server).request(Method::GET, "/health")));
        assert_eq!((found, &health["live"], &health["ready"]), (status, &json!(true), &json!(ready)));
        assert_eq!(health["starts_in_ns"] == 0, ready);
        server.stop();
    }
}

/// The samples of a page in Prometheus text format, by name with labels; asserts that each has its help and
/// its type before it.
fn samples(page: &str) -> BTreeMap<String, f64> {
    let (mut samples, mut helped, mut typed) = (BTreeMap::new(), None, None);
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            helped = rest.split_once(' ').map(|(name, help)| (name, help.len()));
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            typed = rest.split_once(' ');
        } else {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            let name = sample.split('{').next().unwrap();
            let (family, kind) = typed.unwrap();
            assert_eq!(helped.map(|(name, help)| (name, help > 9)), Some((family, true)), "{line}");
            let fits = match kind {
                "histogram" => {
                    ["_bucket", "_sum", "_count"].iter().any(|end| *name == format!("{family}{end}"))
                }
                "counter" => name == family && name.ends_with("_total"),
                _ => name == family,
            };
            assert!(fits, "{line} under {kind} {family}");
            assert!(
                samples.insert(sample.to_owned(), value.parse().unwrap()).is_none(),
                "{line} stands twice"
            );
        }
    }
    samples
}

#[test]
fn the_metrics_are_the_accounts_numbers() {
    let door = "connections: { limit: 9 connections, keep_alive: 1h }
    per_address: { rate: 1/h, burst: 1 }";
    let server = open(&format!("waiting_room: {{ admit: 1000/s, sessions: 1 sessions }}\n    {door}"));
    let (page, account) = block_on(async {
        let wire = Wire::to(&server);
        let ticket = wire.inside(1).await;
        for person in 2..5 {
            sent(wire.of(person, Method::POST, "/waiting-room", None)).await;
        }
        sent(wire.of(1, Method::GET, "/bookings", Some(&ticket))).await;
        sent(wire.of(1, Method::GET, "/bookings", None)).await;
        (wire.get("/metrics").await.1, server.account())
    });
    server.stop();
    let samples = samples(&page);
    let expected = [
        ("booking_queue_depth_tickets", account.still_waiting),
        ("booking_tickets_total", account.tickets),
        ("booking_admissions_total", account.admissions),
        ("booking_sessions", account.sessions),
        ("booking_sessions_limit", account.sessions_cap.unwrap()),
        ("booking_bookings_total", account.bookings),
        ("booking_connections_open", account.connections.open),
        ("booking_connections_peak", account.connections.peak),
        ("booking_connections_limit", account.connections.limit.unwrap()),
        ("booking_connections_refused_total", account.connections.refused),
        ("booking_calls_refused_total{reason=\"no_ticket\"}", account.refusals["no_ticket"]),
        ("booking_admission_wait_scenario_seconds_count", 1),
        ("booking_admission_wait_scenario_seconds_bucket{le=\"+Inf\"}", 1),
        ("booking_admission_wait_scenario_seconds_bucket{le=\"1\"}", 1),
        ("booking_station_wait_scenario_seconds_count{station=\"web\"}", 2),
        ("booking_station_wait_scenario_seconds_count{station=\"identity\"}", 1),
    ];
    for (name, number) in expected {
        assert_eq!(samples.get(name), Some(&(number as f64)), "{name} in\n{page}");
    }
    assert_eq!(
        (account.still_waiting, account.tickets, account.sessions, account.connections.open),
        (3, 4, 1, 1),
        "whoever is sent away to wait holds no connection"
    );
    for station in &account.stations {
        let of = |name: &str| samples[&format!("booking_station_{name}{{station=\"{}\"}}", station.name)];
        assert_eq!((of("workers"), of("busy_workers"), of("queue_length")), (9.0, 0.0, 0.0));
        // The account was taken a little later, and nothing was done since.
        assert!(of("utilisation_ratio") >= station.utilisation && of("utilisation_ratio") < 1.0);
        assert_eq!(of("refused_total"), station.refused as f64);
    }
    assert_eq!(samples["booking_scenario_speed_ratio"], 1.0);
    assert!(samples["booking_clock_scenario_seconds"] <= account.at.0 as f64 / 1e9);
}

/// The document of a running server, as a validator of what it answers.
struct Contract(Value);

impl Contract {
    /// Asserts that the answer to this request is documented with this status, and shaped as documented.
    fn hold(&self, method: &Method, path: &str, (status, body): &(u16, Value)) {
        let path = path.split('?').next().unwrap();
        let responses = &self.0["paths"][path][method.as_str().to_lowercase()]["responses"];
        let content = &responses[status.to_string()]["content"]["application/json"]["schema"];
        assert!(content.is_object(), "{method} {path} does not document {status}");
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [content],
            "components": self.0["components"],
        });
        let validator = jsonschema::validator_for(&schema).unwrap();
        if let Err(error) = validator.validate(body) {
            panic!("{method} {path} {status} answers {body}: {error}");
        }
        let broken = json!({ "reply": "unheard of" });
        assert!(!validator.is_valid(&broken), "{method} {path} {status} allows anything");
    }
}

#[test]
fn real_replies_are_shaped_as_the_document_says() {
    let server = open("waiting_room: { admit: 1000/s, sessions: 1 sessions }");
    block_on(async {
        let wire = Wire::to(&server);
        let contract = Contract(serde_json::from_str(&wire.get("/openapi.json").await.1).unwrap());
        assert_eq!(contract.0["openapi"], "3.1.0");
        let mut seen = Vec::new();
        let mut ask =
            async |method: Method, path: &str, person: u64, ticket: Option<&str>, body: &'static str| {
                let request = wire.of(person, method.clone(), path, ticket).header("idempotency-key", 7);
                let answer = sent(request.body(body)).await;
                contract.hold(&method, path, &answer);
                seen.push(answer.1["reply"].as_str().unwrap_or("problem").to_owned());
                answer.1
            };
        let (get, post) = (Method::GET, Method::POST);
        // Somebody whom the register of residents knows.
        let one = scenario(WIDE, "1").unwrap().cohorts[0].person(1).0;
        let entered = ask(post.clone(), "/waiting-room", one, None, "").await;
        let ticket = entered["ticket"].as_str();
        ask(post.clone(), "/waiting-room", 2, None, "").await;
        ask(get.clone(), "/waiting-room", one, ticket, "").await;
        ask(get.clone(), "/centres", one, ticket, "").await;
        ask(post.clone(), "/identity?provider=0", one, ticket, "").await;
        for path in ["/eligibility", "/centres", "/slots?centre=0", "/bookings"] {
            ask(get.clone(), path, one, ticket, "").await;
        }
        ask(post.clone(), "/holds", one, ticket, "not a slot").await;
        ask(post.clone(), "/holds", one, ticket, r#"{"centre":60000,"day":0}"#).await;
        ask(post.clone(), "/holds", one, ticket, r#"{"centre":0,"day":0}"#).await;
        ask(post.clone(), "/bookings", one, ticket, r#"{"centre":0,"day":0}"#).await;
        ask(get.clone(), "/bookings", one, ticket, "").await;
        ask(get.clone(), "/slots", one, ticket, "").await;
        ask(get.clone(), "/bookings", one, Some("of the wrong kind"), "").await;
        ask(Method::DELETE, "/waiting-room", one, ticket, "").await;
        ask(get.clone(), "/bookings", one, ticket, "").await;
        for kind in [
            "admitted",
            "waiting",
            "identified",
            "eligible",
            "centres",
            "slots",
            "held",
            "taken",
            "booked",
            "not_booked",
            "left",
            "refused",
            "problem",
        ] {
            assert!(seen.iter().any(|reply| reply == kind), "{kind} was not tried: {seen:?}");
        }
        for path in ["/health", "/about", "/account"] {
            contract.hold(&get, path, &sent(wire.request(Method::GET, path)).await);
        }
        assert!(
            contract.0["paths"]["/metrics"]["get"]["responses"]["200"]["content"]["text/plain"].is_object()
        );
    });
    server.stop();
}

/// Our own client asks for what the document describes, with every header that it names.
#[test]
fn the_client_and_the_document_agree_on_routes() {
    let server = open(WIDE);
    let transport = HttpTransport::new(&format!("http://{}", server.address())).unwrap();
    block_on(async {
        let (_, text) = Wire::to(&server).get("/openapi.json").await;
        let document: Value = serde_json::from_str(&text).unwrap();
        let described =
            document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap());
        let described = described.filter_map(|(_, operation)| operation["operationId"].as_str());
        let described: Vec<&str> = described.collect();
        let slot = base::protocol::Slot { centre: 0, day: 0 };
        for ask in [
            Ask::Enter,
            Ask::Poll,
            Ask::Identify { provider: 0 },
            Ask::Eligibility,
            Ask::Centres,
            Ask::Slots { centre: 0 },
            Ask::Hold { slot },
            Ask::Book { key: 1, slot },
            Ask::Lookup,
            Ask::Leave,
        ] {
            assert!(described.contains(&ask.operation().name()));
            let ticket = Some(Ticket { number: 3, mac: 1 });
            let call = Call { ticket, ask, ..enter(1, 3, 0x0102_0304) };
            let reply = answered(&transport, call).await;
            let refused = Reply::Refused { reason: Refusal::NoTicket };
            let let_in = ask == Ask::Enter && matches!(reply, Reply::Admitted { .. });
            assert!(let_in || reply == refused, "{}: {reply:?}", ask.operation().name());
        }
        assert_eq!(described.len(), Operation::COUNT + 5);
    });
    server.stop();
}
