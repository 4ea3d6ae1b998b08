//! Distributions of durations. Each knows its mean and variance, so that closed forms can use them.
//!
//! ```yaml
//! { constant: 5s }
//! { exponential: { mean: 20ms } }
//! { lognormal: { mean: 800ms, cv: 0.5 } }
//! { uniform: { from: 1s, to: 3s } }
//! ```

use crate::draw::Draw;
use crate::time::Nanos;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

/// A distribution of durations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Law {
    /// Always the same.
    Constant(Nanos),
    /// Memoryless with this mean.
    Exponential(Mean),
    /// The exponential of a normal, given by its own mean and coefficient of variation.
    Lognormal(MeanCv),
    /// Evenly spread between two ends.
    Uniform(Ends),
}

/// The one parameter of an exponential law.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mean {
    /// The mean.
    pub mean: Nanos,
}

/// Mean and coefficient of variation (standard deviation over mean).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeanCv {
    /// The mean.
    pub mean: Nanos,
    /// Standard deviation over mean, at least 0.
    #[schemars(range(min = 0.0))]
    pub cv: f64,
}

/// The two ends of a uniform law.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ends {
    /// The least value.
    pub from: Nanos,
    /// The greatest value.
    pub to: Nanos,
}

// The law as one key of a mapping, which is how people write it. Its comments are the schema's.
/// A law of durations, as one key of a mapping, such as `{ constant: 5s }`.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a law of durations, such as `{ constant: 5s }`")]
#[schemars(title = "law", transform = crate::schema::exactly_one_key)]
struct Written {
    /// Always the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    constant: Option<Nanos>,
    /// Memoryless with this mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    exponential: Option<Mean>,
    /// The exponential of a normal, given by its own mean and coefficient of variation.
    #[serde(skip_serializing_if = "Option::is_none")]
    lognormal: Option<MeanCv>,
    /// Evenly spread between two ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    uniform: Option<Ends>,
}

impl JsonSchema for Law {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "law".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}

impl TryFrom<Written> for Law {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let law = match written {
            Written { constant: Some(span), exponential: None, lognormal: None, uniform: None } => {
                Self::Constant(span)
            }
            Written { constant: None, exponential: Some(mean), lognormal: None, uniform: None } => {
                Self::Exponential(mean)
            }
            Written { constant: None, exponential: None, lognormal: Some(law), uniform: None } => {
                Self::Lognormal(law)
            }
            Written { constant: None, exponential: None, lognormal: None, uniform: Some(ends) } => {
                Self::Uniform(ends)
            }
            _ => return Err("expected exactly one of constant, exponential, lognormal, uniform"),
        };
        match law {
            Self::Lognormal(law) if !(law.cv.is_finite() && law.cv >= 0.0) => {
                Err("cv is a standard deviation over a mean: a finite number, at least 0")
            }
            Self::Uniform(ends) if ends.from > ends.to => Err("uniform: `from` is later than `to`"),
            valid => Ok(valid),
        }
    }
}

impl From<Law> for Written {
    fn from(law: Law) -> Self {
        match law {
            Law::Constant(span) => Self { constant: Some(span), ..Self::default() },
            Law::Exponential(mean) => Self { exponential: Some(mean), ..Self::default() },
            Law::Lognormal(law) => Self { lognormal: Some(law), ..Self::default() },
            Law::Uniform(ends) => Self { uniform: Some(ends), ..Self::default() },
        }
    }
}

impl Law {
    /// The value that `draw` selects.
    pub fn sample(&self, draw: Draw) -> Nanos {
        match *self {
            Self::Constant(span) => span,
            Self::Exponential(Mean { mean }) => mean.mul_f64(draw.exponential()),
            Self::Lognormal(MeanCv { mean, cv }) => {
                // If X = exp(mu + s Z) then E X = exp(mu + s²/2) and cv² = exp(s²) - 1; hence
                // X = mean * exp(s Z - s²/2) with s² = ln(1 + cv²).
                let variance = libm::log1p(cv * cv);
                mean.mul_f64(libm::exp(libm::sqrt(variance) * draw.normal() - variance / 2.0))
            }
            Self::Uniform(Ends { from, to }) => from + Nanos(to.0 - from.0).mul_f64(draw.unit()),
        }
    }

    /// The mean, in seconds.
    pub fn mean_s(&self) -> f64 {
        match *self {
            Self::Constant(span) => span.as_secs_f64(),
            Self::Exponential(Mean { mean }) | Self::Lognormal(MeanCv { mean, .. }) => mean.as_secs_f64(),
            Self::Uniform(Ends { from, to }) => f64::midpoint(from.as_secs_f64(), to.as_secs_f64()),
        }
    }

    /// The variance, in seconds squared.
    pub fn variance_s2(&self) -> f64 {
        let mean = self.mean_s();
        match *self {
            Self::Constant(_) => 0.0,
            Self::Exponential(_) => mean * mean,
            Self::Lognormal(MeanCv { cv, .. }) => (mean * cv) * (mean * cv),
            Self::Uniform(Ends { from, to }) => {
                let width = to.as_secs_f64() - from.as_secs_f64();
                width * width / 12.0
            }
        }
    }

    /// The same law with every duration multiplied by `factor`.
    #[must_use]
    pub fn stretched(&self, factor: f64) -> Self {
        match *self {
            Self::Constant(span) => Self::Constant(span.mul_f64(factor)),
            Self::Exponential(Mean { mean }) => Self::Exponential(Mean { mean: mean.mul_f64(factor) }),
            Self::Lognormal(MeanCv { mean, cv }) => {
                Self::Lognormal(MeanCv { mean: mean.mul_f64(factor), cv })
            }
            Self::Uniform(Ends { from, to }) => {
                Self::Uniform(Ends { from: from.mul_f64(factor), to: to.mul_f64(factor) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Purpose, Seed};

    fn laws() -> [Law; 4] {
        let mean = Nanos::from_secs(2);
        [
            Law::Constant(mean),
            Law::Exponential(Mean { mean }),
            Law::Lognormal(MeanCv { mean, cv: 0.5 }),
            Law::Uniform(Ends { from: Nanos::from_secs(1), to: Nanos::from_secs(3) }),
        ]
    }

    #[test]
    fn samples_have_the_mean_and_variance_the_law_states() {
        let family = Seed(5).family("test", "laws");
        let n = 100_000;
        for law in laws() {
            let samples: Vec<f64> = (0..n)
                .map(|p| law.sample(family.person(p, 0).of(Purpose::Service, 0)).as_secs_f64())
                .collect();
            let mean = samples.iter().sum::<f64>() / n as f64;
            let variance = samples.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
            let std_err = (law.variance_s2() / n as f64).sqrt();
            assert!((mean - law.mean_s()).abs() <= 4.0 * std_err + 1e-9, "{law:?}: mean {mean}");
            assert!(
                (variance - law.variance_s2()).abs() <= 0.06 * law.variance_s2() + 1e-9,
                "{law:?}: {variance}"
            );
        }
    }

    #[test]
    fn stretching_stretches_mean_and_deviation() {
        for law in laws() {
            let wide = law.stretched(1.5);
            assert!((wide.mean_s() - 1.5 * law.mean_s()).abs() < 1e-9);
            assert!((wide.variance_s2() - 2.25 * law.variance_s2()).abs() < 1e-6);
        }
    }

    #[test]
    fn a_law_is_written_as_one_key() {
        for law in laws() {
            let text = serde_json::to_string(&law).unwrap();
            assert_eq!(serde_json::from_str::<Law>(&text).unwrap(), law, "{text}");
        }
        for bad in [r"{}", r#"{"constant":"1s","uniform":{"from":"1s","to":"2s"}}"#, r#"{"gamma":{}}"#] {
            assert!(serde_json::from_str::<Law>(bad).is_err(), "{bad}");
        }
    }
}
