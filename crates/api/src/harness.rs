//! What fuzzers and properties run: everything a request passes before it reaches a store, as one pure function.
//!
//! No socket, no state, no clock; so it runs hundreds of thousands of times a second, and a finding is one byte string.

use std::net::Ipv4Addr;
use std::str;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use hyper::body::Body;
use lambent_domain::arn::{AccountId, Region};
use lambent_domain::limits::SYNCHRONOUS_REQUEST_BYTES_MAX;
use lambent_domain::reference::FunctionReference;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use uuid::Uuid;

use crate::authorization::Subject;
use crate::error::ApiError;
use crate::generated::lambda::operations::Operation;
use crate::guard::Guard;
use crate::model::Parts;
use crate::naming::Identity;
use crate::own::OwnRequest;
use crate::route::{self, Query};
use crate::sigv4::{Claim, Credentials, ExpectedScope, KeyCache, PayloadHash, Scope, Secret};
use crate::url::{self, Caller, Malformed, PreludeReader, UrlHost, UrlId, UrlRequest};
use crate::{control, invoke, json, own, sigv4};

/// Judges a request in the form of its bytes: a request line, headers, an empty line, a body. Says the status it is refused
/// with, or `None` if it would go on to a store.
///
/// Bytes that are not even of that form are refused as hyper refuses them, with 400.
pub fn request(bytes: &[u8]) -> Option<u16> {
    let Some((request, body)) = request_of(bytes) else { return Some(400) };
    judge(&request, body).err().map(|error| {
        let status = error.status().as_u16();
        // Making the answer is part of what must not fail.
        let answer = error.into_answer();
        assert_eq!(answer.status().as_u16(), status);
        status
    })
}

/// The table of `docs/COMPATIBILITY.md`: what becomes of each operation.
pub fn compatibility_table() -> String {
    control::compatibility_table()
}

/// Reads a function reference; what is read prints as a name that reads the same. The form of an ARN that policies are
/// held against is one that is not changed again.
pub fn reference(bytes: &[u8]) {
    if let Some(subject) = str::from_utf8(bytes).ok().and_then(Subject::other) {
        assert_eq!(
            Subject::other(&subject.to_string()).map(|again| again.to_string()),
            Some(subject.to_string())
        );
    }
    let Some(reference) = str::from_utf8(bytes).ok().and_then(|text| FunctionReference::parse(text).ok())
    else {
        return;
    };
    let name = reference.name.as_str();
    assert!(!name.is_empty() && bytes.len() >= name.len());
    assert!(FunctionReference::parse(name).is_ok_and(|again| again.name.as_str() == name));
}

/// Checks a text; the checker agrees with serde_json, and its complaint is of bounded length.
pub fn json_text(bytes: &[u8]) {
    match json::check(bytes) {
        Ok(()) => assert!(str::from_utf8(bytes).is_ok()),
        Err(complaint) => assert!(complaint.to_string().len() < 8_192),
    }
}

/// Takes the bytes for everything that passes through a function URL: a request, a response, a stream.
pub fn url_payloads(bytes: &[u8]) {
    url_event(bytes);
    if let Ok(answer) = url::answer(bytes) {
        assert_legal(answer.status(), answer.headers());
        let length = answer.body().size_hint().exact().unwrap_or(u64::MAX);
        assert!(length <= 2 * u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        assert!(length == 0 || (answer.status() != 204 && answer.status() != 304));
        assert!(answer.headers().contains_key(CONTENT_TYPE) || length == 0);
    }
    let whole = streamed(bytes, usize::MAX);
    // The first byte says how small the parts are that come next time.
    let size = usize::from(bytes.first().copied().unwrap_or(0) % 16) + 1;
    assert_eq!(streamed(bytes, size), whole);
}

fn url_event(bytes: &[u8]) {
    let Some((request, body)) = request_of(bytes) else { return };
    let parts = request.into_parts().0;
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = UrlHost::parse(host, &[]);
    let url_id = host.as_ref().and_then(|host| host.id.clone()).unwrap_or(UrlId::from_random([0; 20]));
    let event = url::event(&UrlRequest {
        parts: &parts,
        body,
        url_id: &url_id,
        domain_name: host.as_ref().map_or("", |host| &host.domain_name),
        caller: Caller::Anonymous,
        source_ip: Ipv4Addr::LOCALHOST.into(),
        port: 80,
        tls: false,
        request_id: RequestId::from(Uuid::nil()),
        trace_id: "",
        now: Timestamp::from_millis(0),
    });
    match event {
        Ok(event) => assert!(json::check(&event).is_ok()),
        // Nothing of a request is in its event more than twice, and no byte of it needs more than six.
        Err(url::TooLarge) => assert!(bytes.len() > SYNCHRONOUS_REQUEST_BYTES_MAX / 12 - 4_096),
    }
}

/// What a stream that comes in parts of this size is read as: status, number of headers, length of the body.
fn streamed(bytes: &[u8], size: usize) -> Result<(StatusCode, usize, usize), Malformed> {
    let mut reader = PreludeReader::default();
    let mut read = 0;
    for part in bytes.chunks(size) {
        read += part.len();
        let mut part = Bytes::copy_from_slice(part);
        if let Some(head) = reader.push(&mut part)? {
            assert_legal(head.status, &head.headers);
            return Ok((head.status, head.headers.len(), part.len() + bytes.len() - read));
        }
        assert!(part.is_empty());
    }
    Err(Malformed::Separator)
}

/// No function says how its answer travels.
fn assert_legal(status: StatusCode, headers: &HeaderMap) {
    assert!((200..600).contains(&status.as_u16()));
    for name in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        assert!(!headers.contains_key(name));
    }
}

/// Reads a request line, headers, an empty line and a body.
fn request_of(bytes: &[u8]) -> Option<(Request<()>, &[u8])> {
    let head_end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap_or(bytes.len());
    let (head, rest) = bytes.split_at(head_end);
    let request = str::from_utf8(head).ok().and_then(parse)?;
    Some((request, rest.get(2..).unwrap_or_default()))
}

/// Reads what a request in the form of [`request`] says of its signature, checks it, and signs it anew: no foreign
/// signature is right, and every one of our own is. Its body is also taken as one in chunks.
pub fn signature(bytes: &[u8]) {
    let head_end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap_or(bytes.len());
    let (head, rest) = bytes.split_at(head_end);
    let body = rest.get(2..).unwrap_or_default();
    if let Ok(payload) = sigv4::decode_unsigned(body, body.len() / 2) {
        assert_eq!(payload.len(), body.len() / 2);
    }
    let Some(request) = str::from_utf8(head).ok().and_then(parse) else { return };
    let (mut parts, ()) = request.into_parts();
    let secret = Secret::new("no fuzzer knows it");
    let now = Timestamp::from_millis(1_440_938_160_000);
    let expected = ExpectedScope { region: "us-east-1", service: "lambda" };
    let verdict = |parts: &http::request::Parts| match sigv4::read(parts) {
        Ok(Claim::Signed(claim)) => {
            assert!(!format!("{claim:?}").contains("no fuzzer knows it"));
            Some(sigv4::verify(&claim, parts, body, &secret, now, &expected, &KeyCache::new()).map(drop))
        }
        Ok(Claim::Unsigned) => None,
        Err(error) => Some(Err(error)),
    };
    if let Some(verdict) = verdict(&parts) {
        let error =
            verdict.map_or_else(ApiError::from, |()| ApiError::internal("a forged signature is right"));
        assert!((400..500).contains(&error.status().as_u16()), "{error:?}");
    }
    let credentials =
        Credentials { access_key_id: "AKID".to_owned(), secret: secret.clone(), session_token: None };
    let scope = Scope { region: "us-east-1", service: "lambda" };
    let payload = PayloadHash::Of(body);
    let signed = sigv4::sign(&parts.method, &parts.uri, &parts.headers, payload, &credentials, scope, now);
    let Ok(signed) = signed else { return };
    for (name, value) in signed {
        parts.headers.insert(name, value);
    }
    // A request that is signed in its query too, or says something twice, is refused before its signature is looked at.
    if parts.headers.get_all(http::header::HOST).iter().count() == 1
        && let Ok(Claim::Signed(claim)) = sigv4::read(&parts)
        && claim.access_key_id() == "AKID"
    {
        assert_eq!(verdict(&parts), Some(Ok(())));
    }
}

fn parse(head: &str) -> Option<Request<()>> {
    let mut lines = head.lines();
    let (method, target) = lines.next()?.split_once(' ')?;
    let mut request = Request::builder().method(method).uri(target);
    for line in lines {
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        request = request.header(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    request.body(()).ok()
}

fn judge(request: &Request<()>, body: &[u8]) -> Result<(), ApiError> {
    Guard::default().check(request.uri(), request.headers())?;
    crate::body::check_encoding(request.headers())?;
    let undecodable = || ApiError::invalid_content("undecodable");
    let query = Query::parse(request.uri().query()).map_err(|_| undecodable())?;
    let path = request.uri().path();
    if own::is_own(path) {
        return own_request(request, &query, body);
    }
    let routed = route::route(request.method().as_str(), path, &query).map_err(|_| undecodable())?;
    let [name, ..] = &routed.labels;
    let identity = identity().ok_or_else(|| ApiError::internal("no identity"))?;
    let headers: &HeaderMap = request.headers();
    match routed.operation {
        Operation::InvokeAsync => invoke::parse_invoke_async(name, headers, &identity).map(drop)?,
        Operation::Invoke => invoke::parse(name, &query, headers, &identity).map(drop)?,
        Operation::InvokeWithResponseStream => {
            invoke::parse_streaming(name, &query, headers, &identity).map(drop)?;
        }
        operation => {
            let parts = Parts { labels: &routed.labels, query: &query, headers };
            return control::judge(operation, body, &parts);
        }
    }
    json::check(body).map_err(|complaint| ApiError::event_not_json(&complaint))
}

/// A request to Lambent's own API, its body judged as far as that needs no store.
fn own_request(request: &Request<()>, query: &Query, body: &[u8]) -> Result<(), ApiError> {
    let identity = identity().ok_or_else(|| ApiError::internal("no identity"))?;
    let path = request.uri().path();
    match own::parse(request.method(), path, query, request.headers(), &identity)? {
        OwnRequest::Redrive => own::judge_redrive(body),
        OwnRequest::RetryPolicy(..) if !body.is_empty() => own::judge_retry_policy(body),
        OwnRequest::Batch(_) => {
            for line in invoke::lines(body)?.into_iter().take(1) {
                line?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn identity() -> Option<Identity> {
    Some(Identity { region: Region::new("us-east-1").ok()?, account: AccountId::new("000000000000").ok()? })
}
