//! The smallest HTTP server that real clients can talk to.

use std::convert::Infallible;
use std::net::SocketAddr;

use http::Request;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::*;

/// Serves until it is dropped.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl Server {
    pub(super) async fn start(store: LogStore, owner: Owner) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (store, owner) = (store.clone(), owner.clone());
                connections.spawn(async move {
                    let service = service_fn(move |request| answer(store.clone(), owner.clone(), request));
                    // A client that goes away is the client's business.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Server { address, _tasks: tasks }
    }
}

async fn answer(
    store: LogStore,
    owner: Owner,
    request: Request<Incoming>,
) -> Result<http::Response<http_body_util::Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    Ok(handle(&store, &owner, target, body).await)
}
