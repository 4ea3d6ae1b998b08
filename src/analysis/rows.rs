//! The time series of a run, from what was measured.

use super::closed_form::Opening;
use crate::journey::Purpose;
use crate::record::series::Row;
use crate::record::summary::rounded;
use crate::record::{Interval, Measured, Segment, Tag};
use crate::scenario::{Scenario, Window};
use base::histogram::{self, Durations};
use base::protocol::{Operation, Outcome};
use base::time::Timestamp;

/// A row for every interval of the slice.
pub fn of(scenario: &Scenario, measured: &Measured) -> Vec<Row> {
    let grid = &scenario.grid;
    let origin = scenario.opening().opens;
    let theory = Theory::of(scenario);
    let mut segments = measured.recorder.segments().iter().peekable();
    let row = |place: usize| {
        let (t_s, length_s) = (grid.begin(place).secs_from(origin), grid.length(place).as_secs_f64());
        let mut row = Row { t_s, length_s, ..Row::default() };
        count_interval(&mut row, measured.recorder.intervals().get(place));
        count_account(&mut row, measured, place);
        row.closed_form_depth = theory.depth(grid.end(place));
        let mut spans = Spans::default();
        while let Some(segment) = segments.next_if(|segment| segment.interval <= place) {
            spans.add(segment);
        }
        spans.fill(&mut row);
        row
    };
    (0..grid.count()).map(row).collect()
}

/// What theory expects of every window.
struct Theory<'a>(Vec<(&'a Window, Option<Opening>)>);

impl<'a> Theory<'a> {
    fn of(scenario: &'a Scenario) -> Self {
        Self(scenario.windows.iter().map(|window| (window, Opening::of(scenario, window))).collect())
    }

    /// The depth at an instant: that of the window that is open, if it is described; nobody between windows.
    fn depth(&self, at: Timestamp) -> Option<f64> {
        if self.0.iter().all(|(_, opening)| opening.is_none()) {
            return None;
        }
        match self.0.iter().find(|(window, _)| window.opens <= at && at < window.closes) {
            None => Some(0.0),
            Some((window, opening)) => Some(rounded(opening.as_ref()?.depth(at.secs_from(window.opens)))),
        }
    }
}

fn count_interval(row: &mut Row, interval: Option<&Interval>) {
    let nothing = Interval::default();
    let interval = interval.unwrap_or(&nothing);
    row.planned = interval.planned;
    row.started = interval.started;
    row.refused = interval.refused;
    row.returns = interval.returned;
    row.completions = interval.booked;
    row.turned_away = interval.turned_away;
    row.abandonments = interval.gave_up;
    row.in_flight = interval.in_flight;
    row.useful = interval.purposes[Purpose::Useful as usize];
    row.polls = interval.purposes[Purpose::Poll as usize];
    row.refreshes = interval.purposes[Purpose::Refresh as usize];
    row.retries = interval.purposes[Purpose::Retry as usize];
    for operation in Operation::ALL {
        for outcome in Outcome::ALL {
            let key = format!("{}.{}", operation.name(), outcome.name());
            row.exchanges.insert(key, interval.exchanges[operation.index()][outcome as usize]);
        }
    }
}

fn count_account(row: &mut Row, measured: &Measured, place: usize) {
    let account = measured.account.as_ref().and_then(|account| account.rows.get(place));
    row.queue_depth = account.map(|account| account.depth);
    row.sessions = account.map(|account| account.sessions);
    row.tickets = account.map(|account| account.tickets);
    row.admissions = account.map(|account| account.admissions);
    let Some(account) = &measured.account else { return };
    row.connections = account.connections.rows.get(place).map(|row| row.open);
    let names = account.stations.iter().map(|station| station.name.clone());
    let shares = account.utilisation.get(place).into_iter().flatten();
    row.stations = names.zip(shares.map(|share| six_digits(*share))).collect();
}

/// A share to the sixth digit: it is kept in single precision, which has not many more.
fn six_digits(share: f32) -> f64 {
    libm::round(f64::from(share) * 1e6) / 1e6
}

/// The durations of one interval, over all steps.
#[derive(Default)]
struct Spans {
    response: Option<Durations>,
    service: Option<Durations>,
    lag: Option<Durations>,
}

impl Spans {
    fn add(&mut self, segment: &Segment) {
        let sum = match segment.tag {
            Tag::Response(_, Outcome::Ok) => &mut self.response,
            Tag::Service(_) => &mut self.service,
            Tag::Lag => &mut self.lag,
            Tag::Response(..) => return,
        };
        let histogram = segment.histogram();
        match sum {
            Some(sum) => sum.add(histogram).expect("all histograms share one configuration"),
            None => *sum = Some(histogram),
        }
    }

    fn fill(&self, row: &mut Row) {
        let at = |histogram: &Option<Durations>, q| {
            histogram.as_ref().and_then(|histogram| histogram::quantile_s(histogram, q)).map(rounded)
        };
        row.response_p50_s = at(&self.response, 0.5);
        row.response_p90_s = at(&self.response, 0.9);
        row.response_p95_s = at(&self.response, 0.95);
        row.response_p99_s = at(&self.response, 0.99);
        row.response_max_s = at(&self.response, 1.0);
        row.service_p50_s = at(&self.service, 0.5);
        row.service_p90_s = at(&self.service, 0.9);
        row.service_p95_s = at(&self.service, 0.95);
        row.service_p99_s = at(&self.service, 0.99);
        row.service_max_s = at(&self.service, 1.0);
        row.lag_p50_s = at(&self.lag, 0.5);
        row.lag_p99_s = at(&self.lag, 0.99);
        row.lag_max_s = at(&self.lag, 1.0);
    }
}
