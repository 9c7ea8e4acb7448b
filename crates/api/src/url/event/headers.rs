//! The headers of an event: one text for each name, with those that a load balancer adds.

use std::collections::BTreeMap;

use http::header::{
    CONNECTION, CONTENT_LENGTH, COOKIE, HeaderName, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING,
    UPGRADE,
};
use http::{HeaderMap, HeaderValue};

use super::UrlRequest;

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PORT: &str = "x-forwarded-port";
const FORWARDED_PROTO: &str = "x-forwarded-proto";
const TRACE_ID: &str = "x-amzn-trace-id";

/// About one connection, and so nothing to the function.
const NOT_PASSED_ON: [HeaderName; 8] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// All headers but the cookies; the values of one name are joined by commas.
pub(super) fn joined<'a>(request: &UrlRequest<'a>) -> BTreeMap<&'a str, String> {
    let headers = &request.parts.headers;
    let mut joined = BTreeMap::new();
    for name in headers.keys().filter(|name| **name != COOKIE && !NOT_PASSED_ON.contains(name)) {
        let values: Vec<_> = headers.get_all(name).iter().map(text).collect();
        joined.insert(name.as_str(), values.join(","));
    }
    if !request.body.is_empty() {
        // A body that came in pieces has got a length by now.
        joined.entry(CONTENT_LENGTH.as_str()).or_insert_with(|| request.body.len().to_string());
    }
    let source = request.source_ip.to_canonical();
    // What the client claims stands first; only the last address is the server's own word.
    joined
        .entry(FORWARDED_FOR)
        .and_modify(|sent| *sent = format!("{sent}, {source}"))
        .or_insert_with(|| source.to_string());
    joined.insert(FORWARDED_PORT, request.port.to_string());
    joined.insert(FORWARDED_PROTO, if request.tls { "https" } else { "http" }.to_owned());
    joined.insert(TRACE_ID, request.trace_id.to_owned());
    joined
}

/// The pairs of all `Cookie` headers.
pub(super) fn cookies(headers: &HeaderMap) -> Vec<String> {
    let mut cookies = Vec::new();
    for header in headers.get_all(COOKIE) {
        let header = text(header);
        cookies.extend(header.split(';').map(str::trim).filter(|pair| !pair.is_empty()).map(str::to_owned));
    }
    cookies
}

/// A value as text: UTF-8 if it is, else the one encoding in which any bytes are.
pub(super) fn text(value: &HeaderValue) -> String {
    match str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value.as_bytes().iter().copied().map(char::from).collect(),
    }
}
