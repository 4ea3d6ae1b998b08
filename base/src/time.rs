//! Scenario time: [`Timestamp`] is an instant, [`Nanos`] a span, [`Offset`] a signed span.
//!
//! All three count whole nanoseconds, so that two runs of one seed agree to the bit. A timestamp counts
//! from the Unix epoch, so an instant of 2 August 2021 is the same number in the arrivals, in the
//! server's rules and in a report, whichever slice of the day is replayed.
//!
//! Arithmetic panics on overflow: 292 years either way is a bug of ours, not an input.

use crate::schema::{SPAN, text_schema};
use crate::written::{UnitError, text_serde};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::str::FromStr;

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// A span of scenario time, never negative, in nanoseconds. Written `58m42s`, `20ms`, `1h30m`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nanos(pub u64);

/// An instant of scenario time: nanoseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// A signed span relative to an opening, in nanoseconds. Written `-10m`, `5s`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offset(pub i64);

impl Nanos {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// `seconds` whole seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds * NANOS_PER_SECOND)
    }

    /// `millis` whole milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis * 1_000_000)
    }

    /// Nearest whole nanosecond to `seconds`; negative and non-finite values become zero.
    pub fn from_secs_f64(seconds: f64) -> Self {
        if seconds.is_finite() && seconds > 0.0 {
            Self(libm::round(seconds * NANOS_PER_SECOND as f64) as u64)
        } else {
            Self::ZERO
        }
    }

    /// This span in seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS_PER_SECOND as f64
    }

    /// `self * factor`, to the nearest nanosecond.
    #[must_use]
    pub fn mul_f64(self, factor: f64) -> Self {
        Self(libm::round(self.0 as f64 * factor).max(0.0) as u64)
    }
}

impl Timestamp {
    /// The span from `earlier` to here; zero if `earlier` is in fact later.
    pub fn since(self, earlier: Self) -> Nanos {
        Nanos(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// Seconds from `origin` to here, negative before it.
    pub fn secs_from(self, origin: Self) -> f64 {
        (self.0 - origin.0) as f64 / NANOS_PER_SECOND as f64
    }
}

impl Add<Nanos> for Timestamp {
    type Output = Self;
    fn add(self, span: Nanos) -> Self {
        Self(self.0.checked_add_unsigned(span.0).expect("scenario time stays within 292 years of 1970"))
    }
}

impl AddAssign<Nanos> for Timestamp {
    fn add_assign(&mut self, span: Nanos) {
        *self = *self + span;
    }
}

impl Add<Offset> for Timestamp {
    type Output = Self;
    fn add(self, offset: Offset) -> Self {
        Self(self.0.checked_add(offset.0).expect("scenario time stays within 292 years of 1970"))
    }
}

impl Sub<Nanos> for Timestamp {
    type Output = Self;
    fn sub(self, span: Nanos) -> Self {
        Self(self.0.checked_sub_unsigned(span.0).expect("scenario time stays within 292 years of 1970"))
    }
}

impl Add for Nanos {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect("a span stays under 584 years"))
    }
}

/// The longest span that can be written: ten years. Longer ones are slips, and would leave the range of
/// instants.
const LONGEST: Nanos = Nanos::from_secs(3_650 * 86_400);

const SUFFIXES: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", NANOS_PER_SECOND),
    ("m", 60 * NANOS_PER_SECOND),
    ("h", 3_600 * NANOS_PER_SECOND),
    ("d", 86_400 * NANOS_PER_SECOND),
    ("w", 604_800 * NANOS_PER_SECOND),
];

impl FromStr for Nanos {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let bad = || {
            UnitError::new(
                text,
                "a duration of at most ten years, such as `5s`, `20ms` or `58m42s`",
                duration_hint(text),
            )
        };
        let mut rest = text.trim();
        let mut total: u64 = 0;
        if rest.is_empty() {
            return Err(bad());
        }
        while !rest.is_empty() {
            let digits =
                rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(rest.len());
            let (number, tail) = rest.split_at(digits);
            let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
            let (suffix, tail) = tail.split_at(letters);
            let (_, unit) = SUFFIXES.iter().find(|(name, _)| *name == suffix).ok_or_else(bad)?;
            let part = scaled(number, *unit).ok_or_else(bad)?;
            total = total.checked_add(part).filter(|total| *total <= LONGEST.0).ok_or_else(bad)?;
            rest = tail.trim_start();
        }
        Ok(Self(total))
    }
}

/// `number` (whole, or with a decimal part) times `unit`, exact for whole numbers.
fn scaled(number: &str, unit: u64) -> Option<u64> {
    let plain = number.replace('_', "");
    if let Ok(whole) = plain.parse::<u64>() {
        return whole.checked_mul(unit);
    }
    let nanos = plain.parse::<f64>().ok()? * unit as f64;
    (nanos.is_finite() && nanos < 1.8e19).then(|| libm::round(nanos) as u64)
}

fn duration_hint(text: &str) -> Option<String> {
    let plain = text.trim();
    plain.parse::<f64>().is_ok().then(|| format!("a bare number has no unit: did you mean `{plain}s`?"))
}

impl fmt::Display for Nanos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut left = self.0;
        for (suffix, unit) in SUFFIXES.iter().rev().filter(|(suffix, _)| *suffix != "w") {
            if left >= *unit {
                write!(f, "{}{suffix}", left / unit)?;
                left %= unit;
            }
        }
        Ok(())
    }
}

impl FromStr for Offset {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let (sign, span) = match text.trim().strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.trim().trim_start_matches('+')),
        };
        let nanos = span
            .parse::<Nanos>()
            .map_err(|error| UnitError::new(text, "a signed duration such as `-10m`", error.hint))?;
        Ok(Self(sign * nanos.0 as i64))
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}", Nanos(self.0.unsigned_abs()))
    }
}

text_serde!(Nanos, "a duration such as `5s`, `20ms` or `58m42s`");
text_serde!(Offset, "a signed duration such as `-10m`");
text_schema!(Nanos, "duration", "A duration of at most ten years, such as `5s`, `20ms` or `58m42s`.", {
    "type": "string",
    "pattern": format!(r"^\s*{SPAN}$"),
    "examples": ["5s", "20ms", "58m42s"],
});
text_schema!(Offset, "signed duration", "A signed duration, such as `-10m`.", {
    "type": "string",
    "pattern": format!(r"^\s*[-+]?{SPAN}$"),
    "examples": ["-10m"],
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_print() {
        for (text, nanos, printed) in [
            ("5s", 5_000_000_000, "5s"),
            ("58m42s", 3_522_000_000_000, "58m42s"),
            ("20ms", 20_000_000, "20ms"),
            ("1.5s", 1_500_000_000, "1s500ms"),
            ("1d 2h", 93_600_000_000_000, "1d2h"),
            ("0s", 0, "0s"),
        ] {
            let span: Nanos = text.parse().unwrap();
            assert_eq!((span.0, span.to_string().as_str()), (nanos, printed), "{text}");
            assert_eq!(span.to_string().parse::<Nanos>().unwrap(), span);
        }
    }

    #[test]
    fn a_bare_number_is_refused_with_a_hint() {
        let error = "30".parse::<Nanos>().unwrap_err();
        assert!(error.to_string().contains("found `30`"), "{error}");
        assert!(error.hint.unwrap().contains("`30s`"));
        for text in ["", "s", "5 parsecs", "5s6", "-1s", "3651d", "99999999999999999999s", "1e300s"] {
            assert!(text.parse::<Nanos>().is_err(), "{text}");
        }
    }

    #[test]
    fn offsets_are_signed() {
        assert_eq!("-10m".parse::<Offset>().unwrap(), Offset(-600_000_000_000));
        assert_eq!(Offset(-600_000_000_000).to_string(), "-10m");
    }

    #[test]
    fn spans_saturate_at_zero_only_when_asked() {
        assert_eq!(Timestamp(5).since(Timestamp(9)), Nanos::ZERO);
        assert_eq!(Timestamp(9).since(Timestamp(5)), Nanos(4));
    }
}
