//! Turns a scenario into the reference server's configuration, at the scale of the run.
//!
//! Rates, caps and slots shrink with the crowd; durations and limits per person do not. A station's W
//! workers become W' = max(1, round(W f)) and its service time is multiplied by W' / (W f), so that its
//! throughput shrinks by exactly f.

use crate::scenario::Scenario;
use crate::scenario::document::StationEntry;
use base::apportion::largest_remainder;
use base::protocol::Operation;
use base::units::Scale;
use reference_server::rules::Config;
use reference_server::rules::waiting_room::Settings;
use reference_server::site::Site;
use reference_server::stations::{Layout, Stage, Station};

/// The reference site of a scenario, with nobody in it.
pub fn site(scenario: &Scenario) -> Site {
    Site::new(rules(scenario), stations(scenario), scenario.seed)
}

fn rules(scenario: &Scenario) -> Config {
    let scale = scenario.scale;
    let room = &scenario.reference.waiting_room;
    let slots = &scenario.reference.slots;
    let cells = slots.centres.value.0 * slots.days.value.0;
    let places = scale.of(slots.places.value.0 * cells);
    let places = largest_remainder(places, &vec![1.0; cells as usize]);
    Config {
        waiting_room: Settings {
            opens: scenario.window.opens,
            closes: scenario.window.closes,
            admit: room.admit.value.scaled(scale),
            burst: room.burst.value,
            sessions: scale.of(room.sessions.value.0),
            session_limit: room.session_limit.value,
            ticket_ttl: room.ticket_ttl.value,
            poll_front: room.poll.front,
            poll_back: room.poll.back,
        },
        days: slots.days.value.0 as u8,
        places: places.into_iter().map(|places| places.max(1) as u32).collect(),
        hold_for: slots.hold_for.value,
        account_from: scenario.slice.from,
        account_until: scenario.slice.until,
        account_interval: scenario.slice.interval(),
    }
}

fn stations(scenario: &Scenario) -> Layout {
    let stations = scenario.reference.stations.named();
    Layout {
        stations: stations.iter().map(|(name, entry)| scaled(name, entry, scenario.scale)).collect(),
        chains: chains(),
    }
}

/// The stations that an operation passes, by name.
pub fn stations_of(scenario: &Scenario, operation: Operation) -> Vec<String> {
    let layout = stations(scenario);
    let passed = layout.chains[operation.index()].iter().map(|stage| &layout.stations[stage.station].name);
    passed.cloned().collect()
}

/// Every protected operation holds a web worker. Identity is proven at the provider; everything else
/// needs a database connection, and look-ups keep it while the look-up itself is served.
fn chains() -> [Vec<Stage>; Operation::COUNT] {
    let [web, pool, identity, slots] = [0, 1, 2, 3];
    let stage = |station, held| Stage { station, held };
    let mut chains: [Vec<Stage>; Operation::COUNT] = Default::default();
    chains[Operation::Identify.index()] = vec![stage(web, true), stage(identity, false)];
    for operation in [Operation::Eligibility, Operation::Hold, Operation::Book, Operation::Lookup] {
        chains[operation.index()] = vec![stage(web, true), stage(pool, false)];
    }
    for operation in [Operation::Centres, Operation::Slots] {
        chains[operation.index()] = vec![stage(web, true), stage(pool, true), stage(slots, false)];
    }
    chains
}

fn scaled(name: &str, entry: &StationEntry, scale: Scale) -> Station {
    let full = u64::from(entry.servers) * u64::from(entry.workers);
    let exact = full as f64 * scale.factor();
    let workers = libm::round(exact).max(1.0);
    Station {
        name: name.to_owned(),
        workers: workers as u32,
        service: entry.service.value.stretched(workers / exact),
        queue: u32::try_from(scale.of(u64::from(entry.servers) * u64::from(entry.queue))).unwrap_or(u32::MAX),
        timeout: entry.timeout,
    }
}
