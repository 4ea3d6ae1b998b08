//! People who come before the opening and refresh until it comes.
//!
//! ```yaml
//! - at_the_door: { share: 0.3%, refresh_every: 5s, from: -10m }
//! ```
//!
//! They come evenly between `from` and the opening. Everybody knows the minute, so whoever is there
//! sends the last refresh at the opening itself: that is the step at 20:00 in the closed form.

use super::{Shape, Span};
use base::quantity::{Demand, Quantity};
use base::time::{Nanos, Offset, Timestamp};
use base::units::Share;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// People who come before the opening and refresh until it comes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AtTheDoor {
    /// The part of the cohort that comes early.
    pub share: Quantity<Share>,
    /// How long they wait between two refreshes.
    pub refresh_every: Quantity<Nanos>,
    /// When the first of them come, counted from the opening; negative.
    pub from: Quantity<Offset>,
}

impl Shape for AtTheDoor {
    fn share(&self) -> Share {
        self.share.value
    }

    fn instant(&self, span: Span, u: f64) -> Timestamp {
        let lead = Nanos(self.from.value.0.unsigned_abs());
        // Strictly before the opening, even for u = 1: the last nanosecond is still early.
        let early = lead.mul_f64(u).0.min(lead.0.saturating_sub(1));
        span.opens + self.from.value + Nanos(early)
    }

    fn come_by(&self, span: Span, at: Timestamp) -> f64 {
        let lead = self.from.value.0.unsigned_abs() as f64;
        (at.since(span.opens + self.from.value).0 as f64 / lead).min(1.0)
    }

    fn refresh_every(&self) -> Nanos {
        self.refresh_every.value
    }

    fn begins(&self, span: Span) -> Timestamp {
        span.opens + self.from.value
    }

    fn choose(&mut self, demand: Demand) {
        self.refresh_every.choose(demand);
        self.from.choose(demand);
    }

    fn problem(&self, _span: Span) -> Option<(&'static str, &'static str)> {
        if self.from.value.0 >= 0 {
            return Some(("from", "expected a time before the opening, such as `-10m`"));
        }
        (self.refresh_every.value == Nanos::ZERO).then_some(("refresh_every", "expected a time over 0s"))
    }
}
