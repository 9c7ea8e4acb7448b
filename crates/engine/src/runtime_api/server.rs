//! The HTTP side of the Runtime API: one listener for each environment, made inside its network.
//!
//! The peer is the function's own process and may be hostile: connections, header and body sizes are bounded, and
//! everything ends with the environment.

use super::answer::{Answer, InitSignal};
use super::http::{self as reply, ApiResponse};
use super::{Life, Rejection, RuntimeApi};
use crate::tasks::Tasks;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper_util::rt::TokioIo;
use lambent_domain::limits::RESPONSE_BYTES_MAX;
use lambent_domain::request_id::RequestId;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// A runtime needs one connection, extensions one or two each.
const CONNECTIONS_MAX: usize = 64;
/// What is read and thrown away of a response that is too large, so that its sender can read the refusal.
const DISCARDED_BYTES_MAX: usize = 64 << 20;

/// Room that is made for a body on its sender's word; more as it comes.
const INITIAL_BYTES: usize = 64 << 10;

const PREFIX: &str = "/2018-06-01/runtime/";

/// Serves one environment's runtime until `tasks` stops. Where the listener stands in the host's network, within reach
/// of others, `only_uid` is the function's user, and nobody else is answered.
pub(crate) fn serve(tasks: &Tasks, listener: TcpListener, api: Arc<RuntimeApi>, only_uid: Option<u32>) {
    let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let owner = tasks.clone();
    tasks.spawn_until_stopped(async move {
        loop {
            let Ok(place) = Arc::clone(&connections).acquire_owned().await else { return };
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of descriptors: give others the time to close some.
                    tracing::warn!(%error, "failed to accept a runtime's connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let _ = stream.set_nodelay(true);
            let api = Arc::clone(&api);
            // What an earlier runtime has left in a connection must not be taken for the word of this one.
            let life = api.life();
            owner.spawn_until_stopped(async move {
                if let Some(uid) = only_uid
                    && !is_from(&stream, uid).await
                {
                    tracing::warn!("refused a connection to a Runtime API from another user");
                    return;
                }
                let service = hyper::service::service_fn(|request| {
                    let api = Arc::clone(&api);
                    async move { Ok::<_, Infallible>(handle(&api, life, request).await) }
                });
                // No time-out for heads: it would also end a connection that is idle while a function works. The
                // connection ends with the environment at the latest.
                let served = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
                if let Err(error) = served {
                    tracing::debug!(%error, "a runtime's connection ended early");
                }
                drop(place);
            });
        }
    });
}

/// Whether this user is at the other end. In doubt, no.
async fn is_from(stream: &TcpStream, uid: u32) -> bool {
    let (Ok(local), Ok(peer)) = (stream.local_addr(), stream.peer_addr()) else { return false };
    let owner = tokio::task::spawn_blocking(move || lambent_sandbox::peer_uid(local, peer)).await;
    matches!(owner, Ok(Ok(Some(owner))) if owner == uid)
}

async fn handle(api: &RuntimeApi, life: Life, request: Request<Incoming>) -> ApiResponse {
    let path = request.uri().path();
    let Some(call) = path.strip_prefix(PREFIX) else {
        return if path == "/ping" || path == "/2018-06-01/ping" {
            reply::pong()
        } else {
            reply::not_found()
        };
    };
    match (request.method(), call) {
        (&Method::GET, "invocation/next") => match api.next(life).await {
            Ok(invocation) => reply::next(&invocation),
            Err(rejection) => reply::rejected(rejection),
        },
        (&Method::POST, "init/error") => init_error(api, life, request).await.unwrap_or_else(reply::rejected),
        (&Method::POST, _) => {
            let Some((id, kind)) = call.strip_prefix("invocation/").and_then(|rest| rest.split_once('/'))
            else {
                return reply::not_found();
            };
            let id = RequestId::parse(id);
            match kind {
                "response" => {
                    answer(api, life, id, Kind::Response, request).await.unwrap_or_else(reply::rejected)
                }
                "error" => answer(api, life, id, Kind::Error, request).await.unwrap_or_else(reply::rejected),
                _ => reply::not_found(),
            }
        }
        _ => reply::not_found(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Response,
    Error,
}

/// Station 10's second half: the runtime's answer.
async fn answer(
    api: &RuntimeApi,
    life: Life,
    id: Option<RequestId>,
    kind: Kind,
    request: Request<Incoming>,
) -> Result<ApiResponse, Rejection> {
    let _turn = api.body_turn().await;
    api.begin_answer(life, id)?;
    let Some(id) = id else { return Err(Rejection::InvalidRequestId) };
    let (parts, body) = request.into_parts();
    if kind == Kind::Response && !is_known_response_mode(&parts.headers) {
        api.answer(life, id, Answer::InvalidResponseMode)?;
        return Ok(reply::invalid_response_mode());
    }
    let (answer, response) = match read(body).await {
        Ok(body) if kind == Kind::Response => (Answer::Response(body), reply::accepted()),
        Ok(body) => (Answer::Error { error_type: error_type(&parts.headers), body }, reply::accepted()),
        Err(ReadError::TooLarge) => (Answer::TooLarge, reply::too_large()),
        Err(ReadError::BrokenOff) => (Answer::Truncated, reply::truncated()),
    };
    api.answer(life, id, answer)?;
    Ok(response)
}

async fn init_error(
    api: &RuntimeApi,
    life: Life,
    request: Request<Incoming>,
) -> Result<ApiResponse, Rejection> {
    let _turn = api.body_turn().await;
    api.begin_init_error(life)?;
    let (parts, body) = request.into_parts();
    let body = match read(body).await {
        Ok(body) => body,
        Err(ReadError::TooLarge) => return Ok(reply::too_large()),
        Err(ReadError::BrokenOff) => return Ok(reply::truncated()),
    };
    api.init_error(life, InitSignal::Error { error_type: error_type(&parts.headers), body })?;
    Ok(reply::accepted())
}

/// Absent or `streaming`. A stream is collected like any other body until callers can take one.
fn is_known_response_mode(headers: &HeaderMap) -> bool {
    headers
        .get("lambda-runtime-function-response-mode")
        .is_none_or(|mode| mode.as_bytes().eq_ignore_ascii_case(b"streaming"))
}

fn error_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("lambda-runtime-function-error-type")?;
    value.to_str().ok().map(str::to_owned)
}

enum ReadError {
    TooLarge,
    BrokenOff,
}

/// Collects a body of at most [`RESPONSE_BYTES_MAX`]. A larger one is read on without being kept, because a sender
/// that is cut off in the middle never sees why.
async fn read(mut body: Incoming) -> Result<Bytes, ReadError> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut whole = BytesMut::with_capacity(announced.min(INITIAL_BYTES));
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(ReadError::BrokenOff) };
        let Ok(data) = frame.into_data() else { continue };
        // The whole body in one frame, as small ones come, is taken as it is.
        if seen == 0 && body.is_end_stream() && data.len() <= RESPONSE_BYTES_MAX {
            return Ok(data);
        }
        seen = seen.saturating_add(data.len());
        if seen <= RESPONSE_BYTES_MAX {
            whole.extend_from_slice(&data);
        } else if seen > DISCARDED_BYTES_MAX {
            return Err(ReadError::TooLarge);
        } else {
            whole = BytesMut::new();
        }
    }
    if seen > RESPONSE_BYTES_MAX { Err(ReadError::TooLarge) } else { Ok(whole.freeze()) }
}

#[cfg(test)]
mod tests;
