//! What happens to the target during a run, in order of time.

use super::document::{ServiceState, StationName, TimelineEntry};
use base::time::Timestamp;
use base::units::{Rate, Sessions};

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When it takes effect.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// So many servers more, or fewer, at a station.
    Servers(StationName, i64),
    /// Work at a station takes so many times as long as at first.
    Slow(StationName, f64),
    /// Another admission rate, at full size.
    Admit(Rate),
    /// Another session cap, at full size.
    Sessions(Sessions),
    /// The service is suspended or resumed.
    Service(ServiceState),
    /// A note.
    Mark(String),
}

impl Event {
    /// Everything that an entry says, for the instant at which it takes effect.
    pub(super) fn of(entry: &TimelineEntry, at: Timestamp) -> impl Iterator<Item = Self> + use<> {
        let more = entry.add_servers.iter().map(|(name, n)| Happening::Servers(*name, i64::from(*n)));
        let fewer = entry.lose_servers.iter().map(|(name, n)| Happening::Servers(*name, -i64::from(*n)));
        let slow = entry.slow.iter().map(|(name, times)| Happening::Slow(*name, *times));
        let room = entry.admit.map(Happening::Admit).into_iter();
        let room = room.chain(entry.sessions.map(Happening::Sessions));
        let service = entry.service.map(Happening::Service);
        let mark = entry.mark.clone().map(Happening::Mark);
        let all: Vec<_> = more.chain(fewer).chain(slow).chain(room).chain(service).chain(mark).collect();
        all.into_iter().map(move |what| Self { at, what })
    }

    /// What happens, in a few words.
    pub fn text(&self) -> String {
        match &self.what {
            Happening::Servers(station, more) if *more >= 0 => {
                format!("{more} {} servers added", station.name())
            }
            Happening::Servers(station, fewer) => format!("{} {} servers lost", -fewer, station.name()),
            Happening::Slow(station, 1.0) => format!("{} as fast as at first", station.name()),
            Happening::Slow(station, times) => format!("{} {times} times as slow", station.name()),
            Happening::Admit(rate) => format!("admission {rate}"),
            Happening::Sessions(cap) => format!("session cap {cap}"),
            Happening::Service(ServiceState::Suspended) => "service suspended".to_owned(),
            Happening::Service(ServiceState::Resumed) => "service resumed".to_owned(),
            Happening::Mark(text) => text.clone(),
        }
    }
}
