//! The opening of 2 August 2021, simulated: what was seen there must be seen here.

use crate::support::{self, seniors};
use openrush::record::series;
use openrush::record::summary::{Summary, Verdict};
use openrush::scenario::resolve::Choices;

fn simulated(choices: &Choices) -> (Summary, Vec<series::Row>) {
    support::simulated(&seniors(choices))
}

/// S2: a line at 20:00 of the size that the closed form gives, gone long before 20:12.
#[test]
fn a_line_at_the_opening_and_none_ten_minutes_later() {
    for scale in ["1/5", "1/50"] {
        let (summary, rows) =
            simulated(&Choices { scale: Some(scale.parse().unwrap()), ..Choices::default() });
        let (queue, theory) = (summary.queue.unwrap(), summary.closed_form.unwrap());
        assert_eq!(summary.verdict, Verdict::Pass, "{:?}", summary.objectives);
        // Everybody at the door enters at the opening, before the first is admitted: that is the step. In the
        // instants after it chance can add to it: by more than k with a probability of about exp(-k), since
        // the walk falls by as much a second as half its variance.
        let above = queue.peak as f64 - theory.peak;
        assert!((0.0..=12.0).contains(&above), "{above} above the step");
        assert_eq!(queue.peak_at_s == Some(0.0), above == 0.0);
        assert!(queue.peak_at_s.unwrap() < 0.05 * theory.drained_at_s.unwrap());
        // Afterwards arrivals are random: the depth at time t has a standard deviation of about the square
        // root of the arrivals until then, which moves the end by that over the spare rate.
        let scale: base::units::Scale = scale.parse().unwrap();
        let (drained, expected) = (queue.drained_at_s.unwrap(), theory.drained_at_s.unwrap());
        let spread = (186.7 * scale.factor() * expected).sqrt() / (93.1 * scale.factor());
        assert!((drained - expected).abs() < 4.0 * spread, "{drained} for {expected} ± {spread}");
        assert!(queue.wait_s.unwrap().max <= theory.wait_max_s + 4.0 * spread);
        let late: Vec<_> =
            rows.iter().filter(|row| row.t_s >= 600.0).filter_map(|row| row.queue_depth).collect();
        assert!(late.len() > 300 && late.iter().all(|depth| *depth == 0), "a line after 20:10");
    }
}

/// Little's law as an identity: the area under the queue depth is the sum of all waits.
#[test]
fn the_area_under_the_depth_is_the_sum_of_the_waits() {
    let (summary, rows) = simulated(&Choices { scale: Some("1/5".parse().unwrap()), ..Choices::default() });
    let wait = summary.queue.unwrap().wait_s.unwrap();
    let sum = wait.mean * wait.count as f64;
    // Depths are at the ends of one-second intervals: the trapezium rule, from the step at the opening on.
    let depths: Vec<f64> =
        rows.iter().filter(|row| row.t_s >= 0.0).map(|row| row.queue_depth.unwrap() as f64).collect();
    let area: f64 =
        std::iter::once(617.0).chain(depths.iter().copied()).zip(&depths).map(|(a, b)| (a + b) / 2.0).sum();
    assert!((area / sum - 1.0).abs() < 0.01, "{area} for {sum}");
}

/// S4 in small: the same crowd against a fifth of the capacity loses the evening.
#[test]
fn too_little_capacity_is_seen() {
    let set = vec!["target.reference.waiting_room.admit.value=60/s".to_owned()];
    let (summary, _) =
        simulated(&Choices { scale: Some("1/50".parse().unwrap()), set, ..Choices::default() });
    assert_eq!(summary.verdict, Verdict::Fail);
    let queue = summary.queue.unwrap();
    assert!(queue.still_waiting > 1_000 && queue.drained_at_s.is_none(), "{queue:?}");
}

#[test]
fn people_add_up_at_every_end_of_the_slice() {
    for until in ["19:55", "20:00:10", "20:01", "20:05"] {
        let choices = Choices {
            scale: Some("1/50".parse().unwrap()),
            until: Some(until.to_owned()),
            ..Choices::default()
        };
        let (summary, rows) = simulated(&choices);
        let people = summary.people;
        let turned_away: u64 = people.turned_away.values().sum();
        assert_eq!(
            people.arrived,
            people.booked + turned_away + people.gave_up + people.inside,
            "until {until}"
        );
        assert_eq!(people.arrived, rows.iter().map(|row| row.started).sum::<u64>());
        assert_eq!(people.arrived, summary.visits.planned);
    }
}
