//! A call that waits for its answer: handed to the engine, and its outcome put into AWS's headers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue};
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::Outcome;

use super::{EXECUTED_VERSION, REMAPPED_CONTENT_LENGTH, UNHANDLED, ZERO, executed_version};
use crate::error::ApiError;
use crate::response::{self, APPLICATION_JSON, Answer};
use crate::state::AppState;
use crate::trace::TRACE_ID;

const FUNCTION_ERROR: HeaderName = HeaderName::from_static("x-amz-function-error");
const LOG_RESULT: HeaderName = HeaderName::from_static("x-amz-log-result");

/// Runs the function and answers 200, whether it returned or failed.
pub(super) async fn request_response(
    state: &AppState,
    invocation: Invocation,
    tail: bool,
    trace: HeaderValue,
) -> Result<Answer, ApiError> {
    let completion = state.engine.invoke(invocation).await?;
    let (payload, failed) = match completion.outcome {
        Outcome::Returned { payload } => (payload, false),
        Outcome::Failed(failure) => (failure.payload, true),
    };
    let mut answer = response::with_body(APPLICATION_JSON, payload);
    let headers = answer.headers_mut();
    headers.insert(EXECUTED_VERSION, executed_version(completion.executed_version));
    if failed {
        headers.insert(FUNCTION_ERROR, HeaderValue::from_static(UNHANDLED));
    }
    if tail {
        let tail =
            HeaderValue::from_str(&STANDARD.encode(&completion.log_tail)).map_err(ApiError::internal)?;
        headers.insert(LOG_RESULT, tail);
    }
    headers.insert(TRACE_ID, trace);
    headers.insert(REMAPPED_CONTENT_LENGTH, ZERO);
    Ok(answer)
}
