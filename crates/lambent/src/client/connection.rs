//! One request over one connection, every wait bounded.

use super::{ClientError, Endpoint, Signer};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use lambent_domain::time::Clock as _;
use lambent_engine::clock::SystemClock;
use rustls::pki_types::ServerName;
use std::convert::Infallible;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How long making a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the whole of a request may take that does not wait for a function.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// The largest answer that is read, in bytes: a page of log events or functions, or a function's response.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// A connection, whatever is below it.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// The body of a request.
pub(crate) type Body = BoxBody<Bytes, Infallible>;

/// A client of one server.
#[derive(Clone)]
pub(crate) struct Client {
    endpoint: Endpoint,
    tls: Option<TlsConnector>,
    signer: Option<Signer>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Client").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// A body that is sent as it is.
pub(super) fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).boxed()
}

/// What a server answered, whatever it was.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Client {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        Self { endpoint, tls: None, signer: None }
    }

    /// The same over TLS, if there is something to speak it with.
    pub(crate) fn with_tls(self, tls: Option<TlsConnector>) -> Self {
        Self { tls, ..self }
    }

    /// The same, with a signature on every request.
    pub(crate) fn with_signer(self, signer: Option<Signer>) -> Self {
        Self { signer, ..self }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Sends a request that is answered at once, and takes a refusal for an error.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, ClientError> {
        self.send(method, path, headers, body.into(), whole, ANSWER_TIMEOUT).await?.accepted()
    }

    /// Sends any request; the answer may be a refusal. `leave` makes the body that is sent from its bytes.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        bytes: Bytes,
        leave: impl FnOnce(Bytes) -> Body,
        at_most: Duration,
    ) -> Result<Answer, ClientError> {
        let unsendable = |cause: &dyn std::fmt::Display| ClientError::Unsendable { cause: cause.to_string() };
        let mut request =
            Request::builder().method(method).uri(path).header("host", self.endpoint.authority());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut head, ()) = request.body(()).map_err(|error| unsendable(&error))?.into_parts();
        if let Some(signer) = &self.signer {
            let signed = signer.headers(&head.method, &head.uri, &head.headers, &bytes, SystemClock.now());
            head.headers.extend(signed.map_err(|error| unsendable(&error))?);
        }
        let request = Request::from_parts(head, leave(bytes));
        timeout(at_most, self.exchange(request))
            .await
            .map_err(|_| ClientError::TimedOut { endpoint: self.endpoint.clone(), after: at_most })?
    }

    async fn exchange(&self, request: Request<Body>) -> Result<Answer, ClientError> {
        let stream = self.connect().await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| self.broken(&error))?;
        let exchange = async {
            let (head, body) = sender.send_request(request).await?.into_parts();
            Ok::<_, hyper::Error>((head, Limited::new(body, ANSWER_BYTES_MAX).collect().await))
        };
        // The connection is driven here and not in a task of its own: it ends with the exchange.
        tokio::pin!(exchange, connection);
        let (head, body) = tokio::select! {
            done = &mut exchange => done,
            // The server may close as soon as its answer is sent; what has arrived is still to be read.
            _ = &mut connection => exchange.await,
        }
        .map_err(|error| self.broken(&error))?;
        let body = body.map_err(|error| self.broken(error.as_ref()))?.to_bytes();
        Ok(Answer { status: head.status, headers: head.headers, body })
    }

    async fn connect(&self) -> Result<Box<dyn Stream>, ClientError> {
        let unreachable = |cause: String| ClientError::Unreachable { endpoint: self.endpoint.clone(), cause };
        let connecting = async {
            let stream = TcpStream::connect(self.endpoint.host_and_port()).await?;
            let Some(tls) = &self.tls else { return Ok(Box::new(stream) as Box<dyn Stream>) };
            let (host, _) = self.endpoint.host_and_port();
            let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
            Ok::<_, io::Error>(Box::new(tls.connect(name, stream).await?) as Box<dyn Stream>)
        };
        match timeout(CONNECT_TIMEOUT, connecting).await {
            Ok(Ok(stream)) => Ok(stream),
            // Somebody is there, and is not who was asked for.
            Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => Err(self.broken(&error)),
            Ok(Err(error)) => Err(unreachable(error.to_string())),
            Err(_) => Err(unreachable(format!("no connection within {} s", CONNECT_TIMEOUT.as_secs()))),
        }
    }

    fn broken(&self, error: &(dyn std::error::Error + 'static)) -> ClientError {
        let mut cause = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            cause = format!("{cause}: {inner}");
            source = inner.source();
        }
        ClientError::Broken { endpoint: self.endpoint.clone(), cause }
    }

    /// The error for an answer that can't be understood.
    pub(crate) fn senseless(&self, cause: impl std::fmt::Display) -> ClientError {
        ClientError::Senseless { endpoint: self.endpoint.clone(), cause: cause.to_string() }
    }

    /// Reads an answer's JSON.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, answer: &Answer) -> Result<T, ClientError> {
        serde_json::from_slice(&answer.body).map_err(|error| self.senseless(error))
    }
}

impl Answer {
    /// The answer, unless it is a refusal.
    pub(crate) fn accepted(self) -> Result<Self, ClientError> {
        if self.status.is_success() { Ok(self) } else { Err(self.refusal()) }
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Name and text of an AWS error, from the header or from the body, in any of the spellings AWS has.
    fn refusal(&self) -> ClientError {
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let field =
            |names: [&str; 2]| names.iter().find_map(|name| body.get(name)?.as_str().map(str::to_owned));
        let kind = self.header("x-amzn-errortype").map(str::to_owned).or_else(|| field(["__type", "code"]));
        let message = field(["message", "Message"]);
        ClientError::Refused {
            status: self.status,
            kind: kind.unwrap_or_else(|| self.status.to_string()),
            message: message.unwrap_or_else(|| "the server gave no reason".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(headers: &[(&'static str, &'static str)], body: &'static str) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let answer =
            Answer { status: StatusCode::NOT_FOUND, headers: map, body: Bytes::from_static(body.as_bytes()) };
        answer.accepted().unwrap_err().to_string()
    }

    #[test]
    fn a_refusal_is_read_in_every_spelling() {
        let lambda = [("x-amzn-errortype", "ResourceNotFoundException")];
        let cases = [
            (refused(&lambda, r#"{"Type":"User","Message":"none"}"#), "ResourceNotFoundException: none"),
            (refused(&[], r#"{"__type":"X","message":"m"}"#), "X: m"),
            (refused(&[], "<html>"), "404 Not Found: the server gave no reason"),
        ];
        for (found, expected) in cases {
            assert_eq!(found, expected);
        }
    }
}
