//! A rush at the opening that dies away exponentially.
//!
//! ```yaml
//! - decay: { share: 64%, tau: 58m42s }
//! ```
//!
//! Density at time t after the opening: exp(-t/tau) / (tau (1 - exp(-T/tau))) on [0, T], with T the
//! length of the window, so that exactly the part's head-count comes inside it.

use super::{Shape, Span};
use base::quantity::{Demand, Quantity};
use base::time::{Nanos, Timestamp};
use base::units::Share;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A rush at the opening that dies away exponentially.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decay {
    /// The part of the cohort that comes in the rush.
    pub share: Quantity<Share>,
    /// The e-folding time: after it, 63 % of the rush have come.
    pub tau: Quantity<Nanos>,
}

impl Decay {
    /// 1 - exp(-T/tau): the share of an endless decay that falls into the window.
    fn inside(&self, span: Span) -> f64 {
        -libm::expm1(-span.length().as_secs_f64() / self.tau.value.as_secs_f64())
    }
}

impl Shape for Decay {
    fn share(&self) -> Share {
        self.share.value
    }

    fn instant(&self, span: Span, u: f64) -> Timestamp {
        let after = self.tau.value.mul_f64(-libm::log1p(-u * self.inside(span)));
        span.opens + after.min(span.length())
    }

    fn come_by(&self, span: Span, at: Timestamp) -> f64 {
        let after = at.min(span.closes).since(span.opens).as_secs_f64();
        -libm::expm1(-after / self.tau.value.as_secs_f64()) / self.inside(span)
    }

    fn choose(&mut self, demand: Demand) {
        self.tau.choose(demand);
    }

    fn problem(&self, _span: Span) -> Option<(&'static str, &'static str)> {
        (self.tau.value == Nanos::ZERO).then_some(("tau", "expected a time over 0s"))
    }
}
