//! The operations as an OpenAPI 3.1 document (`GET /openapi.json`).
//!
//! The document is derived, not written beside the code: paths and methods from [`route`], statuses from
//! [`status`], shapes from the types that are sent. Only which replies an operation can give is said here.

use super::about::About;
use super::health::Health;
use super::routes::{Problem, route, status};
use crate::account::SiteAccount;
use base::protocol::{Failure, Operation, Refusal, Reply, Slot, Ticket};
use base::time::{Nanos, Timestamp};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The whole document.
pub(super) fn document() -> Value {
    let mut shapes = Shapes::new();
    let mut paths = Map::new();
    for operation in Operation::ALL {
        let (method, path) = route(operation);
        put(&mut paths, path, &method.as_str().to_lowercase(), shapes.operation(operation));
    }
    for (path, described) in about_itself(&mut shapes) {
        put(&mut paths, path, "get", described);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Reference booking server",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A booking service with a waiting room, as a system under test. All instants and \
                spans are scenario time; an instant counts nanoseconds since the Unix epoch.",
        },
        "paths": paths,
        "components": {
            "schemas": shapes.schemas,
            "parameters": parameters(),
            "securitySchemes": { "ticket": {
                "type": "apiKey", "in": "header", "name": "authorization",
                "description": "`Ticket ` and the 48 hexadecimal digits that a reply gave to this person.",
            } },
        },
    })
}

fn put(paths: &mut Map<String, Value>, path: &str, method: &str, described: Value) {
    let methods = paths.entry(path).or_insert_with(|| json!({}));
    methods[method] = described;
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// The schemas of what is sent, by name.
struct Shapes {
    schemas: Map<String, Value>,
    /// What each kind of reply means, by its tag.
    meanings: BTreeMap<String, String>,
}

impl Shapes {
    fn new() -> Self {
        let mut shapes = Self { schemas: Map::new(), meanings: BTreeMap::new() };
        for reply in shapes.inline::<Reply>()["oneOf"].as_array().cloned().unwrap_or_default() {
            let tag = reply["properties"]["reply"]["const"].as_str().unwrap_or_default().to_owned();
            let meaning = reply["description"].as_str().unwrap_or_default().to_owned();
            shapes.schemas.insert(name_of(&tag), reply);
            shapes.meanings.insert(tag, meaning);
        }
        shapes
    }

    /// The schema itself; those that it refers to are kept.
    fn inline<T: JsonSchema>(&mut self) -> Value {
        let path = |settings: &mut SchemaSettings| settings.definitions_path = "/components/schemas".into();
        let mut generator: SchemaGenerator = SchemaSettings::draft2020_12().with(path).into_generator();
        let schema = T::json_schema(&mut generator);
        self.schemas.extend(generator.take_definitions(true));
        schema.to_value()
    }

    /// A reference to the schema, which is kept.
    fn of<T: JsonSchema>(&mut self) -> Value {
        let (name, schema) = (T::schema_name(), self.inline::<T>());
        self.schemas.insert(name.to_string(), schema);
        reference("schemas", &name)
    }

    fn operation(&mut self, operation: Operation) -> Value {
        let mut responses = Map::new();
        for (status, replies) in by_status(operation) {
            responses.insert(status.to_string(), self.response(&replies));
        }
        self.add_problems(&mut responses);
        let mut described = json!({
            "operationId": operation.name(),
            "summary": summary(operation),
            "parameters": parameters_of(operation),
            "security": if operation == Operation::Enter { json!([]) } else { json!([{ "ticket": [] }]) },
            "responses": responses,
        });
        if matches!(operation, Operation::Hold | Operation::Book) {
            let schema = self.of::<Slot>();
            described["requestBody"] =
                json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        }
        described
    }

    /// The response that carries one of `replies`.
    fn response(&self, replies: &[Reply]) -> Value {
        let (refused, others): (Vec<Reply>, Vec<Reply>) =
            replies.iter().partition(|reply| matches!(reply, Reply::Refused { .. }));
        let mut tags: Vec<String> = others.iter().map(tag).collect();
        let mut schemas: Vec<Value> = tags.iter().map(|tag| reference("schemas", &name_of(tag))).collect();
        let reasons: Vec<Value> = refused.iter().map(|reply| json!(reply)["reason"].clone()).collect();
        if let Some(first) = refused.first() {
            tags.push(tag(first));
            let reason = json!({ "properties": { "reason": { "enum": reasons } } });
            schemas.push(json!({ "allOf": [reference("schemas", &name_of(&tag(first))), reason] }));
        }
        let meanings: Vec<&str> = tags.iter().map(|tag| self.meanings[tag].as_str()).collect();
        answer(&meanings.join(" Or: "), &schemas)
    }

    /// What every operation answers to a request that cannot be read.
    fn add_problems(&mut self, responses: &mut Map<String, Value>) {
        let problem = self.of::<Problem>();
        for (status, meaning) in [
            ("400", "The request cannot be read."),
            ("401", "The authorization header cannot be read."),
            ("405", "The path does not take this method."),
        ] {
            let other = responses.get(status).map(|response| {
                (response["description"].as_str().unwrap_or_default().to_owned(), schema_of(response).clone())
            });
            let described = match other {
                None => answer(meaning, std::slice::from_ref(&problem)),
                Some((text, schema)) => answer(&format!("{text} Or: {meaning}"), &[schema, problem.clone()]),
            };
            responses.insert(status.to_owned(), described);
        }
    }
}

fn schema_of(response: &Value) -> &Value {
    &response["content"]["application/json"]["schema"]
}

/// A JSON response of exactly one of these shapes.
fn answer(description: &str, schemas: &[Value]) -> Value {
    let schema = if let [only] = schemas { only.clone() } else { json!({ "oneOf": schemas }) };
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

/// The name under which the schema of replies with this tag stands.
fn name_of(tag: &str) -> String {
    format!("Reply.{tag}")
}

fn tag(reply: &Reply) -> String {
    json!(reply)["reply"].as_str().unwrap_or_default().to_owned()
}

/// What the operation can answer when all is well, by tag. Any of them can be refused, and fail.
fn answers(operation: Operation) -> &'static [&'static str] {
    match operation {
        Operation::Enter => &["not_open", "waiting", "admitted"],
        Operation::Poll => &["waiting", "admitted"],
        Operation::Identify => &["identified"],
        Operation::Eligibility => &["eligible"],
        Operation::Centres => &["centres"],
        Operation::Slots => &["slots"],
        Operation::Hold => &["held", "taken"],
        Operation::Book => &["booked"],
        Operation::Lookup => &["booked", "not_booked"],
        Operation::Leave => &["left"],
    }
}

/// What any operation can answer besides.
const ALWAYS: [&str; 3] = ["refused", "busy", "failed"];

/// The replies that the operation can give, a sample of each kind and each reason, by status.
fn by_status(operation: Operation) -> BTreeMap<u16, Vec<Reply>> {
    let mut replies: BTreeMap<u16, Vec<Reply>> = BTreeMap::new();
    let kinds = || answers(operation).iter().chain(&ALWAYS);
    for reply in samples().into_iter().filter(|reply| kinds().any(|kind| *kind == tag(reply))) {
        replies.entry(status(&reply).as_u16()).or_default().push(reply);
    }
    replies
}

/// A reply of each kind, and a refusal for each reason. A test holds this against the types.
fn samples() -> Vec<Reply> {
    let (ticket, slot) = (Ticket { number: 0, mac: 0 }, Slot { centre: 0, day: 0 });
    let now = Timestamp(0);
    let mut samples = vec![
        Reply::NotOpen { opens: now },
        Reply::Waiting { ticket, ahead: 0, poll_after: Nanos::ZERO },
        Reply::Admitted { ticket, until: now },
        Reply::Identified,
        Reply::Eligible,
        Reply::Centres { first: 0, count: 0 },
        Reply::Slots { free: 0 },
        Reply::Held { until: now },
        Reply::Taken,
        Reply::Booked { slot, second: slot },
        Reply::NotBooked,
        Reply::Left,
        Reply::Busy,
        Reply::Failed { failure: Failure::Connection },
    ];
    samples.extend(reasons().into_iter().map(|reason| Reply::Refused { reason }));
    samples
}

/// Every reason there is, by the type's own schema.
fn reasons() -> Vec<Refusal> {
    let schema = schemars::schema_for!(Refusal).to_value();
    let with_docs = schema["oneOf"].as_array().into_iter().flatten().map(|variant| &variant["const"]);
    let plain = schema["enum"].as_array().into_iter().flatten();
    with_docs.chain(plain).filter_map(|name| serde_json::from_value(name.clone()).ok()).collect()
}

fn summary(operation: Operation) -> &'static str {
    match operation {
        Operation::Enter => "Ask to be let in",
        Operation::Poll => "Ask how the ticket stands",
        Operation::Identify => "Prove who one is",
        Operation::Eligibility => "Ask whether one may book",
        Operation::Centres => "List the health centres",
        Operation::Slots => "List the days with free slots at a centre",
        Operation::Hold => "Hold a slot for a while",
        Operation::Book => "Turn the held slot into a booking",
        Operation::Lookup => "Look the booking up",
        Operation::Leave => "Give the session or the ticket back",
    }
}

fn parameters_of(operation: Operation) -> Vec<Value> {
    let mut names = vec!["x-person", "x-nth", "x-device", "x-forwarded-for"];
    match operation {
        Operation::Slots => names.push("centre"),
        Operation::Identify => names.push("provider"),
        Operation::Book => names.push("idempotency-key"),
        _ => {}
    }
    names.into_iter().map(|name| reference("parameters", name)).collect()
}

fn parameters() -> Value {
    let number = |bits: u32| json!({ "type": "integer", "minimum": 0, "maximum": u64::MAX >> (64 - bits) });
    let header = |name: &str, required: bool, schema: Value, description: &str| json!({ "name": name, "in": "header", "required": required, "schema": schema, "description": description });
    let address = json!({ "type": "string" });
    json!({
        "x-person": header("x-person", true, number(64), "Who asks, as a number."),
        "x-nth": header("x-nth", true, number(32), "How many calls of this operation this visit made before."),
        "x-device": header("x-device", false, number(8), "On which of the person's devices, from 0; 0 if absent."),
        "x-forwarded-for": header("x-forwarded-for", false, address, "The client's address, whose rate is \
            limited: the first IPv4 address of the list. Without one there is no such limit."),
        "idempotency-key": header("idempotency-key", true, number(64), "A repeat with the same key gets the \
            same answer."),
        "provider": { "name": "provider", "in": "query", "required": true, "schema": number(8),
            "description": "By which identity provider, from 0." },
        "centre": { "name": "centre", "in": "query", "required": true, "schema": number(16),
            "description": "Which centre, from 0." },
    })
}

/// What the server says of itself.
fn about_itself(shapes: &mut Shapes) -> [(&'static str, Value); 5] {
    let plain =
        |id: &str, responses: Value| json!({ "operationId": id, "security": [], "responses": responses });
    let (health, about, account) = (shapes.of::<Health>(), shapes.of::<About>(), shapes.of::<SiteAccount>());
    let ready = answer("Its scenario time has begun.", std::slice::from_ref(&health));
    let not_ready = answer("It is live, and its scenario time has not begun.", &[health]);
    let text = json!({ "text/plain": { "schema": { "type": "string" } } });
    let text = json!({ "description": "The account in Prometheus text format 0.0.4.", "content": text });
    let itself = answer("This document.", &[json!({ "type": "object" })]);
    [
        ("/health", plain("health", json!({ "200": ready, "503": not_ready }))),
        ("/about", plain("about", json!({ "200": answer("Which scenario it plays.", &[about]) }))),
        ("/account", plain("account", json!({ "200": answer("The site's account so far.", &[account]) }))),
        ("/metrics", plain("metrics", json!({ "200": text }))),
        ("/openapi.json", plain("openapi", json!({ "200": itself }))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `$ref` in a value.
    fn references(value: &Value) -> Vec<String> {
        match value {
            Value::Object(map) => {
                let own = map.get("$ref").and_then(Value::as_str).map(str::to_owned);
                own.into_iter().chain(map.values().flat_map(references)).collect()
            }
            Value::Array(items) => items.iter().flat_map(references).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn every_operation_has_its_route_and_every_reference_its_target() {
        let document = document();
        for operation in Operation::ALL {
            let (method, path) = route(operation);
            let described = &document["paths"][path][method.as_str().to_lowercase()];
            assert_eq!(described["operationId"], operation.name());
        }
        let references = references(&document);
        assert!(references.len() > 50);
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
    }

    #[test]
    fn every_reply_of_every_operation_is_documented_under_its_status() {
        let document = document();
        for operation in Operation::ALL {
            let (method, path) = route(operation);
            let described = &document["paths"][path][method.as_str().to_lowercase()];
            for (status, replies) in by_status(operation) {
                let text = described["responses"][status.to_string()].to_string();
                for reply in replies {
                    assert!(text.contains(&name_of(&tag(&reply))), "{operation:?} {status} {reply:?}");
                    if let Reply::Refused { reason } = reply {
                        assert!(text.contains(reason.name()), "{operation:?} {status} {reply:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_samples_are_of_every_kind_and_every_kind_is_an_answer_of_something() {
        let kinds: std::collections::BTreeSet<String> = Shapes::new().meanings.into_keys().collect();
        assert_eq!(samples().iter().map(tag).collect::<std::collections::BTreeSet<_>>(), kinds);
        let answered = Operation::ALL.into_iter().flat_map(answers).chain(&ALWAYS);
        assert_eq!(answered.map(|kind| (*kind).to_owned()).collect::<std::collections::BTreeSet<_>>(), kinds);
        assert!(reasons().contains(&Refusal::Closed) && reasons().contains(&Refusal::TooManyRequests));
    }
}
