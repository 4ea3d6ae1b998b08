//! A staircase of constant rates.
//!
//! ```yaml
//! - steps: { share: 30%, each: 10m, rates: [1, 3, 2] }
//! ```
//!
//! From the opening on, each rate holds for `each`; the rates are relative to one another.

use super::{Shape, Span};
use base::quantity::{Demand, Quantity};
use base::time::{Nanos, Timestamp};
use base::units::Share;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A staircase of constant rates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// The part of the cohort that comes on the staircase.
    pub share: Quantity<Share>,
    /// How long each step lasts.
    pub each: Quantity<Nanos>,
    /// The rate of each step, relative to the others.
    pub rates: Vec<f64>,
}

impl Steps {
    fn sum(&self) -> f64 {
        self.rates.iter().sum()
    }
}

impl Shape for Steps {
    fn share(&self) -> Share {
        self.share.value
    }

    fn instant(&self, span: Span, u: f64) -> Timestamp {
        let mut left = u * self.sum();
        let mut steps = 0.0;
        for rate in &self.rates {
            if left <= *rate && *rate > 0.0 {
                steps += left / rate;
                break;
            }
            left -= rate;
            steps += 1.0;
        }
        span.opens + self.each.value.mul_f64(steps.min(self.rates.len() as f64))
    }

    fn come_by(&self, span: Span, at: Timestamp) -> f64 {
        let steps = at.since(span.opens).as_secs_f64() / self.each.value.as_secs_f64();
        let come = self.rates.iter().enumerate().map(|(k, rate)| rate * (steps - k as f64).clamp(0.0, 1.0));
        come.sum::<f64>() / self.sum()
    }

    fn choose(&mut self, demand: Demand) {
        self.each.choose(demand);
    }

    fn problem(&self, span: Span) -> Option<(&'static str, &'static str)> {
        let rate = |rate: &f64| rate.is_finite() && *rate >= 0.0;
        if !self.rates.iter().all(rate) || self.sum() <= 0.0 {
            return Some(("rates", "expected relative rates of at least 0, not all 0"));
        }
        let all = self.each.value.mul_f64(self.rates.len() as f64);
        let fits = self.each.value > Nanos::ZERO && all <= span.length();
        (!fits).then_some(("each", "expected a time over 0s, all steps ending before the window closes"))
    }
}
