//! A webhook: a signed POST to a URL of the operator's.
//!
//! The form is that of Standard Webhooks, so receivers can use any of its libraries:
//!
//! ```text
//! webhook-id:        the same for every try of a record; receivers tell repetitions by it
//! webhook-timestamp: when this try was signed, Unix seconds; receivers refuse old ones
//! webhook-signature: v1,BASE64(HMAC-SHA256(secret, "ID.TIMESTAMP.BODY"))
//! ```
//!
//! The body is the record, or the event of a dead letter. Any 2xx is an arrival; a redirect is a refusal.

use crate::fault::{Fault, printable};
use crate::http::Http;
use crate::message::{Message, purpose_name};
use crate::options::Secret;
use crate::sender::Sender;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderName, HeaderValue, Request, StatusCode, Uri};
use lambent_domain::time::Clock;
use lambent_engine::deliveries::TargetKind;
use sha2::Sha256;
use std::sync::Arc;

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
const PURPOSE: HeaderName = HeaderName::from_static("x-lambent-purpose");
const TARGET: HeaderName = HeaderName::from_static("x-lambent-target");
const AGENT: HeaderValue = HeaderValue::from_static(concat!("lambent/", env!("CARGO_PKG_VERSION")));
const TRACE: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// How the libraries of Standard Webhooks write a secret down: this and base64.
const SECRET_PREFIX: &str = "whsec_";

/// The sender to one URL.
#[derive(Debug)]
pub(crate) struct Webhook {
    uri: Uri,
    key: Option<Secret>,
    http: Http,
    clock: Arc<dyn Clock>,
}

impl Webhook {
    pub(crate) fn new(uri: Uri, secret: Option<Secret>, http: Http, clock: Arc<dyn Clock>) -> Self {
        Self { uri, key: secret.map(|secret| key(&secret)), http, clock }
    }
}

#[async_trait]
impl Sender for Webhook {
    fn kind(&self) -> TargetKind {
        TargetKind::Webhook
    }

    async fn send(&self, message: &Message<'_>) -> Result<(), Fault> {
        let key = self.key.as_ref().ok_or_else(|| {
            Fault::unsendable(
                "webhooks are signed: set destinations.webhook_secret in the server's configuration",
            )
        })?;
        let request = request(&self.uri, key, message, self.clock.now().as_millis() / 1_000)?;
        let answer = self.http.exchange(request).await?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let text =
            format!("the webhook answered {status}: {}", printable(&String::from_utf8_lossy(answer.body())));
        Err(match status {
            StatusCode::GONE => Fault::unsendable(text),
            _ => Fault::of_status(status.as_u16(), text),
        })
    }
}

fn request(uri: &Uri, key: &Secret, message: &Message<'_>, secs: u64) -> Result<Request<Bytes>, Fault> {
    let id = message.id();
    let mut request = Request::post(uri)
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, AGENT)
        .header(SIGNATURE, signature(key, &id, secs, &message.body)?)
        .header(ID, id)
        .header(TIMESTAMP, secs)
        .header(PURPOSE, purpose_name(message.purpose()))
        .header(TARGET, message.target());
    if let Some(trace) = message.trace() {
        request = request.header(TRACE, trace);
    }
    for attribute in &message.attributes {
        let name = match attribute.name {
            "RequestID" => "x-lambent-request-id",
            "ErrorCode" => "x-lambent-error-code",
            _ => "x-lambent-error-message",
        };
        request = request.header(name, escaped(&attribute.value));
    }
    request.body(message.body.clone()).map_err(|error| Fault::unsendable(error.to_string()))
}

/// The key that a configured secret stands for.
fn key(secret: &Secret) -> Secret {
    let text = std::str::from_utf8(secret.as_bytes()).unwrap_or_default();
    let decoded = text.strip_prefix(SECRET_PREFIX).and_then(|base64| STANDARD.decode(base64).ok());
    decoded.map_or_else(|| secret.clone(), Secret::new)
}

fn signature(key: &Secret, id: &str, secs: u64, body: &[u8]) -> Result<String, Fault> {
    // A key of any length does.
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes());
    let mut mac = mac.map_err(|error| Fault::unsendable(error.to_string()))?;
    mac.update(format!("{id}.{secs}.").as_bytes());
    mac.update(body);
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// Percent-encodes what a header can't hold, and the per cent sign.
fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if byte != b'%' => escaped.push(char::from(byte)),
            other => {
                let _ = write!(escaped, "%{other:02X}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_published_example() {
        let secret = key(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        let signed =
            signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        // Any other text is a secret as it stands.
        assert_eq!(key(&Secret::new("whsec")).as_bytes(), b"whsec");
    }

    #[test]
    fn headers_hold_any_error_message() {
        assert_eq!(escaped("100 % of \"ä\"\n"), "100 %25 of \"%C3%A4\"%0A");
    }
}
