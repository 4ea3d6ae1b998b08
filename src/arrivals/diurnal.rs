//! By the hour of the day, day after day, for those who do not come for the opening.
//!
//! ```yaml
//! - diurnal: { share: 35.7% }
//! - diurnal: { share: 35.7%, hours: [2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 18, 15, 13, 15, 14, 13, 12, 11, 10, 11, 12, 11, 8, 4] }
//! ```
//!
//! `hours` are relative rates from midnight on, each constant for an hour. Days are of 24 hours: where
//! clocks are set forward or back inside a window, the hours after it are one off.

use super::{Shape, Span};
use base::quantity::Quantity;
use base::time::{Nanos, Timestamp};
use base::units::Share;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const HOUR_S: f64 = 3_600.0;
const DAY_S: f64 = 24.0 * HOUR_S;

/// By the hour of the day, day after day, for those who do not come for the opening.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Diurnal {
    /// The part of the cohort that comes by the hour.
    pub share: Quantity<Share>,
    /// The rate of each hour of the day, relative to the others.
    #[serde(default = "waking_hours")]
    pub hours: Vec<f64>,
}

/// An assumption: quiet at night, most in the late morning, a second rise in the evening.
fn waking_hours() -> Vec<f64> {
    let night_and_morning = [2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 18, 15];
    let afternoon_and_evening = [13, 15, 14, 13, 12, 11, 10, 11, 12, 11, 8, 4];
    night_and_morning.into_iter().chain(afternoon_and_evening).map(f64::from).collect()
}

impl Diurnal {
    /// The area under the rates from midnight to `clock_s` seconds later, in rates times hours.
    fn since_midnight(&self, clock_s: f64) -> f64 {
        let days = libm::floor(clock_s / DAY_S);
        let hours = (clock_s - days * DAY_S) / HOUR_S;
        let today =
            self.hours.iter().enumerate().map(|(hour, rate)| rate * (hours - hour as f64).clamp(0.0, 1.0));
        days * self.of_a_day() + today.sum::<f64>()
    }

    fn of_a_day(&self) -> f64 {
        self.hours.iter().sum()
    }

    /// The inverse of [`Diurnal::since_midnight`].
    fn clock_s(&self, area: f64) -> f64 {
        let days = libm::floor(area / self.of_a_day());
        let mut left = area - days * self.of_a_day();
        let mut hours = 0.0;
        for rate in &self.hours {
            if left <= *rate && *rate > 0.0 {
                hours += left / rate;
                break;
            }
            left -= rate;
            hours += 1.0;
        }
        days * DAY_S + hours * HOUR_S
    }

    /// The area under the rates before the opening, and during the window.
    fn areas(&self, span: Span) -> (f64, f64) {
        let opens_s = span.opens_at.as_secs_f64();
        let before = self.since_midnight(opens_s);
        (before, self.since_midnight(opens_s + span.length().as_secs_f64()) - before)
    }
}

impl Shape for Diurnal {
    fn share(&self) -> Share {
        self.share.value
    }

    fn instant(&self, span: Span, u: f64) -> Timestamp {
        let (before, during) = self.areas(span);
        let after_s = self.clock_s(before + u * during) - span.opens_at.as_secs_f64();
        span.opens + Nanos::from_secs_f64(after_s).min(span.length())
    }

    fn come_by(&self, span: Span, at: Timestamp) -> f64 {
        let (before, during) = self.areas(span);
        let after_s = at.min(span.closes).since(span.opens).as_secs_f64();
        (self.since_midnight(span.opens_at.as_secs_f64() + after_s) - before) / during
    }

    fn problem(&self, _span: Span) -> Option<(&'static str, &'static str)> {
        let rate = |rate: &f64| rate.is_finite() && *rate > 0.0;
        let fine = self.hours.len() == 24 && self.hours.iter().all(rate);
        (!fine).then_some(("hours", "expected 24 relative rates over 0"))
    }
}
