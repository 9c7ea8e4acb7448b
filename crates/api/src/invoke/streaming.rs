//! InvokeWithResponseStream: the response as it comes, in frames, and then how it ended.
//!
//! The answer has begun with 200 before anybody knows how the run ends, so a failure of the function stands in the last
//! frame, also one before the first byte.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::FunctionFailure;
use lambent_engine::{ResponseStream, Streaming};

use super::{EXECUTED_VERSION, UNHANDLED, executed_version};
use crate::error::ApiError;
use crate::event_stream::{self, EVENT_STREAM, InvokeComplete};
use crate::response::{Aborted, Answer, AnswerBody, AnswerSender};
use crate::state::AppState;
use crate::trace::TRACE_ID;
use bytes::Bytes;

/// Runs the function. A caller who goes away does not stop it.
pub(super) async fn response_stream(
    state: &AppState,
    invocation: Invocation,
    tail: bool,
    trace: HeaderValue,
) -> Result<Answer, ApiError> {
    let (version, body) = match state.engine.invoke_streaming(invocation).await? {
        Streaming::Failed { failure, executed_version, log_tail } => {
            let end = end(Some(&failure), &log_tail, tail).map_err(ApiError::internal)?;
            (executed_version, AnswerBody::whole(end))
        }
        Streaming::Begun(stream) => {
            let version = stream.executed_version();
            (version, AnswerBody::stream(|sender| frames(stream, tail, sender)))
        }
    };
    let mut answer = Response::new(body);
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, EVENT_STREAM);
    headers.insert(EXECUTED_VERSION, executed_version(version));
    headers.insert(TRACE_ID, trace);
    Ok(answer)
}

async fn frames(mut stream: ResponseStream, tail: bool, mut sender: AnswerSender) -> Result<(), Aborted> {
    while let Some(part) = stream.next().await {
        sender.send(event_stream::payload_chunk(&part)).await?;
    }
    let last = match stream.end().await {
        Ok(ended) => end(ended.failure.as_ref(), &ended.log_tail, tail).map_err(|_| Aborted)?,
        // The engine has logged what it was.
        Err(refusal) => {
            let error = ApiError::from(refusal);
            event_stream::exception(error.name(), &error.body())
        }
    };
    sender.send(last).await
}

/// The last frame.
fn end(failure: Option<&FunctionFailure>, log_tail: &[u8], tail: bool) -> Result<Bytes, serde_json::Error> {
    let details = failure.map(|failure| String::from_utf8_lossy(&failure.payload));
    let log = tail.then(|| STANDARD.encode(log_tail));
    event_stream::invoke_complete(&InvokeComplete {
        error_code: failure.map(|_| UNHANDLED),
        error_details: details.as_deref(),
        log_result: log.as_deref(),
    })
}
