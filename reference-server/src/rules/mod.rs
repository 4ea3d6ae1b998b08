//! The rules of the booking: one pure state, handed the time.
//!
//! * [`Rules::settle`] runs every internal event that is due, in time order, and comes before any call.
//!   Settling at `a` and then at `b` equals settling at `b`.
//! * [`Rules::accept`] decides at arrival what can be decided then. A forged or early request is refused
//!   here and costs next to nothing: that is what a waiting room is for.
//! * [`Rules::commit`] decides the rest at completion: holds, expiry and closing time.
//!
//! Absent on purpose: clocks, sockets, service times, checksums of tickets.

pub mod account;
mod admission;
pub mod limits;
pub mod line;
pub mod slots;
pub mod waiting_room;
pub mod window;

use account::Account;
use base::grid::Grid;
use base::protocol::{Ask, Call, PersonId, Refusal, Reply, Slot};
use base::province::Province;
use base::register::Register;
use base::time::{Nanos, Timestamp};
use base::units::Rate;
use slots::{Booking, Effect, Slots};
use std::collections::BTreeSet;
use waiting_room::{Settings, WaitingRoom};
use window::Phase;

/// How the booking is run.
#[derive(Clone, Debug)]
pub struct Config {
    /// The waiting room's settings, with the windows.
    pub waiting_room: Settings,
    /// Who lives where and was born when.
    pub register: Register,
    /// How many days can be booked, 1 to 64.
    pub days: u8,
    /// Which centres the people of each province can choose from.
    pub centres: Vec<Centres>,
    /// Places by centre, then by day.
    pub places: Vec<u32>,
    /// How long a hold lasts.
    pub hold_for: Nanos,
    /// The intervals of the account; what happens after its end is not in it.
    pub account: Grid,
}

/// The centres of a province.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Centres {
    /// The province.
    pub province: Province,
    /// The number of the first; the others follow.
    pub first: u16,
    /// How many.
    pub count: u16,
}

/// What becomes of a call at arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Answered at the door.
    Reply(Reply),
    /// To be worked on by the stations, then committed.
    Route(Accepted),
}

/// A call that passed the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The call.
    pub call: Call,
    /// The number of its ticket, which belongs to the caller.
    number: u64,
}

/// The state of the booking.
#[derive(Clone, Debug)]
pub struct Rules {
    room: WaitingRoom,
    register: Register,
    centres: Vec<Centres>,
    slots: Slots,
    hold_for: Nanos,
    /// People whose booking has been accepted and not yet committed.
    booking_now: BTreeSet<PersonId>,
    account: Account,
    /// What changed since the caller last took the effects.
    effects: Vec<Effect>,
}

impl Rules {
    /// A booking that nobody has come to yet.
    pub fn new(config: Config) -> Self {
        Self {
            room: WaitingRoom::new(config.waiting_room),
            register: config.register,
            centres: config.centres,
            slots: Slots::new(config.days, config.places),
            hold_for: config.hold_for,
            booking_now: BTreeSet::new(),
            account: Account::new(config.account),
            effects: Vec::new(),
        }
    }

    /// Runs every internal event that is due by `now`, in time order.
    pub fn settle(&mut self, now: Timestamp) {
        while let Some(due) = self.next_due().filter(|due| *due <= now) {
            self.account.pass_to(due);
            self.room.run_due(due, &mut self.account);
            while let Some(release) = self.slots.due_release(due) {
                self.change(release);
            }
        }
        self.room.pass_to(now);
        self.account.pass_to(now);
    }

    fn next_due(&self) -> Option<Timestamp> {
        [self.room.next_due(), self.slots.next_end()].into_iter().flatten().min()
    }

    /// Decides at arrival. Call [`Rules::settle`] with the same instant first.
    pub fn accept(&mut self, now: Timestamp, call: &Call) -> Verdict {
        if self.room.is_suspended() && !matches!(call.ask, Ask::Poll | Ask::Leave) {
            return Verdict::Reply(Reply::Busy);
        }
        if let Ask::Enter = call.ask {
            return Verdict::Reply(self.room.enter(now, call.person, &mut self.account));
        }
        let refuse = |reason| Verdict::Reply(Reply::Refused { reason });
        let number = match call.ticket {
            Some(ticket) if self.room.belongs(ticket.number, call.person) => ticket.number,
            _ => return refuse(Refusal::NoTicket),
        };
        match call.ask {
            Ask::Poll => Verdict::Reply(self.room.poll(now, number)),
            Ask::Leave => {
                self.give_back(now, number);
                Verdict::Reply(Reply::Left)
            }
            Ask::Book { .. } if !self.booking_now.is_empty() && self.booking_now.contains(&call.person) => {
                refuse(Refusal::InProgress)
            }
            _ => match self.room.check_inside(number) {
                Ok(()) => {
                    if let Ask::Book { .. } = call.ask {
                        self.booking_now.insert(call.person);
                    }
                    Verdict::Route(Accepted { call: *call, number })
                }
                Err(reason) => refuse(reason),
            },
        }
    }

    /// Decides at completion. Call [`Rules::settle`] with the same instant first.
    pub fn commit(&mut self, now: Timestamp, accepted: &Accepted) -> Reply {
        let Accepted { call, number } = *accepted;
        if let Ask::Book { .. } = call.ask {
            self.booking_now.remove(&call.person);
        }
        match self.decide(now, &call, number) {
            Ok(reply) => reply,
            Err(reason) => Reply::Refused { reason },
        }
    }

    /// The stations could not do the work: forget that it was accepted.
    pub fn abandon(&mut self, accepted: &Accepted) {
        if let Ask::Book { .. } = accepted.call.ask {
            self.booking_now.remove(&accepted.call.person);
        }
    }

    fn decide(&mut self, now: Timestamp, call: &Call, number: u64) -> Result<Reply, Refusal> {
        self.room.check_inside(number)?;
        let Phase::Open(window) = window::phase(&self.room.settings().windows, now) else {
            return Err(Refusal::Closed);
        };
        if !matches!(call.ask, Ask::Identify { .. }) && !self.room.is_identified(number) {
            return Err(Refusal::NotIdentified);
        }
        match call.ask {
            Ask::Identify { .. } => {
                self.room.set_identified(number);
                Ok(Reply::Identified)
            }
            Ask::Eligibility => self.check_eligible(call.person, window).map(|()| Reply::Eligible),
            Ask::Centres => self.centres(call.person),
            Ask::Slots { centre } => Ok(Reply::Slots { free: self.slots.free_days(centre) }),
            Ask::Hold { slot } => {
                self.check_eligible(call.person, window)?;
                Ok(self.hold(now, number, slot))
            }
            Ask::Book { key, slot } => self.book(call.person, number, key, slot),
            Ask::Lookup => Ok(self.slots.booking(call.person).map_or(Reply::NotBooked, booked)),
            Ask::Enter | Ask::Poll | Ask::Leave => unreachable!("answered at the door"),
        }
    }

    /// Whether this window admits the person, who has no booking yet.
    fn check_eligible(&self, person: PersonId, window: usize) -> Result<(), Refusal> {
        let resident = self.register.resident(person).ok_or(Refusal::NotEligible)?;
        if !self.room.settings().windows[window].admits(person, &resident) {
            return Err(Refusal::NotEligible);
        }
        if self.slots.booking(person).is_some() { Err(Refusal::AlreadyBooked) } else { Ok(()) }
    }

    /// The centres of the province where the person lives.
    fn centres(&self, person: PersonId) -> Result<Reply, Refusal> {
        let home = self.register.resident(person).ok_or(Refusal::NotEligible)?.province;
        let near = self.centres.iter().find(|centres| centres.province == home).ok_or(Refusal::NoSlots)?;
        Ok(Reply::Centres { first: near.first, count: near.count })
    }

    fn hold(&mut self, now: Timestamp, ticket: u64, slot: Slot) -> Reply {
        if self.slots.held(ticket).is_some() {
            self.change(Effect::Released { ticket });
        }
        if !self.slots.is_free(slot) {
            return Reply::Taken;
        }
        let until = now + self.hold_for;
        self.change(Effect::Held { ticket, slot, until });
        Reply::Held { until }
    }

    /// Books what is held. The same key with the same slot is the same request and gets the same answer.
    fn book(&mut self, person: PersonId, ticket: u64, key: u64, slot: Slot) -> Result<Reply, Refusal> {
        if let Some(booking) = self.slots.booking(person) {
            return match booking {
                Booking { key: same, .. } if same != key => Err(Refusal::AlreadyBooked),
                Booking { slot: same, .. } if same != slot => Err(Refusal::KeyReused),
                _ => Ok(booked(booking)),
            };
        }
        if self.slots.held(ticket) != Some(slot) {
            return Err(Refusal::NothingHeld);
        }
        self.change(Effect::Booked { ticket, person, key });
        self.account.booked();
        Ok(booked(Booking { slot, key }))
    }

    fn give_back(&mut self, now: Timestamp, number: u64) {
        if self.slots.held(number).is_some() {
            self.change(Effect::Released { ticket: number });
        }
        self.room.leave(now, number, &mut self.account);
        // A seat came free: whoever may be admitted by it is admitted at this instant.
        self.room.run_due(now, &mut self.account);
    }

    fn change(&mut self, effect: Effect) {
        self.slots.apply(&effect);
        self.effects.push(effect);
    }

    /// The changes since the last call, for the store; a reply leaves only after they are applied there.
    pub fn take_effects(&mut self) -> std::vec::Drain<'_, Effect> {
        self.effects.drain(..)
    }

    /// The account so far.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Slots, holds and bookings as they stand.
    pub fn slots(&self) -> &Slots {
        &self.slots
    }

    /// The admission rate, the session cap or whether the service is suspended changes at `now`. Call
    /// [`Rules::settle`] with the same instant first.
    pub fn change_room(&mut self, now: Timestamp, change: RoomChange) {
        match change {
            RoomChange::Admit(admit) => self.room.set_admit(now, admit),
            RoomChange::Sessions(sessions) => self.room.set_sessions(sessions),
            RoomChange::Suspended(suspended) => self.room.set_suspended(now, suspended),
        }
        // Whoever may be admitted by it is admitted at this instant.
        self.room.run_due(now, &mut self.account);
    }

    /// The session cap; none where the waiting room does not hold people back.
    pub fn session_cap(&self) -> Option<u64> {
        let settings = self.room.settings();
        settings.enforced.then_some(settings.sessions)
    }

    /// Sessions in progress.
    pub fn sessions(&self) -> u64 {
        self.room.inside()
    }
}

fn booked(booking: Booking) -> Reply {
    Reply::Booked { slot: booking.slot, second: booking.second() }
}

/// What can change about the waiting room while it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomChange {
    /// The admission rate.
    Admit(Rate),
    /// The session cap.
    Sessions(u64),
    /// Whether the service is suspended.
    Suspended(bool),
}

#[cfg(test)]
mod tests;
