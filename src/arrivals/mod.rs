//! When visits start: an open schedule, a pure value.
//!
//! A profile spreads a *known head-count* over a window. The schedule knows nothing of pools, sockets or
//! progress; nothing in it waits for a reply, and nothing is filled in afterwards.
//!
//! Each profile is one file with its YAML, its shape and its tests, and one line in [`Profile`].

mod at_the_door;
mod constant;
mod decay;
mod schedule;

pub use at_the_door::AtTheDoor;
use base::quantity::Demand;
use base::time::Timestamp;
use base::units::Share;
pub use constant::Constant;
pub use decay::Decay;
pub use schedule::{Arrival, PlanHash, PlannedPart, Schedule};
use serde::{Deserialize, Serialize};

/// How one part of a cohort's people spreads over a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Profile {
    /// People who come early and refresh until the window opens.
    AtTheDoor(AtTheDoor),
    /// A rush at the opening that dies away exponentially.
    Decay(Decay),
    /// Evenly over the whole window.
    Constant(Constant),
}

/// The interval that a profile spreads people over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When the window opens.
    pub opens: Timestamp,
    /// When it closes.
    pub closes: Timestamp,
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
}

impl Profile {
    /// The names under which profiles are written.
    pub const KEYS: [&'static str; 3] = ["at_the_door", "decay", "constant"];

    fn shape(&self) -> &dyn Shape {
        match self {
            Self::AtTheDoor(profile) => profile,
            Self::Decay(profile) => profile,
            Self::Constant(profile) => profile,
        }
    }

    /// The name under which this profile is written.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AtTheDoor(_) => Self::KEYS[0],
            Self::Decay(_) => Self::KEYS[1],
            Self::Constant(_) => Self::KEYS[2],
        }
    }

    /// The share of the cohort's people that this part takes.
    pub fn share(&self) -> Share {
        self.shape().share()
    }

    /// Takes the ends of its ranges that `demand` selects. Shares stay: together they are 100 %.
    pub fn choose(&mut self, demand: Demand) {
        match self {
            Self::AtTheDoor(profile) => profile.choose(demand),
            Self::Decay(profile) => profile.choose(demand),
            Self::Constant(_) => {}
        }
    }

    /// The share of this part that has come by `at`, from the closed-form integral.
    pub fn come_by(&self, span: Span, at: Timestamp) -> f64 {
        self.shape().come_by(span, at)
    }

    fn instant(&self, span: Span, u: f64) -> Timestamp {
        self.shape().instant(span, u)
    }
}

/// A profile as one key of a mapping, which is how people write it.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    at_the_door: Option<AtTheDoor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decay: Option<Decay>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constant: Option<Constant>,
}

impl TryFrom<Written> for Profile {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written { at_the_door: Some(profile), decay: None, constant: None } => {
                Ok(Self::AtTheDoor(profile))
            }
            Written { at_the_door: None, decay: Some(profile), constant: None } => Ok(Self::Decay(profile)),
            Written { at_the_door: None, decay: None, constant: Some(profile) } => {
                Ok(Self::Constant(profile))
            }
            _ => Err(format!("expected exactly one of {}", Self::KEYS.join(", "))),
        }
    }
}

impl From<Profile> for Written {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::AtTheDoor(profile) => Self { at_the_door: Some(profile), ..Self::default() },
            Profile::Decay(profile) => Self { decay: Some(profile), ..Self::default() },
            Profile::Constant(profile) => Self { constant: Some(profile), ..Self::default() },
        }
    }
}

#[cfg(test)]
mod tests;
