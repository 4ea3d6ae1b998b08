//! What a scenario rests on: every value that says how it is known.

use super::document::Document;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A value and how it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Known {
    /// Where in the scenario.
    pub path: String,
    /// The value as the run took it, with its unit.
    pub value: String,
    /// The low case of its range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<String>,
    /// The high case of its range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<String>,
    /// `fact`, `assumption` or `fitted`.
    pub kind: String,
    /// Who says so, or what it was fitted to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// The order in which a reader wants them: who comes, when, how they behave, against what.
const ORDER: [&str; 5] = ["cohorts", "windows", "arrivals", "journey", "target"];

/// Every value of the document that says how it is known.
pub fn of(document: &Document) -> Vec<Known> {
    let mut known = Vec::new();
    let document = serde_json::to_value(document).unwrap_or(Value::Null);
    for part in ORDER {
        walk(part, &document[part], &mut known);
    }
    known
}

fn walk(path: &str, value: &Value, known: &mut Vec<Known>) {
    match value {
        Value::Object(map) => match (map.get("value"), map.get("kind").and_then(Value::as_str)) {
            (Some(value), Some(kind)) => known.push(read(path, value, kind, map)),
            _ => map.iter().for_each(|(key, inner)| walk(&format!("{path}.{key}"), inner, known)),
        },
        Value::Array(list) => {
            for (place, inner) in list.iter().enumerate() {
                walk(&format!("{path}[{place}]"), inner, known);
            }
        }
        _ => {}
    }
}

fn read(path: &str, value: &Value, kind: &str, map: &Map<String, Value>) -> Known {
    Known {
        path: path.to_owned(),
        value: text(value),
        low: map.get("low").map(text),
        high: map.get("high").map(text),
        kind: kind.to_owned(),
        source: map.get("source").map(text),
    }
}

/// `280/s` as it is; `{ lognormal: { mean: 45s, cv: 0.5 } }` as `lognormal (mean 45s, cv 0.5)`.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(map) => {
            let inner = map.iter().map(|(key, value)| match value {
                Value::Object(_) => format!("{key} ({})", text(value)),
                _ => format!("{key} {}", text(value)),
            });
            inner.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::resolve::{self, Choices};

    #[test]
    fn the_shipped_scenario_says_what_it_rests_on() {
        let text = include_str!("../../scenarios/2021-08-02-seniors.yaml");
        let scenario = resolve::scenario(text, &Choices::default()).unwrap();
        let known = of(&scenario.resolved);
        let find = |path: &str| known.iter().find(|known| known.path == path).unwrap();
        let people = find("cohorts.seniors.people");
        assert_eq!((people.value.as_str(), people.kind.as_str()), ("1209000", "fact"));
        assert_eq!(people.source.as_deref(), Some("S1"));
        let think = find("journey.think.identify");
        assert_eq!(
            (think.value.as_str(), think.kind.as_str()),
            ("lognormal (mean 45s, cv 0.5)", "assumption")
        );
        let tau = find("arrivals[1].decay.tau");
        assert_eq!((tau.high.as_deref(), tau.kind.as_str()), (Some("15m"), "fitted"));
        assert!(known.first().unwrap().path.starts_with("cohorts") && known.len() > 30);
    }
}
