//! What a visitor can ask a booking service, and what it can answer.
//!
//! Visits speak these types and so do the reference server's rules; a simulation passes them as they are,
//! and over HTTP both sides read and write them as JSON. Nothing here knows of either.

use crate::time::{Nanos, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// One kind of request to the booking service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Operation {
    /// Ask to be let in; the reply is a ticket or an admission.
    Enter,
    /// Ask how the ticket stands.
    Poll,
    /// Prove who one is.
    Identify,
    /// Ask whether one may book.
    Eligibility,
    /// List the health centres.
    Centres,
    /// List the days with free slots at a centre.
    Slots,
    /// Hold a slot for a while.
    Hold,
    /// Turn the held slot into a booking.
    Book,
    /// Look the booking up.
    Lookup,
    /// Give the session or the ticket back.
    Leave,
}

impl Operation {
    /// How many there are.
    pub const COUNT: usize = 10;

    /// All of them, in the order a visitor meets them.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Enter,
        Self::Poll,
        Self::Identify,
        Self::Eligibility,
        Self::Centres,
        Self::Slots,
        Self::Hold,
        Self::Book,
        Self::Lookup,
        Self::Leave,
    ];

    /// The operation's name, as in scenarios and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::Poll => "poll",
            Self::Identify => "identify",
            Self::Eligibility => "eligibility",
            Self::Centres => "centres",
            Self::Slots => "slots",
            Self::Hold => "hold",
            Self::Book => "book",
            Self::Lookup => "lookup",
            Self::Leave => "leave",
        }
    }

    /// Its place in [`Operation::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// A person, as the service knows them: a cohort's tag above, the person's number in it below.
///
/// The tag comes from the cohort's name, so a cohort more in the file renames nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub u64);

impl PersonId {
    /// Person `index` of the cohort with this tag.
    pub const fn new(cohort_tag: u32, index: u32) -> Self {
        Self((cohort_tag as u64) << 32 | index as u64)
    }

    /// The tag of the person's cohort.
    pub const fn cohort_tag(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The person's number in their cohort.
    pub const fn index(self) -> u64 {
        self.0 & 0xffff_ffff
    }
}

/// A place in the waiting room: its number and a keyed checksum that only the service can make.
///
/// Opaque to visitors. Written as 48 hexadecimal digits. In a simulation nobody forges, and the
/// checksum is left zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The ticket's number, counted from 0 in order of issue.
    pub number: u64,
    /// The checksum.
    pub mac: u128,
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:032x}", self.number, self.mac)
    }
}

impl FromStr for Ticket {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = "a ticket is 48 hexadecimal digits";
        if text.len() != 48 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(bad);
        }
        let number = u64::from_str_radix(&text[..16], 16).map_err(|_| bad)?;
        let mac = u128::from_str_radix(&text[16..], 16).map_err(|_| bad)?;
        Ok(Self { number, mac })
    }
}

impl Serialize for Ticket {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ticket {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Ticket {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Ticket".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9a-f]{48}$",
            "description": "A place in the waiting room, signed by the service for one person.",
        })
    }
}

/// A slot: one dose at a centre on a day, both counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Slot {
    /// Which centre.
    pub centre: u16,
    /// Which day, counted from the first bookable one.
    pub day: u8,
}

/// One request, whatever carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Who asks.
    pub person: PersonId,
    /// On which of the person's devices, from 0.
    #[serde(default)]
    pub device: u8,
    /// The client's IPv4 address as a number, which several people share behind one router; 0 if unknown.
    #[serde(default)]
    pub address: u32,
    /// How many calls of this operation this visit made before; keys the service time's draw.
    pub nth: u32,
    /// The ticket, once there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ticket: Option<Ticket>,
    /// What is asked.
    pub ask: Ask,
}

/// An operation with its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ask {
    /// See [`Operation::Enter`].
    Enter,
    /// See [`Operation::Poll`].
    Poll,
    /// See [`Operation::Identify`].
    Identify {
        /// By which provider, counted from 0.
        provider: u8,
    },
    /// See [`Operation::Eligibility`].
    Eligibility,
    /// See [`Operation::Centres`].
    Centres,
    /// See [`Operation::Slots`].
    Slots {
        /// At which centre.
        centre: u16,
    },
    /// See [`Operation::Hold`].
    Hold {
        /// Which slot.
        slot: Slot,
    },
    /// See [`Operation::Book`].
    Book {
        /// The idempotency key: a repeat with the same key gets the same answer.
        key: u64,
        /// The slot that is held and is to be booked.
        slot: Slot,
    },
    /// See [`Operation::Lookup`].
    Lookup,
    /// See [`Operation::Leave`].
    Leave,
}

impl Ask {
    /// Which operation this is.
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Enter => Operation::Enter,
            Self::Poll => Operation::Poll,
            Self::Identify { .. } => Operation::Identify,
            Self::Eligibility => Operation::Eligibility,
            Self::Centres => Operation::Centres,
            Self::Slots { .. } => Operation::Slots,
            Self::Hold { .. } => Operation::Hold,
            Self::Book { .. } => Operation::Book,
            Self::Lookup => Operation::Lookup,
            Self::Leave => Operation::Leave,
        }
    }
}

/// What the visitor gets back. The last kind is what a client sees when the service said nothing useful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    /// The window has not opened.
    NotOpen {
        /// When it will.
        opens: Timestamp,
    },
    /// A place in line.
    Waiting {
        /// The place.
        ticket: Ticket,
        /// How many people are ahead.
        ahead: u64,
        /// After how long to ask again, such as `2s`.
        #[schemars(with = "String")]
        poll_after: Nanos,
    },
    /// Let in.
    Admitted {
        /// The ticket that now opens the protected operations.
        ticket: Ticket,
        /// When the session ends by itself.
        until: Timestamp,
    },
    /// Identity proven.
    Identified,
    /// May book.
    Eligible,
    /// The centres of the province where the person lives.
    Centres {
        /// The number of the first; the others follow.
        first: u16,
        /// How many.
        count: u16,
    },
    /// Free days at the centre asked for.
    Slots {
        /// Bit `d` is set when day `d` has a free slot.
        free: u64,
    },
    /// The slot is held.
    Held {
        /// Until when.
        until: Timestamp,
    },
    /// Somebody else took the last such slot.
    Taken,
    /// The booking stands.
    Booked {
        /// Where and when the first dose is.
        slot: Slot,
        /// Where and when the second is.
        second: Slot,
    },
    /// Nothing is booked for this person.
    NotBooked,
    /// Session or ticket given back.
    Left,
    /// The rules say no.
    Refused {
        /// Why.
        reason: Refusal,
    },
    /// The service could not: a queue inside it was full or too slow.
    Busy,
    /// No usable reply reached the client.
    Failed {
        /// What happened instead.
        failure: Failure,
    },
}

/// Why the rules said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The window has closed.
    Closed,
    /// No ticket, or not one that the service made for this person.
    NoTicket,
    /// The ticket is still in line.
    NotAdmitted,
    /// The ticket's owner was away too long.
    TicketExpired,
    /// The session is over.
    SessionExpired,
    /// Identity has not been proven in this session.
    NotIdentified,
    /// Nothing is held to be booked, or the hold ran out.
    NothingHeld,
    /// The person is in no cohort that the window admits, or does not live in its regions.
    NotEligible,
    /// No slot is left anywhere.
    NoSlots,
    /// The person has a booking already.
    AlreadyBooked,
    /// A booking of this person is in progress.
    InProgress,
    /// The idempotency key was used for another request.
    KeyReused,
    /// The client's address has asked too often of late.
    TooManyRequests,
}

impl Refusal {
    /// The reason's name, as in summaries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::NoTicket => "no_ticket",
            Self::NotAdmitted => "not_admitted",
            Self::TicketExpired => "ticket_expired",
            Self::SessionExpired => "session_expired",
            Self::NotIdentified => "not_identified",
            Self::NothingHeld => "nothing_held",
            Self::NotEligible => "not_eligible",
            Self::NoSlots => "no_slots",
            Self::AlreadyBooked => "already_booked",
            Self::InProgress => "in_progress",
            Self::KeyReused => "key_reused",
            Self::TooManyRequests => "too_many_requests",
        }
    }
}

/// How a client comes to have no usable reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The deadline passed first.
    TimedOut,
    /// No connection could be made, or it broke.
    Connection,
    /// The service answered, but not in a way that can be read.
    Unreadable,
}

/// How an attempt ended, as histograms and tables count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Outcome {
    /// Answered; also where the answer was "wait" or "taken".
    Ok,
    /// The rules said no.
    Refused,
    /// The service could not.
    Busy,
    /// The deadline passed.
    TimedOut,
    /// No usable reply.
    Failed,
}

impl Outcome {
    /// How many there are.
    pub const COUNT: usize = 5;

    /// All of them.
    pub const ALL: [Self; Self::COUNT] = [Self::Ok, Self::Refused, Self::Busy, Self::TimedOut, Self::Failed];

    /// The outcome's name in file and column names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Busy => "busy",
            Self::TimedOut => "timed_out",
            Self::Failed => "failed",
        }
    }
}

impl Reply {
    /// How an attempt that got this reply is counted.
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Refused { .. } => Outcome::Refused,
            Self::Busy => Outcome::Busy,
            Self::Failed { failure: Failure::TimedOut } => Outcome::TimedOut,
            Self::Failed { .. } => Outcome::Failed,
            _ => Outcome::Ok,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn replies_are_readable_json() {
        let reply = Reply::Waiting {
            ticket: Ticket { number: 12, mac: 3 },
            ahead: 12,
            poll_after: Nanos::from_secs(2),
        };
        let text = serde_json::to_string(&reply).unwrap();
        assert!(text.starts_with(r#"{"reply":"waiting","ticket":"000000000000000c"#), "{text}");
        assert!(text.ends_with(r#""ahead":12,"poll_after":"2s"}"#), "{text}");
        assert_eq!(serde_json::from_str::<Reply>(&text).unwrap(), reply);
    }

    #[test]
    fn operations_know_their_place() {
        for (place, operation) in Operation::ALL.iter().enumerate() {
            assert_eq!(operation.index(), place);
            assert_eq!(serde_json::to_string(operation).unwrap(), format!("\"{}\"", operation.name()));
        }
    }

    proptest! {
        #[test]
        fn tickets_round_trip(number: u64, mac: u128) {
            let ticket = Ticket { number, mac };
            prop_assert_eq!(ticket.to_string().parse::<Ticket>(), Ok(ticket));
        }

        #[test]
        fn other_texts_are_refused(text in ".{0,60}") {
            prop_assume!(text.len() != 48);
            prop_assert!(text.parse::<Ticket>().is_err());
        }
    }
}
