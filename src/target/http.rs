//! Exchanges over real HTTP, with reqwest.
//!
//! A deadline is the driver's own: it drops the exchange, and the connection with it. So there is no
//! time-out here. When a connection took a request cannot be seen from reqwest; `sent` equals `started`.

use super::connections::{Connections, Refused};
use super::{Delivery, Transport};
use crate::journey::Exchange;
use base::protocol::{Ask, Call, Failure, Operation, Reply, Slot, Ticket};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Url};
use std::net::Ipv4Addr;
use std::sync::Arc;
use thiserror::Error;

/// A client of one booking service.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: Client,
    /// Method and address of each operation: a `Url` is cheap to copy and dear to put together.
    routes: Arc<[(Method, Url)]>,
}

/// Why there is no client.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The address of the target cannot be used.
    #[error("expected a target such as `http://127.0.0.1:8080`, found `{0}`")]
    Address(String),
    /// The client could not be set up.
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

impl HttpTransport {
    /// A client of the service at `base`, with connections of its own that nobody else counts.
    ///
    /// # Errors
    /// If `base` is not an HTTP address, or the client cannot be set up.
    pub fn new(base: &str) -> Result<Self, HttpError> {
        Self::counted(base, &Connections::default())
    }

    /// The same, where opening a connection is counted and bounded by `connections`.
    ///
    /// # Errors
    /// If `base` is not an HTTP address, or the client cannot be set up.
    pub fn counted(base: &str, connections: &Connections) -> Result<Self, HttpError> {
        let url = Url::parse(base).ok().filter(|url| url.scheme() == "http" && url.has_host());
        let base = url.ok_or_else(|| HttpError::Address(base.to_owned()))?;
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(usize::MAX)
            .tcp_nodelay(true)
            .connector_layer(connections.clone())
            // One exchange is one attempt: whether to try again is the visitor's decision. Without further
            // tries reqwest also keeps no copy of the request for them.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            .build()
            .map_err(HttpError::Client)?;
        let routes = Operation::ALL.map(|operation| {
            let (method, path) = route(operation);
            let mut url = base.clone();
            url.set_path(path);
            (method, url)
        });
        Ok(Self { client, routes: Arc::new(routes) })
    }

    fn request(&self, call: &Call) -> RequestBuilder {
        let (method, mut url) = self.routes[call.ask.operation().index()].clone();
        match call.ask {
            Ask::Slots { centre } => url.set_query(Some(&format!("centre={centre}"))),
            Ask::Identify { provider } => url.set_query(Some(&format!("provider={provider}"))),
            _ => {}
        }
        let mut request = self.client.request(method, url);
        request = request.header("x-person", call.person.0).header("x-nth", small(call.nth));
        if call.device != 0 {
            request = request.header("x-device", small(u32::from(call.device)));
        }
        if call.address != 0 {
            request = request.header("x-forwarded-for", Ipv4Addr::from(call.address).to_string());
        }
        if let Some(ticket) = call.ticket {
            request = request.header(AUTHORIZATION, authorization(ticket));
        }
        match call.ask {
            Ask::Hold { slot } => with_slot(request, slot),
            Ask::Book { key, slot } => with_slot(request.header("idempotency-key", key), slot),
            _ => request,
        }
    }
}

fn with_slot(request: RequestBuilder, slot: Slot) -> RequestBuilder {
    let body = format!(r#"{{"centre":{},"day":{}}}"#, slot.centre, slot.day);
    request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body)
}

fn route(operation: Operation) -> (Method, &'static str) {
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

/// The number as a header. reqwest copies headers several times; a constant costs nothing to copy, and few
/// visits make more than ten calls of a kind.
fn small(number: u32) -> HeaderValue {
    const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    DIGITS.get(number as usize).map_or_else(|| number.into(), |digit| HeaderValue::from_static(digit))
}

/// `Ticket` and the ticket as it is written, digit by digit: the formatter takes several times as long, and
/// nearly every request has one.
fn authorization(ticket: Ticket) -> HeaderValue {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = *b"Ticket 000000000000000000000000000000000000000000000000";
    let bytes = ticket.number.to_be_bytes().into_iter().chain(ticket.mac.to_be_bytes());
    for (place, byte) in text["Ticket ".len()..].chunks_exact_mut(2).zip(bytes) {
        place[0] = DIGITS[usize::from(byte >> 4)];
        place[1] = DIGITS[usize::from(byte & 15)];
    }
    HeaderValue::from_bytes(&text).expect("letters, digits and a space make a header")
}

impl Transport for HttpTransport {
    fn call(&self, exchange: Exchange) -> impl Future<Output = Delivery> + 'static {
        let request = self.request(&exchange.call);
        async move {
            let response = match request.send().await {
                Ok(response) => response,
                Err(error) if Refused::is_cause_of(&error) => return Delivery::Refused,
                Err(_) => return failed(Failure::Connection).into(),
            };
            let Ok(body) = response.bytes().await else { return failed(Failure::Connection).into() };
            serde_json::from_slice(&body).unwrap_or(failed(Failure::Unreadable)).into()
        }
    }
}

fn failed(failure: Failure) -> Reply {
    Reply::Failed { failure }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_ticket_is_written_as_everywhere(number: u64, mac: u128) {
            let ticket = Ticket { number, mac };
            let (header, written) = (authorization(ticket), format!("Ticket {ticket}"));
            prop_assert_eq!(header.as_bytes(), written.as_bytes());
        }
    }
}
