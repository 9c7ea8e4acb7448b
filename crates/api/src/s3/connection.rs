//! One request on a connection of its own.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::address::Address;

const CONNECT_MAX: Duration = Duration::from_secs(10);
/// How long nothing may come.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// What is read of a complaint.
const COMPLAINT_BYTES_MAX: usize = 64 * 1024;

/// What the endpoint says.
#[derive(Debug)]
pub(super) enum Answered {
    Object(Bytes),
    Refused { status: StatusCode, headers: HeaderMap, body: Bytes },
}

/// Why it says nothing of use.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("the bucket's name or the credentials cannot be put into a request")]
    Unaddressable,
    #[error("connect: {0}")]
    Connect(io::Error),
    #[error("the request or the answer was broken off: {0}")]
    Broken(#[from] hyper::Error),
    #[error("it did not answer in time")]
    TimedOut,
    #[error("the object is too large")]
    TooLarge,
}

/// Gets the object, if it has no more than `limit` bytes.
pub(super) async fn get(
    address: &Address,
    mut headers: HeaderMap,
    tls: Option<&Arc<rustls::ClientConfig>>,
    limit: usize,
) -> Result<Answered, Failure> {
    if !headers.contains_key(HOST) {
        let authority = address.uri.authority().map_or("", |authority| authority.as_str());
        headers.insert(HOST, HeaderValue::from_str(authority).map_err(|_| Failure::Unaddressable)?);
    }
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    let path = address.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::new(Empty::new());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = path.parse().map_err(|_| Failure::Unaddressable)?;
    *request.headers_mut() = headers;
    // A resolver takes IPv6 addresses without their brackets.
    let host = address.host.trim_start_matches('[').trim_end_matches(']');
    let stream = timeout(CONNECT_MAX, TcpStream::connect((host, address.port))).await;
    let stream = stream.map_err(|_| Failure::TimedOut)?.map_err(Failure::Connect)?;
    let Some(tls) = tls else { return exchange(stream, request, limit).await };
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Failure::Unaddressable)?;
    let shaken = timeout(CONNECT_MAX, TlsConnector::from(Arc::clone(tls)).connect(name, stream)).await;
    exchange(shaken.map_err(|_| Failure::TimedOut)?.map_err(Failure::Connect)?, request, limit).await
}

async fn exchange<S>(stream: S, request: Request<Empty<Bytes>>, limit: usize) -> Result<Answered, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let exchange = async move {
        let answer = timeout(SILENCE_MAX, sender.send_request(request)).await;
        let (head, body) = answer.map_err(|_| Failure::TimedOut)??.into_parts();
        if head.status == StatusCode::OK {
            return read(body, &head.headers, limit).await.map(Answered::Object);
        }
        let body = match read(body, &HeaderMap::new(), COMPLAINT_BYTES_MAX).await {
            Err(Failure::TooLarge) => Bytes::new(),
            read => read?,
        };
        Ok(Answered::Refused { status: head.status, headers: head.headers, body })
    };
    tokio::pin!(exchange);
    tokio::select! {
        answered = &mut exchange => answered,
        // The connection may end before what it has read is taken.
        _ = connection => exchange.await,
    }
}

async fn read(mut body: Incoming, headers: &HeaderMap, limit: usize) -> Result<Bytes, Failure> {
    let said = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let said: Option<usize> = said.and_then(|length| length.parse().ok());
    if said.is_some_and(|length| length > limit) {
        return Err(Failure::TooLarge);
    }
    let mut bytes = BytesMut::with_capacity(said.unwrap_or_default());
    loop {
        let frame = timeout(SILENCE_MAX, body.frame()).await.map_err(|_| Failure::TimedOut)?;
        let Some(frame) = frame else { return Ok(bytes.freeze()) };
        let Ok(piece) = frame?.into_data() else { continue };
        if piece.len() > limit.saturating_sub(bytes.len()) {
            return Err(Failure::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
}
