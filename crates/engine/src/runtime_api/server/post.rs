//! Station 10's second half: what the runtime posts.

use super::upload::{self, Collected, ReadError, error_type};
use super::{Answer, ApiResponse, InitSignal, Life, Rejection, RuntimeApi, reply};
use crate::response_stream::ResponseWriter;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Request};
use hyper::body::Incoming;
use lambent_domain::limits::RESPONSE_BYTES_MAX;
use lambent_domain::request_id::RequestId;

/// How a response comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Whole,
    Streaming,
}

/// An answer that is on its way. One whose connection goes away in the middle is a truncated one.
struct Pending<'a> {
    api: &'a RuntimeApi,
    life: Life,
    id: RequestId,
    /// What the runtime has begun with.
    mode: Mode,
    is_given: bool,
}

impl<'a> Pending<'a> {
    fn new(api: &'a RuntimeApi, life: Life, id: RequestId, mode: Mode) -> Self {
        Self { api, life, id, mode, is_given: false }
    }

    fn give(mut self, answer: Answer) -> Result<(), Rejection> {
        self.give_now(answer)
    }

    fn give_now(&mut self, answer: Answer) -> Result<(), Rejection> {
        self.is_given = true;
        match self.mode {
            Mode::Whole => self.api.answer(self.life, self.id, answer),
            Mode::Streaming => self.api.end_stream(self.life, self.id, answer),
        }
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if !self.is_given {
            let _ = self.give_now(Answer::Truncated);
        }
    }
}

/// `POST invocation/{id}/response`.
pub(super) async fn response(
    api: &RuntimeApi,
    life: Life,
    id: Option<RequestId>,
    request: Request<Incoming>,
) -> Result<ApiResponse, Rejection> {
    let Some(mode) = mode(request.headers()) else {
        let id = begin(api, life, id)?;
        api.answer(life, id, Answer::InvalidResponseMode)?;
        return Ok(reply::invalid_response_mode());
    };
    let (parts, body) = request.into_parts();
    let content_type = parts.headers.get(CONTENT_TYPE).cloned();
    if mode == Mode::Streaming {
        let id = begin(api, life, id)?;
        if let Some(writer) = api.begin_stream(life, id)? {
            return stream(Pending::new(api, life, id, mode), content_type, writer, body).await;
        }
    }
    // One body is held at a time.
    let _turn = api.body_turn().await;
    let pending = Pending::new(api, life, begin(api, life, id)?, Mode::Whole);
    let (answer, response) = match upload::collect(body).await {
        Ok(Collected { body, trailers }) => {
            let error = trailers.filter(|_| mode == Mode::Streaming);
            let error = error.as_ref().and_then(upload::trailing_error);
            (error.unwrap_or(Answer::Response { content_type, body }), reply::accepted())
        }
        Err(unread) => refused(&unread),
    };
    pending.give(answer)?;
    Ok(response)
}

/// `POST invocation/{id}/error`.
pub(super) async fn error(
    api: &RuntimeApi,
    life: Life,
    id: Option<RequestId>,
    request: Request<Incoming>,
) -> Result<ApiResponse, Rejection> {
    let _turn = api.body_turn().await;
    let pending = Pending::new(api, life, begin(api, life, id)?, Mode::Whole);
    let (parts, body) = request.into_parts();
    let (answer, response) = match upload::collect(body).await {
        Ok(Collected { body, .. }) => {
            (Answer::Error { error_type: error_type(&parts.headers), body }, reply::accepted())
        }
        Err(unread) => refused(&unread),
    };
    pending.give(answer)?;
    Ok(response)
}

/// `POST init/error`.
pub(super) async fn init_error(
    api: &RuntimeApi,
    life: Life,
    request: Request<Incoming>,
) -> Result<ApiResponse, Rejection> {
    let _turn = api.body_turn().await;
    api.begin_init_error(life)?;
    let (parts, body) = request.into_parts();
    let body = match upload::collect(body).await {
        Ok(Collected { body, .. }) => body,
        Err(unread) => return Ok(refused(&unread).1),
    };
    api.init_error(life, InitSignal::Error { error_type: error_type(&parts.headers), body })?;
    Ok(reply::accepted())
}

/// A response that its caller takes as it comes. It holds no body, so it needs no turn.
async fn stream(
    pending: Pending<'_>,
    content_type: Option<HeaderValue>,
    mut writer: ResponseWriter,
    body: Incoming,
) -> Result<ApiResponse, Rejection> {
    let forwarded = upload::forward(body, content_type, &mut writer).await;
    // The caller sees the end of the chunks first, then that of the run.
    drop(writer);
    // Nobody waits for the rest of a run that is over.
    let Some(answer) = forwarded else { return Err(Rejection::InvalidRequestId) };
    let response = match &answer {
        Answer::TooLarge { limit } => reply::too_large(*limit),
        Answer::Truncated => reply::truncated(),
        Answer::Response { .. }
        | Answer::Streamed { .. }
        | Answer::Error { .. }
        | Answer::InvalidResponseMode => reply::accepted(),
    };
    pending.give(answer)?;
    Ok(response)
}

/// Checks that an answer may come now, before its body is read.
fn begin(api: &RuntimeApi, life: Life, id: Option<RequestId>) -> Result<RequestId, Rejection> {
    api.begin_answer(life, id)?;
    id.ok_or(Rejection::InvalidRequestId)
}

fn refused(unread: &ReadError) -> (Answer, ApiResponse) {
    let limit = u64::try_from(RESPONSE_BYTES_MAX).unwrap_or(u64::MAX);
    match unread {
        ReadError::TooLarge => (Answer::TooLarge { limit }, reply::too_large(limit)),
        ReadError::BrokenOff => (Answer::Truncated, reply::truncated()),
    }
}

/// Absent or `streaming`; any other is none.
fn mode(headers: &HeaderMap) -> Option<Mode> {
    match headers.get("lambda-runtime-function-response-mode") {
        None => Some(Mode::Whole),
        Some(mode) => mode.as_bytes().eq_ignore_ascii_case(b"streaming").then_some(Mode::Streaming),
    }
}
