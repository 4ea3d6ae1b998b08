//! When visits start: an open schedule, a pure value.
//!
//! A profile spreads a *known head-count* over a window. The schedule knows nothing of pools, sockets or
//! progress; nothing in it waits for a reply, and nothing is filled in afterwards.
//!
//! Each profile is one file with its YAML, its shape and its tests, and one line in [`Profile`].

mod at_the_door;
mod burst;
mod constant;
mod decay;
mod diurnal;
mod ramp;
mod returns;
mod schedule;
mod steps;

pub use at_the_door::AtTheDoor;
use base::quantity::Demand;
use base::schema::exactly_one_key;
use base::time::{Nanos, Timestamp};
use base::units::Share;
pub use burst::Burst;
pub use constant::Constant;
pub use decay::Decay;
pub use diurnal::Diurnal;
pub use ramp::Ramp;
pub use returns::{Return, ReturnWindow, Returns};
pub use schedule::{Arrival, PlanHash, PlannedPart, Schedule};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
pub use steps::Steps;

/// The interval that a profile spreads people over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When the window opens.
    pub opens: Timestamp,
    /// When it closes.
    pub closes: Timestamp,
    /// The time of day, in the scenario's zone, at which it opens.
    pub opens_at: Nanos,
}

impl Span {
    /// How long the window is open.
    fn length(self) -> Nanos {
        self.closes.since(self.opens)
    }
}

/// What every profile knows about its shape.
trait Shape {
    /// The share of the cohort's people that this part takes.
    fn share(&self) -> Share;
    /// The instant by which a share `u` in [0, 1] of this part has come: the inverse of
    /// [`Shape::come_by`].
    fn instant(&self, span: Span, u: f64) -> Timestamp;
    /// The share of this part, in [0, 1], that has come by `at`: the profile's own integral.
    fn come_by(&self, span: Span, at: Timestamp) -> f64;
    /// Takes the ends of its ranges that `demand` selects. Shares stay: together they are 100 %.
    fn choose(&mut self, _demand: Demand) {}
    /// How long people of this part wait between two looks at a closed window.
    fn refresh_every(&self) -> Nanos {
        // Whoever is not at the door on purpose tries again as often as people there do by default.
        Nanos::from_secs(5)
    }
    /// When the first people can come.
    fn begins(&self, span: Span) -> Timestamp {
        span.opens
    }
    /// What is wrong with its values, if anything: the key, and what is expected of it.
    fn problem(&self, _span: Span) -> Option<(&'static str, &'static str)> {
        None
    }
}

/// Makes the list of profiles into one type. A profile more is a file and a line of that list.
macro_rules! profiles {
    ($($(#[$doc:meta])* $key:ident: $name:ident,)*) => {
        /// How one part of a cohort's people spreads over a window.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(try_from = "Written", into = "Written")]
        pub enum Profile {
            $($(#[$doc])* $name($name),)*
        }

        impl Profile {
            /// The names under which profiles are written.
            pub const KEYS: &'static [&'static str] = &[$(stringify!($key)),*];

            /// The name under which this profile is written.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($key),)*
                }
            }

            fn shape(&self) -> &dyn Shape {
                match self {
                    $(Self::$name(profile) => profile,)*
                }
            }

            fn shape_mut(&mut self) -> &mut dyn Shape {
                match self {
                    $(Self::$name(profile) => profile,)*
                }
            }
        }

        /// How one part of the people comes, as one key of a mapping.
        #[derive(Default, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default, expecting = "an arrival profile, such as `decay: { share, tau }`")]
        #[schemars(title = "arrival profile", transform = exactly_one_key)]
        struct Written {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] $key: Option<$name>,)*
        }

        impl JsonSchema for Profile {
            fn schema_name() -> Cow<'static, str> {
                "profile".into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                Written::json_schema(generator)
            }
        }

        impl TryFrom<Written> for Profile {
            type Error = String;

            fn try_from(written: Written) -> Result<Self, String> {
                let mut found = Vec::new();
                $(found.extend(written.$key.map(Self::$name));)*
                match found.pop() {
                    Some(profile) if found.is_empty() => Ok(profile),
                    _ => Err(format!("expected exactly one of {}", Self::KEYS.join(", "))),
                }
            }
        }

        impl From<Profile> for Written {
            fn from(profile: Profile) -> Self {
                match profile {
                    $(Profile::$name(profile) => Self { $key: Some(profile), ..Self::default() },)*
                }
            }
        }
    };
}

profiles! {
    /// People who come early and refresh until the window opens.
    at_the_door: AtTheDoor,
    /// A rush at the opening that dies away exponentially.
    decay: Decay,
    /// Evenly over the whole window.
    constant: Constant,
    /// Rising or falling evenly over a while.
    ramp: Ramp,
    /// A staircase of constant rates.
    steps: Steps,
    /// All within a short while.
    burst: Burst,
    /// By the hour of the day, day after day.
    diurnal: Diurnal,
}

impl Profile {
    /// The share of the cohort's people that this part takes.
    pub fn share(&self) -> Share {
        self.shape().share()
    }

    /// Takes the ends of its ranges that `demand` selects. Shares stay: together they are 100 %.
    pub fn choose(&mut self, demand: Demand) {
        self.shape_mut().choose(demand);
    }

    /// What is wrong with its values for a window of this span, if anything: the key, and what is expected
    /// of it.
    pub fn problem(&self, span: Span) -> Option<(&'static str, &'static str)> {
        self.shape().problem(span)
    }

    /// The share of this part that has come by `at`, from the closed-form integral.
    pub fn come_by(&self, span: Span, at: Timestamp) -> f64 {
        self.shape().come_by(span, at)
    }

    /// How long people of this part wait between two looks at a closed window.
    pub fn refresh_every(&self) -> Nanos {
        self.shape().refresh_every()
    }

    /// When the first people of this part can come.
    pub fn begins(&self, span: Span) -> Timestamp {
        self.shape().begins(span)
    }

    fn instant(&self, span: Span, u: f64) -> Timestamp {
        self.shape().instant(span, u)
    }
}

#[cfg(test)]
mod tests;
