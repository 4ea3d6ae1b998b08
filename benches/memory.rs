//! The most memory that a million waiting visits take in the driver, and a million tickets in the waiting
//! room; each in a process of its own, since peaks belong to processes.
//!
//! `cargo bench --package openrush --bench memory`
//!
//! Goals: 512 MiB for the visits, 256 MiB more for the tickets.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

#[path = "common/crowd.rs"]
mod crowd;

use base::calendar::Born;
use base::draw::Seed;
use base::grid::Grid;
use base::protocol::{Ask, Call, Operation, PersonId, Reply, Ticket};
use base::province::Regions;
use base::register::Register;
use base::time::{Nanos, Timestamp};
use base::units::Rate;
use crowd::{FROM, driven, evenly, journey};
use openrush::arrivals::Schedule;
use openrush::clock::VirtualTimer;
use openrush::record::Tag;
use openrush::scenario::Slice;
use openrush::scenario::resolve::{self, Choices};
use openrush::target::scripted::ScriptedTransport;
use reference_server::rules::window::Window;
use reference_server::rules::{Config, waiting_room};
use reference_server::site::Site;
use reference_server::stations::Layout;
use std::process::Command;

const MILLION: u64 = 1_000_000;
/// People aged 18 to 49.
const SCHEDULED: u64 = 17_773_190;

fn main() {
    let what = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    match what.as_deref() {
        Some("nothing") => tell(MILLION),
        Some("visits") => tell(waiting_visits()),
        Some("tickets") => tell(tickets()),
        Some("arrivals") => tell(arrivals() / SCHEDULED * MILLION),
        _ => table(),
    }
}

/// Runs each in a process of its own.
fn table() {
    let nothing = peak_mib_of("nothing");
    println!("peak memory, MiB");
    println!("{SCHEDULED} arrivals, streamed {:>6.1}", peak_mib_of("arrivals"));
    for (what, goal) in [("visits", 512), ("tickets", 256)] {
        let peak = peak_mib_of(what);
        println!(
            "a million {what:<8} {peak:>7.1}, {:>7.1} more than an idle process (goal: {goal})",
            peak - nothing
        );
    }
}

fn peak_mib_of(what: &str) -> f64 {
    let program = std::env::current_exe().expect("a process knows its program");
    let output = Command::new(program).arg(what).output().expect("a program can be run");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim()
        .parse()
        .unwrap_or_else(|_| panic!("{what} printed {text} {}", String::from_utf8_lossy(&output.stderr)))
}

/// Prints this process's peak, if `count` of what was to be there is there.
fn tell(count: u64) {
    assert_eq!(count, MILLION);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: Option<f64> = peak.and_then(|line| line.split_whitespace().next()?.parse().ok());
    println!("{:.3}", kib.unwrap_or(f64::NAN) / 1_024.0);
}

/// A million visits come within a second, learn that they are in line, poll once, and wait on.
fn waiting_visits() -> u64 {
    let timer = VirtualTimer::starting(FROM);
    let script = |_, call: &Call| {
        let ticket = Ticket { number: call.person.0, mac: 0 };
        (Reply::Waiting { ticket, ahead: call.person.0, poll_after: Nanos::from_secs(2) }, Nanos::ZERO)
    };
    let transport = ScriptedTransport::new(script, timer.clone());
    let journey = journey([Operation::Enter]);
    let until = FROM + Nanos::from_secs(4);
    let arrivals = evenly(FROM, MILLION, Nanos(1_000));
    let recorder = timer.run(driven(arrivals, until, &journey, timer.clone(), transport));
    // Each entered and polled once; the third call would be at the end.
    recorder.total(Tag::Lag).map_or(0, |lag| lag.len() / 2)
}

/// Everybody aged 18 to 49 in one schedule, of whom nobody is kept.
fn arrivals() -> u64 {
    let text = format!(
        "
name: everybody
timezone: Asia/Seoul
cohorts: {{ all: {{ people: {SCHEDULED}, born: 1972-01-01..2003-12-31 }} }}
windows: [{{ name: all, opens: 2021-08-09T20:00, closes: 2021-08-19T18:00, admits: [all] }}]
arrivals: [{{ decay: {{ share: 60%, tau: 58m42s }} }}, {{ diurnal: {{ share: 40% }} }}]
"
    );
    let scenario = resolve::scenario(&text, &Choices::default()).expect("the scenario is one");
    let Slice { from, until } = scenario.slice;
    Schedule::new(&scenario.parts, from, until).count() as u64
}

/// A million tickets in the line of the whole site.
fn tickets() -> u64 {
    let (opens, day) = (Timestamp(0), Nanos::from_secs(86_400));
    let room = waiting_room::Settings {
        windows: vec![Window {
            opens,
            closes: opens + day,
            cohorts: vec![(0, Born::ANYBODY)],
            regions: Regions::KOREA,
        }],
        enforced: true,
        admit: Rate { count: 1, per: day },
        burst: Nanos::ZERO,
        sessions: 1,
        session_limit: day,
        ticket_ttl: day,
        poll_front: Nanos::from_secs(2),
        poll_back: Nanos::from_secs(10),
    };
    let rules = Config {
        waiting_room: room,
        register: Register::default(),
        days: 1,
        centres: Vec::new(),
        places: vec![1],
        hold_for: day,
        account: Grid::even(opens, day, 1),
    };
    let layout = Layout { stations: Vec::new(), chains: Default::default() };
    let mut site = Site::new(rules, layout, Seed(1));
    let waiting = (0..MILLION).filter(|person| {
        let call =
            Call { person: PersonId(*person), device: 0, address: 0, nth: 0, ticket: None, ask: Ask::Enter };
        let reply = site.arrive(opens, *person, &call, &mut Vec::new());
        matches!(reply, Some(Reply::Waiting { .. }))
    });
    waiting.count() as u64
}
