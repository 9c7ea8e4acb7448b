//! The one HTTP client of all senders: hyper over rustls with `ring`, as everywhere in this program.
//!
//! Connections are kept for a while and belong to the courier. Redirects are answers like any other: nobody is sent
//! anywhere that the operator did not name. Of an answer only a bounded part is read.

mod connection;
mod sdk;

use crate::fault::{Fault, printable};
use bytes::{Bytes, BytesMut};
use connection::Connector;
pub(crate) use connection::secured;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioTimer;
use lambent_engine::tasks::Tasks;
use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// How long a connection is kept that nobody uses.
const IDLE_MAX: Duration = Duration::from_secs(30);
/// How many are kept to one host.
const IDLE_CONNECTIONS_MAX: usize = 16;
/// What is read of an answer.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// The client. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client<Connector, Full<Bytes>>,
}

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    #[error("{0}")]
    Client(String),
    #[error("the answer was broken off: {0}")]
    Broken(#[from] hyper::Error),
}

/// hyper's own tasks, owned.
#[derive(Debug, Clone)]
struct Owned(Tasks);

impl<F> hyper::rt::Executor<F> for Owned
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, task: F) {
        self.0.spawn_until_stopped(task);
    }
}

impl Http {
    /// Without `tls` there is no https.
    pub(crate) fn new(tls: Option<Arc<rustls::ClientConfig>>, connections: Tasks) -> Self {
        let client = Client::builder(Owned(connections))
            .pool_idle_timeout(IDLE_MAX)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .pool_timer(TokioTimer::new())
            .build(Connector::new(tls));
        Self { client }
    }

    /// One request and its answer. The caller bounds the time.
    pub(crate) async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, NoAnswer> {
        let answer = self.client.request(request.map(Full::new)).await;
        let (head, mut body) = answer.map_err(|error| NoAnswer::Client(chain(&error)))?.into_parts();
        let mut bytes = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(piece) = frame?.into_data() else { continue };
            let room = ANSWER_BYTES_MAX.saturating_sub(bytes.len());
            bytes.extend_from_slice(piece.get(..room).unwrap_or(&piece));
            if room <= piece.len() {
                break;
            }
        }
        Ok(Response::from_parts(head, bytes.freeze()))
    }
}

impl From<NoAnswer> for Fault {
    fn from(none: NoAnswer) -> Self {
        Self::unavailable(none.to_string())
    }
}

/// An error with all that caused it, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    printable(&text)
}
