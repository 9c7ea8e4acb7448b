//! The HTTP side of the Runtime API: one listener for each environment, made inside its network.
//!
//! The peer is the function's own process and may be hostile: connections, header and body sizes are bounded, and
//! everything ends with the environment.

mod post;
mod upload;

use super::http::{self as reply, ApiResponse};
use super::{Answer, InitSignal, Life, Rejection, RuntimeApi};
use crate::tasks::Tasks;
use http::{Method, Request};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use lambent_domain::request_id::RequestId;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// A runtime needs one connection, extensions one or two each.
const CONNECTIONS_MAX: usize = 64;
/// Request line and headers, or trailers, in bytes: an error's cause may have 64 KB, and one in trailers is in base64.
const HEAD_BYTES_MAX: usize = 256 << 10;

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
                    .max_header_size(HEAD_BYTES_MAX)
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
        (&Method::POST, "init/error") => {
            post::init_error(api, life, request).await.unwrap_or_else(reply::rejected)
        }
        (&Method::POST, _) => {
            let Some((id, kind)) = call.strip_prefix("invocation/").and_then(|rest| rest.split_once('/'))
            else {
                return reply::not_found();
            };
            let id = RequestId::parse(id);
            match kind {
                "response" => post::response(api, life, id, request).await.unwrap_or_else(reply::rejected),
                "error" => post::error(api, life, id, request).await.unwrap_or_else(reply::rejected),
                _ => reply::not_found(),
            }
        }
        _ => reply::not_found(),
    }
}

#[cfg(test)]
mod stream_tests;
#[cfg(test)]
mod tests;
