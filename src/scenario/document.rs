//! The scenario file as people write it. Unknown keys are errors; what is left out has the default that
//! is stated here and is written out in the resolved scenario.

use crate::arrivals::Profile;
use base::calendar::Born;
use base::law::{Ends, Law, MeanCv};
use base::protocol::Operation;
use base::province::Regions;
use base::quantity::{Demand, Kind, Quantity};
use base::time::Nanos;
use base::units::{Connections, Devices, People, Rate, Scale, Sessions, Share, Speed};
use schemars::JsonSchema;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// A whole scenario file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "a scenario: a mapping with name, timezone, cohorts, windows, arrivals"
)]
pub struct Document {
    /// What the scenario is called.
    pub name: String,
    /// The time zone of every time in the file, such as `Asia/Seoul`.
    pub timezone: String,
    /// The seed of every draw.
    #[serde(default)]
    pub seed: u64,
    /// Who comes, by name.
    #[serde(deserialize_with = "each_once")]
    pub cohorts: BTreeMap<String, CohortEntry>,
    /// When booking is open.
    pub windows: Vec<WindowEntry>,
    /// How the cohorts' people spread over the window; the shares add up to 100 %.
    pub arrivals: Vec<Profile>,
    /// What people do.
    #[serde(default)]
    pub journey: JourneyEntry,
    /// What they visit.
    #[serde(default)]
    pub target: TargetEntry,
    /// What happens to the target during the run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<TimelineEntry>,
    /// What a run takes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
    /// What "good" means.
    #[serde(default)]
    pub objectives: Vec<String>,
}

impl Document {
    /// Takes the ends of the ranges of everything that makes up the demand: who comes, when, and how they
    /// behave. Ranges of the target are not demand, and its values stay.
    pub(super) fn choose(&mut self, demand: Demand) {
        for cohort in self.cohorts.values_mut() {
            cohort.people.choose(demand);
            cohort.show_up.choose(demand);
            cohort.devices.choose(demand);
        }
        for window in &mut self.windows {
            window.come.choose(demand);
        }
        for profile in &mut self.arrivals {
            profile.choose(demand);
        }
        let journey = &mut self.journey;
        journey.patience.choose(demand);
        journey.deadline.choose(demand);
        journey.retry.backoff.choose(demand);
        journey.refresh_after.iter_mut().for_each(|after| after.choose(demand));
        journey.returns.choose(demand);
        for law in journey.think.values_mut() {
            law.choose(demand);
        }
    }
}

/// A counted set of people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CohortEntry {
    /// How many are eligible.
    pub people: Quantity<People>,
    /// How many of them come at all.
    #[serde(default = "everybody")]
    pub show_up: Quantity<Share>,
    /// When they were born.
    #[serde(default = "anybody")]
    pub born: Born,
    /// Where they live, spread by residents.
    #[serde(default = "anywhere")]
    pub regions: Regions,
    /// With how many devices each of them comes, on average.
    #[serde(default = "one_device")]
    pub devices: Quantity<Devices>,
    /// How they share client addresses.
    #[serde(default)]
    pub addresses: AddressesEntry,
}

/// How people share client addresses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AddressesEntry {
    /// How many people have an address of their own.
    pub alone: Quantity<Share>,
    /// How many of the others share one.
    pub shared_by: Quantity<People>,
}

impl Default for AddressesEntry {
    fn default() -> Self {
        Self { alone: assumed(Share(0.5)), shared_by: assumed(People(200)) }
    }
}

/// A mapping in which no key stands twice: the last would silently win.
fn each_once<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord + std::fmt::Debug,
    V: Deserialize<'de>,
{
    struct EachOnce<K, V>(PhantomData<(K, V)>);
    impl<'de, K, V> Visitor<'de> for EachOnce<K, V>
    where
        K: Deserialize<'de> + Ord + std::fmt::Debug,
        V: Deserialize<'de>,
    {
        type Value = BTreeMap<K, V>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a mapping")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut read = BTreeMap::new();
            while let Some(key) = map.next_key::<K>()? {
                if read.contains_key(&key) {
                    return Err(A::Error::custom(format!("{key:?} stands twice in this mapping")));
                }
                read.insert(key, map.next_value()?);
            }
            Ok(read)
        }
    }
    deserializer.deserialize_map(EachOnce(PhantomData))
}

fn anybody() -> Born {
    Born::ANYBODY
}

fn anywhere() -> Regions {
    Regions::KOREA
}

fn one_device() -> Quantity<Devices> {
    assumed(Devices(1.0))
}

fn everybody() -> Quantity<Share> {
    Quantity::plain(Share(1.0))
}

/// An interval in which booking is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowEntry {
    /// Its name.
    pub name: String,
    /// When it opens, such as `2021-08-02T20:00`.
    pub opens: Quantity<String>,
    /// When it closes.
    pub closes: Quantity<String>,
    /// Which cohorts it admits.
    pub admits: Vec<String>,
    /// Where people must live.
    #[serde(default = "anywhere")]
    pub regions: Regions,
    /// How many of the people whom it admits, and who have not come in an earlier window, come in this one.
    /// The others wait for a later one; whoever is left comes in the last that admits them.
    #[serde(default = "everybody")]
    pub come: Quantity<Share>,
}

/// The journey and its habits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct JourneyEntry {
    /// Which journey; there is one, `booking`.
    #[serde(rename = "use")]
    pub name: JourneyName,
    /// How long people are willing to stand in line or to struggle with a failing service.
    pub patience: Quantity<Law>,
    /// How long they look at a page that does not answer before they count it as failed.
    pub deadline: Quantity<Nanos>,
    /// How long they look at it before they load it again; left out, they wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_after: Option<Quantity<Nanos>>,
    /// What they do when the service fails.
    pub retry: RetryEntry,
    /// How many other slots they try when one is taken.
    pub choices: u8,
    /// How many of those who got nothing return in a later window that admits them.
    pub returns: Quantity<Share>,
    /// How long they think before each step; steps left out are taken at once.
    #[serde(deserialize_with = "each_once")]
    #[schemars(schema_with = "super::schema::think")]
    pub think: BTreeMap<Operation, Quantity<Law>>,
}

/// The journeys there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum JourneyName {
    /// Through the waiting room to a booking.
    #[default]
    Booking,
}

/// Trying again after a failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetryEntry {
    /// How often, before giving up.
    pub attempts: u8,
    /// The pause before the first.
    pub backoff: Quantity<Nanos>,
    /// Whether each further pause is twice as long (`doubling`) or alike (`constant`), as when people click
    /// again and again.
    pub growth: GrowthName,
}

/// How the pauses between tries grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GrowthName {
    /// Each is twice as long as the one before.
    #[default]
    Doubling,
    /// All are alike.
    Constant,
}

impl Default for RetryEntry {
    fn default() -> Self {
        Self { attempts: 3, backoff: assumed(Nanos::from_secs(2)), growth: GrowthName::default() }
    }
}

impl Default for JourneyEntry {
    fn default() -> Self {
        let about = |seconds| Law::Lognormal(MeanCv { mean: Nanos::from_secs(seconds), cv: 0.5 });
        Self {
            name: JourneyName::Booking,
            patience: assumed(Law::Lognormal(MeanCv { mean: Nanos::from_secs(30 * 60), cv: 0.7 })),
            deadline: assumed(Nanos::from_secs(30)),
            refresh_after: None,
            retry: RetryEntry::default(),
            choices: 5,
            returns: assumed(Share(0.0)),
            think: [
                (Operation::Identify, assumed(about(45))),
                (Operation::Centres, assumed(about(20))),
                (Operation::Slots, assumed(about(15))),
                (Operation::Hold, assumed(about(25))),
                (Operation::Book, assumed(about(30))),
                (
                    Operation::Leave,
                    assumed(Law::Uniform(Ends { from: Nanos::from_secs(2), to: Nanos::from_secs(15) })),
                ),
            ]
            .into(),
        }
    }
}

fn assumed<T>(value: T) -> Quantity<T> {
    Quantity { kind: Some(Kind::Assumption), ..Quantity::plain(value) }
}

/// What is visited.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TargetEntry {
    /// The bundled reference booking server.
    pub reference: Reference,
}

/// The reference booking server at full size.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reference {
    /// The waiting room.
    pub waiting_room: WaitingRoom,
    /// The stations behind it.
    pub stations: Stations,
    /// The identity providers, each with the share of people who go to it first. They share the workers of
    /// the `identity` station by these shares, and each has a queue of its own. Left out, there is one.
    #[serde(deserialize_with = "each_once", skip_serializing_if = "BTreeMap::is_empty")]
    pub identity_providers: BTreeMap<String, Quantity<Share>>,
    /// What can be booked.
    pub slots: SlotsEntry,
    /// The limit of connections; without it there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<ConnectionsEntry>,
    /// The limit of each client address; without it there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_address: Option<PerAddressEntry>,
}

/// The limit of connections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionsEntry {
    /// The most open at once, at full size.
    pub limit: Quantity<Connections>,
    /// How long one stays open after its last answer.
    #[serde(default = "ConnectionsEntry::default_keep_alive")]
    pub keep_alive: Quantity<Nanos>,
}

impl ConnectionsEntry {
    fn default_keep_alive() -> Quantity<Nanos> {
        assumed(Nanos::from_secs(15))
    }
}

/// The limit of each client address, whatever the scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PerAddressEntry {
    /// Calls per time.
    pub rate: Quantity<Rate>,
    /// How many calls may come at once after an idle spell, at least 1.
    pub burst: u32,
}

/// The waiting room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WaitingRoom {
    /// Whether people have to wait at all. If not, whoever comes is inside at once, and neither the admission
    /// rate nor the session cap holds.
    pub enforced: bool,
    /// Admissions per time.
    pub admit: Quantity<Rate>,
    /// How much unused admission rate is kept for later.
    pub burst: Quantity<Nanos>,
    /// The most sessions at once.
    pub sessions: Quantity<Sessions>,
    /// How long a session lasts if it is not given back.
    pub session_limit: Quantity<Nanos>,
    /// How long a ticket survives without a poll.
    pub ticket_ttl: Quantity<Nanos>,
    /// How often people in line ask.
    pub poll: Poll,
}

/// The poll interval by place in line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Poll {
    /// For whoever is about to be admitted.
    pub front: Nanos,
    /// For whoever is far back.
    pub back: Nanos,
}

impl Default for Poll {
    fn default() -> Self {
        Self { front: Nanos::from_secs(2), back: Nanos::from_secs(10) }
    }
}

impl Default for WaitingRoom {
    fn default() -> Self {
        Self {
            enforced: true,
            admit: assumed(Rate { count: 280, per: Nanos::from_secs(1) }),
            burst: assumed(Nanos::from_secs(1)),
            sessions: assumed(Sessions(60_000)),
            session_limit: assumed(Nanos::from_secs(30 * 60)),
            ticket_ttl: assumed(Nanos::from_secs(60)),
            poll: Poll::default(),
        }
    }
}

/// The stations, at full size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Stations {
    /// Web workers: every protected operation holds one until it is answered.
    pub web: StationEntry,
    /// The connection pool of the database.
    pub pool: StationEntry,
    /// The identity provider.
    pub identity: StationEntry,
    /// The look-up of centres and free slots.
    pub slots: StationEntry,
}

impl Stations {
    /// The stations with their names, in the order a request meets them.
    pub fn named(&self) -> [(StationName, &StationEntry); 4] {
        StationName::ALL.map(|name| (name, self.of(name)))
    }

    /// The station of that name.
    pub fn of(&self, name: StationName) -> &StationEntry {
        match name {
            StationName::Web => &self.web,
            StationName::Pool => &self.pool,
            StationName::Identity => &self.identity,
            StationName::Slots => &self.slots,
        }
    }
}

/// One station: `servers` of `workers` each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StationEntry {
    /// How many servers.
    pub servers: u32,
    /// How many pieces of work one server does at once.
    pub workers: u32,
    /// How long one piece takes.
    pub service: Quantity<Law>,
    /// How many more may wait at one server.
    #[serde(default = "StationEntry::default_queue")]
    pub queue: u32,
    /// How long one waits at most.
    #[serde(default = "StationEntry::default_timeout")]
    pub timeout: Nanos,
}

impl StationEntry {
    fn default_queue() -> u32 {
        1_000
    }

    fn default_timeout() -> Nanos {
        Nanos::from_secs(10)
    }

    fn assumed(servers: u32, workers: u32, mean_ms: u64, cv: f64) -> Self {
        let service = assumed(Law::Lognormal(MeanCv { mean: Nanos::from_millis(mean_ms), cv }));
        Self { servers, workers, service, queue: Self::default_queue(), timeout: Self::default_timeout() }
    }
}

impl Default for Stations {
    fn default() -> Self {
        Self {
            web: StationEntry::assumed(40, 50, 10, 0.5),
            pool: StationEntry::assumed(4, 40, 40, 0.5),
            identity: StationEntry::assumed(4, 80, 700, 0.6),
            slots: StationEntry::assumed(4, 20, 120, 0.8),
        }
    }
}

/// What can be booked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SlotsEntry {
    /// How many public health centres. They are spread over the provinces as the 258 real ones are, and people
    /// see those of their own; fewer than one for each province serve the whole country.
    pub centres: Quantity<People>,
    /// How many days, 1 to 64.
    pub days: Quantity<People>,
    /// Places per centre and day.
    pub places: Quantity<People>,
    /// How long a hold lasts.
    pub hold_for: Quantity<Nanos>,
}

impl Default for SlotsEntry {
    fn default() -> Self {
        Self {
            centres: assumed(People(258)),
            days: assumed(People(30)),
            places: assumed(People(200)),
            hold_for: assumed(Nanos::from_secs(600)),
        }
    }
}

/// Something that happens to the target: when, and one thing or several at that instant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimelineEntry {
    /// When: a time of day on the day of the first opening, or a date and time.
    pub at: String,
    /// How much later it takes effect, such as the time that a new server needs to start.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after: Nanos,
    /// Servers that come in addition, by station.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "super::schema::servers")]
    pub add_servers: BTreeMap<StationName, u32>,
    /// Servers that are lost, by station.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "super::schema::servers")]
    pub lose_servers: BTreeMap<StationName, u32>,
    /// Stations whose work takes so many times as long as at first; 1 mends them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "super::schema::factors")]
    pub slow: BTreeMap<StationName, f64>,
    /// Another admission rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admit: Option<Rate>,
    /// Another session cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Sessions>,
    /// The service is suspended or resumed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceState>,
    /// A note for the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(span: &Nanos) -> bool {
    *span == Nanos::ZERO
}

/// The stations' names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StationName {
    /// Web workers.
    Web,
    /// The connection pool of the database.
    Pool,
    /// The identity provider.
    Identity,
    /// The look-up of centres and free slots.
    Slots,
}

impl StationName {
    /// All of them, in the order a request meets them.
    pub const ALL: [Self; 4] = [Self::Web, Self::Pool, Self::Identity, Self::Slots];

    /// The name, as in scenarios and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Pool => "pool",
            Self::Identity => "identity",
            Self::Slots => "slots",
        }
    }
}

/// Whether the service answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ServiceState {
    /// It answers nobody; the line stands still.
    Suspended,
    /// It answers again.
    Resumed,
}

/// What a run takes of the scenario by default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// From when: a time of day on the day of the opening, or a date and time.
    pub from: String,
    /// Until when.
    pub until: String,
    /// How much the crowd is reduced.
    #[serde(default = "full")]
    pub scale: Scale,
    /// How much scenario time is compressed.
    #[serde(default = "real")]
    pub speed: Speed,
}

fn full() -> Scale {
    Scale::FULL
}

fn real() -> Speed {
    Speed::REAL
}
