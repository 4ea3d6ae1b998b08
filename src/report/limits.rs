//! An objective's text taken apart for a table: what is measured, and its limit in readable units.

use super::format;
use base::time::Nanos;
use base::units::Share;

/// An objective as a table shows it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Limit {
    /// What is measured, with whatever follows the limit, such as `queue.wait.p95`.
    pub(super) name: String,
    /// `≤ 10 m`; the objective is shown whole as its name when it has another form.
    pub(super) bound: String,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Unit {
    Share,
    Seconds,
    Number,
}

impl Limit {
    /// Takes the text of an objective apart.
    pub(super) fn of(text: &str) -> Self {
        for (operator, sign) in [("<=", "≤"), (">=", "≥")] {
            if let Some((name, rest)) = text.split_once(operator) {
                return Self::from_parts(name.trim(), sign, rest.trim());
            }
        }
        Self { name: text.to_owned(), bound: format::NOTHING.to_owned(), unit: Unit::Number }
    }

    fn from_parts(name: &str, sign: &str, rest: &str) -> Self {
        let (limit, tail) = rest.split_once(' ').unwrap_or((rest, ""));
        let (unit, text) = if let Ok(share) = limit.parse::<Share>() {
            (Unit::Share, format::share(share.0))
        } else if let Ok(span) = limit.parse::<Nanos>() {
            (Unit::Seconds, format::duration(span.as_secs_f64()))
        } else {
            let value = limit.replace('_', "").parse().ok();
            (Unit::Number, value.map_or_else(|| limit.to_owned(), format::number))
        };
        Self { name: format!("{name} {tail}").trim_end().to_owned(), bound: format!("{sign} {text}"), unit }
    }

    /// A number that was seen, in the unit of the limit.
    pub(super) fn seen(&self, value: f64) -> String {
        match self.unit {
            Unit::Share => format::share(value),
            Unit::Seconds => format::duration(value),
            Unit::Number => format::number(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_of_the_limit_is_the_unit_of_what_was_seen() {
        for (text, name, limit, seen) in [
            ("queue.wait.p95 <= 10m", "queue.wait.p95", "≤ 10 m", "9 s"),
            ("people.gave_up / people.finished <= 1%", "people.gave_up / people.finished", "≤ 1 %", "900 %"),
            ("people.booked >= 20_000", "people.booked", "≥ 20,000", "9"),
            (
                "steps.book.response.p99 <= 2s from 20:00",
                "steps.book.response.p99 from 20:00",
                "≤ 2 s",
                "9 s",
            ),
            ("all is well", "all is well", "–", "9"),
        ] {
            let parts = Limit::of(text);
            assert_eq!((parts.name.as_str(), parts.bound.as_str()), (name, limit));
            assert_eq!(parts.seen(9.0), seen);
        }
    }
}
