//! What a call costs at the door, with ten thousand to a million connections open: one call on an open
//! connection, answered at once, and one call of one of as many client addresses.
//!
//! `cargo bench --package reference-server --bench door`

use base::grid::Grid;
use base::protocol::PersonId;
use base::time::{Nanos, Timestamp};
use base::units::Rate;
use divan::{Bencher, black_box};
use reference_server::connections::{Connections, Device, Settings};
use reference_server::rules::limits::{self, AddressLimits};

fn main() {
    divan::main();
}

const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];

/// A number below `count`, spread evenly, cheap to make.
fn somewhere(step: &mut u64, count: u64) -> u64 {
    *step = step.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*step >> 33) % count
}

#[divan::bench(args = SIZES)]
fn call_on_an_open_connection(bencher: Bencher<'_, '_>, count: u64) {
    let hour = Nanos::from_secs(3_600);
    let (start, settings) = (Timestamp(0), Settings { limit: Some(count), keep_alive: hour });
    let mut open = Connections::new(settings, Grid::even(start, hour, 1));
    let device = |person| Device { person: PersonId(person), number: 0 };
    for person in 0..count {
        assert!(open.begin(device(person)));
        open.end(start, device(person), false);
    }
    let (mut step, mut now) = (1, start);
    bencher.bench_local(|| {
        let device = device(somewhere(&mut step, count));
        now += Nanos(1);
        open.advance(now);
        black_box(open.begin(device));
        open.end(now, device, false);
    });
}

#[divan::bench(args = SIZES)]
fn call_of_one_of_many_addresses(bencher: Bencher<'_, '_>, count: u64) {
    let rate = Rate { count: 600, per: Nanos::from_secs(60) };
    let mut limits = AddressLimits::new(limits::Settings { rate, burst: 60 });
    let (mut step, mut now) = (1, Timestamp(0));
    bencher.bench_local(|| {
        now += Nanos(1_000);
        black_box(limits.allows(now, somewhere(&mut step, count) as u32))
    });
}
