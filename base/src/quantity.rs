//! A value together with its range and where it comes from.
//!
//! ```yaml
//! show_up: 85%
//! show_up: { value: 85%, low: 60%, high: 100%, kind: assumption }
//! people:  { value: 1_209_000, kind: fact, source: S1 }
//! ```

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// How a value is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Stated by a source.
    Fact,
    /// Chosen by whoever wrote the scenario.
    Assumption,
    /// Adjusted until the model met an observation; `source` names the observation.
    Fitted,
}

/// Which end of every value's range a run takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Demand {
    /// The `low` ends.
    Low,
    /// The values themselves.
    #[default]
    Expected,
    /// The `high` ends.
    High,
}

/// A value, plain or with its range and provenance.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity<T> {
    /// The value used unless a demand case asks for an end of the range.
    pub value: T,
    /// The lowest value that is plausible.
    pub low: Option<T>,
    /// The highest value that is plausible.
    pub high: Option<T>,
    /// How the value is known.
    pub kind: Option<Kind>,
    /// Who says so, or what it was fitted to.
    pub source: Option<String>,
}

impl<T> Quantity<T> {
    /// A plain value that says nothing of its origin.
    pub const fn plain(value: T) -> Self {
        Self { value, low: None, high: None, kind: None, source: None }
    }
}

impl<T: Clone> Quantity<T> {
    /// Takes the end of the range that a demand case asks for as the value, where the range has it; range
    /// and provenance stay.
    pub fn choose(&mut self, demand: Demand) {
        let end = match demand {
            Demand::Low => self.low.as_ref(),
            Demand::Expected => None,
            Demand::High => self.high.as_ref(),
        };
        if let Some(end) = end {
            self.value = end.clone();
        }
    }
}

/// A value with its range and where it comes from.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{T}_with_range", transform = fitted_names_its_observation)]
struct Full<T> {
    /// The value used unless a demand case asks for an end of the range.
    value: T,
    /// The value of the low case of demand.
    #[serde(default = "Option::<T>::default", skip_serializing_if = "Option::is_none")]
    low: Option<T>,
    /// The value of the high case of demand.
    #[serde(default = "Option::<T>::default", skip_serializing_if = "Option::is_none")]
    high: Option<T>,
    /// How the value is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    /// Who says so, or what it was fitted to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

fn fitted_names_its_observation(schema: &mut Schema) {
    schema.insert(
        "if".into(),
        json!({ "properties": { "kind": { "const": "fitted" } }, "required": ["kind"] }),
    );
    schema.insert("then".into(), json!({ "required": ["source"] }));
}

impl<T: JsonSchema> JsonSchema for Quantity<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}_or_range", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (plain, full) = (generator.subschema_for::<T>(), generator.subschema_for::<Full<T>>());
        json_schema!({ "anyOf": [plain, full] })
    }
}

impl<T: Serialize + Clone> Serialize for Quantity<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bare = self.low.is_none() && self.high.is_none() && self.kind.is_none() && self.source.is_none();
        if bare {
            return self.value.serialize(serializer);
        }
        let full = Full {
            value: self.value.clone(),
            low: self.low.clone(),
            high: self.high.clone(),
            kind: self.kind,
            source: self.source.clone(),
        };
        full.serialize(serializer)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Quantity<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlainOrFull(PhantomData))
    }
}

struct PlainOrFull<T>(PhantomData<T>);

/// The keys of the long form of a value.
pub const FULL_KEYS: [&str; 5] = ["value", "low", "high", "kind", "source"];

/// A mapping whose first key has been looked at already.
struct WithFirstKey<A> {
    first: Option<String>,
    map: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WithFirstKey<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for PlainOrFull<T> {
    type Value = Quantity<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value with its unit, or `{ value, low, high, kind, source }`")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(text.into_deserializer()).map(Quantity::plain)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(Quantity::plain)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(Quantity::plain)
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(Quantity::plain)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let mut map = map;
        // The first key tells the full form from a value that is a mapping itself, such as a law.
        let first: Option<String> = map.next_key()?;
        let is_full = first.as_deref().is_none_or(|key| FULL_KEYS.contains(&key));
        let map = MapAccessDeserializer::new(WithFirstKey { first, map });
        if !is_full {
            return T::deserialize(map).map(Quantity::plain);
        }
        let full = Full::<T>::deserialize(map)?;
        if full.kind == Some(Kind::Fitted) && full.source.is_none() {
            return Err(A::Error::custom(
                "a fitted value names the observation it was fitted to, in `source`",
            ));
        }
        let Full { value, low, high, kind, source } = full;
        Ok(Quantity { value, low, high, kind, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{People, Share};

    #[test]
    fn plain_and_full_forms_round_trip() {
        for text in [
            r#""85%""#,
            r#"{"value":"85%","low":"60%","high":"100%","kind":"assumption"}"#,
            r#"{"value":"85%","kind":"fitted","source":"S2"}"#,
        ] {
            let read: Quantity<Share> = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
        let people: Quantity<People> = serde_json::from_str("1209000").unwrap();
        assert_eq!(people.value, People(1_209_000));
    }

    #[test]
    fn a_value_that_is_a_mapping_can_be_plain_too() {
        use crate::law::Law;
        let plain: Quantity<Law> = serde_json::from_str(r#"{"constant":"30m"}"#).unwrap();
        let full: Quantity<Law> =
            serde_json::from_str(r#"{"kind":"fact","value":{"constant":"30m"}}"#).unwrap();
        assert_eq!(plain.value, full.value);
        assert!(serde_json::from_str::<Quantity<Law>>(r#"{"constantly":"30m"}"#).is_err());
        assert!(serde_json::from_str::<Quantity<Law>>("{}").is_err());
    }

    #[test]
    fn demand_selects_an_end_where_there_is_one() {
        let share = Quantity { low: Some(Share(0.6)), ..Quantity::plain(Share(0.85)) };
        for (demand, chosen) in [(Demand::Low, 0.6), (Demand::Expected, 0.85), (Demand::High, 0.85)] {
            let mut share = share.clone();
            share.choose(demand);
            assert_eq!((share.value, share.low), (Share(chosen), Some(Share(0.6))));
        }
    }

    #[test]
    fn a_fitted_value_needs_its_observation() {
        let error =
            serde_json::from_str::<Quantity<Share>>(r#"{"value":"85%","kind":"fitted"}"#).unwrap_err();
        assert!(error.to_string().contains("fitted"), "{error}");
    }
}
