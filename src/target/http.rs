//! Exchanges over real HTTP, with reqwest.
//!
//! A deadline is the driver's own: it drops the exchange, and the connection with it. So there is no
//! time-out here. When a connection took a request cannot be seen from reqwest; `sent` equals `started`.

use super::Transport;
use crate::journey::Exchange;
use base::protocol::{Ask, Call, Failure, Reply, Slot};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Url};
use std::net::Ipv4Addr;
use thiserror::Error;

/// A client of one booking service.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: Client,
    base: Url,
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
    /// A client of the service at `base`, with connections of its own.
    ///
    /// # Errors
    /// If `base` is not an HTTP address, or the client cannot be set up.
    pub fn new(base: &str) -> Result<Self, HttpError> {
        let url = Url::parse(base).ok().filter(|url| url.scheme() == "http" && url.has_host());
        let base = url.ok_or_else(|| HttpError::Address(base.to_owned()))?;
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(usize::MAX)
            .tcp_nodelay(true)
            .build()
            .map_err(HttpError::Client)?;
        Ok(Self { client, base })
    }

    fn request(&self, call: &Call) -> RequestBuilder {
        let (method, path) = route(&call.ask);
        let mut url = self.base.clone();
        url.set_path(path);
        match call.ask {
            Ask::Slots { centre } => url.set_query(Some(&format!("centre={centre}"))),
            Ask::Identify { provider } => url.set_query(Some(&format!("provider={provider}"))),
            _ => {}
        }
        let mut request = self.client.request(method, url);
        request = request.header("x-person", call.person.0).header("x-nth", call.nth);
        if call.device != 0 {
            request = request.header("x-device", u16::from(call.device));
        }
        if call.address != 0 {
            request = request.header("x-forwarded-for", Ipv4Addr::from(call.address).to_string());
        }
        if let Some(ticket) = call.ticket {
            request = request.header(AUTHORIZATION, format!("Ticket {ticket}"));
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

fn route(ask: &Ask) -> (Method, &'static str) {
    match ask {
        Ask::Enter => (Method::POST, "/waiting-room"),
        Ask::Poll => (Method::GET, "/waiting-room"),
        Ask::Leave => (Method::DELETE, "/waiting-room"),
        Ask::Identify { .. } => (Method::POST, "/identity"),
        Ask::Eligibility => (Method::GET, "/eligibility"),
        Ask::Centres => (Method::GET, "/centres"),
        Ask::Slots { .. } => (Method::GET, "/slots"),
        Ask::Hold { .. } => (Method::POST, "/holds"),
        Ask::Book { .. } => (Method::POST, "/bookings"),
        Ask::Lookup => (Method::GET, "/bookings"),
    }
}

impl Transport for HttpTransport {
    fn call(&self, exchange: &Exchange) -> impl Future<Output = Reply> + 'static {
        let request = self.request(&exchange.call);
        async move {
            let Ok(response) = request.send().await else { return failed(Failure::Connection) };
            let Ok(body) = response.bytes().await else { return failed(Failure::Connection) };
            serde_json::from_slice(&body).unwrap_or(failed(Failure::Unreadable))
        }
    }
}

fn failed(failure: Failure) -> Reply {
    Reply::Failed { failure }
}
