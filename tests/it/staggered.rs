//! The three windows of 3 to 6 August 2021, simulated: what staggering by region does to the peak (S8).

use crate::support::{shipped, simulated};
use openrush::record::summary::{People, Summary};
use openrush::scenario::Scenario;
use openrush::scenario::resolve::Choices;

const FILE: &str = "2021-08-03-local-priority.yaml";

/// The whole of the three days at a fiftieth.
fn choices(until: &str) -> Choices {
    let (from, until) = (Some("2021-08-03T19:45".to_owned()), Some(until.to_owned()));
    Choices { scale: Some("1/50".parse().unwrap()), from, until, ..Choices::default() }
}

/// The same people in one window, open as long as the first was.
fn in_one_window(text: &str) -> String {
    let (head, rest) = text.split_once("windows:\n").unwrap();
    let (_, tail) = rest.split_once("arrivals:\n").unwrap();
    let window = "{ name: all, opens: 2021-08-03T20:00, closes: 2021-08-04T18:00, admits: [named] }";
    format!("{head}windows: [{window}]\narrivals:\n{tail}")
}

fn adds_up(people: &People) {
    let turned_away: u64 = people.turned_away.values().sum();
    assert_eq!(people.arrived, people.booked + turned_away + people.gave_up + people.inside);
}

fn peak(summary: &Summary) -> f64 {
    summary.queue.as_ref().unwrap().peak as f64
}

#[test]
fn each_window_has_a_peak_of_its_own_and_one_for_all_has_a_far_larger_one() {
    let staggered: Scenario = shipped(FILE, str::to_owned, &choices("2021-08-06T18:00"));
    let (summary, _) = simulated(&staggered);
    for name in ["capital", "elsewhere", "everywhere"] {
        let window = &summary.windows[name];
        let (queue, theory) = (window.queue.as_ref().unwrap(), window.closed_form.as_ref().unwrap());
        adds_up(&window.people);
        // Those at the door are the step; second devices and chance add some tickets to it within seconds.
        let (seen, expected) = (queue.peak as f64, theory.peak);
        assert!((seen - expected).abs() < 6.0 * expected.sqrt(), "{name}: {seen} for {expected}");
        assert!(
            queue.drained_at_s.unwrap() < 600.0 && queue.closed_out.unwrap_or(0) == 0,
            "{name}: {queue:?}"
        );
        assert!(window.people.booked * 100 > window.people.arrived * 95, "{name}: {:?}", window.people);
    }
    adds_up(&summary.people);
    // Nobody is lost or doubled: whoever got nothing and returned is in two windows.
    let in_windows: u64 = summary.windows.values().map(|window| window.people.arrived).sum();
    assert_eq!(in_windows, summary.people.arrived + summary.visits.returns);
    let (all, _) = simulated(&shipped(FILE, in_one_window, &choices("2021-08-04T18:00")));
    let theory = summary.one_window.as_ref().unwrap().peak;
    assert!((peak(&all) / theory - 1.0).abs() < 0.1, "{} for {theory}", peak(&all));
    assert!(peak(&all) > 20.0 * peak(&summary), "{} against {}", peak(&all), peak(&summary));
}

#[test]
fn people_come_in_the_window_of_their_region() {
    let scenario = shipped(FILE, str::to_owned, &choices("2021-08-06T18:00"));
    for part in &scenario.parts {
        let window = &scenario.windows[usize::from(part.window)];
        for number in [part.first_person, part.first_person + part.count as u32 - 1] {
            let resident = part.people.listed.resident(number).unwrap();
            assert!(window.regions.contain(resident.province), "{}: {:?}", window.name, resident);
        }
    }
    // 85 % of each province come in the first window that admits them, the others in the last.
    let here = |place: usize| {
        let parts = scenario.parts.iter().filter(move |part| usize::from(part.window) == place);
        parts.map(|part| part.count).sum::<u64>() as f64
    };
    let everybody = scenario.people() as f64;
    assert!((here(2) / everybody - 0.15).abs() < 0.001, "{} of {everybody}", here(2));
    assert_eq!(here(0) + here(1) + here(2), everybody);
}

/// A window that the closed form does not describe has no curve; those before it keep theirs.
#[test]
fn a_disturbed_window_has_no_closed_form_and_no_zero_in_its_place() {
    let disturb =
        |text: &str| text.replace("replay:", "timeline: [{ at: 2021-08-04T20:30, admit: 200/s }]\nreplay:");
    let (summary, rows) = simulated(&shipped(FILE, disturb, &choices("2021-08-04T22:00")));
    assert!(summary.windows["capital"].closed_form.is_some() && summary.closed_form.is_none());
    assert!(summary.windows["elsewhere"].closed_form.is_none());
    let at = |hours: f64| rows.iter().find(|row| row.end_s() >= hours * 3_600.0).unwrap().closed_form_depth;
    assert!(at(0.001).is_some_and(|depth| depth > 50.0), "the first window");
    assert_eq!((at(23.0), at(24.2)), (Some(0.0), None), "between windows, and in the second");
    // Each line drained within the minute of its own opening, which is what the objective asks of each.
    let drained: Vec<f64> = summary.windows.values().filter_map(|w| w.queue.as_ref()?.drained_at_s).collect();
    assert!(drained.len() == 2 && drained.iter().all(|seconds| *seconds < 600.0), "{drained:?}");
}
