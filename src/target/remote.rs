//! A running reference server: whether it plays our scenario, and its account.

use crate::scenario::Scenario;
use reference_server::account::SiteAccount;
use reference_server::clock::Clock;
use reference_server::http::about::About;
use serde::de::DeserializeOwned;
use std::time::Duration;
use thiserror::Error;

/// How long the server may take to answer for itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that cannot be asked.
#[derive(Debug, Error)]
pub enum RemoteError {
    /// The address cannot be used.
    #[error("expected a target such as `http://127.0.0.1:8080`, found `{0}`")]
    Address(String),
    /// It leaves this machine.
    #[error("`{0}` is not on this machine")]
    NotLoopback(String),
    /// Nobody answered.
    #[error("{0} does not answer")]
    Unreachable(String, #[source] reqwest::Error),
    /// Somebody else answered.
    #[error("{0} answers, but not as a reference server")]
    Foreign(String),
    /// The harness could not set the call up.
    #[error("the call could not be set up")]
    Harness(#[source] std::io::Error),
}

impl RemoteError {
    /// Whether the mistake is on the command line rather than at the server.
    pub fn is_usage(&self) -> bool {
        !matches!(self, Self::Unreachable(..))
    }
}

/// A server that plays something else than we do.
#[derive(Debug, Error, PartialEq)]
pub enum Mismatch {
    /// Another scenario, or another choice of values.
    #[error("the server plays scenario {theirs}, this run is of {ours}")]
    Scenario {
        /// The hash of ours.
        ours: String,
        /// The hash of theirs.
        theirs: String,
    },
    /// Its scenario time has begun.
    #[error("the server's scenario time has begun already")]
    Begun,
}

impl Mismatch {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Scenario { .. } => {
                "give `serve` and `run` the same file, scale, speed, slice, seed and --set"
            }
            Self::Begun => "start the server again, and the run before its --start-at",
        }
    }
}

/// What the server at `address` says it plays.
///
/// # Errors
/// If it cannot be asked.
pub fn about(address: &str) -> Result<About, RemoteError> {
    get(address, "about")
}

/// The account of the server at `address`.
///
/// # Errors
/// If it cannot be asked.
pub fn account(address: &str) -> Result<SiteAccount, RemoteError> {
    get(address, "account")
}

/// A clock that agrees with the server's, if it plays what we play. The hash covers everything that both
/// must agree on, scale, speed, slice and seed included.
///
/// # Errors
/// If it plays something else, or has begun.
pub fn matching_clock(about: &About, scenario: &Scenario, hash: &str) -> Result<Clock, Mismatch> {
    if about.scenario_hash != hash {
        return Err(Mismatch::Scenario { ours: hash.to_owned(), theirs: about.scenario_hash.clone() });
    }
    if about.starts_in_ns == 0 {
        return Err(Mismatch::Begun);
    }
    Ok(Clock::starting(scenario.slice.from, scenario.speed, Duration::from_nanos(about.starts_in_ns)))
}

fn get<T: DeserializeOwned>(address: &str, what: &str) -> Result<T, RemoteError> {
    let url = reqwest::Url::parse(address).ok().filter(|url| url.scheme() == "http");
    let mut url = url.ok_or_else(|| RemoteError::Address(address.to_owned()))?;
    if !is_loopback(&url) {
        return Err(RemoteError::NotLoopback(address.to_owned()));
    }
    url.set_path(what);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(RemoteError::Harness)?;
    let unreachable = |error| RemoteError::Unreachable(address.to_owned(), error);
    let body = runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        client.get(url).send().await?.bytes().await
    });
    let body = body.map_err(unreachable)?;
    serde_json::from_slice(&body).map_err(|_| RemoteError::Foreign(address.to_owned()))
}

/// Only this machine may be loaded: a name is not enough, except the one that always means this machine.
fn is_loopback(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_a_target() {
        for (address, fine) in [
            ("http://127.0.0.1:80", true),
            ("http://[::1]:8080", true),
            ("http://localhost:1", true),
            ("http://192.168.0.1", false),
            ("http://example.org", false),
            ("http://127.0.0.1.example.org", false),
        ] {
            assert_eq!(is_loopback(&reqwest::Url::parse(address).unwrap()), fine, "{address}");
        }
    }
}
