//! JSON Schemas (draft 2020-12) of what people write and read.
//!
//! Types derive theirs; here is what several of them share: schemas of quantities written as text, of mappings
//! with exactly one key, and the whole document around a type.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

/// A whole number with `_` between digits, as a pattern.
pub(crate) const WHOLE: &str = r"[0-9][0-9_]*";

/// A span of time, as a pattern.
pub(crate) const SPAN: &str = r"([0-9][0-9_]*(\.[0-9_]+)?(ns|us|ms|s|m|h|d|w)\s*)+";

/// The schema of a document that people write, with every key that may be left out.
pub fn written<T: JsonSchema>() -> Value {
    document::<T>(SchemaSettings::draft2020_12().for_deserialize())
}

/// The schema of a document that the program writes.
pub fn printed<T: JsonSchema>() -> Value {
    document::<T>(SchemaSettings::draft2020_12().for_serialize())
}

fn document<T: JsonSchema>(settings: SchemaSettings) -> Value {
    let settings = settings.with_transform(RecursiveTransform(absent_never_null));
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// What may be left out is absent, never null; a description is one paragraph on one line.
fn absent_never_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| *choice != json!({ "type": "null" }));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            only.into_iter().for_each(|(key, value)| drop(schema.insert(key, value)));
        }
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
}

/// Of a mapping with optional keys: exactly one of them is there.
pub fn exactly_one_key(schema: &mut Schema) {
    schema.insert("minProperties".into(), json!(1));
    schema.insert("maxProperties".into(), json!(1));
    schema.remove("default");
    if let Some(Value::Object(keys)) = schema.get_mut("properties") {
        keys.values_mut().filter_map(Value::as_object_mut).for_each(|key| drop(key.remove("default")));
    }
}

/// Gives a type that is written as text its schema: a title, the description that its errors have, and what
/// it looks like.
macro_rules! text_schema {
    ($type:ty, $title:literal, $described:literal, $($schema:tt)+) => {
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $title.replace(' ', "_").into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut schema = schemars::json_schema!($($schema)+);
                schema.insert("title".into(), $title.into());
                schema.insert("description".into(), $described.into());
                schema
            }
        }
    };
}
pub(crate) use text_schema;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Law;
    use crate::quantity::Quantity;
    use crate::time::Nanos;

    #[test]
    fn absent_is_never_null() {
        let text = written::<Quantity<Law>>().to_string() + &printed::<Quantity<Nanos>>().to_string();
        assert!(text.contains("\"lognormal\"") && !text.contains("null"), "{text}");
    }
}
