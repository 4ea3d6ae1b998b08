//! Turns a scenario into the reference server's configuration, at the scale of the run.
//!
//! Rates, caps and slots shrink with the crowd; durations and limits per person do not. A station's W
//! workers become W' = max(1, round(W f)) and its service time is multiplied by W' / (W f), so that its
//! throughput shrinks by exactly f.

use crate::scenario::document::{ServiceState, StationEntry, StationName};
use crate::scenario::timeline::{Event, Happening};
use crate::scenario::{self, Scenario};
use base::apportion::largest_remainder;
use base::protocol::Operation;
use base::province::Province;
use base::register::Register;
use base::time::Timestamp;
use reference_server::rules::waiting_room::Settings;
use reference_server::rules::window::Window;
use reference_server::rules::{Centres, Config, RoomChange, limits};
use reference_server::site::Site;
use reference_server::stations::{Layout, Stage, Station, StationChange};
use reference_server::timeline::{Change, Timeline};
use reference_server::{connections, door};

/// The reference site of a scenario, with nobody in it.
pub fn site(scenario: &Scenario) -> Site {
    let staff = Staff::of(scenario);
    let layout = Layout { stations: staff.stations(), chains: chains(staff.providers.len()) };
    let timeline = staff.timeline(&scenario.timeline);
    Site::with_door(door(scenario), rules(scenario), layout, timeline, scenario.seed)
}

/// The limit of connections is shared by the crowd and shrinks with it; that of an address is a person's.
fn door(scenario: &Scenario) -> door::Settings {
    let connections = scenario.reference.connections.as_ref();
    let per_address = scenario.reference.per_address.as_ref();
    door::Settings {
        connections: connections.map_or_else(connections::Settings::default, |entry| connections::Settings {
            limit: Some(scenario.scale.of(entry.limit.value.0)),
            keep_alive: entry.keep_alive.value,
        }),
        per_address: per_address.map(|entry| limits::Settings { rate: entry.rate.value, burst: entry.burst }),
    }
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
            windows: scenario.windows.iter().map(|window| open_to(window, scenario)).collect(),
            enforced: room.enforced,
            admit: room.admit.value.scaled(scale),
            burst: room.burst.value,
            sessions: scale.of(room.sessions.value.0),
            session_limit: room.session_limit.value,
            ticket_ttl: room.ticket_ttl.value,
            poll_front: room.poll.front,
            poll_back: room.poll.back,
        },
        register: Register::new(scenario.cohorts.iter().map(|cohort| cohort.listed.clone()).collect()),
        days: slots.days.value.0 as u8,
        centres: centres(slots.centres.value.0 as u16),
        places: places.into_iter().map(|places| places.max(1) as u32).collect(),
        hold_for: slots.hold_for.value,
        account: scenario.grid.clone(),
    }
}

fn open_to(window: &scenario::Window, scenario: &Scenario) -> Window {
    let cohorts = window.cohorts.iter().map(|place| {
        let cohort = &scenario.cohorts[usize::from(*place)];
        (cohort.tag, cohort.listed.born())
    });
    let scenario::Window { opens, closes, regions, .. } = *window;
    Window { opens, closes, cohorts: cohorts.collect(), regions }
}

/// The centres of each province, in proportion to the real ones; fewer than one for each province serve the
/// whole country.
fn centres(count: u16) -> Vec<Centres> {
    let provinces = Province::ALL;
    if usize::from(count) < provinces.len() {
        return provinces.iter().map(|province| Centres { province: *province, first: 0, count }).collect();
    }
    let others = u64::from(count) - provinces.len() as u64;
    let weights: Vec<f64> = provinces.iter().map(|province| (province.health_centres() - 1) as f64).collect();
    let mut first = 0;
    let range = |(province, more): (&Province, u64)| {
        let count = 1 + more as u16;
        let centres = Centres { province: *province, first, count };
        first += count;
        centres
    };
    provinces.iter().zip(largest_remainder(others, &weights)).map(range).collect()
}

/// The stations' servers at full size, before and after what the timeline does to them.
struct Staff<'a> {
    scenario: &'a Scenario,
    /// The identity providers with their shares; one without a name where there is only one.
    providers: Vec<(Option<&'a str>, f64)>,
}

impl<'a> Staff<'a> {
    fn of(scenario: &'a Scenario) -> Self {
        let named = &scenario.reference.identity_providers;
        let mut providers: Vec<_> =
            named.iter().map(|(name, share)| (Some(name.as_str()), share.value.0)).collect();
        if providers.is_empty() {
            providers.push((None, 1.0));
        }
        Self { scenario, providers }
    }

    /// The stations of one name, each with its share of the workers.
    fn shares(&self, name: StationName) -> Vec<(String, f64)> {
        if name != StationName::Identity {
            return vec![(name.name().to_owned(), 1.0)];
        }
        let station = |(provider, share): &(Option<&str>, f64)| {
            let suffix = provider.map(|provider| format!("-{provider}")).unwrap_or_default();
            (format!("{}{suffix}", name.name()), *share)
        };
        self.providers.iter().map(station).collect()
    }

    fn stations(&self) -> Vec<Station> {
        let all = StationName::ALL.into_iter().flat_map(|name| {
            let entry = self.scenario.reference.stations.of(name);
            let station = move |(name, share): (String, f64)| {
                let StationChange { workers, service, queue } =
                    scaled(entry, entry.servers, 1.0, share * self.scenario.scale.factor());
                Station { name, workers, service, queue, timeout: entry.timeout }
            };
            self.shares(name).into_iter().map(station)
        });
        all.collect()
    }

    /// The place of the first station of that name in the layout.
    fn place(&self, name: StationName) -> usize {
        let before = StationName::ALL.into_iter().take_while(|other| *other != name);
        before.map(|other| self.shares(other).len()).sum()
    }

    fn timeline(&self, events: &[Event]) -> Timeline {
        let mut state = StationName::ALL.map(|name| (self.scenario.reference.stations.of(name).servers, 1.0));
        let mut changes = Vec::new();
        for Event { at, what } in events {
            let mut room = |change| changes.push((*at, Change::Room(change)));
            match what {
                Happening::Admit(rate) => room(RoomChange::Admit(rate.scaled(self.scenario.scale))),
                Happening::Sessions(cap) => room(RoomChange::Sessions(self.scenario.scale.of(cap.0))),
                Happening::Service(service) => {
                    room(RoomChange::Suspended(*service == ServiceState::Suspended));
                }
                Happening::Servers(name, more) => {
                    let (servers, times) = &mut state[*name as usize];
                    *servers = (i64::from(*servers) + more).clamp(0, i64::from(u32::MAX)) as u32;
                    changes.extend(self.changed(*at, *name, *servers, *times));
                }
                Happening::Slow(name, factor) => {
                    let (servers, times) = &mut state[*name as usize];
                    *times = *factor;
                    changes.extend(self.changed(*at, *name, *servers, *times));
                }
                Happening::Mark(_) => {}
            }
        }
        Timeline::new(changes)
    }

    fn changed(
        &self,
        at: Timestamp,
        name: StationName,
        servers: u32,
        times: f64,
    ) -> Vec<(Timestamp, Change)> {
        let entry = self.scenario.reference.stations.of(name);
        let first = self.place(name);
        let change = |(nth, (_, share)): (usize, (String, f64))| {
            let change = scaled(entry, servers, times, share * self.scenario.scale.factor());
            (at, Change::Station(first + nth, change))
        };
        self.shares(name).into_iter().enumerate().map(change).collect()
    }
}

/// The stations that an operation passes, by name.
pub fn stations_of(scenario: &Scenario, operation: Operation) -> Vec<String> {
    let staff = Staff::of(scenario);
    let (stations, chains) = (staff.stations(), chains(staff.providers.len()));
    let passed = chains[operation.index()].iter().flat_map(|stage| {
        let beside = usize::from(stage.alternatives.max(1));
        &stations[stage.station..stage.station + beside]
    });
    passed.map(|station| station.name.clone()).collect()
}

/// Every protected operation holds a web worker. Identity is proven at the provider; everything else
/// needs a database connection, and look-ups keep it while the look-up itself is served.
fn chains(providers: usize) -> [Vec<Stage>; Operation::COUNT] {
    let (web, pool, identity) = (0, 1, 2);
    let slots = identity + providers;
    let mut chains: [Vec<Stage>; Operation::COUNT] = Default::default();
    let provider = Stage { station: identity, alternatives: providers as u8, held: false };
    chains[Operation::Identify.index()] = vec![Stage::alone(web, true), provider];
    for operation in [Operation::Eligibility, Operation::Hold, Operation::Book, Operation::Lookup] {
        chains[operation.index()] = vec![Stage::alone(web, true), Stage::alone(pool, false)];
    }
    for operation in [Operation::Centres, Operation::Slots] {
        chains[operation.index()] =
            vec![Stage::alone(web, true), Stage::alone(pool, true), Stage::alone(slots, false)];
    }
    chains
}

/// A station of so many servers whose work takes so many `times` as long, reduced by `factor`.
fn scaled(entry: &StationEntry, servers: u32, times: f64, factor: f64) -> StationChange {
    let exact = f64::from(servers) * f64::from(entry.workers) * factor;
    let queue = libm::round(f64::from(servers) * f64::from(entry.queue) * factor).max(1.0);
    if servers == 0 {
        return StationChange { workers: 0, service: entry.service.value, queue: 0 };
    }
    let workers = libm::round(exact).max(1.0);
    StationChange {
        workers: workers as u32,
        service: entry.service.value.stretched(times * workers / exact),
        queue: queue.min(f64::from(u32::MAX)) as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_province_has_its_centres() {
        let all = centres(258);
        assert!(all.iter().all(|centres| u64::from(centres.count) == centres.province.health_centres()));
        let last = all.last().unwrap();
        assert_eq!(last.first + last.count, 258);
        let few = centres(40);
        assert!(few.iter().all(|centres| centres.count >= 1));
        assert!(centres(3).iter().all(|centres| (centres.first, centres.count) == (0, 3)));
    }
}
