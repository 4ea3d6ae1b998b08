//! The time series of a run: `timeseries.csv`, a row per interval.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;

/// One interval. Counts are of the interval; depths, sessions, connections and what is in flight are at
/// its end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// The beginning of the interval, in seconds from the opening.
    pub t_s: f64,
    /// The length of the interval, in seconds; intervals of one run may differ.
    pub length_s: f64,
    /// Visits due.
    pub planned: u64,
    /// Visits begun.
    pub started: u64,
    /// Visits refused by the generator.
    pub refused: u64,
    /// Visits begun by people who had come before and been left over.
    pub returns: u64,
    /// Tickets in line; absent when the target keeps no account.
    pub queue_depth: Option<u64>,
    /// Tickets in line as the closed form has it.
    pub closed_form_depth: Option<f64>,
    /// Sessions in progress.
    pub sessions: Option<u64>,
    /// Connections that the target holds open; absent when it does not say.
    pub connections: Option<u64>,
    /// Tickets issued, also those admitted at once.
    pub tickets: Option<u64>,
    /// Admissions.
    pub admissions: Option<u64>,
    /// Visits that ended with a booking.
    pub completions: u64,
    /// Visits that were turned away.
    pub turned_away: u64,
    /// Visits that gave up.
    pub abandonments: u64,
    /// Exchanges that are out.
    pub in_flight: u64,
    /// Attempts that ended, on the way to a booking.
    pub useful: u64,
    /// Attempts that ended, asking how the place in line stands.
    pub polls: u64,
    /// Attempts that ended, looking whether the window has opened.
    pub refreshes: u64,
    /// Attempts that ended, trying again after a failure.
    pub retries: u64,
    /// Response time of answered attempts of all steps.
    pub response_p50_s: Option<f64>,
    /// 90 %.
    pub response_p90_s: Option<f64>,
    /// 95 %.
    pub response_p95_s: Option<f64>,
    /// 99 %.
    pub response_p99_s: Option<f64>,
    /// The greatest.
    pub response_max_s: Option<f64>,
    /// Service time of answered attempts of all steps.
    pub service_p50_s: Option<f64>,
    /// 90 %.
    pub service_p90_s: Option<f64>,
    /// 95 %.
    pub service_p95_s: Option<f64>,
    /// 99 %.
    pub service_p99_s: Option<f64>,
    /// The greatest.
    pub service_max_s: Option<f64>,
    /// Lag of all attempts, in scenario time.
    pub lag_p50_s: Option<f64>,
    /// 99 %.
    pub lag_p99_s: Option<f64>,
    /// The greatest.
    pub lag_max_s: Option<f64>,
    /// Attempts that ended, by `step.outcome`; one column each.
    #[serde(skip)]
    pub exchanges: BTreeMap<String, u64>,
    /// Share of worker time spent working, by station; one column each. Empty when the target keeps no
    /// account by interval.
    #[serde(skip)]
    pub stations: BTreeMap<String, f64>,
}

impl Row {
    /// The end of the interval, in seconds from the opening.
    pub fn end_s(&self) -> f64 {
        self.t_s + self.length_s
    }
}

/// What stands before the step and outcome in the names of columns of [`Row::exchanges`].
const EXCHANGES: &str = "exchanges.";
/// What stands before the station in the names of columns of [`Row::stations`].
const UTILISATION: &str = "utilisation.";

/// Writes rows with a header; every row has a column for every key of the first one's `exchanges` and
/// `stations`.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(rows: &[Row], out: impl io::Write) -> io::Result<()> {
    let keys: Vec<&String> = rows.first().map(|row| row.exchanges.keys().collect()).unwrap_or_default();
    let stations: Vec<&String> = rows.first().map(|row| row.stations.keys().collect()).unwrap_or_default();
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(out);
    let mut header: Vec<String> = COLUMNS.iter().map(ToString::to_string).collect();
    header.extend(keys.iter().map(|key| format!("{EXCHANGES}{key}")));
    header.extend(stations.iter().map(|name| format!("{UTILISATION}{name}")));
    writer.write_record(&header).map_err(io::Error::other)?;
    for row in rows {
        let counts: Vec<u64> = keys.iter().map(|key| row.exchanges[*key]).collect();
        let shares: Vec<Option<f64>> = stations.iter().map(|name| row.stations.get(*name).copied()).collect();
        writer.serialize((row, counts, shares)).map_err(io::Error::other)?;
    }
    writer.flush()
}

/// Reads what [`write()`] wrote.
///
/// # Errors
/// If a row is not as it should be.
pub fn read(input: impl io::Read) -> io::Result<Vec<Row>> {
    let mut reader = csv::Reader::from_reader(input);
    let header = reader.headers().map_err(io::Error::other)?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(io::Error::other)?;
        let mut row: Row = record.deserialize(Some(&header)).map_err(io::Error::other)?;
        for (name, value) in header.iter().zip(&record) {
            if let (Some(key), Ok(count)) = (name.strip_prefix(EXCHANGES), value.parse()) {
                row.exchanges.insert(key.to_owned(), count);
            }
            if let (Some(station), Ok(share)) = (name.strip_prefix(UTILISATION), value.parse()) {
                row.stations.insert(station.to_owned(), share);
            }
        }
        rows.push(row);
    }
    fill_lengths(&mut rows);
    Ok(rows)
}

/// Where no lengths were written, each interval goes on to the next one, and the last is as long as the
/// one before it.
fn fill_lengths(rows: &mut [Row]) {
    let mut next = None;
    for place in (0..rows.len()).rev() {
        let before = place.checked_sub(1).map(|before| rows[place].t_s - rows[before].t_s);
        let row = &mut rows[place];
        if row.length_s == 0.0 {
            row.length_s = next.map(|next: f64| next - row.t_s).or(before).unwrap_or(0.0);
        }
        next = Some(row.t_s);
    }
}

const COLUMNS: [&str; 33] = [
    "t_s",
    "length_s",
    "planned",
    "started",
    "refused",
    "returns",
    "queue_depth",
    "closed_form_depth",
    "sessions",
    "connections",
    "tickets",
    "admissions",
    "completions",
    "turned_away",
    "abandonments",
    "in_flight",
    "useful",
    "polls",
    "refreshes",
    "retries",
    "response_p50_s",
    "response_p90_s",
    "response_p95_s",
    "response_p99_s",
    "response_max_s",
    "service_p50_s",
    "service_p90_s",
    "service_p95_s",
    "service_p99_s",
    "service_max_s",
    "lag_p50_s",
    "lag_p99_s",
    "lag_max_s",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_round_trip() {
        let rows = [Row {
            t_s: -660.0,
            length_s: 10.0,
            planned: 3,
            queue_depth: Some(7),
            in_flight: 4,
            refreshes: 5,
            response_p50_s: Some(0.25),
            lag_max_s: Some(0.125),
            exchanges: [("enter.ok".to_owned(), 5)].into(),
            stations: [("web".to_owned(), 0.5)].into(),
            ..Row::default()
        }];
        let mut text = Vec::new();
        write(&rows, &mut text).unwrap();
        assert_eq!(read(text.as_slice()).unwrap(), rows);
        assert_eq!(rows[0].end_s(), -650.0);
    }

    #[test]
    fn rows_without_lengths_go_on_to_the_next() {
        let text = "t_s,planned\n0.0,1\n1.0,2\n11.0,3\n";
        let lengths: Vec<f64> = read(text.as_bytes()).unwrap().iter().map(|row| row.length_s).collect();
        assert_eq!(lengths, [1.0, 10.0, 10.0]);
    }
}
