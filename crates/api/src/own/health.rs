//! `GET /_lambent/health`: 200 while events can be taken, 503 once they cannot.
//!
//! Logs that cannot be written are told, and change nothing: an event is worth more than its log.

use http::StatusCode;
use serde::Serialize;

use crate::error::ApiError;
use crate::response::{self, Answer};
use crate::state::AppState;

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logs: Option<&'static str>,
}

pub(super) fn health(state: &AppState) -> Result<Answer, ApiError> {
    let version = env!("CARGO_PKG_VERSION");
    let logs = state.engine.logs().health().failing.then_some("failing");
    match state.queue.health() {
        Ok(()) => response::json(StatusCode::OK, &Health { status: "ok", version, reason: None, logs }),
        Err(error) => {
            tracing::warn!(%error, "the event queue takes no writes");
            let reason = Some("the event queue takes no writes; the server's log has the cause");
            response::json(
                StatusCode::SERVICE_UNAVAILABLE,
                &Health { status: "failing", version, reason, logs },
            )
        }
    }
}
