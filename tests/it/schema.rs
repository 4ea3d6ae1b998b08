//! The schemas hold what ships and refuse what the parser refuses, and the reference page is theirs.

use crate::support::{scenarios, seniors_text};
use jsonschema::Validator;
use openrush::record::{manifest, summary};
use openrush::scenario::{self, page, yaml};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::meta::validate(schema).unwrap();
    jsonschema::validator_for(schema).unwrap()
}

/// What a schema has against a document.
fn against(validator: &Validator, document: &Value) -> Vec<String> {
    let told = validator.iter_errors(document);
    told.map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn json(yaml: &str) -> Value {
    serde_yaml::from_str(yaml).unwrap()
}

#[test]
fn shipped_scenarios_are_valid_as_written_and_as_resolved() {
    let validator = validator(&scenario::schema());
    for entry in fs::read_dir(scenarios()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let resolved = yaml::write(&yaml::read(&text).unwrap());
        for text in [text, resolved] {
            assert_eq!(against(&validator, &json(&text)), Vec::<String>::new(), "{}", path.display());
        }
    }
}

#[test]
fn what_the_parser_refuses_the_schema_refuses_too() {
    let validator = validator(&scenario::schema());
    for (from, to) in [
        ("timezone: Asia/Seoul", "timezome: Asia/Seoul"),
        ("timezone: Asia/Seoul\n", ""),
        ("admit: { value: 280/s,", "admit: { value: 280,"),
        ("admit: { value: 280/s,", "admit: { value: 280/parsec,"),
        ("sessions: { value: 60_000 sessions,", "sessions: { value: 60000,"),
        ("deadline: { value: 30s,", "deadline: { value: 30,"),
        ("share: { value: 64%,", "share: { value: 0.64,"),
        ("share: { value: 64%,", "share: { value: 164%,"),
        ("from: { value: -10m,", "from: { value: -10,"),
        ("scale: 1/5", "scale: 5"),
        ("speed: 20", "speed: 20000"),
        ("kind: fitted, source: S2", "kind: fitted"),
        ("kind: fact, source: S1", "kind: rumour, source: S1"),
        ("kind: fact, source: S1", "kind: fact, sauce: S1"),
        ("  - diurnal:\n", "    constant: { share: 1% }\n  - diurnal:\n"),
        ("  - diurnal:\n", "  - diurnally:\n"),
        ("patience: { value: { lognormal:", "patience: { value: { lognormall:"),
        ("cv: 0.7", "cv: -0.7"),
        ("    identify: {", "    identfy: {"),
        ("use: booking", "use: cooking"),
        ("admits: [seniors]", "admits: seniors"),
        ("retry: { attempts: 3, backoff: { value: 2s, kind: assumption } }", "retry: 3"),
        ("choices: 5", "choices: 500"),
    ] {
        let shipped = seniors_text();
        assert!(shipped.contains(from), "{from}");
        let wrong = shipped.replacen(from, to, 1);
        assert!(yaml::read(&wrong).is_err(), "the parser refuses `{to}`");
        assert!(!against(&validator, &json(&wrong)).is_empty(), "the schema refuses `{to}`");
    }
}

#[test]
fn samples_are_what_their_schemas_say() {
    let (manifest, summary) = (validator(&manifest::schema()), validator(&summary::schema()));
    let read = |path: &Path| -> Value { serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap() };
    for entry in fs::read_dir(root().join("reports/samples")).unwrap() {
        let folder = entry.unwrap().path();
        for (validator, name, key) in
            [(&manifest, "manifest.json", "cost"), (&summary, "summary.json", "people")]
        {
            let mut document = read(&folder.join(name));
            assert_eq!(against(validator, &document), Vec::<String>::new(), "{}/{name}", folder.display());
            document[key] = "some".into();
            assert_eq!(against(validator, &document).len(), 1, "{name} with a text as `{key}`");
            document.as_object_mut().unwrap().remove(key);
            assert_eq!(against(validator, &document).len(), 1, "{name} without `{key}`");
        }
    }
}

#[test]
fn the_reference_page_is_made_from_the_schema() {
    let path = root().join("docs/SCENARIO.md");
    let page = page::page();
    if std::env::var_os("OPENRUSH_BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let again = "write it again with `OPENRUSH_BLESS=1 cargo test --test it reference_page`";
    assert!(committed == page, "docs/SCENARIO.md is out of date: {again}");
}
