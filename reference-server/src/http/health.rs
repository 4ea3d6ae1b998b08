//! Whether the server is there and its scenario has begun (`GET /health`).

use crate::clock::Clock;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    /// Whether it answers: always true, for whoever gets an answer.
    pub live: bool,
    /// Whether its scenario time has begun; before, the site stands still at the start.
    pub ready: bool,
    /// How much wall time is left until it begins, in nanoseconds; 0 once it has.
    pub starts_in_ns: u64,
}

impl Health {
    pub(super) fn of(clock: &Clock) -> Self {
        let starts_in_ns = clock.starts_in().as_nanos() as u64;
        Self { live: true, ready: starts_in_ns == 0, starts_in_ns }
    }
}

impl IntoResponse for Health {
    /// 200 once ready and 503 before: a probe need not read the body.
    fn into_response(self) -> Response {
        let status = if self.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        (status, Json(self)).into_response()
    }
}
