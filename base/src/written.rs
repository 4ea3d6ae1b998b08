//! Quantities as people write them: what all of them share, and the error when one cannot be read.

use thiserror::Error;

/// A text that is not the quantity it should be.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("expected {expected}, found `{found}`")]
pub struct UnitError {
    /// What was written.
    pub found: String,
    /// What would have been right, with an example.
    pub expected: &'static str,
    /// What to write instead, if that can be guessed.
    pub hint: Option<String>,
}

impl UnitError {
    /// An error for `found`, where `expected` was due.
    pub fn new(found: &str, expected: &'static str, hint: Option<String>) -> Self {
        Self { found: found.to_owned(), expected, hint }
    }

    /// The message with its hint, on one line, as parsers that carry only text need it.
    pub fn with_hint(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{self}{HINT_MARK}{hint}"),
            None => self.to_string(),
        }
    }
}

/// Stands between a message and its hint where both travel in one string.
pub const HINT_MARK: &str = " ⏎hint: ";

/// Reads and writes a type as text through its `FromStr` and `Display`; a bare number is refused with
/// the type's own hint.
macro_rules! text_serde {
    ($type:ty, $expected:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(|error: $crate::written::UnitError| E::custom(error.with_hint()))
                    }
                    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<$type, E> {
                        self.visit_str(&number.to_string())
                    }
                    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<$type, E> {
                        self.visit_str(&number.to_string())
                    }
                    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<$type, E> {
                        self.visit_str(&number.to_string())
                    }
                }
                deserializer.deserialize_any(Text)
            }
        }
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}
pub(crate) use text_serde;
