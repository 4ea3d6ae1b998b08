//! The reference page of the scenario file, `docs/SCENARIO.md`: made from the schema, so that there is one truth.

use crate::objective;
use base::protocol::Operation;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The small scenario that the page begins with.
const EXAMPLE: &str = include_str!("page_example.yaml");

/// What is said before the example, and after it.
const BEFORE: &str = include_str!("page_before.md");
const AFTER: &str = include_str!("page_after.md");

/// The page, as Markdown.
pub fn page() -> String {
    let schema = super::schema();
    let mut page = Page { defs: &schema["$defs"], text: String::new(), described: BTreeMap::new() };
    page.text = format!("{BEFORE}\n```yaml\n{EXAMPLE}```\n\n{AFTER}");
    page.table(&schema, "", &Value::Null);
    for (key, value) in keys(&schema) {
        page.section(key, value, &value["default"], 2);
    }
    page.objectives();
    page.values();
    page.text
}

/// The page as far as it is written.
struct Page<'s> {
    defs: &'s Value,
    text: String,
    /// Which kinds of mapping have been described, and under which heading.
    described: BTreeMap<&'s str, String>,
}

impl<'s> Page<'s> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn heading(&mut self, level: usize, heading: &str) {
        self.line(&format!("\n{} {heading}\n", "#".repeat(level)));
    }

    /// What a schema refers to, or itself, with its name.
    fn resolved(&self, schema: &'s Value) -> (&'s str, &'s Value) {
        match schema["$ref"].as_str().and_then(|target| target.rsplit('/').next()) {
            Some(name) => (name, &self.defs[name]),
            None => ("", schema),
        }
    }

    /// What a list has as items and an open mapping as values; otherwise the thing itself.
    fn element(&self, schema: &'s Value) -> (&'s str, &'s Value) {
        let (name, resolved) = self.resolved(schema);
        match (&resolved["items"], &resolved["additionalProperties"]) {
            (Value::Object(_), _) => self.resolved(&resolved["items"]),
            (_, Value::Object(_)) => self.resolved(&resolved["additionalProperties"]),
            _ => (name, resolved),
        }
    }

    /// The mapping that a key or its elements are, if it has a section of its own.
    fn structure(&self, schema: &'s Value) -> Option<(&'s str, &'s Value)> {
        let (name, element) = self.element(schema);
        (element["properties"].is_object() && name != "law").then_some((name, element))
    }

    /// Describes a mapping and all within it, where it has not been described under another heading.
    fn section(&mut self, path: &str, schema: &'s Value, default: &Value, level: usize) {
        let Some((name, structure)) = self.structure(schema) else { return };
        let heading = format!("`{path}`");
        if self.described.get(name).is_some_and(|other| *other != heading) {
            return;
        }
        self.heading(level, &heading);
        let said = schema["description"].as_str().unwrap_or_default();
        if structure["maxProperties"] == 1 {
            self.line(&format!("{said} Each is a mapping with exactly one of these keys."));
            return self.choices(path, structure, level);
        }
        self.line(&format!("{said}{}\n", self.shape(schema)));
        self.table(structure, path, default);
        for (key, value) in keys(structure) {
            let default = default.get(key).unwrap_or(&value["default"]);
            self.section(&format!("{path}.{key}"), value, default, (level + 1).min(4));
        }
    }

    /// How often what is described under a heading may be there.
    fn shape(&self, schema: &'s Value) -> &'static str {
        let (_, outer) = self.resolved(schema);
        match (&outer["items"], &outer["additionalProperties"]) {
            (Value::Object(_), _) => " A list; of each item:",
            (_, Value::Object(_)) => " A mapping from names of your own; of each:",
            _ => "",
        }
    }

    /// A mapping of which exactly one key is there: each has its own section.
    fn choices(&mut self, path: &str, structure: &'s Value, level: usize) {
        for (key, value) in keys(structure) {
            let (_, choice) = self.resolved(value);
            self.heading(level + 1, &format!("`{path}`: `{key}`"));
            self.line(&format!("{}\n", value["description"].as_str().unwrap_or_default()));
            self.table(choice, path, &Value::Null);
        }
    }

    /// The keys of a mapping that is left out as a whole has these defaults.
    fn table(&mut self, structure: &'s Value, path: &str, defaults: &Value) {
        self.line("| key | form | default | meaning |");
        self.line("|---|---|---|---|");
        let required: Vec<_> = structure["required"].as_array().into_iter().flatten().collect();
        for (key, value) in keys(structure) {
            let place = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            let form = self.form_of_key(&place, value);
            let default = match defaults.get(key).unwrap_or(&value["default"]) {
                _ if required.iter().any(|name| *name == key) => "required".to_owned(),
                default => self.default_of_key(value, default),
            };
            let meaning = value["description"].as_str().unwrap_or_default();
            self.line(&format!("| `{key}` | {form} | {default} | {meaning} |"));
        }
    }

    /// A default in a few words. That of a mapping stands with its keys, unless they have none of their own.
    fn default_of_key(&self, schema: &'s Value, default: &Value) -> String {
        let by_key = self.structure(schema).is_some_and(|(_, structure)| structure["required"].is_null());
        match default {
            Value::Null => "none".to_owned(),
            Value::Array(list) if list.is_empty() => "none".to_owned(),
            Value::Object(_) if by_key => "below".to_owned(),
            default => format!("`{}`", flow(default)),
        }
    }

    /// The form of a key's value; with a link to its section where it has one.
    fn form_of_key(&mut self, path: &str, schema: &'s Value) -> String {
        let form = self.form(schema);
        let Some((name, _)) = self.structure(schema) else { return form };
        let own = format!("`{path}`");
        if name.is_empty() {
            return format!("[{form}](#{})", anchor(&own));
        }
        format!("[{form}](#{})", anchor(self.described.entry(name).or_insert(own)))
    }

    /// The form of a value in a few words.
    fn form(&self, schema: &'s Value) -> String {
        let (name, resolved) = self.resolved(schema);
        if let Some(plain) = name.strip_suffix("_or_range") {
            let plain = if plain == "string" { "text" } else { plain };
            return format!("{} †", plain.replace('_', " "));
        }
        if let Some(title) = resolved["title"].as_str() {
            return title.to_owned();
        }
        if let Some(choices) = resolved["oneOf"].as_array() {
            let names = choices.iter().filter_map(|choice| choice["const"].as_str());
            return names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        }
        match (resolved["type"].as_str(), &resolved["items"]) {
            (Some("array"), items) => format!("list: {}", self.form(items)),
            (Some("string"), _) => "text".to_owned(),
            (Some("integer"), _) => "whole number".to_owned(),
            (Some("boolean"), _) => "`true` or `false`".to_owned(),
            (Some("object"), _) => "mapping".to_owned(),
            (other, _) => other.unwrap_or("any value").to_owned(),
        }
    }

    /// The names that objectives may use.
    fn objectives(&mut self) {
        self.heading(2, "`objectives`");
        self.line("A list of conditions on the numbers of a run's `summary.json`: `name <= limit` or `name >= limit`, or");
        self.line("`name / name <= limit` for a ratio. A limit is a count (`500`), a time (`2s`) or a share (`1%`), as the");
        self.line("number is. `STEP` is one of the steps of the journey, `STATION` one of the reference target's stations.\n");
        self.line("| name begins with | and goes on with |");
        self.line("|---|---|");
        for (beginning, ends) in names() {
            self.line(&format!("| `{beginning}.` | {} |", ends.join(", ")));
        }
        let steps: Vec<_> = Operation::ALL.iter().map(|step| format!("`{}`", step.name())).collect();
        self.line(&format!("\nThe steps are {}.", steps.join(", ")));
    }

    /// The values with units, the laws, and the long form of a value.
    fn values(&mut self) {
        self.heading(2, "Values");
        self.line("| form | written |");
        self.line("|---|---|");
        let titled = self.defs.as_object().into_iter().flatten();
        let titled = titled.filter_map(|(_, def)| Some((def["title"].as_str()?, def)));
        let rows: Vec<_> = titled
            .filter(|(_, def)| def["properties"].is_null())
            .map(|(title, def)| format!("| {title} | {} |", def["description"].as_str().unwrap_or_default()))
            .collect();
        for row in rows {
            self.line(&row);
        }
        self.heading(3, "Laws of durations");
        self.line(
            "A mapping with exactly one of these keys, such as `{ lognormal: { mean: 30m, cv: 0.7 } }`.\n",
        );
        self.line("| key | value | meaning |");
        self.line("|---|---|---|");
        for (key, value) in keys(&self.defs["law"]) {
            let (_, parameters) = self.resolved(value);
            let parameters = keys(parameters).map(|(key, value)| {
                let meaning = value["description"].as_str().unwrap_or_default();
                format!("`{key}` ({}): {meaning}", self.form(value))
            });
            let parameters = parameters.collect::<Vec<_>>().join(" ");
            let form = if parameters.is_empty() { self.form(value) } else { parameters };
            self.line(&format!(
                "| `{key}` | {form} | {} |",
                value["description"].as_str().unwrap_or_default()
            ));
        }
        self.range_and_source();
    }

    /// The long form of a value.
    fn range_and_source(&mut self) {
        self.heading(3, "† Range and source");
        self.line(
            "Where a form is marked †, the value may be written with its range and with how it is known:",
        );
        self.line("`{ value: 85%, low: 60%, high: 100%, kind: assumption }`. `--demand low` and `--demand high` take the ends");
        self.line("of all ranges of demand. A fitted value must name its source.\n");
        self.line("| key | form | meaning |");
        self.line("|---|---|---|");
        let defs = self.defs.as_object();
        let full = defs.and_then(|defs| defs.iter().find(|(name, _)| name.ends_with("_with_range")));
        for (key, value) in full.into_iter().flat_map(|(_, full)| keys(full)) {
            let meaning = value["description"].as_str().unwrap_or_default();
            let form = match key {
                "value" | "low" | "high" => "the form that is marked".to_owned(),
                _ => self.form(value),
            };
            self.line(&format!("| `{key}` | {form} | {meaning} |"));
        }
        self.line("");
        for kind in self.defs["Kind"]["oneOf"].as_array().into_iter().flatten() {
            let said = |key: &str| kind[key].as_str().unwrap_or_default();
            self.line(&format!("* `{}`: {}", said("const"), said("description")));
        }
    }
}

/// The names of objectives, by all but their last part, with one step for all and one station for all.
fn names() -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for name in objective::names() {
        let mut parts: Vec<&str> = name.split('.').collect();
        match parts[0] {
            "steps" => parts[1] = "STEP",
            "stations" => parts[1] = "STATION",
            _ => {}
        }
        let end = parts.pop().map(|end| format!("`{end}`")).unwrap_or_default();
        let beginning = parts.join(".");
        match groups.iter_mut().find(|(other, _)| *other == beginning) {
            Some((_, ends)) if ends.contains(&end) => {}
            Some((_, ends)) => ends.push(end),
            None => groups.push((beginning, vec![end])),
        }
    }
    groups
}

fn keys(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    schema["properties"].as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// A value as YAML on one line.
fn flow(value: &Value) -> String {
    let mapping = |map: &Map<String, Value>| {
        let entries: Vec<_> = map.iter().map(|(key, value)| format!("{key}: {}", flow(value))).collect();
        format!("{{ {} }}", entries.join(", "))
    };
    match value {
        Value::String(text) => text.clone(),
        Value::Object(map) if map.contains_key("value") => flow(&map["value"]),
        Value::Object(map) => mapping(map),
        Value::Array(list) => format!("[{}]", list.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Number(number) => number.as_f64().map_or(number.to_string(), |number| number.to_string()),
        other => other.to_string(),
    }
}

/// The anchor that renderers of Markdown give a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::resolve::{self, Choices};

    #[test]
    fn the_example_is_a_scenario() {
        let scenario = resolve::scenario(EXAMPLE, &Choices::default());
        assert_eq!(scenario.unwrap().people(), 18_000);
    }

    #[test]
    fn every_key_of_the_schema_is_on_the_page_with_its_meaning() {
        let (schema, page) = (crate::scenario::schema(), page());
        let defs = schema["$defs"].as_object().unwrap().values();
        for (key, value) in defs.chain([&schema]).flat_map(keys) {
            assert!(page.contains(&format!("`{key}`")) || page.contains(&format!(".{key}`")), "{key}");
            let meaning = value["description"].as_str().unwrap_or_default();
            assert!(page.contains(meaning), "{key}: {meaning}");
        }
        assert!(objective::names().len() > 100 && page.contains("| `queue.wait.` | `p50`, "), "{page}");
    }

    #[test]
    fn every_link_has_its_heading() {
        let page = page();
        let anchors: Vec<_> = page
            .lines()
            .filter(|line| line.starts_with('#'))
            .map(|line| anchor(line.trim_start_matches('#').trim()))
            .collect();
        for link in page.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(anchors.iter().any(|anchor| anchor == link), "{link} is not among {anchors:?}");
        }
    }
}
