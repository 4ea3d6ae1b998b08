//! The waiting room with ten thousand to ten million tickets: what a position query, leaving from the
//! middle and an admission cost, and that the cost grows as the logarithm.
//!
//! `cargo bench --package reference-server`

use base::calendar::Born;
use base::grid::Grid;
use base::protocol::{Ask, Call, PersonId, Ticket};
use base::province::{Province, Regions};
use base::register::Register;
use base::time::{Nanos, Timestamp};
use base::units::Rate;
use divan::{Bencher, black_box};
use reference_server::rules::line::Line;
use reference_server::rules::waiting_room::Settings;
use reference_server::rules::window::Window;
use reference_server::rules::{Centres, Config, Rules, Verdict};

fn main() {
    divan::main();
}

const SIZES: [u64; 4] = [10_000, 100_000, 1_000_000, 10_000_000];

fn full(tickets: u64) -> Line {
    let mut line = Line::default();
    (0..tickets).for_each(|number| line.join(number));
    line
}

/// A number below `tickets`, spread evenly, cheap to make.
fn somewhere(step: &mut u64, tickets: u64) -> u64 {
    *step = step.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*step >> 33) % tickets
}

#[divan::bench(args = SIZES)]
fn position(bencher: Bencher<'_, '_>, tickets: u64) {
    let line = full(tickets);
    let mut step = 1;
    bencher.bench_local(|| black_box(line.ahead(somewhere(&mut step, tickets))));
}

/// Out of the middle and back into the same place, so that the line stays as long.
#[divan::bench(args = SIZES)]
fn leave_from_the_middle_and_rejoin(bencher: Bencher<'_, '_>, tickets: u64) {
    let mut line = full(tickets);
    let mut step = 1;
    bencher.bench_local(|| {
        let number = somewhere(&mut step, tickets);
        black_box(line.leave(number));
        line.join(number);
    });
}

/// The first in line goes in, and somebody new joins at the end, so that the line stays as long.
#[divan::bench(args = SIZES)]
fn admit_one_and_let_one_join(bencher: Bencher<'_, '_>, tickets: u64) {
    let mut line = full(tickets);
    let mut number = tickets;
    bencher.bench_local(|| {
        black_box(line.pop());
        line.join(number);
        number += 1;
    });
}

/// A whole poll through the rules: settle, check the ticket, tell the position.
#[divan::bench(args = [10_000, 1_000_000], sample_count = 20)]
fn poll_through_the_rules(bencher: Bencher<'_, '_>, tickets: u64) {
    let opens = Timestamp(0);
    let hour = Nanos::from_secs(3_600);
    let mut rules = Rules::new(Config {
        waiting_room: Settings {
            windows: vec![Window {
                opens,
                closes: opens + Nanos::from_secs(1_000_000),
                cohorts: vec![(0, Born::ANYBODY)],
                regions: Regions::KOREA,
            }],
            enforced: true,
            admit: Rate { count: 1, per: hour },
            burst: Nanos::ZERO,
            sessions: 1,
            session_limit: hour,
            ticket_ttl: hour,
            poll_front: Nanos::from_secs(2),
            poll_back: Nanos::from_secs(10),
        },
        register: Register::default(),
        days: 1,
        centres: vec![Centres { province: Province::Seoul, first: 0, count: 1 }],
        places: vec![1],
        hold_for: hour,
        account: Grid::even(opens, hour, 1),
    });
    for person in 0..tickets {
        let call =
            Call { person: PersonId(person), device: 0, address: 0, nth: 0, ticket: None, ask: Ask::Enter };
        assert!(matches!(rules.accept(opens, &call), Verdict::Reply(_)));
    }
    let mut step = 1;
    bencher.bench_local(|| {
        let number = somewhere(&mut step, tickets);
        let ticket = Some(Ticket { number, mac: 0 });
        let call = Call { person: PersonId(number), device: 0, address: 0, nth: 0, ticket, ask: Ask::Poll };
        rules.settle(opens);
        black_box(rules.accept(opens, &call))
    });
}
