//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::stall::StallGuard;
use super::tls::Tls;
use crate::door::Door;

/// Serves a connection as it is or, where there is a certificate, after a handshake.
pub(super) async fn serve(stream: TcpStream, tls: Option<Arc<Tls>>, door: Door, shutdown: CancellationToken) {
    let stream = StallGuard::new(stream, door.limits().write_stall_max);
    let Some(tls) = tls else { return talk(stream, door, shutdown).await };
    let shaken = tokio::select! {
        shaken = tls.accept(stream) => shaken,
        () = shutdown.cancelled() => return,
    };
    match shaken {
        Ok(stream) => talk(stream, door, shutdown).await,
        // Somebody who does not speak TLS, or does not trust the certificate.
        Err(source) => tracing::debug!(error = %source, "a TLS handshake failed"),
    }
}

async fn talk<S>(stream: S, door: Door, shutdown: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = door.limits().clone();
    let io = TokioIo::new(stream);
    let service = service_fn(|request| {
        let door = door.clone();
        async move { Ok::<_, Infallible>(door.answer(request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // A client may have finished sending and still want its answer.
        .half_close(true)
        .header_read_timeout(limits.head_timeout)
        .max_headers(limits.headers_max)
        .max_buf_size(limits.head_bytes_max)
        .serve_connection(io, service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.as_mut().await
        }
    };
    if let Err(source) = ended {
        // What clients send and when they leave is their affair; hyper has answered what could be answered.
        tracing::debug!(error = %source, "a connection ended early");
    }
}
