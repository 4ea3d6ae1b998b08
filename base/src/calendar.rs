//! Civil times in a named time zone, and civil days without one.

use crate::schema::text_schema;
use crate::time::{Nanos, Timestamp};
use crate::written::{UnitError, text_serde};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::Add;
use std::str::FromStr;
use thiserror::Error;

/// A named time zone, with the rules of the bundled zone database.
#[derive(Clone, Debug)]
pub struct Zone {
    zone: TimeZone,
}

/// A civil time that cannot be used.
#[derive(Debug, Error)]
pub enum CalendarError {
    /// No such zone in the database.
    #[error("expected a time zone such as `Asia/Seoul`, found `{0}`")]
    UnknownZone(String),
    /// Not a date with a time.
    #[error("expected a date and time such as `2021-08-02T20:00`, found `{0}`")]
    NotADateTime(String),
    /// Neither a time of day nor a date with a time.
    #[error("expected a time of day such as `19:49`, or a date and time, found `{0}`")]
    NotATime(String),
    /// Too far away for arithmetic with instants.
    #[error("expected a year from 1900 to 2200, found `{0}`")]
    OutOfRange(String),
    /// The clock shows this time twice or never on that day.
    #[error("`{0}` does not name one instant in this time zone (the clock is set forward or back)")]
    NotOneInstant(String),
}

/// The years that can be named: instants in them, and ten years on either side, are whole nanoseconds.
const YEARS: std::ops::RangeInclusive<i16> = 1_900..=2_200;

impl Zone {
    /// The zone of that name.
    ///
    /// # Errors
    /// If the bundled database has no such zone.
    pub fn named(name: &str) -> Result<Self, CalendarError> {
        let zone = TimeZone::get(name).map_err(|_| CalendarError::UnknownZone(name.to_owned()))?;
        Ok(Self { zone })
    }

    /// The names of all zones in the bundled database.
    pub fn names() -> Vec<String> {
        jiff::tz::db().available().map(|name| name.to_string()).collect()
    }

    /// The instant that a clock on the wall shows as `text`, such as `2021-08-02T20:00`.
    ///
    /// # Errors
    /// If `text` is no date and time, or names no single instant.
    pub fn instant(&self, text: &str) -> Result<Timestamp, CalendarError> {
        let civil: DateTime = text.parse().map_err(|_| CalendarError::NotADateTime(text.to_owned()))?;
        if !text.contains('T') && !text.contains(' ') {
            return Err(CalendarError::NotADateTime(text.to_owned()));
        }
        self.resolve(civil, text)
    }

    /// Like [`Zone::instant`], or a time of day on the civil day of `day`.
    ///
    /// # Errors
    /// If `text` is neither, or names no single instant.
    pub fn instant_on(&self, text: &str, day: Timestamp) -> Result<Timestamp, CalendarError> {
        if text.contains('T') {
            return self.instant(text);
        }
        let time: Time = text.parse().map_err(|_| CalendarError::NotATime(text.to_owned()))?;
        self.resolve(self.zoned(day).date().to_datetime(time), text)
    }

    fn resolve(&self, civil: DateTime, text: &str) -> Result<Timestamp, CalendarError> {
        let instant = self.zone.to_ambiguous_timestamp(civil).unambiguous();
        let instant = instant.map_err(|_| CalendarError::NotOneInstant(text.to_owned()))?;
        if !YEARS.contains(&civil.year()) {
            return Err(CalendarError::OutOfRange(text.to_owned()));
        }
        i64::try_from(instant.as_nanosecond())
            .map(Timestamp)
            .map_err(|_| CalendarError::NotADateTime(text.to_owned()))
    }

    /// `2021-08-02 20:00`.
    pub fn date_time(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// `20:00:33`.
    pub fn clock_time(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%H:%M:%S").to_string()
    }

    /// The time since midnight that a clock on the wall shows.
    pub fn time_of_day(&self, at: Timestamp) -> Nanos {
        let time = self.zoned(at).time();
        let seconds =
            i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second());
        Nanos(seconds as u64 * 1_000_000_000 + time.subsec_nanosecond() as u64)
    }

    /// The zone's abbreviation at that instant, `KST`.
    pub fn abbreviation(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%Z").to_string()
    }

    fn zoned(&self, at: Timestamp) -> jiff::ZonedDateTime {
        let instant = jiff::Timestamp::from_nanosecond(i128::from(at.0));
        instant.unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned_datetime(self.zone.clone())
    }
}

/// A civil day, counted from 1 January 1970. Written `1961-12-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i32);

impl Day {
    fn date(self) -> Date {
        let epoch = jiff::civil::date(1970, 1, 1);
        epoch.checked_add(jiff::Span::new().days(self.0)).unwrap_or(epoch)
    }
}

impl Add<i32> for Day {
    type Output = Self;
    fn add(self, days: i32) -> Self {
        Self(self.0 + days)
    }
}

impl FromStr for Day {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let bad = || UnitError::new(text, "a date such as `1961-12-31`", None);
        let date: Date = text.trim().parse().map_err(|_| bad())?;
        let since = date.since(jiff::civil::date(1970, 1, 1)).map_err(|_| bad())?;
        Ok(Self(since.get_days()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

/// An interval of dates of birth, both ends in it. Written `1947-01-01..1961-12-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Born {
    /// The first day.
    pub first: Day,
    /// The last day, not before the first.
    pub last: Day,
}

impl Born {
    /// Anybody who lives: from 1900 to the end of 2021.
    pub const ANYBODY: Self = Self { first: Day(-25_567), last: Day(18_992) };

    /// How many days there are in it, at least 1.
    pub fn days(self) -> u64 {
        (self.last.0 - self.first.0) as u64 + 1
    }

    /// Whether the day is in it.
    pub fn contains(self, day: Day) -> bool {
        self.first <= day && day <= self.last
    }
}

const BORN: &str = "two dates, the earlier first, such as `1947-01-01..1961-12-31`";

impl FromStr for Born {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let days = text.split_once("..").and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        let (first, last): (Day, Day) = days.ok_or_else(|| UnitError::new(text, BORN, None))?;
        let reversed = || format!("the dates stand the wrong way round: did you mean `{last}..{first}`?");
        if last < first {
            Err(UnitError::new(text, BORN, Some(reversed())))
        } else {
            Ok(Self { first, last })
        }
    }
}

impl fmt::Display for Born {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.first, self.last)
    }
}

text_serde!(Day, "a date such as `1961-12-31`");
text_serde!(Born, "two dates, such as `1947-01-01..1961-12-31`");
text_schema!(Born, "dates of birth", "Two dates, the earlier first, both of them in it: `1947-01-01..1961-12-31`.", {
    "type": "string",
    "pattern": r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*\.\.\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$",
    "examples": ["1947-01-01..1961-12-31"],
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seoul_on_2_august_2021() {
        let zone = Zone::named("Asia/Seoul").unwrap();
        let opening = zone.instant("2021-08-02T20:00").unwrap();
        assert_eq!(opening.0, 1_627_902_000_000_000_000);
        assert_eq!(zone.date_time(opening), "2021-08-02 20:00");
        assert_eq!(zone.clock_time(opening), "20:00:00");
        assert_eq!(zone.abbreviation(opening), "KST");
        assert_eq!(zone.time_of_day(opening), Nanos::from_secs(20 * 3_600));
        assert_eq!(zone.instant_on("19:49", opening).unwrap(), zone.instant("2021-08-02T19:49").unwrap());
        assert_eq!(zone.instant_on("2021-08-03T01:00", opening).unwrap().secs_from(opening), 18_000.0);
    }

    #[test]
    fn times_that_name_no_single_instant_are_refused() {
        assert!(Zone::named("Asia/Soul").is_err());
        assert!(Zone::names().iter().any(|name| name == "Asia/Seoul"));
        let berlin = Zone::named("Europe/Berlin").unwrap();
        assert!(matches!(berlin.instant("2021-03-28T02:30"), Err(CalendarError::NotOneInstant(_))));
        assert!(matches!(berlin.instant("2021-03-28"), Err(CalendarError::NotADateTime(_))));
        assert!(matches!(berlin.instant("2255-01-01T00:00"), Err(CalendarError::OutOfRange(_))));
    }

    #[test]
    fn days_and_intervals_of_them() {
        for text in ["1970-01-01", "1947-01-01", "2003-12-31", "2000-02-29"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
        let born: Born = "1947-01-01..1961-12-31".parse().unwrap();
        assert_eq!((born.days(), born.to_string().as_str()), (15 * 365 + 4, "1947-01-01..1961-12-31"));
        assert_eq!(Born::ANYBODY.to_string(), "1900-01-01..2021-12-31");
        let error = "1961-12-31..1947-01-01".parse::<Born>().unwrap_err();
        assert!(error.hint.unwrap().contains("`1947-01-01..1961-12-31`"));
        assert!("1947..1961".parse::<Born>().is_err() && "2001-02-30".parse::<Day>().is_err());
    }
}
