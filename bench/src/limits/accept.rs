//! Bare hyper, with or without a disk behind it.

use super::commit::Appender;
use super::listen;
use crate::failure::Failure;
use crate::process::READY;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::path::PathBuf;
use tokio::task::JoinSet;

/// Serves until the process is killed.
#[expect(clippy::print_stdout, reason = "the ready line is for the process that started this one")]
pub(super) async fn serve(append: Option<PathBuf>) -> Result<(), Failure> {
    let appender = append.map(|path| Appender::start(&path)).transpose()?;
    let listener = listen().await?;
    let address = listener.local_addr().map_err(|cause| Failure::at("listen", cause))?;
    println!("the limit {READY}{address}");
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _) = accepted.map_err(|cause| Failure::at("accept", cause))?;
                stream.set_nodelay(true).map_err(|cause| Failure::at("accept", cause))?;
                let appender = appender.clone();
                let service = service_fn(move |request| answer(request, appender.clone()));
                connections.spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    appender: Option<Appender>,
) -> Result<Response<Empty<Bytes>>, hyper::Error> {
    let body = request.into_body().collect().await?.to_bytes();
    let mut answer = Response::new(Empty::new());
    *answer.status_mut() = StatusCode::ACCEPTED;
    if let Some(appender) = appender
        && !appender.append(body).await
    {
        *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    Ok(answer)
}
