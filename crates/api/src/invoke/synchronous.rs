//! A call that waits for its answer: handed to the engine, and its outcome put into AWS's headers.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use lambent_domain::function::FunctionVersion;
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::Outcome;
use lambent_domain::qualifier::Version;
use lambent_domain::request_id::RequestId;

use super::{InvokeRequest, REMAPPED_CONTENT_LENGTH, ZERO};
use crate::error::ApiError;
use crate::response::{self, APPLICATION_JSON, Answer};
use crate::state::AppState;
use crate::trace::{TRACE_ID, Trace};

const EXECUTED_VERSION: HeaderName = HeaderName::from_static("x-amz-executed-version");
const FUNCTION_ERROR: HeaderName = HeaderName::from_static("x-amz-function-error");
const LOG_RESULT: HeaderName = HeaderName::from_static("x-amz-log-result");
const UNHANDLED: HeaderValue = HeaderValue::from_static("Unhandled");
const LATEST: HeaderValue = HeaderValue::from_static("$LATEST");

/// Runs the function and answers 200, whether it returned or failed.
pub(super) async fn request_response(
    state: &AppState,
    request: InvokeRequest,
    version: Arc<FunctionVersion>,
    request_id: RequestId,
    payload: Bytes,
    trace: Trace,
) -> Result<Answer, ApiError> {
    let completion = state
        .engine
        .invoke(Invocation {
            request_id,
            version,
            invoked_arn: request.target.arn,
            payload,
            trace: Some(trace.for_function),
            client_context: request.client_context,
            tenant_id: request.tenant_id,
        })
        .await?;
    let (payload, failed) = match completion.outcome {
        Outcome::Returned { payload } => (payload, false),
        Outcome::Failed(failure) => (failure.payload, true),
    };
    let mut answer = response::with_body(APPLICATION_JSON, payload);
    let headers = answer.headers_mut();
    headers.insert(EXECUTED_VERSION, executed_version(completion.executed_version));
    if failed {
        headers.insert(FUNCTION_ERROR, UNHANDLED);
    }
    if request.tail {
        let tail =
            HeaderValue::from_str(&STANDARD.encode(&completion.log_tail)).map_err(ApiError::internal)?;
        headers.insert(LOG_RESULT, tail);
    }
    headers.insert(TRACE_ID, trace.for_caller);
    headers.insert(REMAPPED_CONTENT_LENGTH, ZERO);
    Ok(answer)
}

fn executed_version(version: Version) -> HeaderValue {
    match version {
        Version::Latest => LATEST,
        Version::Number(number) => HeaderValue::from(number),
    }
}
