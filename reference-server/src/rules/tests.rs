use super::window::Window;
use super::*;
use base::calendar::Born;
use base::draw::Seed;
use base::protocol::Ticket;
use base::province::Regions;
use base::register::Listed;
use proptest::prelude::*;

const OPENS: Timestamp = Timestamp(1_000_000_000_000);

/// Cohort 0: ten thousand people of Seoul, to whom 0 to 9,999 belong.
fn config(per_second: u64, sessions: u64, places: u32) -> Config {
    let second = Nanos::from_secs(1);
    let seoul: Regions = "seoul".parse().unwrap();
    let born = "1947-01-01..1961-12-31".parse().unwrap();
    let closes = OPENS + Nanos::from_secs(3_600);
    Config {
        waiting_room: Settings {
            windows: vec![Window { opens: OPENS, closes, cohorts: vec![(0, born)], regions: seoul }],
            enforced: true,
            admit: Rate { count: per_second, per: second },
            burst: second,
            sessions,
            session_limit: Nanos::from_secs(60),
            ticket_ttl: Nanos::from_secs(30),
            poll_front: Nanos::from_secs(2),
            poll_back: Nanos::from_secs(10),
        },
        register: Register::new(vec![Listed::new(0, 10_000, born, seoul, Seed(1).family("cohort", "a"))]),
        days: 2,
        centres: vec![Centres { province: Province::Seoul, first: 0, count: 2 }],
        places: vec![places; 4],
        hold_for: Nanos::from_secs(20),
        account: Grid::even(OPENS, second, 10_000),
    }
}

/// Two windows of an hour, the second for the capital region a day later.
fn two_windows(per_second: u64) -> Config {
    let mut config = config(per_second, 100, 1);
    let first = config.waiting_room.windows[0].clone();
    let day = Nanos::from_secs(86_400);
    let second = Window {
        opens: first.opens + day,
        closes: first.closes + day,
        regions: Regions::OUTSIDE_CAPITAL,
        ..first
    };
    config.waiting_room.windows.push(second);
    config.account = Grid::even(OPENS, Nanos::from_secs(60), 1_500);
    config
}

const IDENTIFY: Ask = Ask::Identify { provider: 0 };
const SECOND_DOSE: u8 = 56;

fn booked_at(slot: Slot) -> Reply {
    Reply::Booked { slot, second: Slot { day: slot.day + SECOND_DOSE, ..slot } }
}

fn after(seconds: f64) -> Timestamp {
    OPENS + Nanos::from_secs_f64(seconds)
}

/// Settles, accepts and, where the call is routed, commits at the same instant.
fn ask(rules: &mut Rules, now: Timestamp, person: u64, ticket: Option<u64>, ask: Ask) -> Reply {
    let ticket = ticket.map(|number| Ticket { number, mac: 0 });
    let call = Call { person: PersonId(person), device: 0, address: 0, nth: 0, ticket, ask };
    rules.settle(now);
    match rules.accept(now, &call) {
        Verdict::Reply(reply) => reply,
        Verdict::Route(accepted) => rules.commit(now, &accepted),
    }
}

fn refused(reason: Refusal) -> Reply {
    Reply::Refused { reason }
}

#[test]
fn nobody_enters_before_the_opening_or_after_the_close() {
    let mut rules = Rules::new(config(1, 10, 1));
    let early = Timestamp(OPENS.0 - 1);
    assert_eq!(ask(&mut rules, early, 1, None, Ask::Enter), Reply::NotOpen { opens: OPENS });
    assert_eq!(ask(&mut rules, after(3_600.0), 1, None, Ask::Enter), refused(Refusal::Closed));
}

#[test]
fn the_line_at_the_door_is_admitted_in_order_at_the_rate() {
    let mut rules = Rules::new(config(10, 100, 1));
    for person in 0..30 {
        let Reply::Waiting { ahead, .. } = ask(&mut rules, OPENS, person, None, Ask::Enter) else {
            panic!("the bucket is empty at the opening")
        };
        assert_eq!(ahead, person);
    }
    // Number 29 is the last of thirty: at ten a second it is expected when the third second ends.
    let Reply::Waiting { poll_after, .. } = ask(&mut rules, after(0.5), 29, Some(29), Ask::Poll) else {
        panic!("number 29 still waits")
    };
    assert_eq!(after(0.5) + poll_after, after(3.0));
    rules.settle(after(1.0));
    assert_eq!((rules.sessions(), rules.account().still_waiting()), (10, 20));
    let Reply::Waiting { ahead, poll_after, .. } = ask(&mut rules, after(1.0), 25, Some(25), Ask::Poll)
    else {
        panic!("number 25 still waits after one second")
    };
    assert_eq!((ahead, poll_after), (15, Nanos::from_secs(2)));
    assert!(matches!(ask(&mut rules, after(1.0), 9, Some(9), Ask::Poll), Reply::Admitted { .. }));
    rules.settle(after(10.0));
    let account = rules.account();
    assert_eq!((account.whole().peak.depth, account.whole().peak.at), (30, OPENS));
    assert_eq!(account.whole().drained_at, Some(after(3.0)));
    assert_eq!(account.whole().waited, Nanos::from_millis((1..=30).map(|k| k * 100).sum()));
}

#[test]
fn a_full_house_admits_when_a_seat_is_given_back() {
    let mut rules = Rules::new(config(100, 1, 1));
    assert!(matches!(ask(&mut rules, after(1.0), 1, None, Ask::Enter), Reply::Admitted { .. }));
    assert!(matches!(ask(&mut rules, after(2.0), 2, None, Ask::Enter), Reply::Waiting { ahead: 0, .. }));
    assert_eq!(ask(&mut rules, after(3.0), 1, Some(0), Ask::Leave), Reply::Left);
    assert!(matches!(ask(&mut rules, after(3.0), 2, Some(1), Ask::Poll), Reply::Admitted { .. }));
    // Nobody gives this one back: it ends by itself after a minute.
    assert!(matches!(ask(&mut rules, after(62.9), 3, None, Ask::Enter), Reply::Waiting { .. }));
    assert!(matches!(ask(&mut rules, after(63.0), 3, Some(2), Ask::Poll), Reply::Admitted { .. }));
    assert_eq!(ask(&mut rules, after(63.0), 2, Some(1), IDENTIFY), refused(Refusal::SessionExpired));
}

#[test]
fn whoever_stays_away_loses_the_place_and_whoever_polls_keeps_it() {
    let mut rules = Rules::new(config(1, 1, 1));
    ask(&mut rules, after(1.5), 1, None, Ask::Enter);
    ask(&mut rules, after(2.0), 2, None, Ask::Enter);
    ask(&mut rules, after(2.0), 3, None, Ask::Enter);
    assert!(matches!(ask(&mut rules, after(20.0), 3, Some(2), Ask::Poll), Reply::Waiting { ahead: 1, .. }));
    assert!(matches!(ask(&mut rules, after(33.0), 3, Some(2), Ask::Poll), Reply::Waiting { ahead: 0, .. }));
    assert_eq!(ask(&mut rules, after(33.0), 2, Some(1), Ask::Poll), refused(Refusal::TicketExpired));
    assert_eq!(rules.account().whole().expired, 1);
}

#[test]
fn protected_calls_need_an_own_admitted_identified_session() {
    let mut rules = Rules::new(config(10, 1, 1));
    ask(&mut rules, after(1.0), 1, None, Ask::Enter);
    ask(&mut rules, after(1.0), 2, None, Ask::Enter);
    let now = after(1.0);
    assert_eq!(ask(&mut rules, now, 1, None, IDENTIFY), refused(Refusal::NoTicket));
    assert_eq!(ask(&mut rules, now, 1, Some(99), IDENTIFY), refused(Refusal::NoTicket));
    assert_eq!(ask(&mut rules, now, 2, Some(0), IDENTIFY), refused(Refusal::NoTicket));
    assert_eq!(ask(&mut rules, now, 2, Some(1), IDENTIFY), refused(Refusal::NotAdmitted));
    assert_eq!(ask(&mut rules, now, 1, Some(0), Ask::Centres), refused(Refusal::NotIdentified));
    assert_eq!(ask(&mut rules, now, 1, Some(0), IDENTIFY), Reply::Identified);
    assert_eq!(ask(&mut rules, now, 1, Some(0), Ask::Centres), Reply::Centres { first: 0, count: 2 });
    assert_eq!(
        ask(&mut rules, now, 1, Some(0), Ask::Book { key: 7, slot: Slot { centre: 0, day: 0 } }),
        refused(Refusal::NothingHeld)
    );
}

/// Brings `person` inside, identified; returns the ticket's number.
fn inside(rules: &mut Rules, now: Timestamp, person: u64) -> u64 {
    let Reply::Admitted { ticket, .. } = ask(rules, now, person, None, Ask::Enter) else {
        panic!("the test leaves room for everybody")
    };
    assert_eq!(ask(rules, now, person, Some(ticket.number), IDENTIFY), Reply::Identified);
    ticket.number
}

#[test]
fn the_last_place_is_sold_once() {
    let mut rules = Rules::new(config(100, 100, 1));
    let (now, slot) = (after(10.0), Slot { centre: 1, day: 1 });
    let (a, b) = (inside(&mut rules, now, 1), inside(&mut rules, now, 2));
    assert!(matches!(ask(&mut rules, now, 1, Some(a), Ask::Hold { slot }), Reply::Held { .. }));
    assert_eq!(ask(&mut rules, now, 2, Some(b), Ask::Hold { slot }), Reply::Taken);
    assert_eq!(ask(&mut rules, now, 2, Some(b), Ask::Slots { centre: 1 }), Reply::Slots { free: 0b01 });
    // The hold runs out after twenty seconds, and then the place is the other's.
    let later = after(30.0);
    assert!(matches!(ask(&mut rules, later, 2, Some(b), Ask::Hold { slot }), Reply::Held { .. }));
    assert_eq!(ask(&mut rules, later, 1, Some(a), Ask::Book { key: 1, slot }), refused(Refusal::NothingHeld));
    assert_eq!(ask(&mut rules, later, 2, Some(b), Ask::Book { key: 2, slot }), booked_at(slot));
    assert_eq!(ask(&mut rules, later, 2, Some(b), Ask::Lookup), booked_at(slot));
    assert_eq!(ask(&mut rules, later, 1, Some(a), Ask::Lookup), Reply::NotBooked);
}

#[test]
fn a_repeated_booking_request_is_one_booking() {
    let mut rules = Rules::new(config(100, 100, 1));
    let (now, slot) = (after(10.0), Slot { centre: 0, day: 0 });
    let ticket = inside(&mut rules, now, 1);
    ask(&mut rules, now, 1, Some(ticket), Ask::Hold { slot });
    let call = Call {
        person: PersonId(1),
        device: 0,
        address: 0,
        nth: 0,
        ticket: Some(Ticket { number: ticket, mac: 0 }),
        ask: Ask::Book { key: 5, slot },
    };
    let Verdict::Route(accepted) = rules.accept(now, &call) else { panic!("the booking is accepted") };
    assert_eq!(rules.accept(now, &call), Verdict::Reply(refused(Refusal::InProgress)));
    assert_eq!(rules.commit(now, &accepted), booked_at(slot));
    assert_eq!(ask(&mut rules, now, 1, Some(ticket), Ask::Book { key: 5, slot }), booked_at(slot));
    assert_eq!(
        ask(&mut rules, now, 1, Some(ticket), Ask::Book { key: 6, slot }),
        refused(Refusal::AlreadyBooked)
    );
    assert_eq!(rules.slots().bookings(), 1);
}

#[test]
fn whoever_is_inside_at_the_close_books_no_more() {
    let mut rules = Rules::new(config(100, 100, 1));
    let slot = Slot { centre: 0, day: 0 };
    let last = after(3_599.0);
    let ticket = inside(&mut rules, last, 1);
    ask(&mut rules, last, 1, Some(ticket), Ask::Hold { slot });
    let late = ask(&mut rules, after(3_600.0), 1, Some(ticket), Ask::Book { key: 1, slot });
    assert_eq!((late, rules.slots().bookings()), (refused(Refusal::Closed), 0));
}

#[test]
fn the_account_ends_where_it_was_told_to() {
    let until = after(2.5);
    let mut rules = Rules::new(Config { account: Grid::new(OPENS, until, &[]), ..config(10, 100, 1) });
    for person in 0..60 {
        ask(&mut rules, OPENS, person, None, Ask::Enter);
    }
    rules.settle(after(100.0));
    let account = rules.account();
    assert_eq!(account.rows().len(), 3, "two whole seconds and a half");
    assert_eq!(
        (account.rows()[2].depth, account.still_waiting(), account.whole().drained_at),
        (36, 36, None)
    );
}

#[test]
fn the_key_of_a_booking_is_for_one_request() {
    let mut rules = Rules::new(config(100, 100, 1));
    let (now, slot, other) = (after(10.0), Slot { centre: 0, day: 0 }, Slot { centre: 0, day: 1 });
    let ticket = inside(&mut rules, now, 1);
    ask(&mut rules, now, 1, Some(ticket), Ask::Hold { slot });
    let unheld = ask(&mut rules, now, 1, Some(ticket), Ask::Book { key: 5, slot: other });
    assert_eq!(unheld, refused(Refusal::NothingHeld));
    assert_eq!(ask(&mut rules, now, 1, Some(ticket), Ask::Book { key: 5, slot }), booked_at(slot));
    let reused = ask(&mut rules, now, 1, Some(ticket), Ask::Book { key: 5, slot: other });
    assert_eq!(reused, refused(Refusal::KeyReused));
}

#[test]
fn only_whom_the_window_admits_may_book() {
    let mut rules = Rules::new(two_windows(100));
    let now = after(10.0);
    let (own, foreign) = (7, PersonId::new(9, 7).0);
    for (person, verdict) in [(own, Reply::Eligible), (foreign, refused(Refusal::NotEligible))] {
        let ticket = inside(&mut rules, now, person);
        assert_eq!(ask(&mut rules, now, person, Some(ticket), Ask::Eligibility), verdict);
    }
    let (later, slot) = (after(86_400.0 + 10.0), Slot { centre: 0, day: 0 });
    let ticket = inside(&mut rules, later, own);
    for what in [Ask::Eligibility, Ask::Hold { slot }] {
        let reply = ask(&mut rules, later, own, Some(ticket), what);
        assert_eq!(reply, refused(Refusal::NotEligible), "people of Seoul may not book in the second window");
    }
}

#[test]
fn only_who_was_born_in_the_windows_interval_may_book() {
    let mut config = config(1_000, 1_000, 1);
    let born: Born = "1955-01-01..1961-12-31".parse().unwrap();
    config.waiting_room.windows[0].cohorts = vec![(0, born)];
    let register = config.register.clone();
    let mut rules = Rules::new(config);
    let (now, mut admitted) = (after(10.0), 0);
    for person in 0..200 {
        let is_listed = born.contains(register.resident(PersonId(person)).unwrap().born);
        let verdict = if is_listed { Reply::Eligible } else { refused(Refusal::NotEligible) };
        let ticket = inside(&mut rules, now, person);
        assert_eq!(ask(&mut rules, now, person, Some(ticket), Ask::Eligibility), verdict, "person {person}");
        admitted += u32::from(is_listed);
    }
    assert!((60..130).contains(&admitted), "{admitted} of 200, seven years of fifteen");
}

#[test]
fn a_window_closes_on_its_line_and_the_next_begins_anew() {
    let mut rules = Rules::new(two_windows(1));
    let last = after(3_590.0);
    (0..50).for_each(|person| {
        ask(&mut rules, last, person, None, Ask::Enter);
    });
    let next = after(86_400.0);
    assert_eq!(ask(&mut rules, after(3_600.0), 49, Some(49), Ask::Poll), refused(Refusal::Closed));
    assert_eq!(ask(&mut rules, after(3_601.0), 60, None, Ask::Enter), Reply::NotOpen { opens: next });
    assert!(matches!(ask(&mut rules, next, 60, None, Ask::Enter), Reply::Waiting { ahead: 0, .. }));
    rules.settle(next + Nanos::from_secs(2));
    let (first, second) = (&rules.account().windows()[0], &rules.account().windows()[1]);
    // The bucket had filled up: two at once, and one a second for the ten seconds that were left.
    assert_eq!((first.peak.depth, first.closed_out, first.drained_at), (48, 39, None));
    assert_eq!((second.peak.depth, second.peak.at, second.closed_out), (1, next, 0));
    assert_eq!(second.drained_at, Some(next + Nanos::from_secs(1)));
    assert_eq!(rules.account().whole().closed_out, 39);
}

#[test]
fn a_window_begins_with_an_empty_bucket_also_where_nobody_came_before() {
    let mut rules = Rules::new(two_windows(1));
    let opens = after(86_400.0);
    assert!(matches!(ask(&mut rules, opens, 1, None, Ask::Enter), Reply::Waiting { ahead: 0, .. }));
    rules.settle(opens + Nanos::from_secs(1));
    assert_eq!((rules.sessions(), rules.account().windows()[1].peak.depth), (1, 1));
    assert_eq!(rules.account().windows()[0].peak.depth, 0);
}

#[test]
fn without_enforcement_everybody_is_inside_at_once() {
    let mut config = config(1, 1, 1);
    config.waiting_room.enforced = false;
    let mut rules = Rules::new(config);
    (0..100).for_each(|person| {
        inside(&mut rules, OPENS, person);
    });
    assert_eq!((rules.sessions(), rules.session_cap(), rules.account().whole().peak.depth), (100, None, 0));
}

#[test]
fn operators_change_the_waiting_room() {
    let mut rules = Rules::new(config(1, 100, 1));
    (0..40).for_each(|person| {
        ask(&mut rules, OPENS, person, None, Ask::Enter);
    });
    let change = |rules: &mut Rules, at: Timestamp, change: RoomChange| {
        rules.settle(at);
        rules.change_room(at, change);
    };
    change(&mut rules, after(2.0), RoomChange::Admit(Rate { count: 10, per: Nanos::from_secs(1) }));
    rules.settle(after(3.0));
    assert_eq!(rules.account().still_waiting(), 28, "two at the old rate, ten at the new");
    change(&mut rules, after(3.0), RoomChange::Suspended(true));
    assert_eq!(ask(&mut rules, after(5.0), 50, None, Ask::Enter), Reply::Busy);
    rules.settle(after(600.0));
    assert_eq!(rules.account().still_waiting(), 28, "nobody is admitted and no ticket expires");
    change(&mut rules, after(600.0), RoomChange::Suspended(false));
    rules.settle(after(601.0));
    assert_eq!(rules.account().still_waiting(), 18);
    change(&mut rules, after(601.0), RoomChange::Sessions(5));
    rules.settle(after(602.0));
    assert_eq!(rules.account().still_waiting(), 18, "the house is fuller than the new cap");
}

#[test]
fn what_was_shown_is_compared_with_what_came() {
    let mut rules = Rules::new(config(10, 100, 1));
    (0..30).for_each(|person| {
        ask(&mut rules, OPENS, person, None, Ask::Enter);
    });
    rules.settle(after(10.0));
    let ratios = &rules.account().whole().shown_over_actual;
    // Nobody left the line, so what was shown is what came; twenty waited a second or more.
    assert_eq!(ratios.len(), 21);
    assert!(ratios.min() > 998_000_000 && ratios.max() < 1_002_000_000, "to the histogram's three digits");
}

/// Some moves of some people, as numbers that a property test can shrink.
type Move = (u64, u64, u8, u16);

fn moves() -> impl Strategy<Value = Vec<Move>> {
    prop::collection::vec((0u64..4_000, 0u64..12, 0u8..9, 0u16..4), 1..120)
}

fn play(rules: &mut Rules, moves: &[Move], mut between: impl FnMut(&mut Rules, Timestamp, Timestamp)) {
    let (mut now, mut tickets) = (after(0.0), [None; 12]);
    for &(pause_ms, person, kind, place) in moves {
        let next = now + Nanos::from_millis(pause_ms);
        between(rules, now, next);
        now = next;
        let slot = Slot { centre: place / 2, day: (place % 2) as u8 };
        let what = match kind {
            0 | 1 => Ask::Enter,
            2 => Ask::Poll,
            3 => Ask::Leave,
            4 => IDENTIFY,
            5 => Ask::Slots { centre: place / 2 },
            6 => Ask::Hold { slot },
            7 => Ask::Book { key: person, slot },
            _ => Ask::Lookup,
        };
        let reply = ask(rules, now, person, tickets[person as usize], what);
        if let Reply::Waiting { ticket, .. } | Reply::Admitted { ticket, .. } = reply {
            tickets[person as usize] = Some(ticket.number);
        }
    }
    rules.settle(now + Nanos::from_secs(100));
}

proptest! {
    /// The law of `settle`: at a and then at b equals at b.
    #[test]
    fn settling_twice_equals_settling_once(moves in moves(), part in 0.0f64..1.0) {
        let mut once = Rules::new(config(2, 3, 2));
        let mut twice = once.clone();
        play(&mut once, &moves, |_, _, _| {});
        play(&mut twice, &moves, |rules, from, to| {
            rules.settle(from + to.since(from).mul_f64(part));
        });
        prop_assert_eq!(format!("{once:?}"), format!("{twice:?}"));
    }

    /// Replaying the effects rebuilds the state of slots, holds and bookings.
    #[test]
    fn effects_rebuild_the_state(moves in moves()) {
        let mut rules = Rules::new(config(5, 8, 2));
        let mut rebuilt = rules.slots().clone();
        play(&mut rules, &moves, |_, _, _| {});
        let effects: Vec<Effect> = rules.take_effects().collect();
        for effect in &effects {
            rebuilt.apply(effect);
        }
        prop_assert_eq!(rebuilt.state(), rules.slots().state());
    }

    /// Sessions never exceed the cap, admissions never exceed rate and burst, and tickets add up.
    #[test]
    fn caps_hold_and_tickets_add_up(moves in moves()) {
        let mut rules = Rules::new(config(2, 3, 2));
        play(&mut rules, &moves, |_, _, _| {});
        let account = rules.account();
        prop_assert!(account.whole().sessions_peak <= 3);
        let rows = account.rows();
        for window in rows.windows(5) {
            let admitted: u64 = window.iter().map(|row| row.admissions).sum();
            prop_assert!(admitted <= 2 * 5 + 2 + 1, "{admitted} admissions in 5 s at 2/s, burst 2");
        }
        let line = account.whole();
        let issued: u64 = rows.iter().map(|row| row.tickets).sum();
        let gone = line.waits.len() + line.left + line.expired + line.closed_out + account.still_waiting();
        prop_assert_eq!(issued, gone);
    }
}
