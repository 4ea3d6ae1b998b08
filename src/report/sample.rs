//! A small run for tests: the opening of 2 August 2021 at a fifth of its size, as the closed form has it.

use crate::record::folder::Folder;
use crate::record::manifest::{Cost, FORMAT_VERSION, Machine, Manifest, RunKind, TimeBase, Window};
use crate::record::series::Row;
use crate::record::summary::{
    Caution, CautionKind, ClosedForm, Connections, Generator, Judged, People, Queue, Requests, Sessions,
    Spread, StationNumbers, StepNumbers, Summary, Verdict, Visits, WindowNumbers,
};
use std::path::PathBuf;

const OPENS_NS: i64 = 1_627_902_000_000_000_000;
const FROM_S: i64 = -660;
const UNTIL_S: i64 = 960;
const AT_THE_DOOR: f64 = 617.0;
const ADMITTED_PER_S: f64 = 56.0;
const ARRIVING_PER_S: f64 = 37.0;
const SESSION_S: i64 = 240;

/// The folder of the sample run.
pub(crate) fn folder() -> Folder {
    Folder {
        path: PathBuf::from("sample"),
        manifest: manifest(),
        summary: summary(),
        rows: (FROM_S..UNTIL_S).map(row).collect(),
    }
}

/// Tickets in line `t` seconds after the opening.
fn depth(t: i64) -> f64 {
    let left = AT_THE_DOOR - (ADMITTED_PER_S - ARRIVING_PER_S) * t as f64;
    if t <= 0 { 0.0 } else { left.max(0.0) }
}

/// Arrivals until `t`: the crowd at the door comes evenly in the ten minutes before.
fn arrived(t: i64) -> f64 {
    let early = (t + 600).clamp(0, 600) as f64 / 600.0;
    AT_THE_DOOR * early + ARRIVING_PER_S * t.max(0) as f64
}

fn admitted(t: i64) -> f64 {
    (arrived(t) - depth(t)) * if t > 0 { 1.0 } else { 0.0 }
}

fn during(total: fn(i64) -> f64, t: i64) -> u64 {
    total(t + 1).round() as u64 - total(t).round() as u64
}

fn row(t: i64) -> Row {
    // A ripple in place of randomness, so that the pictures have something to show.
    let ripple = 1.0 + 0.25 * libm::sin(t as f64 * 0.9) + 0.15 * libm::sin(t as f64 * 0.37);
    let busy = if t >= 0 { 1.0 + 2.0 * libm::exp(-(t as f64) / 60.0) } else { 0.4 };
    let service = Some(0.21 * busy);
    let p99 = Some(0.55 * busy * ripple);
    let answered = |value: Option<f64>| value.filter(|_| t >= -600);
    Row {
        t_s: t as f64,
        length_s: 1.0,
        planned: during(arrived, t),
        started: during(arrived, t),
        queue_depth: Some(depth(t + 1).round() as u64),
        closed_form_depth: Some(depth(t + 1)),
        admissions: Some(during(admitted, t)),
        sessions: Some((depth(t).min(1.0) as u64 + t.clamp(0, 400) as u64) * 19),
        connections: Some(t.clamp(0, 400) as u64 * 20),
        useful: during(arrived, t) * 10,
        polls: depth(t) as u64 / 5,
        refreshes: if (-600..0).contains(&t) { 40 } else { 0 },
        retries: u64::from(t > 0),
        exchanges: [("book.ok".to_owned(), 20), ("book.busy".to_owned(), u64::from(t > 0))].into(),
        stations: [("pool".to_owned(), 0.8 * ripple / 1.4), ("web".to_owned(), 0.4)].into(),
        completions: during(admitted, t - SESSION_S) * 4 / 5,
        response_p50_s: answered(service.map(|s| s + 0.004)),
        response_p99_s: answered(p99.map(|s| s + 0.05)),
        service_p50_s: answered(service),
        service_p99_s: answered(p99),
        lag_p99_s: answered(Some(0.03 + 0.02 * (ripple - 0.6))),
        ..Row::default()
    }
}

fn manifest() -> Manifest {
    Manifest {
        format_version: FORMAT_VERSION,
        tool_version: "0.1.0".to_owned(),
        tool_commit: Some("0123abc".to_owned()),
        kind: RunKind::Run,
        command: ["openrush", "run", "scenarios/2021-08-02-seniors.yaml"].map(str::to_owned).to_vec(),
        scenario_name: "Seniors 60-74, 2 August 2021".to_owned(),
        scenario_hash: "5f1c2b".repeat(10),
        plan_hash: "90ab77".repeat(10),
        seed: 20_210_802,
        windows: vec![Window {
            name: "opening".to_owned(),
            opens_ns: OPENS_NS,
            closes_ns: OPENS_NS + 28 * 86_400 * 1_000_000_000,
        }],
        timeline: Vec::new(),
        provenance: vec![crate::scenario::provenance::Known {
            path: "cohorts.seniors.show_up".to_owned(),
            value: "85%".to_owned(),
            low: Some("60%".to_owned()),
            high: Some("100%".to_owned()),
            kind: "assumption".to_owned(),
            source: None,
        }],
        time: TimeBase {
            timezone: "Asia/Seoul".to_owned(),
            opens_ns: OPENS_NS,
            from_ns: OPENS_NS + FROM_S * 1_000_000_000,
            until_ns: OPENS_NS + UNTIL_S * 1_000_000_000,
            interval_s: 1.0,
        },
        sent: None,
        machine: Some(Machine { platform: "linux x86_64".to_owned(), cpus: 4, workers: 2 }),
        cost: Cost::default(),
    }
}

fn spread(p50: f64, p95: f64, p99: f64, max: f64) -> Spread {
    Spread { p50, p90: p95 * 0.9, p95, p99, max, mean: p50 * 1.2, count: 31_000 }
}

fn judged(text: &str, observed: f64, margin: f64) -> Judged {
    Judged {
        text: text.to_owned(),
        observed: Some(observed),
        beyond_any: false,
        met: true,
        margin: Some(margin),
    }
}

fn people() -> People {
    People {
        arrived: 31_980,
        booked: 24_003,
        turned_away: [("no_slots".to_owned(), 440), ("closed".to_owned(), 12)].into(),
        gave_up: 12,
        inside: 7_513,
        finished: 24_467,
    }
}

fn queue() -> Queue {
    Queue {
        source: "rules".to_owned(),
        peak: 617,
        peak_at_s: Some(0.0),
        drained_at_s: Some(33.0),
        wait_s: Some(spread(0.0, 9.0, 10.0, 11.0)),
        left: 3,
        still_waiting: 0,
        closed_out: None,
        eta_error_ratio: None,
    }
}

fn step(response: [f64; 2], service: [f64; 2]) -> StepNumbers {
    StepNumbers {
        reached: 31_400,
        count: 31_500,
        ok: 31_430,
        timeouts: 61,
        errors: 9,
        response_s: Some(spread(response[0], response[1] * 0.8, response[1], response[1] * 2.0)),
        service_s: Some(spread(service[0], service[1] * 0.8, service[1], service[1] * 2.0)),
    }
}

fn station(utilisation: f64) -> StationNumbers {
    StationNumbers { utilisation, wait_s: Some(spread(0.002, 0.2, 0.4, 0.9)), refused: 0 }
}

fn summary() -> Summary {
    let steps = [
        ("identify", step([0.3, 0.92], [0.29, 0.9])),
        ("slots", step([0.21, 1.1], [0.2, 1.06])),
        ("book", step([0.25, 1.31], [0.24, 1.27])),
    ];
    let stations = [("identity", station(0.71)), ("pool", station(0.83)), ("web", station(0.4))];
    let window = WindowNumbers { people: people(), queue: None, sessions: None, closed_form: None };
    Summary {
        verdict: Verdict::Pass,
        cautions: vec![Caution {
            kind: CautionKind::Scaled,
            text: "waits at stations do not survive a scale of 1/5".to_owned(),
            advice: "simulate at scale 1 to judge them".to_owned(),
        }],
        objectives: vec![
            judged("people.gave_up / people.finished <= 1%", 0.000_5, 0.95),
            judged("queue.wait.p95 <= 10m", 9.0, 0.985),
            judged("steps.book.response.p99 <= 2s", 1.31, 0.345),
        ],
        speed: 20.0,
        scale: "1/5".to_owned(),
        people: people(),
        visits: Visits { planned: 32_000, started: 32_000, returns: 0 },
        queue: Some(queue()),
        sessions: Some(Sessions { peak: 7_900, cap: Some(12_000) }),
        connections: Some(Connections { peak: 8_120, limit: Some(9_000) }),
        requests: requests(),
        steps: steps.map(|(name, step)| (name.to_owned(), step)).into(),
        stations: stations.map(|(name, station)| (name.to_owned(), station)).into(),
        generator: Some(Generator {
            lag_s: Some(spread(0.000_2, 0.002, 0.003, 0.011)),
            refused: 0,
            cpu_share: Some(0.61),
            steal_share: Some(0.02),
            ..Generator::default()
        }),
        closed_form: Some(ClosedForm {
            peak: 617.0,
            peak_at_s: 0.0,
            drained_at_s: Some(33.0),
            wait_max_s: 11.0,
        }),
        one_window: None,
        windows: [("opening".to_owned(), window)].into(),
    }
}

fn requests() -> Requests {
    Requests {
        planned: Some(452_000),
        sent: 452_000,
        ok: 451_930,
        errors: [("timed_out".to_owned(), 61), ("busy".to_owned(), 9)].into(),
        useful: 316_400,
        polls: 27_120,
        refreshes: 108_480,
        retries: 0,
        per_person: 14.1,
    }
}
