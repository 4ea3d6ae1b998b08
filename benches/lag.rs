//! How late the live driver is at 10,000 arrivals a second, beside a bare tokio timer loop on the same
//! schedule, in turns within one run.
//!
//! `cargo bench --package openrush --bench lag`
//!
//! The driver begins a visit for each arrival, makes its exchange with a target that answers at once, ends
//! the visit and records it; its lag is the recorded one. The bare loop does nothing but wait and read the
//! clock. The goal is a p99 within 1.5 times the bare loop's.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

#[path = "common/crowd.rs"]
mod crowd;
#[path = "common/figures.rs"]
mod figures;

use base::histogram::{self, Durations};
use base::protocol::{Operation, Reply};
use base::time::Nanos;
use base::units::Speed;
use crowd::{FROM, driven, evenly, journey};
use figures::{median, steal, steal_share};
use openrush::clock::{Timer, WallTimer};
use openrush::record::Tag;
use openrush::target::scripted::ScriptedTransport;
use reference_server::clock::Clock;
use std::time::Duration;

const ROUNDS: usize = 7;
const ARRIVALS: u64 = 30_000;
/// 10,000 a second.
const EVERY: Nanos = Nanos(100_000);

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime can be made");
    let mut ratios = Vec::new();
    println!("lag at 10,000 arrivals/s, {ARRIVALS} arrivals a round, ms");
    println!(
        "{:>5}  {:>24}  {:>24}  {:>6}  {:>6}",
        "round", "driver p50/p99/max", "bare p50/p99/max", "p99", "steal"
    );
    for round in 1..=ROUNDS {
        let before = steal();
        let driver = runtime.block_on(driver());
        let bare = runtime.block_on(bare());
        let ratio = quantile_ms(&driver, 0.99) / quantile_ms(&bare, 0.99);
        ratios.push(ratio);
        let (driver, bare, steal) = (row(&driver), row(&bare), steal_share(before) * 100.0);
        println!("{round:>5}  {driver:>24}  {bare:>24}  {ratio:>6.2}  {steal:>4.1} %");
    }
    println!("p99, driver over bare loop: median {:.2} (goal: at most 1.5)", median(ratios));
}

fn row(lag: &Durations) -> String {
    let [p50, p99, max] = [0.5, 0.99, 1.0].map(|q| quantile_ms(lag, q));
    format!("{p50:.3} / {p99:.3} / {max:.3}")
}

fn timer() -> WallTimer {
    WallTimer(Clock::starting(FROM, Speed::REAL, Duration::from_millis(100)))
}

async fn driver() -> Durations {
    let (timer, journey) = (timer(), journey([Operation::Eligibility]));
    let transport = ScriptedTransport::new(|_, _| (Reply::Eligible, Nanos::ZERO), timer);
    let arrivals = evenly(FROM, ARRIVALS, EVERY);
    let until = FROM + Nanos::from_secs(3_600);
    let recorder = driven(arrivals, until, &journey, timer, transport).await;
    recorder.total(Tag::Lag).expect("there was something to record").clone()
}

async fn bare() -> Durations {
    let timer = timer();
    let mut lag = histogram::durations();
    for arrival in evenly(FROM, ARRIVALS, EVERY) {
        timer.sleep_until(arrival.at).await;
        histogram::record(&mut lag, timer.now().since(arrival.at));
    }
    lag
}

/// A quantile in milliseconds.
fn quantile_ms(of: &Durations, q: f64) -> f64 {
    histogram::quantile_s(of, q).unwrap_or(f64::NAN) * 1e3
}
