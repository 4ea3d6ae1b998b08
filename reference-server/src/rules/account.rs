//! The rules' own account of the waiting room: what was true when, to the nanosecond.
//!
//! Reports about the reference target are written from this account, not from what clients saw. It is kept
//! for the whole span, and for each window again.

use base::grid::Grid;
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

/// The largest depth and when it was first reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peak {
    /// Tickets in line.
    pub depth: u64,
    /// When.
    pub at: Timestamp,
}

/// The line over some span of time.
#[derive(Clone, Debug, PartialEq)]
pub struct LineAccount {
    /// The largest depth; `depth` 0 means that nobody ever queued.
    pub peak: Peak,
    /// The first instant after the peak with an empty line; none if no line formed or it never emptied.
    pub drained_at: Option<Timestamp>,
    /// The most sessions at once.
    pub sessions_peak: u64,
    /// From issue to admission, of admitted tickets.
    pub waits: Durations,
    /// The sum of those waits, exactly.
    pub waited: Nanos,
    /// The wait that was shown when the ticket was issued over the wait that came of it, of admitted tickets
    /// that waited a second or more; a ratio of 1 is written as a second.
    pub shown_over_actual: Durations,
    /// Tickets given back while in line.
    pub left: u64,
    /// Tickets whose owner stayed away.
    pub expired: u64,
    /// Tickets still in line when the window closed.
    pub closed_out: u64,
}

impl LineAccount {
    fn beginning(at: Timestamp) -> Self {
        Self {
            peak: Peak { depth: 0, at },
            drained_at: None,
            sessions_peak: 0,
            waits: histogram::durations(),
            waited: Nanos::ZERO,
            shown_over_actual: histogram::durations(),
            left: 0,
            expired: 0,
            closed_out: 0,
        }
    }

    fn depth(&mut self, now: Timestamp, depth: u64) {
        if depth > self.peak.depth {
            self.peak = Peak { depth, at: now };
            self.drained_at = None;
        } else if depth == 0 && self.peak.depth > 0 && self.drained_at.is_none() {
            self.drained_at = Some(now);
        }
    }

    fn admitted(&mut self, wait: Nanos, shown: Nanos) {
        histogram::record(&mut self.waits, wait);
        self.waited = self.waited + wait;
        if wait >= Nanos::from_secs(1) {
            let ratio = shown.as_secs_f64() / wait.as_secs_f64();
            histogram::record(&mut self.shown_over_actual, Nanos::from_secs_f64(ratio));
        }
    }
}

/// The account of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    grid: Grid,
    /// The interval that is open; as many as there are once the end has been reached.
    open: usize,
    current: Row,
    rows: Vec<Row>,
    whole: LineAccount,
    /// By window; those that have not opened yet are missing.
    windows: Vec<LineAccount>,
}

impl Account {
    /// An empty account of the span of `grid`.
    pub fn new(grid: Grid) -> Self {
        let whole = LineAccount::beginning(grid.from());
        Self { grid, open: 0, current: Row::default(), rows: Vec::new(), whole, windows: Vec::new() }
    }

    /// Closes every interval that ends at or before `now`, and at its end the account.
    pub fn pass_to(&mut self, now: Timestamp) {
        while !self.is_closed() && self.grid.end(self.open) <= now {
            self.rows.push(self.current);
            self.current.tickets = 0;
            self.current.admissions = 0;
            self.current.bookings = 0;
            self.open += 1;
        }
    }

    /// Whether the end has been reached; nothing is counted any more.
    fn is_closed(&self) -> bool {
        self.open == self.grid.count()
    }

    /// From now on what happens belongs to window `place`, which opened at `opens`.
    pub(super) fn window(&mut self, place: usize, opens: Timestamp) {
        while self.windows.len() <= place {
            self.windows.push(LineAccount::beginning(opens));
        }
    }

    /// Tells the account of the whole and that of the present window, unless the end has been reached.
    fn tell(&mut self, what: impl Fn(&mut LineAccount)) {
        if !self.is_closed() {
            what(&mut self.whole);
            self.windows.last_mut().map(what);
        }
    }

    pub(super) fn issued(&mut self) {
        if !self.is_closed() {
            self.current.tickets += 1;
        }
    }

    pub(super) fn depth(&mut self, now: Timestamp, depth: u64) {
        if !self.is_closed() {
            self.current.depth = depth;
        }
        self.tell(|line| line.depth(now, depth));
    }

    pub(super) fn admitted(&mut self, wait: Nanos, shown: Nanos) {
        if !self.is_closed() {
            self.current.admissions += 1;
        }
        self.tell(|line| line.admitted(wait, shown));
    }

    pub(super) fn sessions(&mut self, inside: u64) {
        if !self.is_closed() {
            self.current.sessions = inside;
        }
        self.tell(|line| line.sessions_peak = line.sessions_peak.max(inside));
    }

    pub(super) fn booked(&mut self) {
        if !self.is_closed() {
            self.current.bookings += 1;
        }
    }

    pub(super) fn left_line(&mut self) {
        self.tell(|line| line.left += 1);
    }

    pub(super) fn expired_in_line(&mut self) {
        self.tell(|line| line.expired += 1);
    }

    /// The window closed on `tickets` in line. The line is gone, but it has not drained.
    pub(super) fn closed_out(&mut self, tickets: u64) {
        if !self.is_closed() {
            self.current.depth = 0;
        }
        self.tell(|line| line.closed_out += tickets);
    }

    /// The finished intervals, the first beginning where the account began.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The line over the whole span.
    pub fn whole(&self) -> &LineAccount {
        &self.whole
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

    /// The line of each window that has opened, in order.
    pub fn windows(&self) -> &[LineAccount] {
        &self.windows
    }

    /// Tickets in line now.
    pub fn still_waiting(&self) -> u64 {
        self.current.depth
    }
}
