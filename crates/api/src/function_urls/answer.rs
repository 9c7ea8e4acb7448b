//! A function's response as the answer of its URL: whole, or as it comes.
//!
//! What goes wrong before the first byte is a 502. Afterwards nothing can be said any more, and the connection is closed
//! in the middle of the body for the client to notice.

use bytes::Bytes;
use http::Response;
use lambent_domain::function::UrlInvokeMode;
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::Outcome;
use lambent_engine::{Completion, Engine, Refusal, ResponseStream, StreamEnd, Streaming};

use crate::error::ApiError;
use crate::response::{Aborted, Answer, AnswerBody, AnswerSender};
use crate::url::{self, Head, Malformed, PreludeReader};

/// Runs the function. An error is one that AWS has for callers of a URL; all else is a 502.
pub(super) async fn of(
    engine: &Engine,
    invocation: Invocation,
    mode: UrlInvokeMode,
) -> Result<Answer, ApiError> {
    let function = invocation.invoked_arn.clone();
    let answered = match mode {
        UrlInvokeMode::Buffered => engine.invoke(invocation).await.map(whole),
        UrlInvokeMode::ResponseStream => match engine.invoke_streaming(invocation).await {
            Ok(Streaming::Begun(stream)) => Ok(streamed(stream).await),
            Ok(Streaming::Failed { .. }) => Ok(Ok(url::bad_gateway())),
            Err(refusal) => Err(refusal),
        },
    };
    match answered {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(malformed)) => {
            tracing::debug!(function.arn = %function, cause = %malformed, "a function's response is no answer for its URL");
            Ok(url::bad_gateway())
        }
        Err(refusal @ (Refusal::Throttled(_) | Refusal::Recursion(_) | Refusal::ShuttingDown)) => {
            Err(refusal.into())
        }
        Err(refusal @ (Refusal::RuntimeMissing(_) | Refusal::EnvironmentFailed)) => {
            tracing::error!(function.arn = %function, cause = %refusal, "a function could not be run for its URL");
            Ok(url::bad_gateway())
        }
    }
}

fn whole(completion: Completion) -> Result<Answer, Malformed> {
    let Outcome::Returned { mut payload } = completion.outcome else { return Ok(url::bad_gateway()) };
    if !completion.content_type.as_ref().is_some_and(url::has_prelude) {
        return url::answer(&payload);
    }
    // A handler that streams does so whatever its URL is set to; then it all has come at once.
    let head = PreludeReader::default().push(&mut payload)?.ok_or(Malformed::Separator)?;
    let body = if head.allows_body() { AnswerBody::whole(payload) } else { AnswerBody::default() };
    Ok(assembled(head, body))
}

async fn streamed(mut stream: ResponseStream) -> Result<Answer, Malformed> {
    let (head, first) = begun(&mut stream).await?;
    let body = if head.allows_body() {
        AnswerBody::stream(|sender| passed_on(first, stream, sender))
    } else {
        // The function runs on; what it still writes is thrown away.
        AnswerBody::default()
    };
    Ok(assembled(head, body))
}

/// The head, and what has come of the body with it.
async fn begun(stream: &mut ResponseStream) -> Result<(Head, Bytes), Malformed> {
    if !stream.content_type().is_some_and(url::has_prelude) {
        return Ok((url::streamed_head(stream.content_type()), Bytes::new()));
    }
    let mut prelude = PreludeReader::default();
    while let Some(mut part) = stream.next().await {
        if let Some(head) = prelude.push(&mut part)? {
            return Ok((head, part));
        }
    }
    Err(Malformed::Separator)
}

async fn passed_on(
    first: Bytes,
    mut stream: ResponseStream,
    mut sender: AnswerSender,
) -> Result<(), Aborted> {
    sender.send(first).await?;
    while let Some(part) = stream.next().await {
        sender.send(part).await?;
    }
    match stream.end().await {
        Ok(StreamEnd { failure: None, .. }) => Ok(()),
        Ok(StreamEnd { failure: Some(_), .. }) | Err(_) => Err(Aborted),
    }
}

fn assembled(head: Head, body: AnswerBody) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = head.status;
    *answer.headers_mut() = head.headers;
    answer
}
