//! An objective's text taken apart for a table: what is measured, and its limit in readable units.

use super::format;
use crate::objective::{Comparison, LimitUnit, Objective};

/// An objective as a table shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Limit {
    /// What is measured, such as `queue.wait.p95`.
    pub(crate) name: String,
    /// `≤ 10 m`; the objective is shown whole as its name when it has another form.
    pub(crate) bound: String,
    unit: LimitUnit,
}

impl Limit {
    /// Takes the text of an objective apart.
    pub(crate) fn of(text: &str) -> Self {
        let Ok(objective) = text.parse::<Objective>() else {
            return Self { name: text.to_owned(), bound: format::NOTHING.to_owned(), unit: LimitUnit::Count };
        };
        let name = match &objective.divisor {
            Some(divisor) => format!("{} / {divisor}", objective.metric),
            None => objective.metric.to_string(),
        };
        let sign = match objective.comparison {
            Comparison::AtMost => "≤",
            Comparison::AtLeast => "≥",
        };
        Self {
            name,
            bound: format!("{sign} {}", shown(objective.unit, objective.limit)),
            unit: objective.unit,
        }
    }

    /// A number that was seen, in the unit of the limit.
    pub(crate) fn seen(&self, value: f64) -> String {
        shown(self.unit, value)
    }
}

fn shown(unit: LimitUnit, value: f64) -> String {
    match unit {
        LimitUnit::Share => format::share(value),
        LimitUnit::Seconds => format::duration(value),
        LimitUnit::Count => format::number(value),
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
            ("steps.book.response.p99 <= 2s", "steps.book.response.p99", "≤ 2 s", "9 s"),
            ("all is well", "all is well", "–", "9"),
        ] {
            let parts = Limit::of(text);
            assert_eq!((parts.name.as_str(), parts.bound.as_str()), (name, limit));
            assert_eq!(parts.seen(9.0), seen);
        }
    }
}
