//! The time series of a run: `timeseries.csv`, a row per interval.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;

/// One interval. Counts are of the interval; depths and sessions are at its end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The beginning of the interval, in seconds from the opening.
    pub t_s: f64,
    /// Visits due.
    pub planned: u64,
    /// Visits begun.
    pub started: u64,
    /// Visits refused by the generator.
    pub refused: u64,
    /// Tickets in line; absent when the target keeps no account.
    pub queue_depth: Option<u64>,
    /// Tickets in line as the closed form has it.
    pub closed_form_depth: Option<f64>,
    /// Sessions in progress.
    pub sessions: Option<u64>,
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
}

/// Writes rows with a header; every row has a column for every key of the first one's `exchanges`.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(rows: &[Row], out: impl io::Write) -> io::Result<()> {
    let keys: Vec<&String> = rows.first().map(|row| row.exchanges.keys().collect()).unwrap_or_default();
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(out);
    let mut header: Vec<String> = COLUMNS.iter().map(ToString::to_string).collect();
    header.extend(keys.iter().map(|key| format!("exchanges.{key}")));
    writer.write_record(&header).map_err(io::Error::other)?;
    for row in rows {
        let counts: Vec<u64> = keys.iter().map(|key| row.exchanges[*key]).collect();
        writer.serialize((row, counts)).map_err(io::Error::other)?;
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
            if let (Some(key), Ok(count)) = (name.strip_prefix("exchanges."), value.parse()) {
                row.exchanges.insert(key.to_owned(), count);
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

const COLUMNS: [&str; 25] = [
    "t_s",
    "planned",
    "started",
    "refused",
    "queue_depth",
    "closed_form_depth",
    "sessions",
    "tickets",
    "admissions",
    "completions",
    "turned_away",
    "abandonments",
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
            planned: 3,
            queue_depth: Some(7),
            response_p50_s: Some(0.25),
            exchanges: [("enter.ok".to_owned(), 5)].into(),
            ..Row::default()
        }];
        let mut text = Vec::new();
        write(&rows, &mut text).unwrap();
        assert_eq!(read(text.as_slice()).unwrap(), rows);
    }
}
