//! The account of a whole site, from which reports about it are written: the rules' own account of the
//! waiting room, what visitors held open, and what each station did.

use crate::connections;
use crate::rules::account::Row;
use crate::site::Site;
use base::histogram::Durations;
use base::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The account of a site, as it is written from: totals, and a row per interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SiteAccount {
    /// The scenario time at which it was taken.
    pub at: Timestamp,
    /// The largest queue depth; 0 means that nobody queued.
    pub peak: u64,
    /// When it was first reached.
    pub peak_at: Timestamp,
    /// The first instant after the peak with an empty line.
    pub drained_at: Option<Timestamp>,
    /// Tickets issued, also those admitted at once.
    pub tickets: u64,
    /// Tickets admitted.
    pub admissions: u64,
    /// Sessions in progress now.
    pub sessions: u64,
    /// The most sessions at once.
    pub sessions_peak: u64,
    /// The session cap.
    pub sessions_cap: u64,
    /// From issue to admission: histogram counts by nanoseconds.
    pub waits: Vec<(u64, u64)>,
    /// The sum of those waits, in nanoseconds.
    pub waited: u64,
    /// Tickets given back or expired in line.
    pub left: u64,
    /// Tickets in line now.
    pub still_waiting: u64,
    /// Bookings that stand.
    pub bookings: u64,
    /// Connections that visitors hold open.
    pub connections: connections::Reading,
    /// Calls refused, by reason.
    pub refusals: BTreeMap<String, u64>,
    /// The finished intervals.
    pub rows: Vec<Row>,
    /// What each station did.
    pub stations: Vec<StationAccount>,
}

/// The account of one station.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StationAccount {
    /// Its name.
    pub name: String,
    /// Workers there are now.
    pub workers: u32,
    /// Workers at work now.
    pub busy: u32,
    /// Pieces of work in its queue now.
    pub queue: usize,
    /// Share of worker time spent working.
    pub utilisation: f64,
    /// Waits in its queue: histogram counts by nanoseconds.
    pub waits: Vec<(u64, u64)>,
    /// Pieces of work turned down.
    pub refused: u64,
}

impl SiteAccount {
    /// The account of `site` at `now`.
    pub fn of(site: &Site, now: Timestamp) -> Self {
        let rules = site.rules();
        let (account, door) = (rules.account(), site.door());
        let total = account.total();
        let refusals = door.refusals().iter().map(|(reason, count)| (reason.name().to_owned(), *count));
        let stations = site.floor().readings(now).into_iter().map(|reading| StationAccount {
            name: reading.name,
            workers: reading.workers,
            busy: reading.busy,
            queue: reading.queue,
            utilisation: reading.utilisation,
            waits: counts(&reading.waits),
            refused: reading.refused,
        });
        Self {
            at: now,
            peak: account.peak().depth,
            peak_at: account.peak().at,
            drained_at: account.drained_at(),
            tickets: total.tickets,
            admissions: total.admissions,
            sessions: rules.sessions(),
            sessions_peak: account.sessions_peak(),
            sessions_cap: rules.session_cap(),
            waits: counts(account.waits()),
            waited: account.waited().0,
            left: account.left() + account.expired(),
            still_waiting: account.still_waiting(),
            bookings: rules.slots().bookings(),
            connections: door.connections(),
            refusals: refusals.collect(),
            rows: account.rows().to_vec(),
            stations: stations.collect(),
        }
    }
}

/// A histogram as pairs of value and count.
fn counts(histogram: &Durations) -> Vec<(u64, u64)> {
    histogram.iter_recorded().map(|step| (step.value_iterated_to(), step.count_at_value())).collect()
}
