//! Rising or falling evenly over a while.
//!
//! ```yaml
//! - ramp: { share: 20%, over: 30m, from: 1, to: 5 }
//! ```
//!
//! The rate moves in a straight line from `from` to `to`, which are relative to one another, during `over`
//! after the opening. With a = from, b = to and x = t / over, the share that has come is
//! (2 a x + (b - a) x²) / (a + b).

use super::{Shape, Span};
use base::quantity::{Demand, Quantity};
use base::time::{Nanos, Timestamp};
use base::units::Share;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rising or falling evenly over a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ramp {
    /// The part of the cohort that comes on the ramp.
    pub share: Quantity<Share>,
    /// How long the ramp is.
    pub over: Quantity<Nanos>,
    /// The rate at its beginning, relative to `to`.
    pub from: f64,
    /// The rate at its end, relative to `from`.
    pub to: f64,
}

impl Shape for Ramp {
    fn share(&self) -> Share {
        self.share.value
    }

    fn instant(&self, span: Span, u: f64) -> Timestamp {
        // The root of (b - a) x² + 2 a x - u (a + b) = 0 in the form that does not cancel.
        let area = u * (self.from + self.to);
        let root = libm::sqrt(self.from * self.from + (self.to - self.from) * area);
        let part = if area == 0.0 { 0.0 } else { area / (self.from + root) };
        span.opens + self.over.value.mul_f64(part.clamp(0.0, 1.0))
    }

    fn come_by(&self, span: Span, at: Timestamp) -> f64 {
        let (a, b) = (self.from, self.to);
        let x = (at.since(span.opens).as_secs_f64() / self.over.value.as_secs_f64()).min(1.0);
        (2.0 * a * x + (b - a) * x * x) / (a + b)
    }

    fn choose(&mut self, demand: Demand) {
        self.over.choose(demand);
    }

    fn problem(&self, span: Span) -> Option<(&'static str, &'static str)> {
        let rate = |rate: f64| rate.is_finite() && rate >= 0.0;
        if !rate(self.from) || !rate(self.to) || self.from + self.to <= 0.0 {
            return Some(("from", "expected two relative rates of at least 0, not both 0"));
        }
        let fits = self.over.value > Nanos::ZERO && self.over.value <= span.length();
        (!fits).then_some(("over", "expected a time over 0s that ends before the window closes"))
    }
}
