//! The account of a whole site, from which reports about it are written: the rules' own account of the
//! waiting room, what visitors held open, and what each station did.

use crate::connections;
use crate::rules::account::{LineAccount, Row};
use crate::site::Site;
use base::histogram::Durations;
use base::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The account of a site, as it is written from: totals, by window, and a row per interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SiteAccount {
    /// The scenario time at which it was taken.
    pub at: Timestamp,
    /// The line over the whole span.
    pub line: Line,
    /// The line of each window that has opened, in order.
    pub windows: Vec<Line>,
    /// Tickets issued, also those admitted at once.
    pub tickets: u64,
    /// Tickets admitted.
    pub admissions: u64,
    /// Sessions in progress now.
    pub sessions: u64,
    /// The session cap; none where the waiting room does not hold people back.
    pub sessions_cap: Option<u64>,
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
    /// How busy each station was, by finished interval.
    pub utilisation: Vec<Vec<f32>>,
    /// What each station did.
    pub stations: Vec<StationAccount>,
}

/// The account of the line over a span of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// The largest queue depth; 0 means that nobody queued.
    pub peak: u64,
    /// When it was first reached.
    pub peak_at: Timestamp,
    /// The first instant after the peak with an empty line.
    pub drained_at: Option<Timestamp>,
    /// The most sessions at once.
    pub sessions_peak: u64,
    /// From issue to admission: histogram counts by nanoseconds.
    pub waits: Vec<(u64, u64)>,
    /// The sum of those waits, in nanoseconds.
    pub waited: u64,
    /// Shown over actual wait: histogram counts, where 10⁹ is a ratio of 1.
    pub shown_over_actual: Vec<(u64, u64)>,
    /// Tickets given back or expired in line.
    pub left: u64,
    /// Tickets still in line when the window closed.
    pub closed_out: u64,
}

impl Line {
    fn of(account: &LineAccount) -> Self {
        Self {
            peak: account.peak.depth,
            peak_at: account.peak.at,
            drained_at: account.drained_at,
            sessions_peak: account.sessions_peak,
            waits: counts(&account.waits),
            waited: account.waited.0,
            shown_over_actual: counts(&account.shown_over_actual),
            left: account.left + account.expired,
            closed_out: account.closed_out,
        }
    }
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
    pub queue: u64,
    /// Worker time that was there, in seconds.
    pub offered_s: f64,
    /// Share of it spent working.
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
            offered_s: reading.offered_s,
            utilisation: reading.utilisation,
            waits: counts(&reading.waits),
            refused: reading.refused,
        });
        Self {
            at: now,
            line: Line::of(account.whole()),
            windows: account.windows().iter().map(Line::of).collect(),
            tickets: total.tickets,
            admissions: total.admissions,
            sessions: rules.sessions(),
            sessions_cap: rules.session_cap(),
            still_waiting: account.still_waiting(),
            bookings: rules.slots().bookings(),
            connections: door.connections(),
            refusals: refusals.collect(),
            rows: account.rows().to_vec(),
            utilisation: site.utilisation().rows().to_vec(),
            stations: stations.collect(),
        }
    }
}

/// A histogram as pairs of value and count.
fn counts(histogram: &Durations) -> Vec<(u64, u64)> {
    histogram.iter_recorded().map(|step| (step.value_iterated_to(), step.count_at_value())).collect()
}
