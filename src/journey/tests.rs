use super::*;
use base::draw::{Draws, Seed};
use base::protocol::{Ask, Failure, PersonId, Refusal, Slot, Ticket};

const OPENS: Timestamp = Timestamp(1_000_000_000_000);
const TICKET: Ticket = Ticket { number: 3, mac: 9 };

fn journey() -> Journey {
    let think = Law::Constant(Nanos::from_secs(1));
    let at_once = Law::Constant(Nanos::ZERO);
    let mut steps: Vec<Step> = Operation::ALL
        .into_iter()
        .filter(|operation| *operation != Operation::Poll)
        .map(|operation| Step { operation, think })
        .collect();
    steps[0].think = at_once;
    steps[8].think = at_once;
    Journey {
        steps,
        habits: Habits {
            patience: Law::Constant(Nanos::from_secs(60)),
            deadline: Nanos::from_secs(10),
            refresh_after: None,
            retries: 2,
            backoff: Nanos::from_secs(1),
            growth: Growth::Doubling,
            choices: 1,
        },
        providers: vec![0.5, 0.5],
    }
}

/// A visit in the hands of a test.
struct Hand {
    journey: Journey,
    draws: Draws,
    visit: Visit,
    now: Timestamp,
}

impl Hand {
    fn new() -> Self {
        Self::of(Seed(1), PersonId(7))
    }

    fn of(seed: Seed, person: PersonId) -> Self {
        let visit = Visit::new(Visitor { person, device: 0, address: 9 }, Nanos::from_secs(5));
        Self { journey: journey(), draws: seed.family("cohort", "test"), visit, now: OPENS }
    }

    fn give(&mut self, input: Input<'_>) -> Action {
        let draws = self.draws.person(self.visit.visitor().person.0, 0);
        self.visit.advance(self.now, input, &self.journey, &draws)
    }

    fn begin(&mut self) -> Ask {
        let action = self.give(Input::Begin);
        asked(&action)
    }

    /// Gives a reply and, if a pause follows, sits it out; returns what is asked next.
    fn reply(&mut self, reply: Reply) -> Ask {
        let action = self.settle(Input::Replied(&[reply]));
        asked(&action)
    }

    fn settle(&mut self, input: Input<'_>) -> Action {
        let mut action = self.give(input);
        while let Action::Pause { until } = action {
            assert!(until >= self.now);
            self.now = until;
            action = self.give(Input::Resumed);
        }
        action
    }

    fn end(&mut self, reply: Reply) -> Ending {
        match self.settle(Input::Replied(&[reply])) {
            Action::Done(ending) => ending,
            other => panic!("expected the end, found {other:?}"),
        }
    }
}

fn asked(action: &Action) -> Ask {
    match action {
        Action::Send(send) => send.exchanges[0].call.ask,
        other => panic!("expected an exchange, found {other:?}"),
    }
}

fn admitted() -> Reply {
    Reply::Admitted { ticket: TICKET, until: OPENS + Nanos::from_secs(1_800) }
}

fn waiting(poll_after: u64) -> Reply {
    Reply::Waiting { ticket: TICKET, ahead: 5, poll_after: Nanos::from_secs(poll_after) }
}

#[test]
fn a_booking_from_door_to_door() {
    let mut hand = Hand::new();
    assert_eq!(hand.begin(), Ask::Enter);
    assert_eq!(hand.reply(waiting(4)), Ask::Poll);
    assert_eq!(hand.now, OPENS + Nanos::from_secs(4));
    assert!(matches!(hand.reply(admitted()), Ask::Identify { .. }));
    assert_eq!(hand.reply(Reply::Identified), Ask::Eligibility);
    assert_eq!(hand.reply(Reply::Eligible), Ask::Centres);
    let Ask::Slots { centre } = hand.reply(Reply::Centres { first: 40, count: 3 }) else {
        panic!("slots come next")
    };
    assert!((40..43).contains(&centre), "{centre}");
    let Ask::Hold { slot } = hand.reply(Reply::Slots { free: 0b1000 }) else { panic!("a hold comes next") };
    assert_eq!(slot, Slot { centre, day: 3 });
    let Ask::Book { slot: held, .. } = hand.reply(Reply::Held { until: OPENS }) else {
        panic!("the booking comes next")
    };
    assert_eq!(held, slot);
    let booked = Reply::Booked { slot, second: Slot { day: 59, ..slot } };
    assert_eq!(hand.reply(booked), Ask::Lookup);
    assert_eq!(hand.reply(booked), Ask::Leave);
    assert_eq!(hand.end(Reply::Left), Ending::Booked);
}

#[test]
fn before_the_opening_people_refresh_and_are_there_on_the_minute() {
    let mut hand = Hand::new();
    hand.now = Timestamp(OPENS.0 - 7_000_000_000);
    hand.begin();
    assert_eq!(hand.reply(Reply::NotOpen { opens: OPENS }), Ask::Enter);
    assert_eq!(hand.now, Timestamp(OPENS.0 - 2_000_000_000));
    hand.reply(Reply::NotOpen { opens: OPENS });
    assert_eq!(hand.now, OPENS);
    // The server's answer may be older than the opening by the time it is read.
    hand.now = OPENS + Nanos(5);
    let action = hand.give(Input::Replied(&[Reply::NotOpen { opens: OPENS }]));
    assert_eq!(action, Action::Pause { until: hand.now });
}

#[test]
fn patience_runs_from_the_first_sight_of_the_line() {
    let mut hand = Hand::new();
    hand.begin();
    for _ in 0..5 {
        assert_eq!(hand.reply(waiting(11)), Ask::Poll);
    }
    // 55 s in line; the next poll would be at 66 s, but patience ends at 60 s.
    assert_eq!(hand.reply(waiting(11)), Ask::Leave);
    assert_eq!(hand.now, OPENS + Nanos::from_secs(60));
    assert_eq!(hand.end(Reply::Left), Ending::GaveUp);
}

#[test]
fn failures_are_tried_again_with_growing_pauses_and_then_given_up() {
    let mut hand = Hand::new();
    hand.begin();
    let (start, failed) = (hand.now, Reply::Failed { failure: Failure::Connection });
    assert_eq!(hand.reply(failed), Ask::Enter);
    let first = hand.now.since(start);
    assert!((500_000_000..1_500_000_000).contains(&first.0), "{first}");
    let middle = hand.now;
    assert_eq!(hand.reply(Reply::Busy), Ask::Enter);
    let second = hand.now.since(middle);
    assert!((1_000_000_000..3_000_000_000).contains(&second.0), "{second}");
    assert_eq!(hand.end(failed), Ending::GaveUp);
}

#[test]
fn a_passed_deadline_is_a_failure_and_a_ticket_is_asked_after_not_taken_twice() {
    let mut hand = Hand::new();
    hand.begin();
    hand.reply(waiting(2));
    hand.now += Nanos::from_secs(10);
    let action = hand.settle(Input::DeadlinePassed);
    assert_eq!(asked(&action), Ask::Poll, "a second place in line would be another ticket");
}

#[test]
fn a_slow_page_is_loaded_again_until_it_counts_as_failed() {
    let mut hand = Hand::new();
    hand.journey.habits.refresh_after = Some(Nanos::from_secs(4));
    hand.begin();
    hand.reply(admitted());
    let began = hand.now;
    for seconds in [4, 8, 10] {
        let Action::Send(send) = hand.give(Input::DeadlinePassed) else {
            assert_eq!(seconds, 10, "only then does it count as failed, and a pause follows");
            break;
        };
        assert_eq!(send.exchanges[0].purpose, Purpose::Refresh);
        let next = began + Nanos::from_secs(if seconds == 4 { 4 } else { 8 });
        assert!(send.deadline >= next, "{seconds}");
        hand.now = send.deadline;
    }
    assert_eq!(hand.now, began + Nanos::from_secs(10));
}

#[test]
fn whoever_clicks_again_and_again_does_so_until_patience_ends() {
    let mut hand = Hand::new();
    let habits = &mut hand.journey.habits;
    (habits.growth, habits.retries) = (Growth::Constant, u8::MAX);
    hand.begin();
    let mut tries = 0;
    let ending = loop {
        match hand.settle(Input::Replied(&[Reply::Busy])) {
            Action::Done(ending) => break ending,
            _ => tries += 1,
        }
    };
    // Sixty seconds of patience, a second or so between two clicks.
    assert!((45..90).contains(&tries), "{tries}");
    assert_eq!((ending, hand.now), (Ending::GaveUp, OPENS + Nanos::from_secs(60)));
}

#[test]
fn after_a_failure_people_try_the_next_provider() {
    let mut hand = Hand::new();
    hand.begin();
    let Ask::Identify { provider: first } = hand.reply(admitted()) else { panic!("identity comes next") };
    let Ask::Identify { provider: next } = hand.reply(Reply::Busy) else { panic!("another try") };
    assert_eq!((first + 1) % 2, next);
}

#[test]
fn another_visit_counts_its_calls_on_and_draws_anew() {
    let mut hand = Hand::new();
    hand.begin();
    hand.reply(admitted());
    hand.visit = hand.visit.again(Nanos::from_secs(5));
    let Action::Send(send) = hand.give(Input::Begin) else { panic!("the second visit enters") };
    let call = send.exchanges[0].call;
    assert_eq!((call.ask, call.nth, call.ticket), (Ask::Enter, 1, None));
}

#[test]
fn a_taken_slot_leads_to_another_choice_and_then_to_nothing() {
    let mut hand = Hand::new();
    hand.begin();
    hand.reply(admitted());
    hand.reply(Reply::Identified);
    hand.reply(Reply::Eligible);
    hand.reply(Reply::Centres { first: 0, count: 1 });
    hand.reply(Reply::Slots { free: 1 });
    assert!(matches!(hand.reply(Reply::Taken), Ask::Slots { .. }));
    assert_eq!(hand.reply(Reply::Slots { free: 0 }), Ask::Leave);
    assert_eq!(hand.end(Reply::Left), Ending::TurnedAway(Refusal::NoSlots));
}

#[test]
fn a_refusal_ends_the_visit() {
    let mut hand = Hand::new();
    hand.begin();
    let reason = Refusal::Closed;
    assert_eq!(hand.end(Reply::Refused { reason }), Ending::TurnedAway(reason));
}

#[test]
fn who_asks_too_often_waits_a_while_and_asks_again() {
    let mut hand = Hand::new();
    hand.begin();
    let (start, refused) = (hand.now, Reply::Refused { reason: Refusal::TooManyRequests });
    assert_eq!(hand.reply(refused), Ask::Enter);
    assert!(hand.now.since(start) >= Nanos::from_millis(500));
    assert_eq!(hand.reply(refused), Ask::Enter);
    assert_eq!(hand.end(refused), Ending::GaveUp);
}

#[test]
fn one_retry_more_moves_no_other_draw() {
    let slots = |fails: bool| {
        let mut hand = Hand::of(Seed(3), PersonId(11));
        hand.begin();
        hand.reply(admitted());
        if fails {
            assert!(matches!(hand.reply(Reply::Busy), Ask::Identify { .. }));
        }
        let before = hand.now;
        hand.reply(Reply::Identified);
        hand.reply(Reply::Eligible);
        let centre = hand.reply(Reply::Centres { first: 0, count: 200 });
        let slot = hand.reply(Reply::Slots { free: u64::MAX });
        let key = hand.reply(Reply::Held { until: OPENS });
        (centre, slot, key, hand.now.since(before))
    };
    assert_eq!(slots(false), slots(true));
}

#[test]
fn a_visit_is_small() {
    let bytes = std::mem::size_of::<Visit>();
    assert!(bytes <= 160, "{bytes} bytes per waiting person");
}
