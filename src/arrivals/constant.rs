//! Evenly over the whole window.
//!
//! ```yaml
//! - constant: { share: 35.7% }
//! ```

use super::{Shape, Span};
use base::quantity::Quantity;
use base::time::Timestamp;
use base::units::Share;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Evenly over the whole window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    /// The part of the cohort that comes evenly.
    pub share: Quantity<Share>,
}

impl Shape for Constant {
    fn share(&self) -> Share {
        self.share.value
    }

    fn instant(&self, span: Span, u: f64) -> Timestamp {
        span.opens + span.length().mul_f64(u)
    }

    fn come_by(&self, span: Span, at: Timestamp) -> f64 {
        let length = span.length().as_secs_f64();
        (at.since(span.opens).as_secs_f64() / length).min(1.0)
    }
}
