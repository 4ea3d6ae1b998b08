//! The opening of 19 July 2021, simulated: it collapses (S4), help that comes late does not cure it (S5), and
//! a waiting room that holds keeps the service up.

use crate::support::{shipped, simulated};
use openrush::record::series::Row;
use openrush::record::summary::{Summary, Verdict};
use openrush::scenario::resolve::Choices;

fn evening(set: &[&str]) -> (Summary, Vec<Row>) {
    let set = set.iter().map(ToString::to_string).collect();
    let choices = Choices { scale: Some("1/200".parse().unwrap()), set, ..Choices::default() };
    simulated(&shipped("2021-07-19-fifties.yaml", str::to_owned, &choices))
}

fn gave_up_or_refused(summary: &Summary) -> f64 {
    let people = &summary.people;
    let turned_away: u64 = people.turned_away.values().sum();
    (people.gave_up + turned_away) as f64 / people.arrived as f64
}

fn failed(summary: &Summary) -> f64 {
    1.0 - summary.requests.ok as f64 / summary.requests.sent as f64
}

#[test]
fn without_a_waiting_room_that_holds_the_service_collapses() {
    let (summary, rows) = evening(&[]);
    assert_eq!(summary.verdict, Verdict::Fail);
    assert!(gave_up_or_refused(&summary) > 0.5, "{:?}", summary.people);
    assert!(summary.people.booked * 20 < summary.people.arrived, "{:?}", summary.people);
    let connections = summary.connections.as_ref().unwrap();
    assert_eq!(Some(connections.peak), connections.limit, "more came than it takes");
    assert!(failed(&summary) > 0.5 && summary.requests.retries > summary.requests.useful);
    assert!(summary.requests.per_person > 50.0, "{}", summary.requests.per_person);
    // The servers that came at 20:10 change nothing: what is short is not web workers.
    let bookings = |from: f64, to: f64| -> u64 {
        rows.iter().filter(|row| (from..to).contains(&row.t_s)).map(|row| row.completions).sum()
    };
    assert!(bookings(600.0, 1_080.0) <= bookings(120.0, 600.0) + 20);
}

#[test]
fn with_a_waiting_room_that_holds_the_same_crowd_is_served_at_capacity() {
    let (summary, rows) = evening(&["target.reference.waiting_room.enforced=true"]);
    let (queue, sessions) = (summary.queue.as_ref().unwrap(), summary.sessions.as_ref().unwrap());
    assert!(failed(&summary) < 0.01, "{:?}", summary.requests.errors);
    assert!(sessions.peak < sessions.cap.unwrap(), "{sessions:?}");
    let connections = summary.connections.as_ref().unwrap();
    assert!(connections.peak * 5 < connections.limit.unwrap(), "{connections:?}");
    // 300,000 an hour, at a two-hundredth, from the first minute to the last.
    let admitted = |from: f64, to: f64| -> f64 {
        let rows = rows.iter().filter(|row| (from..to).contains(&row.t_s));
        rows.map(|row| row.admissions.unwrap()).sum::<u64>() as f64 / (to - from)
    };
    let declared = 83.0 / 200.0;
    for (from, to) in [(0.0, 300.0), (300.0, 780.0), (780.0, 1_080.0)] {
        assert!((admitted(from, to) / declared - 1.0).abs() < 0.02, "{from}: {}", admitted(from, to));
    }
    assert!(summary.people.booked > 100, "{:?}", summary.people);
    // The wait is long, and many give up waiting.
    assert!(queue.wait_s.as_ref().unwrap().p95 > 600.0 && gave_up_or_refused(&summary) > 0.25);
}
