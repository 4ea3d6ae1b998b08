//! All within a short while, such as after an announcement.
//!
//! ```yaml
//! - burst: { share: 5%, at: 12m, width: 30s }
//! ```
//!
//! Evenly between `at` and `at + width` after the opening.

use super::{Shape, Span};
use base::quantity::{Demand, Quantity};
use base::time::{Nanos, Timestamp};
use base::units::Share;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// All within a short while, such as after an announcement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// The part of the cohort that comes in the burst.
    pub share: Quantity<Share>,
    /// When it begins, counted from the opening.
    pub at: Quantity<Nanos>,
    /// How long it lasts.
    pub width: Quantity<Nanos>,
}

impl Shape for Burst {
    fn share(&self) -> Share {
        self.share.value
    }

    fn instant(&self, span: Span, u: f64) -> Timestamp {
        span.opens + self.at.value + self.width.value.mul_f64(u)
    }

    fn come_by(&self, span: Span, at: Timestamp) -> f64 {
        let after = at.since(span.opens + self.at.value).as_secs_f64();
        (after / self.width.value.as_secs_f64()).min(1.0)
    }

    fn choose(&mut self, demand: Demand) {
        self.at.choose(demand);
        self.width.choose(demand);
    }

    fn problem(&self, span: Span) -> Option<(&'static str, &'static str)> {
        let fits = self.width.value > Nanos::ZERO && self.at.value + self.width.value <= span.length();
        (!fits).then_some(("width", "expected a time over 0s that ends before the window closes"))
    }
}
