//! The operations as HTTP.
//!
//! | operation | request |
//! |---|---|
//! | enter | `POST /waiting-room` |
//! | poll | `GET /waiting-room` |
//! | leave | `DELETE /waiting-room` |
//! | identify | `POST /identity` |
//! | eligibility | `GET /eligibility` |
//! | centres | `GET /centres` |
//! | slots | `GET /slots?centre=N` |
//! | hold | `POST /holds` with `{"centre":N,"day":N}` |
//! | book | `POST /bookings` with an `idempotency-key` |
//! | lookup | `GET /bookings` |
//!
//! Every request says who asks (`x-person`, decimal) and for the how-manieth time (`x-nth`); all but
//! the first carry the ticket (`authorization: Ticket …`). It may say on which of the person's devices
//! (`x-device`, from 0) and for which client a proxy passed it on (`x-forwarded-for`: the first IPv4
//! address in it counts); left out, both are 0. Every reply is a JSON object.

use super::desk::Desk;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, body, routing};
use base::protocol::{Ask, Call, PersonId, Refusal, Reply, Slot};
use std::net::Ipv4Addr;
use std::sync::Arc;

/// The longest request body that is read.
const BODY_LIMIT: usize = 4_096;

pub(super) fn routes() -> Router<Arc<Desk>> {
    let paths = ["/waiting-room", "/identity", "/eligibility", "/centres", "/slots", "/holds", "/bookings"];
    paths.into_iter().fold(Router::new(), |router, path| router.route(path, routing::any(handle)))
}

async fn handle(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    match read(request).await {
        Ok(call) => write(desk.answer(call).await),
        Err(problem) => problem.into_response(),
    }
}

/// What is wrong with a request, for whoever wrote the client.
type BadRequest = (StatusCode, &'static str);

async fn read(request: Request) -> Result<Call, BadRequest> {
    let (parts, body) = request.into_parts();
    let person = PersonId(number(&parts.headers, "x-person")?);
    let nth = number(&parts.headers, "x-nth")?;
    let device = if parts.headers.contains_key("x-device") { number(&parts.headers, "x-device")? } else { 0 };
    let address = address(&parts.headers);
    let ticket = ticket(&parts.headers)?;
    let ask = match (&parts.method, parts.uri.path()) {
        (&Method::POST, "/waiting-room") => Ask::Enter,
        (&Method::GET, "/waiting-room") => Ask::Poll,
        (&Method::DELETE, "/waiting-room") => Ask::Leave,
        (&Method::POST, "/identity") => Ask::Identify,
        (&Method::GET, "/eligibility") => Ask::Eligibility,
        (&Method::GET, "/centres") => Ask::Centres,
        (&Method::GET, "/slots") => Ask::Slots { centre: centre(parts.uri.query())? },
        (&Method::POST, "/holds") => Ask::Hold { slot: slot(body).await? },
        (&Method::POST, "/bookings") => Ask::Book { key: number(&parts.headers, "idempotency-key")? },
        (&Method::GET, "/bookings") => Ask::Lookup,
        _ => return Err((StatusCode::METHOD_NOT_ALLOWED, "this path does not take this method")),
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

fn centre(query: Option<&str>) -> Result<u16, BadRequest> {
    let centre = query.and_then(|query| query.strip_prefix("centre=")).and_then(|text| text.parse().ok());
    centre.ok_or((StatusCode::BAD_REQUEST, "expected ?centre= and a number"))
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

fn status(reply: &Reply) -> StatusCode {
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
            Refusal::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::FORBIDDEN,
        },
        _ => StatusCode::OK,
    }
}
