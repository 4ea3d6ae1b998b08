//! Quantities that carry their unit: [`Rate`], [`Share`], [`Scale`], [`Speed`], [`Sessions`], [`Connections`],
//! [`People`], [`Devices`].
//!
//! A bare number is never accepted for a capacity: "300k" has meant connections, bookings per hour and
//! waiting numbers, which differ by a factor of twenty.

use crate::schema::{SPAN, WHOLE, text_schema};
use crate::time::Nanos;
use crate::written::{UnitError, text_serde};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Whole events per span of time, kept exact: `280/s`, `1_000_000/h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many events, at least one.
    pub count: u64,
    /// In how much time, at least one nanosecond.
    pub per: Nanos,
}

impl Rate {
    /// Events per second.
    pub fn per_second(self) -> f64 {
        self.count as f64 / self.per.as_secs_f64()
    }

    /// This rate for a crowd reduced by `scale`; exact, so that no event is lost to rounding.
    #[must_use]
    pub fn scaled(self, scale: Scale) -> Self {
        let mut count = u128::from(self.count) * u128::from(scale.numerator);
        let mut per = u128::from(self.per.0) * u128::from(scale.denominator);
        let divisor = greatest_common_divisor(count, per);
        (count, per) = (count / divisor, per / divisor);
        // Beyond 64 bits the last digits go, equally on both sides: still exact to 18 digits.
        while count.max(per) > u128::from(u64::MAX) {
            (count, per) = (count >> 1, per >> 1);
        }
        Self { count: (count as u64).max(1), per: Nanos((per as u64).max(1)) }
    }
}

const RATE: &str = "a rate such as `280/s`, `300/min` or `1_000_000/h`";

impl FromStr for Rate {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let hint = whole(text).map(|n| format!("say per what: `{n}/s`, `{n}/min` or `{n}/h`?"));
        let bad = || UnitError::new(text, RATE, hint.clone());
        let (count, per) = text.split_once('/').ok_or_else(bad)?;
        let per = match per.trim() {
            "s" => Nanos::from_secs(1),
            "min" | "m" => Nanos::from_secs(60),
            "h" => Nanos::from_secs(3_600),
            "d" => Nanos::from_secs(86_400),
            other => other.parse().map_err(|_| bad())?,
        };
        let count = whole(count).filter(|count| *count > 0).ok_or_else(bad)?;
        if per == Nanos::ZERO { Err(bad()) } else { Ok(Self { count, per }) }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.per.0 {
            1_000_000_000 => write!(f, "{}/s", self.count),
            60_000_000_000 => write!(f, "{}/min", self.count),
            3_600_000_000_000 => write!(f, "{}/h", self.count),
            _ => write!(f, "{}/{}", self.count, self.per),
        }
    }
}

/// A part of a whole, between 0 and 1. Written `35.7%`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Share(pub f64);

const SHARE: &str = "a share between 0% and 100%, such as `35.7%`";

impl FromStr for Share {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let hint = text.trim().parse::<f64>().ok().map(|number| {
            let percent = if number <= 1.0 { number * 100.0 } else { number };
            format!("did you mean `{percent}%`?")
        });
        let number = text.trim().strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
        match number {
            // Rounded to the twelfth digit, so that `35.7%` is the number nearest to 0.357.
            Some(percent) if (0.0..=100.0).contains(&percent) => Ok(Self(libm::round(percent * 1e10) / 1e12)),
            _ => Err(UnitError::new(text, SHARE, hint)),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Ten digits hide the last bit that dividing and multiplying by 100 can change.
        let percent = libm::round(self.0 * 1e12) / 1e10;
        write!(f, "{percent}%")
    }
}

/// How much the crowd is reduced: a fraction from a millionth to 1. Written `1/5` or `0.2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    numerator: u64,
    denominator: u64,
}

const SCALE: &str = "a scale from 1/1_000_000 to 1, such as `1/5` or `0.2`";
/// A crowd is reduced at most so many times: beyond it nobody is left, and one worker would take years.
const SMALLEST: u64 = 1_000_000;

impl Scale {
    /// The full crowd.
    pub const FULL: Self = Self { numerator: 1, denominator: 1 };

    /// The factor as a number.
    pub fn factor(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// `count` reduced, to the nearest whole, at least 1 when `count` is.
    pub fn of(self, count: u64) -> u64 {
        let exact = u128::from(count) * u128::from(self.numerator);
        let nearest = (exact + u128::from(self.denominator) / 2) / u128::from(self.denominator);
        (nearest as u64).max(u64::from(count > 0))
    }
}

impl FromStr for Scale {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let bad = || UnitError::new(text, SCALE, None);
        let (numerator, denominator) = match text.split_once('/') {
            Some((over, under)) => (whole(over), whole(under)),
            None => decimal(text),
        };
        match (numerator, denominator) {
            (Some(over), Some(under)) if over > 0 && over <= under && under / over <= SMALLEST => {
                let divisor = greatest_common_divisor(over.into(), under.into()) as u64;
                Ok(Self { numerator: over / divisor, denominator: under / divisor })
            }
            _ => Err(bad()),
        }
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == 1 {
            f.write_str("1")
        } else {
            write!(f, "{}/{}", self.numerator, self.denominator)
        }
    }
}

/// A decimal such as `0.25` as an exact fraction.
fn decimal(text: &str) -> (Option<u64>, Option<u64>) {
    let (before, after) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if after.len() > 9 {
        return (None, None);
    }
    (whole(&format!("{before}{after}")), Some(10u64.pow(after.len() as u32)))
}

fn greatest_common_divisor(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// How many seconds of scenario pass in one second of the wall clock, between 1/1000 and 10,000.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Speed(f64);

impl Speed {
    /// Scenario time passes as wall time does.
    pub const REAL: Self = Self(1.0);

    /// The factor as a number.
    pub fn factor(self) -> f64 {
        self.0
    }
}

const SPEED: &str = "a speed between 0.001 and 10000, such as `20`";

impl FromStr for Speed {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        match text.trim().parse::<f64>() {
            Ok(factor) if (0.001..=10_000.0).contains(&factor) => Ok(Self(factor)),
            _ => Err(UnitError::new(text, SPEED, None)),
        }
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A number of people. Its key says what is counted, so it is written plainly: `1_209_000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct People(pub u64);

const PEOPLE: &str = "a whole number of people, such as `1_209_000`";

impl FromStr for People {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        whole(text).map(Self).ok_or_else(|| UnitError::new(text, PEOPLE, None))
    }
}

impl fmt::Display for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A number of sessions in progress at once. Written `60_000 sessions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sessions(pub u64);

const SESSIONS: &str = "a number of sessions, such as `60_000 sessions`";

impl FromStr for Sessions {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let number = text.trim().strip_suffix("sessions").and_then(whole).filter(|sessions| *sessions > 0);
        let hint = whole(text).map(|n| format!("did you mean `{n} sessions`?"));
        number.map(Self).ok_or_else(|| UnitError::new(text, SESSIONS, hint))
    }
}

impl fmt::Display for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} sessions", self.0)
    }
}

/// Devices a person comes with, on average: 1 to 16. Written `1.5 devices`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Devices(pub f64);

const DEVICES: &str = "devices per person, 1 to 16, such as `1.5 devices`";

impl Devices {
    /// How many a person has who draws `u` in [0, 1): the whole number below or above, so that the mean is
    /// kept.
    pub fn of(self, u: f64) -> u8 {
        let whole = libm::floor(self.0);
        whole as u8 + u8::from(u < self.0 - whole)
    }
}

impl FromStr for Devices {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let number = text.trim().trim_end_matches('s').strip_suffix("device").map(str::trim);
        let number = number.and_then(|number| number.parse::<f64>().ok());
        let hint = text.trim().parse::<f64>().ok().map(|n| format!("did you mean `{n} devices`?"));
        let fits = number.filter(|number| (1.0..=16.0).contains(number));
        fits.map(Self).ok_or_else(|| UnitError::new(text, DEVICES, hint))
    }
}

impl fmt::Display for Devices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} devices", self.0)
    }
}

/// A number of connections open at once. Written `300_000 connections`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Connections(pub u64);

const CONNECTIONS: &str = "a number of connections, such as `300_000 connections`";

impl FromStr for Connections {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let number = text.trim().strip_suffix("connections").and_then(whole).filter(|count| *count > 0);
        let hint = whole(text).map(|n| format!("did you mean `{n} connections`?"));
        number.map(Self).ok_or_else(|| UnitError::new(text, CONNECTIONS, hint))
    }
}

impl fmt::Display for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} connections", self.0)
    }
}

text_serde!(Rate, "a rate such as `280/s`, `300/min` or `1_000_000/h`");
text_serde!(Share, "a share between 0% and 100%, such as `35.7%`");
text_serde!(Scale, "a scale from 1/1_000_000 to 1, such as `1/5` or `0.2`");
text_serde!(Speed, "a speed between 0.001 and 10000, such as `20`");
text_serde!(People, "a whole number of people, such as `1_209_000`");
text_serde!(Sessions, "a number of sessions, such as `60_000 sessions`");
text_serde!(Devices, "devices per person, such as `1.5 devices`");
text_serde!(Connections, "a number of connections, such as `300_000 connections`");
text_schema!(Rate, "rate", "A rate, such as `280/s`, `300/min` or `1_000_000/h`.", {
    "type": "string",
    "pattern": format!(r"^\s*{WHOLE}\s*/\s*(s|min|m|h|d|{SPAN})\s*$"),
    "examples": ["280/s", "300/min", "1_000_000/h"],
});
text_schema!(Share, "share", "A share between 0% and 100%, such as `35.7%`.", {
    "type": "string",
    "pattern": r"^\s*(100(\.0*)?|[0-9]{1,2}(\.[0-9]*)?)\s*%\s*$",
    "examples": ["35.7%"],
});
text_schema!(Scale, "scale", "A scale from 1/1_000_000 to 1, such as `1/5` or `0.2`.", {
    "anyOf": [
        { "type": "number", "minimum": 0.000_001, "maximum": 1 },
        { "type": "string", "pattern": format!(r"^\s*({WHOLE}\s*/\s*{WHOLE}|1|0?\.[0-9]{{1,9}})\s*$") },
    ],
    "examples": ["1/5", 0.2],
});
text_schema!(Speed, "speed", "A speed between 0.001 and 10000, such as `20`.", {
    "anyOf": [
        { "type": "number", "minimum": 0.001, "maximum": 10_000 },
        { "type": "string", "pattern": r"^\s*[0-9]*\.?[0-9]+\s*$" },
    ],
    "examples": [20],
});
text_schema!(People, "count", "A whole number, such as `1_209_000`.", {
    "anyOf": [
        { "type": "integer", "minimum": 0 },
        { "type": "string", "pattern": format!(r"^\s*{WHOLE}\s*$") },
    ],
    "examples": ["1_209_000"],
});
text_schema!(Sessions, "sessions", "A number of sessions, such as `60_000 sessions`.", {
    "type": "string",
    "pattern": format!(r"^\s*{WHOLE}\s*sessions\s*$"),
    "examples": ["60_000 sessions"],
});

text_schema!(Devices, "devices", "Devices per person, 1 to 16, such as `1.5 devices`.", {
    "type": "string",
    "pattern": r"^\s*[0-9]*\.?[0-9]+\s*devices?\s*$",
    "examples": ["1.5 devices"],
});
text_schema!(Connections, "connections", "A number of connections, such as `300_000 connections`.", {
    "type": "string",
    "pattern": format!(r"^\s*{WHOLE}\s*connections\s*$"),
    "examples": ["300_000 connections"],
});

/// A whole number, with `_` allowed between digits as in Rust.
fn whole(text: &str) -> Option<u64> {
    text.trim().replace('_', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_need_a_unit() {
        let rate: Rate = "1_000_000/h".parse().unwrap();
        assert!((rate.per_second() - 277.777_777).abs() < 1e-5);
        assert_eq!(rate.to_string(), "1000000/h");
        let error = "280".parse::<Rate>().unwrap_err();
        assert!(error.hint.unwrap().contains("`280/s`"));
        for text in ["0/s", "280/parsec", "/s", "280/"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_scaled_rate_is_exact() {
        let rate = "280/s".parse::<Rate>().unwrap().scaled("1/3".parse().unwrap());
        assert_eq!(rate, Rate { count: 7, per: Nanos::from_millis(75) });
        let odd: Scale = "0.123456789".parse().unwrap();
        let (slow, fast): (Rate, Rate) = ("16800/min".parse().unwrap(), "280/s".parse().unwrap());
        assert_eq!(slow.scaled(odd), fast.scaled(odd));
        let huge = Rate { count: u64::MAX, per: Nanos::from_secs(86_400) }.scaled(odd);
        let expected = u64::MAX as f64 * 0.123_456_789 / 86_400.0;
        assert!((huge.per_second() / expected - 1.0).abs() < 1e-12);
        assert_eq!(rate.to_string().parse::<Rate>().unwrap(), rate);
    }

    #[test]
    fn shares_are_percentages() {
        assert_eq!("35.7%".parse::<Share>().unwrap(), Share(0.357));
        assert_eq!(Share(0.357).to_string(), "35.7%");
        assert!("101%".parse::<Share>().is_err());
        assert_eq!("0.64".parse::<Share>().unwrap_err().hint.unwrap(), "did you mean `64%`?");
    }

    #[test]
    fn scale_keeps_at_least_one() {
        let fifth: Scale = "1/5".parse().unwrap();
        assert_eq!((fifth.of(3_083), fifth.of(1), fifth.of(0)), (617, 1, 0));
        assert_eq!("0.2".parse::<Scale>().unwrap(), fifth);
        for text in ["0", "2", "6/5", "x", "1/0", "1/10000000000000"] {
            assert!(text.parse::<Scale>().is_err(), "{text}");
        }
    }

    #[test]
    fn devices_keep_their_mean() {
        let devices: Devices = "1.25 devices".parse().unwrap();
        let all: u32 = (0..100).map(|u| u32::from(devices.of(f64::from(u) / 100.0))).sum();
        assert_eq!((all, devices.to_string().as_str()), (125, "1.25 devices"));
        assert_eq!("2 devices".parse::<Devices>().unwrap().of(0.0), 2);
        assert!("0.5 devices".parse::<Devices>().is_err());
        assert_eq!("2".parse::<Devices>().unwrap_err().hint.unwrap(), "did you mean `2 devices`?");
    }

    #[test]
    fn sessions_say_what_they_are() {
        assert_eq!("60_000 sessions".parse::<Sessions>().unwrap(), Sessions(60_000));
        let hint = "300_000".parse::<Sessions>().unwrap_err().hint.unwrap();
        assert_eq!(hint, "did you mean `300000 sessions`?");
    }

    #[test]
    fn connections_are_not_sessions() {
        let limit: Connections = "300_000 connections".parse().unwrap();
        assert_eq!((limit, limit.to_string().as_str()), (Connections(300_000), "300000 connections"));
        for text in ["300_000 sessions", "0 connections", "connections"] {
            assert!(text.parse::<Connections>().is_err(), "{text}");
        }
        let hint = "300_000".parse::<Connections>().unwrap_err().hint.unwrap();
        assert_eq!(hint, "did you mean `300000 connections`?");
    }
}
