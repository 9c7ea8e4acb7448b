//! `GET /_lambent/health`: 200 while events can be taken, 503 once they cannot.

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
}

pub(super) fn health(state: &AppState) -> Result<Answer, ApiError> {
    let version = env!("CARGO_PKG_VERSION");
    match state.queue.health() {
        Ok(()) => response::json(StatusCode::OK, &Health { status: "ok", version, reason: None }),
        Err(error) => {
            tracing::warn!(%error, "the event queue takes no writes");
            let reason = Some("the event queue takes no writes; the server's log has the cause");
            response::json(StatusCode::SERVICE_UNAVAILABLE, &Health { status: "failing", version, reason })
        }
    }
}
