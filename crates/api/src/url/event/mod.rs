//! A request to a function URL as the function sees it: an event of the payload format 2.0.
//!
//! Members that a request has nothing for are absent, as in AWS's events. Every part of the request ends up in the event
//! at most once, so that its size is bounded by the request's, and then by the limit of a synchronous invocation.

mod body;
mod headers;
mod query;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;

use bytes::Bytes;
use http::header::USER_AGENT;
use http::request::Parts;
use lambent_domain::limits::SYNCHRONOUS_REQUEST_BYTES_MAX;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use serde::Serialize;

use super::UrlId;

/// Function URLs have neither routes nor stages.
const DEFAULT: &str = "$default";

/// A request, and what the server knows about it.
#[derive(Clone, Copy, Debug)]
pub struct UrlRequest<'a> {
    pub parts: &'a Parts,
    pub body: &'a [u8],
    pub url_id: &'a UrlId,
    /// The host name, without its port.
    pub domain_name: &'a str,
    pub caller: Caller<'a>,
    pub source_ip: IpAddr,
    /// The port that the request came to.
    pub port: u16,
    pub tls: bool,
    pub request_id: RequestId,
    /// The X-Ray context, beginning with `Root=`.
    pub trace_id: &'a str,
    pub now: Timestamp,
}

/// Who sent a request.
#[derive(Clone, Copy, Debug)]
pub enum Caller<'a> {
    /// The URL's `AuthType` is `NONE`.
    Anonymous,
    /// It is `AWS_IAM`, and the signature was good. With the account that the function belongs to.
    Iam { owner_account: &'a str, caller: IamCaller<'a> },
}

/// Whose signature it was.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IamCaller<'a> {
    pub access_key: &'a str,
    pub account_id: &'a str,
    pub user_arn: &'a str,
    /// The principal's unique identifier; of a role, with the session's name behind a colon.
    pub user_id: &'a str,
}

/// The event would be larger than a synchronous invocation may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'static str,
    route_key: &'static str,
    raw_path: &'a str,
    raw_query_string: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<String>,
    headers: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: BTreeMap<String, String>,
    request_context: Context<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Cow<'a, str>>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    account_id: &'a str,
    api_id: &'a str,
    #[serde(flatten)]
    authorized: Option<Authorized<'a>>,
    domain_name: &'a str,
    domain_prefix: &'a str,
    http: Http<'a>,
    request_id: String,
    route_key: &'static str,
    stage: &'static str,
    time: String,
    time_epoch: u64,
}

/// Members that only signed requests have.
#[derive(Serialize)]
struct Authorized<'a> {
    /// Client certificates, which function URLs do not ask for.
    authentication: (),
    authorizer: Authorizer<'a>,
}

#[derive(Serialize)]
struct Authorizer<'a> {
    iam: Iam<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Iam<'a> {
    #[serde(flatten)]
    caller: IamCaller<'a>,
    caller_id: &'a str,
    /// There are neither identity pools nor organizations.
    cognito_identity: (),
    principal_org_id: (),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    path: &'a str,
    protocol: &'static str,
    source_ip: String,
    user_agent: String,
}

/// Makes the event.
pub fn event(request: &UrlRequest<'_>) -> Result<Bytes, TooLarge> {
    let Parts { uri, headers, .. } = request.parts;
    let query = uri.query().unwrap_or_default();
    let (body, is_base64_encoded) = body::text(headers, request.body);
    let event = Event {
        version: "2.0",
        route_key: DEFAULT,
        raw_path: uri.path(),
        raw_query_string: query,
        cookies: headers::cookies(headers),
        headers: headers::joined(request),
        query_string_parameters: query::parameters(query),
        request_context: context(request),
        body,
        is_base64_encoded,
    };
    let mut out = Bounded::default();
    // The maps have texts for keys, so nothing can go wrong but the size.
    serde_json::to_writer(&mut out, &event).map_err(|_| TooLarge)?;
    Ok(out.bytes.into())
}

fn context<'a>(request: &UrlRequest<'a>) -> Context<'a> {
    let parts = request.parts;
    let (account_id, authorized) = match request.caller {
        Caller::Anonymous => ("anonymous", None),
        Caller::Iam { owner_account, caller } => {
            let caller_id = caller.user_id;
            let iam = Iam { caller, caller_id, cognito_identity: (), principal_org_id: () };
            (owner_account, Some(Authorized { authentication: (), authorizer: Authorizer { iam } }))
        }
    };
    Context {
        account_id,
        api_id: request.url_id.as_str(),
        authorized,
        domain_name: request.domain_name,
        domain_prefix: request.url_id.as_str(),
        http: Http {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            protocol: if parts.version == http::Version::HTTP_10 { "HTTP/1.0" } else { "HTTP/1.1" },
            source_ip: request.source_ip.to_canonical().to_string(),
            user_agent: parts.headers.get(USER_AGENT).map(headers::text).unwrap_or_default(),
        },
        request_id: request.request_id.to_string(),
        route_key: DEFAULT,
        stage: DEFAULT,
        time: time(request.now),
        time_epoch: request.now.as_millis(),
    }
}

/// `12/Mar/2026:19:03:58 +0000`, the form of web servers' logs.
fn time(now: Timestamp) -> String {
    let millis = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    let now = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
    now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
}

/// Takes no more bytes than an event may have.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
}

impl io::Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > SYNCHRONOUS_REQUEST_BYTES_MAX {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
