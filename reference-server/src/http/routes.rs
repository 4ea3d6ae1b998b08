//! The operations as HTTP.
//!
//! | operation | request |
//! |---|---|
//! | enter | `POST /waiting-room` |
//! | poll | `GET /waiting-room` |
//! | leave | `DELETE /waiting-room` |
//! | identify | `POST /identity?provider=N` |
//! | eligibility | `GET /eligibility` |
//! | centres | `GET /centres` |
//! | slots | `GET /slots?centre=N` |
//! | hold | `POST /holds` with `{"centre":N,"day":N}` |
//! | book | `POST /bookings` with an `idempotency-key` and `{"centre":N,"day":N}` |
//! | lookup | `GET /bookings` |
//!
//! Every request says who asks (`x-person`, decimal) and for the how-manieth time (`x-nth`); all but
//! the first carry the ticket (`authorization: Ticket …`). It may say on which of the person's devices
//! (`x-device`, from 0) and for which client a proxy passed it on (`x-forwarded-for`: the first IPv4
//! address in it counts); left out, both are 0. Every reply is a JSON object, also to a
//! request that cannot be read. `GET /openapi.json` describes all of it.

use super::desk::Desk;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, body, routing};
use base::protocol::{Ask, Call, Operation, PersonId, Refusal, Reply, Slot};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::Arc;

/// The longest request body that is read.
const BODY_LIMIT: usize = 4_096;

/// A request that cannot be read, for whoever wrote the client.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(super) struct Problem {
    /// What was expected.
    error: &'static str,
}

/// The method and the path of an operation.
pub(super) const fn route(operation: Operation) -> (Method, &'static str) {
    match operation {
        Operation::Enter => (Method::POST, "/waiting-room"),
        Operation::Poll => (Method::GET, "/waiting-room"),
        Operation::Leave => (Method::DELETE, "/waiting-room"),
        Operation::Identify => (Method::POST, "/identity"),
        Operation::Eligibility => (Method::GET, "/eligibility"),
        Operation::Centres => (Method::GET, "/centres"),
        Operation::Slots => (Method::GET, "/slots"),
        Operation::Hold => (Method::POST, "/holds"),
        Operation::Book => (Method::POST, "/bookings"),
        Operation::Lookup => (Method::GET, "/bookings"),
    }
}

pub(super) fn routes() -> Router<Arc<Desk>> {
    let paths: BTreeSet<_> = Operation::ALL.into_iter().map(|operation| route(operation).1).collect();
    paths.into_iter().fold(Router::new(), |router, path| router.route(path, routing::any(handle)))
}

async fn handle(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    match read(request).await {
        Ok(call) => write(desk.answer(call).await),
        Err((status, error)) => (status, Json(Problem { error })).into_response(),
    }
}

/// What is wrong with a request.
type BadRequest = (StatusCode, &'static str);

async fn read(request: Request) -> Result<Call, BadRequest> {
    let (parts, body) = request.into_parts();
    let wanted = (parts.method, parts.uri.path());
    let operation = Operation::ALL.into_iter().find(|operation| route(*operation) == wanted);
    let operation =
        operation.ok_or((StatusCode::METHOD_NOT_ALLOWED, "this path does not take this method"))?;
    let person = PersonId(number(&parts.headers, "x-person")?);
    let nth = number(&parts.headers, "x-nth")?;
    let device = if parts.headers.contains_key("x-device") { number(&parts.headers, "x-device")? } else { 0 };
    let (address, ticket) = (address(&parts.headers), ticket(&parts.headers)?);
    let ask = match operation {
        Operation::Enter => Ask::Enter,
        Operation::Poll => Ask::Poll,
        Operation::Leave => Ask::Leave,
        Operation::Identify => Ask::Identify { provider: number_in(parts.uri.query(), "provider=")? },
        Operation::Eligibility => Ask::Eligibility,
        Operation::Centres => Ask::Centres,
        Operation::Slots => Ask::Slots { centre: number_in(parts.uri.query(), "centre=")? },
        Operation::Hold => Ask::Hold { slot: slot(body).await? },
        Operation::Book => {
            let key = number(&parts.headers, "idempotency-key")?;
            Ask::Book { key, slot: slot(body).await? }
        }
        Operation::Lookup => Ask::Lookup,
    };
    Ok(Call { person, device, address, nth, ticket, ask })
}

fn number<T: std::str::FromStr>(headers: &HeaderMap, name: &'static str) -> Result<T, BadRequest> {
    let text = headers.get(name).and_then(|value| value.to_str().ok());
    let number = text.and_then(|text| text.parse().ok());
    number.ok_or((StatusCode::BAD_REQUEST, "x-person, x-device, x-nth and idempotency-key are whole numbers"))
}

/// The client's address as proxies write it down: the first IPv4 address of the list, 0 where there is none.
fn address(headers: &HeaderMap) -> u32 {
    let list = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = list.split(',').find_map(|text| text.trim().parse::<Ipv4Addr>().ok());
    first.map_or(0, u32::from)
}

fn ticket(headers: &HeaderMap) -> Result<Option<base::protocol::Ticket>, BadRequest> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let text = value.to_str().ok().and_then(|text| text.strip_prefix("Ticket "));
    let ticket = text.and_then(|text| text.parse().ok());
    ticket.map(Some).ok_or((StatusCode::UNAUTHORIZED, "authorization is `Ticket ` and 48 hexadecimal digits"))
}

/// The number that the query gives to `name`, which is its only part.
fn number_in<T: std::str::FromStr>(query: Option<&str>, name: &'static str) -> Result<T, BadRequest> {
    let number = query.and_then(|query| query.strip_prefix(name)).and_then(|text| text.parse().ok());
    number.ok_or((StatusCode::BAD_REQUEST, "expected ?provider= or ?centre= and a number"))
}

async fn slot(body: body::Body) -> Result<Slot, BadRequest> {
    let bad = (StatusCode::BAD_REQUEST, "expected {\"centre\":N,\"day\":N}");
    let bytes = body::to_bytes(body, BODY_LIMIT).await.map_err(|_| bad)?;
    serde_json::from_slice(&bytes).map_err(|_| bad)
}

fn write(reply: Reply) -> Response {
    let body = serde_json::to_vec(&reply).unwrap_or_default();
    (status(&reply), [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The status of a reply. A refused connection is a 503 whose reply says so: see [`crate::connections`].
pub(super) fn status(reply: &Reply) -> StatusCode {
    match reply {
        Reply::Waiting { .. } => StatusCode::ACCEPTED,
        Reply::Booked { .. } | Reply::Held { .. } => StatusCode::CREATED,
        Reply::NotOpen { .. } => StatusCode::FORBIDDEN,
        Reply::Taken => StatusCode::CONFLICT,
        Reply::NotBooked => StatusCode::NOT_FOUND,
        Reply::Busy | Reply::Failed { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Reply::Refused { reason } => match reason {
            Refusal::NoTicket => StatusCode::UNAUTHORIZED,
            Refusal::TicketExpired | Refusal::SessionExpired => StatusCode::GONE,
            Refusal::AlreadyBooked | Refusal::InProgress => StatusCode::CONFLICT,
            Refusal::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::FORBIDDEN,
        },
        _ => StatusCode::OK,
    }
}
