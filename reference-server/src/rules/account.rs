//! The rules' own account of the waiting room: what was true when, to the nanosecond.
//!
//! Reports about the reference target are written from this account, not from what clients saw.

use base::histogram::{self, Durations};
use base::time::{Nanos, Timestamp};

/// What happened in one interval and how things stood at its end.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub struct Row {
    /// Tickets issued and neither admitted, expired nor returned, at the end of the interval.
    pub depth: u64,
    /// Sessions in progress at the end of the interval.
    pub sessions: u64,
    /// Tickets issued during the interval, also those admitted at once.
    pub tickets: u64,
    /// Admissions during the interval.
    pub admissions: u64,
    /// Bookings made during the interval.
    pub bookings: u64,
}

/// The account of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    interval: Nanos,
    until: Timestamp,
    /// Whether the end has been reached; nothing is counted any more.
    closed: bool,
    current_end: Timestamp,
    current: Row,
    rows: Vec<Row>,
    peak: Peak,
    drained_at: Option<Timestamp>,
    sessions_peak: u64,
    waits: Durations,
    waited: Nanos,
    /// Tickets given back while in line.
    left: u64,
    /// Tickets whose owner stayed away.
    expired: u64,
}

/// The largest depth and when it was first reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peak {
    /// Tickets in line.
    pub depth: u64,
    /// When.
    pub at: Timestamp,
}

impl Account {
    /// An empty account of `[from, until)`.
    pub fn new(from: Timestamp, until: Timestamp, interval: Nanos) -> Self {
        Self {
            interval,
            until,
            closed: false,
            current_end: (from + interval).min(until),
            current: Row::default(),
            rows: Vec::new(),
            peak: Peak { depth: 0, at: from },
            drained_at: None,
            sessions_peak: 0,
            waits: histogram::durations(),
            waited: Nanos::ZERO,
            left: 0,
            expired: 0,
        }
    }

    /// Closes every interval that ends at or before `now`, and at its end the account.
    pub fn pass_to(&mut self, now: Timestamp) {
        while !self.closed && self.current_end <= now {
            self.rows.push(self.current);
            self.current.tickets = 0;
            self.current.admissions = 0;
            self.current.bookings = 0;
            self.closed = self.current_end == self.until;
            self.current_end = (self.current_end + self.interval).min(self.until);
        }
    }

    pub(super) fn issued(&mut self) {
        if self.closed {
            return;
        }
        self.current.tickets += 1;
    }

    pub(super) fn depth(&mut self, now: Timestamp, depth: u64) {
        if self.closed {
            return;
        }
        self.current.depth = depth;
        if depth > self.peak.depth {
            self.peak = Peak { depth, at: now };
            self.drained_at = None;
        } else if depth == 0 && self.peak.depth > 0 && self.drained_at.is_none() {
            self.drained_at = Some(now);
        }
    }

    pub(super) fn admitted(&mut self, wait: Nanos) {
        if self.closed {
            return;
        }
        self.current.admissions += 1;
        histogram::record(&mut self.waits, wait);
        self.waited = self.waited + wait;
    }

    pub(super) fn sessions(&mut self, inside: u64) {
        if self.closed {
            return;
        }
        self.current.sessions = inside;
        self.sessions_peak = self.sessions_peak.max(inside);
    }

    pub(super) fn booked(&mut self) {
        if self.closed {
            return;
        }
        self.current.bookings += 1;
    }

    pub(super) fn left_line(&mut self) {
        if self.closed {
            return;
        }
        self.left += 1;
    }

    pub(super) fn expired_in_line(&mut self) {
        if self.closed {
            return;
        }
        self.expired += 1;
    }

    /// The finished intervals, the first beginning where the account began.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Tickets issued, admissions and bookings so far, the interval in progress included; depth and
    /// sessions as they stand.
    pub fn total(&self) -> Row {
        self.rows.iter().fold(self.current, |sum, row| Row {
            tickets: sum.tickets + row.tickets,
            admissions: sum.admissions + row.admissions,
            bookings: sum.bookings + row.bookings,
            ..sum
        })
    }

    /// The largest depth; `depth` 0 means that nobody ever queued.
    pub fn peak(&self) -> Peak {
        self.peak
    }

    /// The first instant after the peak with an empty line; none if no line formed or it never emptied.
    pub fn drained_at(&self) -> Option<Timestamp> {
        self.drained_at
    }

    /// The most sessions at once.
    pub fn sessions_peak(&self) -> u64 {
        self.sessions_peak
    }

    /// From issue to admission, of admitted tickets.
    pub fn waits(&self) -> &Durations {
        &self.waits
    }

    /// The sum of those waits, exactly.
    pub fn waited(&self) -> Nanos {
        self.waited
    }

    /// Tickets given back while in line.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Tickets that expired in line.
    pub fn expired(&self) -> u64 {
        self.expired
    }

    /// Tickets in line now.
    pub fn still_waiting(&self) -> u64 {
        self.current.depth
    }
}
