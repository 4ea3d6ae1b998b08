//! The site's account as Prometheus reads it (`GET /metrics`, text format 0.0.4).
//!
//! Every number is of the account that `/account` gives. Counts carry what they count in their names; all
//! durations are scenario time, and their names say `scenario_seconds`, because a server at speed 20 does
//! in one second of the wall clock what takes twenty in the scenario.

use crate::account::SiteAccount;
use base::time::Nanos;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use std::fmt;

/// The type of what [`text`] gives.
pub(super) const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// What all names begin with.
const PREFIX: &str = "booking";

/// Upper ends of the buckets of waits at stations, in seconds of scenario time.
const STATION_BUCKETS_S: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Upper ends of the buckets of waits in the waiting room, in seconds of scenario time.
const WAIT_BUCKETS_S: [f64; 13] =
    [1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0, 7_200.0];

/// The account, taken at one instant, in the text format.
///
/// # Errors
/// Writing to a string does not fail; the encoder's signature says it might.
pub(super) fn text(account: SiteAccount, speed: f64) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix(PREFIX);
    registry.register_collector(Box::new(Scrape { account, speed }));
    let mut text = String::new();
    prometheus_text::encode(&mut text, &registry)?;
    Ok(text)
}

/// What one scrape tells.
#[derive(Debug)]
struct Scrape {
    account: SiteAccount,
    speed: f64,
}

/// One number of the site: its name, its meaning, whether it only grows, and where it stands.
type Number = (&'static str, &'static str, MetricType, fn(&SiteAccount) -> u64);

const NUMBERS: [Number; 8] = [
    ("queue_depth_tickets", "Tickets in line now", MetricType::Gauge, |account| account.still_waiting),
    ("tickets", "Tickets issued, also those admitted at once", MetricType::Counter, |account| {
        account.tickets
    }),
    ("admissions", "Tickets admitted", MetricType::Counter, |account| account.admissions),
    ("sessions", "Sessions in progress now", MetricType::Gauge, |account| account.sessions),
    ("bookings", "Bookings that stand", MetricType::Counter, |account| account.bookings),
    ("connections_open", "Connections that visitors hold open now", MetricType::Gauge, |account| {
        account.connections.open
    }),
    ("connections_peak", "The most connections that were open at once", MetricType::Gauge, |account| {
        account.connections.peak
    }),
    ("connections_refused", "Connections refused because of the limit", MetricType::Counter, |account| {
        account.connections.refused
    }),
];

impl Collector for Scrape {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        self.numbers(&mut encoder)?;
        self.limits(&mut encoder)?;
        self.refusals(&mut encoder)?;
        self.waits(&mut encoder)?;
        self.stations(&mut encoder)?;
        self.time(&mut encoder)
    }
}

impl Scrape {
    fn numbers(&self, encoder: &mut DescriptorEncoder) -> fmt::Result {
        for (name, help, kind, read) in NUMBERS {
            let metric = encoder.encode_descriptor(name, help, None, kind)?;
            count(metric, kind, read(&self.account))?;
        }
        Ok(())
    }

    /// Absent where there is no limit: no number stands for it.
    fn limits(&self, encoder: &mut DescriptorEncoder) -> fmt::Result {
        for (name, help, limit) in [
            ("sessions_limit", "The most sessions at once", self.account.sessions_cap),
            ("connections_limit", "The most connections at once", self.account.connections.limit),
        ] {
            let Some(limit) = limit else { continue };
            encoder.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&limit)?;
        }
        Ok(())
    }

    fn refusals(&self, encoder: &mut DescriptorEncoder) -> fmt::Result {
        let (help, kind) = ("Calls refused at the door or by the rules, by reason", MetricType::Counter);
        let mut family = encoder.encode_descriptor("calls_refused", help, None, kind)?;
        for (reason, refused) in &self.account.refusals {
            count(family.encode_family(&[("reason", reason.as_str())])?, kind, *refused)?;
        }
        Ok(())
    }

    fn waits(&self, encoder: &mut DescriptorEncoder) -> fmt::Result {
        let help = "From issue of a ticket to its admission, in seconds of scenario time";
        let name = "admission_wait_scenario_seconds";
        let metric = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        let sum = Nanos(self.account.line.waited).as_secs_f64();
        histogram(metric, &self.account.line.waits, &WAIT_BUCKETS_S, Some(sum))
    }

    fn stations(&self, encoder: &mut DescriptorEncoder) -> fmt::Result {
        let gauge = MetricType::Gauge;
        self.by_station(encoder, ("station_workers", "Workers there are now", gauge), |station| {
            f64::from(station.workers)
        })?;
        self.by_station(encoder, ("station_busy_workers", "Workers at work now", gauge), |station| {
            f64::from(station.busy)
        })?;
        self.by_station(
            encoder,
            ("station_queue_length", "Pieces of work that wait now", gauge),
            |station| station.queue as f64,
        )?;
        let help = "Share of worker time spent working so far, 0 to 1";
        self.by_station(encoder, ("station_utilisation_ratio", help, gauge), |station| station.utilisation)?;
        let help = "Pieces of work turned down because the queue was full or too slow";
        let refused = ("station_refused", help, MetricType::Counter);
        self.by_station(encoder, refused, |station| station.refused as f64)?;
        self.station_waits(encoder)
    }

    fn by_station(
        &self,
        encoder: &mut DescriptorEncoder,
        (name, help, kind): (&str, &str, MetricType),
        read: fn(&crate::account::StationAccount) -> f64,
    ) -> fmt::Result {
        let mut family = encoder.encode_descriptor(name, help, None, kind)?;
        for station in &self.account.stations {
            let labels = [("station", station.name.as_str())];
            let mut metric = family.encode_family(&labels)?;
            match kind {
                MetricType::Counter => metric.encode_counter::<NoLabelSet, _, f64>(&read(station), None)?,
                _ => metric.encode_gauge(&read(station))?,
            }
        }
        Ok(())
    }

    fn station_waits(&self, encoder: &mut DescriptorEncoder) -> fmt::Result {
        let help = "Waits in the station's queue, of work that was begun, in seconds of scenario time";
        let name = "station_wait_scenario_seconds";
        let mut family = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        for station in &self.account.stations {
            let labels = [("station", station.name.as_str())];
            histogram(family.encode_family(&labels)?, &station.waits, &STATION_BUCKETS_S, None)?;
        }
        Ok(())
    }

    fn time(&self, encoder: &mut DescriptorEncoder) -> fmt::Result {
        let help = "The scenario time of these numbers, in seconds since the Unix epoch";
        let metric = encoder.encode_descriptor("clock_scenario_seconds", help, None, MetricType::Gauge);
        metric?.encode_gauge(&(self.account.at.0 as f64 / 1e9))?;
        let help = "Seconds of scenario time that pass in one second of the wall clock";
        let metric = encoder.encode_descriptor("scenario_speed_ratio", help, None, MetricType::Gauge);
        metric?.encode_gauge(&self.speed)
    }
}

fn count(mut metric: MetricEncoder, kind: MetricType, value: u64) -> fmt::Result {
    match kind {
        MetricType::Counter => metric.encode_counter::<NoLabelSet, _, u64>(&value, None),
        _ => metric.encode_gauge(&value),
    }
}

/// Counts by nanoseconds as a histogram with these buckets. The account keeps a wait to three digits or half a
/// microsecond, so one that ends that near to a bucket's end may be counted in the next; a sum that was not
/// kept exactly is taken from the same digits.
fn histogram(
    mut metric: MetricEncoder,
    waits: &[(u64, u64)],
    ends_s: &[f64],
    sum_s: Option<f64>,
) -> fmt::Result {
    let mut buckets: Vec<(f64, u64)> =
        ends_s.iter().copied().chain([f64::INFINITY]).map(|end| (end, 0)).collect();
    let (mut sum, mut total) = (0.0, 0);
    for (nanos, count) in waits {
        let seconds = Nanos(*nanos).as_secs_f64();
        let bucket = ends_s.partition_point(|end| *end < seconds);
        buckets[bucket].1 += count;
        sum += seconds * *count as f64;
        total += count;
    }
    metric.encode_histogram::<NoLabelSet>(sum_s.unwrap_or(sum), total, &buckets, None)
}
