//! The JSON Schema of a scenario file, as editors use it.

use super::document::{Document, StationName};
use base::law::Law;
use base::protocol::Operation;
use base::quantity::Quantity;
use base::schema::written;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

/// The schema: every key with its meaning, form and default. What it refuses, reading refuses too.
pub fn schema() -> Value {
    let mut schema = written::<Document>();
    schema["title"] = "openrush scenario".into();
    schema
}

/// A law for each step of the journey, all of which may be left out.
pub(super) fn think(generator: &mut SchemaGenerator) -> Schema {
    let law = generator.subschema_for::<Quantity<Law>>();
    let before = |step: &Operation| {
        let mut law = law.clone();
        law.insert("description".into(), format!("Before the step `{}`.", step.name()).into());
        (step.name().to_owned(), law.to_value())
    };
    let steps: Map<_, _> = Operation::ALL.iter().map(before).collect();
    json_schema!({ "type": "object", "additionalProperties": false, "properties": steps })
}

/// A whole number of servers for each station, all of which may be left out.
pub(super) fn servers(generator: &mut SchemaGenerator) -> Schema {
    by_station(&generator.subschema_for::<u32>())
}

/// A factor for each station, all of which may be left out.
pub(super) fn factors(generator: &mut SchemaGenerator) -> Schema {
    by_station(&generator.subschema_for::<f64>())
}

fn by_station(value: &Schema) -> Schema {
    let stations = StationName::ALL.iter().map(|station| {
        let mut value = value.clone();
        value.insert("description".into(), format!("At the station `{}`.", station.name()).into());
        (station.name().to_owned(), value.to_value())
    });
    let stations: Map<_, _> = stations.collect();
    json_schema!({ "type": "object", "additionalProperties": false, "properties": stations })
}
