use super::*;
use base::law::Mean;
use proptest::prelude::*;

const START: Timestamp = Timestamp(0);

fn station(name: &str, workers: u32, service: Law) -> Station {
    Station { name: name.into(), workers, service, queue: 1_000, timeout: Nanos::from_secs(3_600) }
}

fn constant(millis: u64) -> Law {
    Law::Constant(Nanos::from_millis(millis))
}

/// One chain, for `Identify`.
fn floor(stations: Vec<Station>, held: &[bool]) -> Floor {
    let mut chains: [Vec<Stage>; Operation::COUNT] = Default::default();
    chains[Operation::Identify.index()] =
        held.iter().enumerate().map(|(station, held)| Stage::alone(station, *held)).collect();
    Floor::new(Layout { stations, chains }, Seed(1), START)
}

fn work(key: usize) -> Work {
    Work {
        key,
        person: key as u64,
        device: 0,
        nth: 0,
        operation: Operation::Identify,
        alternative: key as u8,
    }
}

fn at(millis: u64) -> Timestamp {
    START + Nanos::from_millis(millis)
}

fn all_by(floor: &mut Floor, now: Timestamp) -> Vec<Finished> {
    std::iter::from_fn(|| floor.complete(now)).collect()
}

#[test]
fn one_worker_serves_in_order() {
    let mut floor = floor(vec![station("web", 1, constant(10))], &[false]);
    for key in 0..3 {
        assert_eq!(floor.offer(at(0), work(key)), Offered::Queued);
    }
    let ends: Vec<_> = all_by(&mut floor, at(100)).into_iter().map(|f| (f.key, f.at)).collect();
    assert_eq!(ends, [(0, at(10)), (1, at(20)), (2, at(30))]);
    let reading = &floor.readings(at(60))[0];
    assert!((reading.utilisation - 0.5).abs() < 1e-12);
    assert_eq!((reading.waits.len(), reading.refused), (3, 0));
}

#[test]
fn a_late_wake_up_takes_no_capacity() {
    let mut late = floor(vec![station("web", 1, constant(1))], &[false]);
    (0..1_000).for_each(|key| {
        late.offer(at(0), work(key));
    });
    // Nobody looks for half a second; the completions are where they would have been anyway.
    let ends = all_by(&mut late, at(500));
    assert_eq!((ends.len(), ends[499].at), (500, at(500)));
}

#[test]
fn a_held_worker_stays_taken_while_the_next_is_awaited() {
    let stations = || vec![station("web", 2, constant(1)), station("pool", 1, constant(10))];
    let ends = |held: &[bool]| {
        let mut floor = floor(stations(), held);
        (0..3).for_each(|key| {
            floor.offer(at(0), work(key));
        });
        let ends: Vec<_> = all_by(&mut floor, at(1_000)).into_iter().map(|f| f.at).collect();
        (ends, floor.readings(at(32))[0].utilisation)
    };
    let (free, idle) = ends(&[false, false]);
    assert_eq!(free, [at(11), at(21), at(31)]);
    assert!((idle - 3.0 / 64.0).abs() < 1e-12);
    let (held, taken) = ends(&[true, false]);
    assert_eq!(held, [at(11), at(21), at(31)]);
    // Worker 1 is taken until 11 and then by the third until 31, worker 2 until 21.
    assert!((taken - (11.0 + 21.0 + 20.0) / 64.0).abs() < 1e-12, "{taken}");
}

#[test]
fn a_full_queue_refuses_and_a_slow_one_times_out() {
    let mut short = station("web", 1, constant(100));
    short.queue = 1;
    short.timeout = Nanos::from_millis(30);
    let mut floor = floor(vec![short], &[false]);
    assert_eq!(floor.offer(at(0), work(0)), Offered::Queued);
    assert_eq!(floor.offer(at(0), work(1)), Offered::Queued);
    assert_eq!(floor.offer(at(0), work(2)), Offered::Refused);
    let ends = all_by(&mut floor, at(200));
    assert_eq!(ends[0], Finished { key: 1, at: at(30), done: false });
    assert_eq!(ends[1], Finished { key: 0, at: at(100), done: true });
    assert_eq!(floor.readings(at(200))[0].refused, 2);
}

#[test]
fn who_gives_up_at_the_second_station_frees_the_first() {
    let mut pool = station("pool", 1, constant(100));
    pool.queue = 0;
    let mut floor = floor(vec![station("web", 1, constant(10)), pool], &[true, false]);
    floor.offer(at(0), work(0));
    floor.offer(at(0), work(1));
    // Number 1 can start at the web station only when number 0 is done with the whole chain.
    let ends = all_by(&mut floor, at(500));
    assert_eq!(
        ends,
        [Finished { key: 0, at: at(110), done: true }, Finished { key: 1, at: at(220), done: true },]
    );
}

#[test]
fn alternatives_have_queues_of_their_own() {
    let stations = vec![station("a", 1, constant(10)), station("b", 1, constant(30))];
    let mut chains: [Vec<Stage>; Operation::COUNT] = Default::default();
    chains[Operation::Identify.index()] = vec![Stage { station: 0, alternatives: 2, held: false }];
    let mut floor = Floor::new(Layout { stations, chains }, Seed(1), START);
    (0..4).for_each(|key| {
        floor.offer(at(0), work(key));
    });
    let ends: Vec<_> = all_by(&mut floor, at(100)).into_iter().map(|f| (f.key, f.at)).collect();
    assert_eq!(ends, [(0, at(10)), (2, at(20)), (1, at(30)), (3, at(60))]);
}

#[test]
fn a_station_changes_while_it_works() {
    let mut floor = floor(vec![station("web", 1, constant(100))], &[false]);
    (0..4).for_each(|key| {
        floor.offer(at(0), work(key));
    });
    assert_eq!(all_by(&mut floor, at(50)), []);
    let faster = StationChange { workers: 2, service: constant(10), queue: 1_000 };
    floor.change(at(50), 0, &faster);
    let ends: Vec<_> = all_by(&mut floor, at(85)).into_iter().map(|f| f.at).collect();
    assert_eq!(
        ends,
        [at(60), at(70), at(80)],
        "the second worker takes what waits; the first is not hurried"
    );
    floor.change(at(85), 0, &StationChange { workers: 0, service: constant(10), queue: 1_000 });
    floor.offer(at(85), work(9));
    assert_eq!(all_by(&mut floor, at(200)).len(), 1, "what has begun ends; a lost station begins nothing");
    let Worked { busy, offered } = floor.worked(at(200)).next().unwrap();
    assert_eq!((busy, offered), (130_000_000, 120_000_000), "50 + 2 x 35 were offered, 100 + 30 worked");
}

#[test]
fn an_empty_chain_is_done_at_once() {
    let mut floor = floor(vec![station("web", 1, constant(10))], &[]);
    assert_eq!(floor.offer(at(0), work(0)), Offered::Done);
}

proptest! {
    /// Whatever the chain and the moments of looking, every piece of work ends once, in time order, and
    /// the ends do not depend on when anybody looked.
    #[test]
    fn looking_changes_nothing(
        arrivals in prop::collection::vec(0u64..50, 1..80),
        workers in 1u32..4,
        held: bool,
        step in 1u64..200,
    ) {
        let law = Law::Exponential(Mean { mean: Nanos::from_millis(40) });
        let build = || {
            let mut pool = station("pool", workers, law);
            (pool.queue, pool.timeout) = (5, Nanos::from_millis(120));
            floor(vec![station("web", workers + 1, law), pool], &[held, false])
        };
        let end = at(60_000);
        let run = |often: bool| {
            let (mut floor, mut now, mut ended) = (build(), START, Vec::new());
            for (key, pause) in arrivals.iter().enumerate() {
                let next = now + Nanos::from_millis(*pause);
                while often && now + Nanos::from_millis(step) < next {
                    now += Nanos::from_millis(step);
                    ended.extend(all_by(&mut floor, now));
                }
                now = next;
                ended.extend(all_by(&mut floor, now));
                prop_assert_ne!(floor.offer(now, work(key)), Offered::Done);
            }
            ended.extend(all_by(&mut floor, end));
            prop_assert!(ended.is_sorted_by_key(|finished| finished.at));
            prop_assert_eq!(floor.next_due(), None);
            Ok(ended)
        };
        let (seldom, often) = (run(false)?, run(true)?);
        prop_assert_eq!(seldom.len(), arrivals.len());
        prop_assert_eq!(seldom, often);
    }
}
