//! The generator's health during a live run: `generator.csv`, a row per sample.
//!
//! It tells our own lateness (lag, our share of the processors) from the machine's noise (processor time
//! that its neighbours took). Everything is in wall time, but for `t_s`, which says where in the scenario
//! a row belongs.

use super::recorder::Recorder;
use base::histogram::{self, Durations};
use base::time::{Nanos, Timestamp};
use serde::{Deserialize, Serialize};
use std::io;
use std::iter::Peekable;
use std::num::NonZeroU64;

/// What was seen at one moment of a run. Amounts count from the first sample's moment or before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Wall time since the run began.
    pub wall: Nanos,
    /// Scenario time.
    pub at: Timestamp,
    /// CPU time of the process, in seconds.
    pub cpu_s: Option<f64>,
    /// CPU time that the machine's neighbours took, in seconds, all processors together.
    pub steal_s: Option<f64>,
    /// Exchanges in flight.
    pub in_flight: u64,
    /// Connections opened.
    pub connections_opened: u64,
}

/// What a live run's generator says of itself, besides its lag.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GeneratorHealth {
    /// CPU time of the process over wall time and processors, over the whole run.
    pub cpu_share: Option<f64>,
    /// CPU time that the machine's neighbours took, over wall time and processors.
    pub steal_share: Option<f64>,
    /// Connections opened, those that failed included.
    pub connections_opened: u64,
    /// Connections not opened at the generator's own bound.
    pub connections_refused: u64,
    /// Processors that the process may use; `None` if nobody knows.
    pub cpus: Option<NonZeroU64>,
    /// Moments of the run, in order.
    pub samples: Vec<Sample>,
}

/// The time between two samples.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its end, in seconds of wall time since the run began.
    pub wall_s: f64,
    /// Its end, in seconds of scenario time from the opening.
    pub t_s: f64,
    /// CPU time of the process over wall time and processors.
    pub cpu_share: Option<f64>,
    /// CPU time that the machine's neighbours took, over wall time and processors.
    pub steal_share: Option<f64>,
    /// Median lag of the attempts in the intervals of the series that ended in it; absent without any.
    pub lag_p50_s: Option<f64>,
    /// 99 % of it.
    pub lag_p99_s: Option<f64>,
    /// The greatest.
    pub lag_max_s: Option<f64>,
    /// Exchanges in flight at its end.
    pub in_flight: u64,
    /// Connections opened in it.
    pub new_connections: u64,
}

impl GeneratorHealth {
    /// A row for each pair of neighbouring samples. `recorder` is closed, `opens` is the opening from which
    /// scenario time counts, and `speed` turns its lag into wall time.
    pub fn rows(&self, recorder: &Recorder, opens: Timestamp, speed: f64) -> Vec<Row> {
        let mut lags = recorder.lags().peekable();
        let last = self.samples.len().saturating_sub(2);
        let pairs = self.samples.windows(2).enumerate();
        let row = |(place, pair): (usize, &[Sample])| {
            // What was awaited after the last sample's moment belongs to it all the same.
            let by = if place == last { Timestamp(i64::MAX) } else { pair[1].at };
            let lag = ended_by(&mut lags, by);
            let quantile = |q| histogram::quantile_s(&lag, q).map(|seconds| seconds / speed);
            Row {
                wall_s: pair[1].wall.as_secs_f64(),
                t_s: pair[1].at.secs_from(opens),
                cpu_share: self.share(pair, |sample| sample.cpu_s),
                steal_share: self.share(pair, |sample| sample.steal_s),
                lag_p50_s: quantile(0.5),
                lag_p99_s: quantile(0.99),
                lag_max_s: quantile(1.0),
                in_flight: pair[1].in_flight,
                new_connections: pair[1].connections_opened - pair[0].connections_opened,
            }
        };
        pairs.map(row).collect()
    }

    /// The most new connections a second, over spans of at least one second between samples, or over the
    /// whole of a shorter run; `None` with fewer than two samples.
    pub fn new_connections_peak_per_s(&self) -> Option<f64> {
        let (first, last) = (self.samples.first()?, self.samples.last()?);
        let second = Nanos::from_secs(1);
        let spans = self.samples.iter().enumerate().filter_map(|(place, begin)| {
            let end = self.samples[place..].iter().find(|end| end.wall >= begin.wall + second)?;
            Some((begin, end))
        });
        let rates = spans.chain([(first, last)]).filter(|(begin, end)| end.wall > begin.wall).map(rate);
        rates.max_by(f64::total_cmp)
    }

    fn share(&self, pair: &[Sample], pick: fn(&Sample) -> Option<f64>) -> Option<f64> {
        let offered = Nanos(pair[1].wall.0 - pair[0].wall.0).as_secs_f64() * self.cpus?.get() as f64;
        (offered > 0.0).then_some((pick(&pair[1])? - pick(&pair[0])?) / offered)
    }
}

fn rate((begin, end): (&Sample, &Sample)) -> f64 {
    let opened = end.connections_opened - begin.connections_opened;
    opened as f64 / (end.wall.0 - begin.wall.0) as f64 * 1e9
}

/// The sum of the histograms of intervals that ended by then.
fn ended_by(lags: &mut Peekable<impl Iterator<Item = (Timestamp, Durations)>>, by: Timestamp) -> Durations {
    let mut sum = histogram::durations();
    while let Some((_, lag)) = lags.next_if(|(ended, _)| *ended <= by) {
        sum.add(lag).expect("all histograms share one configuration");
    }
    sum
}

/// Writes rows with a header.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(rows: &[Row], out: impl io::Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for row in rows {
        writer.serialize(row).map_err(io::Error::other)?;
    }
    writer.flush()
}

/// Reads what [`write()`] wrote.
///
/// # Errors
/// If a row is not as it should be.
pub fn read(input: impl io::Read) -> io::Result<Vec<Row>> {
    csv::Reader::from_reader(input).deserialize().map(|row| row.map_err(io::Error::other)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Observation, Observe as _};
    use super::*;
    use crate::journey::Purpose;
    use base::grid::Grid;
    use base::protocol::{Operation, Outcome};

    const OPENS: Timestamp = Timestamp(1_000_000_000_000);
    const SPEED: f64 = 20.0;

    fn sample(wall_ms: u64, cpu_s: f64, connections_opened: u64) -> Sample {
        let wall = Nanos::from_millis(wall_ms);
        let at = OPENS + wall.mul_f64(SPEED);
        Sample { wall, at, cpu_s: Some(cpu_s), steal_s: None, in_flight: wall_ms, connections_opened }
    }

    fn health(samples: Vec<Sample>) -> GeneratorHealth {
        GeneratorHealth { cpus: NonZeroU64::new(2), samples, ..GeneratorHealth::default() }
    }

    /// An attempt that was `lag` late, `after` the opening.
    fn late(after: Nanos, lag: Nanos) -> Observation {
        let started = OPENS + after;
        Observation {
            operation: Operation::Enter,
            purpose: Purpose::Useful,
            outcome: Outcome::Ok,
            intended: started - lag,
            started,
            sent: started,
            done: started,
            first: true,
        }
    }

    #[test]
    fn a_row_has_what_passed_between_two_samples_in_wall_time() {
        let mut recorder = Recorder::new(Grid::even(OPENS, Nanos::from_secs(1), 100));
        // At speed 20 the first half second is 10 s of the scenario, and 40 ms of it are 2 ms.
        recorder.observe(&late(Nanos::from_millis(9_500), Nanos::from_millis(40)));
        recorder.observe(&late(Nanos::from_millis(10_500), Nanos::from_millis(80)));
        recorder.observe(&late(Nanos::from_secs(99), Nanos::from_millis(200)));
        recorder.close();
        let samples = vec![sample(0, 1.0, 0), sample(500, 1.25, 30), sample(1_000, 1.35, 30)];
        let rows = health(samples).rows(&recorder, OPENS, SPEED);
        let lag = |row: &Row| [row.lag_p50_s, row.lag_max_s].map(|seconds| (seconds.unwrap() * 1e3).round());
        assert_eq!(rows.iter().map(lag).collect::<Vec<_>>(), [[2.0, 2.0], [4.0, 10.0]], "ms of wall time");
        let cpu = rows.iter().map(|row| (row.cpu_share.unwrap() * 100.0).round());
        assert_eq!(cpu.collect::<Vec<_>>(), [25.0, 10.0], "% of two processors");
        assert_eq!(rows.iter().map(|row| row.new_connections).collect::<Vec<_>>(), [30, 0]);
        assert_eq!((rows[0].t_s, rows[0].wall_s, rows[0].in_flight), (10.0, 0.5, 500));
        assert_eq!(rows[0].steal_share, None, "what was not measured is absent");
        let mut text = Vec::new();
        write(&rows, &mut text).unwrap();
        assert_eq!(read(text.as_slice()).unwrap(), rows);
    }

    #[test]
    fn the_peak_of_new_connections_is_over_whole_seconds() {
        let counts = [(0, 0), (500, 100), (1_000, 300), (1_500, 310), (2_000, 311)];
        let samples = counts.map(|(wall_ms, opened)| sample(wall_ms, 0.0, opened)).to_vec();
        assert_eq!(health(samples.clone()).new_connections_peak_per_s(), Some(300.0));
        assert_eq!(health(samples[..2].to_vec()).new_connections_peak_per_s(), Some(200.0), "a short run");
        assert_eq!(health(Vec::new()).new_connections_peak_per_s(), None);
    }
}
