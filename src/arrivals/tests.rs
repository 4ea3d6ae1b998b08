use super::*;
use crate::population::{Cohort, Origin};
use base::draw::{Purpose as Drawn, Seed};
use base::province::{Province, Regions};
use base::quantity::Quantity;
use base::time::{Nanos, Offset};
use base::units::Devices;
use proptest::prelude::*;
use std::sync::Arc;

const OPENS: Timestamp = Timestamp(1_627_902_000_000_000_000);

fn span() -> Span {
    Span {
        opens: OPENS,
        closes: OPENS + Nanos::from_secs(22 * 3_600),
        opens_at: Nanos::from_secs(20 * 3_600),
    }
}

const COUNT: usize = 7;

/// One of each.
fn profiles() -> [Profile; COUNT] {
    let share = || Quantity::plain(Share(1.0));
    let secs = |seconds| Quantity::plain(Nanos::from_secs(seconds));
    let (refresh_every, from) = (secs(5), Quantity::plain(Offset(-600_000_000_000)));
    let diurnal: Profile = serde_json::from_str(r#"{"diurnal":{"share":"100%"}}"#).unwrap();
    [
        Profile::AtTheDoor(AtTheDoor { share: share(), refresh_every, from }),
        Profile::Decay(Decay { share: share(), tau: secs(3_522) }),
        Profile::Constant(Constant { share: share() }),
        Profile::Ramp(Ramp { share: share(), over: secs(1_800), from: 1.0, to: 5.0 }),
        Profile::Steps(Steps { share: share(), each: secs(600), rates: vec![1.0, 0.0, 3.0] }),
        Profile::Burst(Burst { share: share(), at: secs(720), width: secs(30) }),
        diurnal,
    ]
}

fn part(profile: Profile, count: u64, seed: u64) -> PlannedPart {
    let people = Arc::new(Cohort::new("seniors", count, Origin::ANYBODY, Seed(seed)));
    PlannedPart { cohort: 0, people, window: 0, first_person: 0, count, span: span(), profile }
}

#[test]
fn instant_is_the_inverse_of_the_integral() {
    for profile in profiles() {
        assert_eq!(profile.problem(span()), None);
        for step in 0..=100 {
            let u = f64::from(step) / 100.0;
            let back = profile.come_by(span(), profile.instant(span(), u));
            assert!((back - u).abs() < 1e-8, "{profile:?} at {u}: {back}");
        }
    }
}

#[test]
fn a_profile_is_written_as_one_key() {
    let names: Vec<&str> = profiles().iter().map(Profile::name).collect();
    assert_eq!(names, Profile::KEYS);
    for profile in profiles() {
        let text = serde_json::to_string(&profile).unwrap();
        assert!(text.starts_with(&format!("{{\"{}\":", profile.name())), "{text}");
        assert_eq!(serde_json::from_str::<Profile>(&text).unwrap(), profile);
    }
    for bad in [
        "{}",
        r#"{"sine":{}}"#,
        r#"{"constant":{"share":"1%"},"burst":{"share":"1%","at":"1s","width":"1s"}}"#,
    ] {
        assert!(serde_json::from_str::<Profile>(bad).is_err(), "{bad}");
    }
}

#[test]
fn shapes_that_cannot_be_are_told() {
    for bad in [
        r#"{"ramp":{"share":"1%","over":"1m","from":0,"to":0}}"#,
        r#"{"ramp":{"share":"1%","over":"0s","from":1,"to":0}}"#,
        r#"{"steps":{"share":"1%","each":"1m","rates":[]}}"#,
        r#"{"steps":{"share":"1%","each":"1m","rates":[1,-1]}}"#,
        r#"{"burst":{"share":"1%","at":"1m","width":"0s"}}"#,
        r#"{"diurnal":{"share":"1%","hours":[1,2,3]}}"#,
        r#"{"burst":{"share":"1%","at":"22h","width":"1s"}}"#,
        r#"{"ramp":{"share":"1%","over":"23h","from":1,"to":0}}"#,
        r#"{"steps":{"share":"1%","each":"12h","rates":[1,1]}}"#,
        r#"{"decay":{"share":"1%","tau":"0s"}}"#,
        r#"{"at_the_door":{"share":"1%","refresh_every":"5s","from":"10m"}}"#,
    ] {
        let profile: Profile = serde_json::from_str(bad).unwrap();
        assert!(profile.problem(span()).is_some(), "{bad}");
    }
}

#[test]
fn people_at_the_door_come_before_the_opening() {
    let [door, ..] = profiles();
    assert_eq!(door.instant(span(), 0.0), OPENS + Offset(-600_000_000_000));
    assert!(door.instant(span(), 1.0) < OPENS);
}

proptest! {
    /// Arrivals come in order, all of them, and taken through the profile's own integral they are uniform
    /// (Kolmogorov-Smirnov; the bound is exceeded by chance once in 10^7 cases).
    #[test]
    fn arrivals_follow_the_integral(which in 0..COUNT, count in 1u64..3_000, seed: u64) {
        let part = part(profiles()[which].clone(), count, seed);
        let arrivals: Vec<_> = part.arrivals().collect();
        prop_assert_eq!(arrivals.len() as u64, count);
        prop_assert!(arrivals.is_sorted_by_key(|arrival| arrival.at));
        let distance = arrivals.iter().enumerate().map(|(k, arrival)| {
            let u = part.profile.come_by(part.span, arrival.at);
            (u - k as f64 / count as f64).abs().max((u - (k + 1) as f64 / count as f64).abs())
        }).fold(0.0, f64::max);
        prop_assert!(distance * (count as f64).sqrt() < 2.9, "seed {seed}: D = {distance}");
    }

    /// Cutting the schedule in two loses nobody and moves nobody, also where people have several devices.
    #[test]
    fn slices_add_up(cut in 0u64..80_000, devices in 1.0f64..3.0, seed: u64) {
        let mut parts: Vec<_> = profiles().into_iter().map(|profile| part(profile, 200, seed)).collect();
        for part in &mut parts {
            Arc::get_mut(&mut part.people).unwrap().devices = Devices(devices);
        }
        let (from, until) = (OPENS + Offset(-600_000_000_000), span().closes + Nanos::from_secs(3_600));
        let cut = from + Nanos::from_secs(cut);
        let whole: Vec<_> = Schedule::new(&parts, from, until).collect();
        let mut halves: Vec<_> = Schedule::new(&parts, from, cut).collect();
        halves.extend(Schedule::new(&parts, cut, until));
        let firsts = whole.iter().filter(|arrival| arrival.device == 0).count();
        prop_assert_eq!(firsts, 200 * COUNT);
        let of = |part: &PlannedPart| (0..200).map(|n| usize::from(part.people.devices_of(part.people.person(n)))).sum::<usize>();
        prop_assert_eq!(whole.len(), parts.iter().map(of).sum::<usize>());
        prop_assert!(whole.is_sorted_by_key(|arrival| arrival.at));
        prop_assert_eq!(whole, halves);
    }
}

#[test]
fn another_cohort_moves_nobody() {
    let seniors = part(profiles()[1].clone(), 500, 7);
    let mut others = part(profiles()[1].clone(), 300, 7);
    others.people = Arc::new(Cohort::new("fifties", 300, Origin::ANYBODY, Seed(7)));
    others.cohort = 1;
    let until = span().closes;
    let alone: Vec<_> = Schedule::new(std::slice::from_ref(&seniors), OPENS, until).collect();
    let both = [others, seniors];
    let with_others = Schedule::new(&both, OPENS, until).filter(|arrival| arrival.cohort == 0);
    assert_eq!(alone, with_others.collect::<Vec<_>>());
}

#[test]
fn who_got_nothing_returns_in_a_later_window_that_admits_them() {
    let day = Nanos::from_secs(86_400);
    let next = |span: Span| Span { opens: span.opens + day, closes: span.closes + day, ..span };
    let window = |span, regions| ReturnWindow { span, cohorts: vec![0], regions };
    let (first, second) = (span(), next(span()));
    let returns = Returns {
        share: Some(Share(0.75)),
        profiles: vec![profiles()[1].clone()],
        windows: vec![
            window(first, Regions::CAPITAL),
            window(second, Regions::OUTSIDE_CAPITAL),
            window(next(second), Regions::KOREA),
        ],
    };
    let people = Cohort::new("a", 4_000, Origin::ANYBODY, Seed(1));
    let back = |province| {
        let draw = |n| people.draws.person(people.person(n).0, 0).of(Drawn::Return, 0);
        let of = |n| returns.after(0, 0, province, first.closes, draw(n));
        (0..4_000).filter_map(of).collect::<Vec<_>>()
    };
    for (province, place, span) in [(Province::Seoul, 2, next(second)), (Province::Busan, 1, second)] {
        let back = back(province);
        // Four standard errors of a share of three quarters of 4,000.
        assert!((back.len() as f64 / 4_000.0 - 0.75).abs() < 4.0 * (0.75 * 0.25 / 4_000.0f64).sqrt());
        assert!(back.iter().all(|r| r.window == place && r.at >= span.opens && r.at <= span.closes));
    }
    let draw = people.draws.person(0, 0).of(Drawn::Return, 0);
    assert_eq!(returns.after(2, 0, Province::Seoul, first.closes, draw), None, "no window is left");
    assert_eq!(returns.after(0, 1, Province::Seoul, first.closes, draw), None, "another cohort");
}

#[test]
fn the_plan_hash_sees_every_field() {
    let arrival = part(profiles()[1].clone(), 1, 7).arrivals().next().unwrap();
    let hash = |cohort: &str, arrival: &Arrival| {
        let mut hash = PlanHash::default();
        hash.add(cohort, arrival);
        hash.finish()
    };
    let plain = hash("a", &arrival);
    assert_ne!(plain, hash("b", &arrival));
    assert_ne!(plain, hash("a", &Arrival { at: arrival.at + Nanos(1), ..arrival }));
    assert_ne!(plain, hash("a", &Arrival { device: 1, ..arrival }));
    assert_eq!(plain, hash("a", &arrival));
}
