//! Cross-origin resource sharing: what a URL tells browsers about pages of other origins.
//!
//! The URL decides nothing about a request; it only says what is allowed, and the browser obeys. So a request of an
//! origin that is not allowed runs the function all the same, and its answer has no headers for the browser to read.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use lambent_domain::function::UrlCors;

use crate::response::{Answer, empty};

const ANY: &str = "*";

/// The answer to a preflight, which never reaches the function; `None` if the request is none.
pub fn preflight(cors: &UrlCors, method: &Method, request: &HeaderMap) -> Option<Answer> {
    if method != Method::OPTIONS || !request.contains_key(ORIGIN) {
        return None;
    }
    let asked_method = request.get(ACCESS_CONTROL_REQUEST_METHOD)?;
    let mut answer = empty(StatusCode::OK);
    let headers = answer.headers_mut();
    if put_origin(cors, request, headers) {
        let asked_headers = request.get(ACCESS_CONTROL_REQUEST_HEADERS);
        put_list(headers, ACCESS_CONTROL_ALLOW_METHODS, cors.allow_methods.as_deref(), Some(asked_method));
        put_list(headers, ACCESS_CONTROL_ALLOW_HEADERS, cors.allow_headers.as_deref(), asked_headers);
        if let Some(secs) = cors.max_age_secs {
            put(headers, ACCESS_CONTROL_MAX_AGE, HeaderValue::from(secs));
        }
    }
    Some(answer)
}

/// Adds what the browser has to know to a function's answer. The function's own headers of the same names stay, as
/// they do on AWS: a function must leave CORS to its URL or do all of it itself.
pub fn decorate(cors: &UrlCors, request: &HeaderMap, answer: &mut HeaderMap) {
    if put_origin(cors, request, answer) {
        put_list(answer, ACCESS_CONTROL_EXPOSE_HEADERS, cors.expose_headers.as_deref(), None);
    }
}

/// Whether the request's origin is an allowed one. AWS answers `*` with the origin itself, because browsers do not
/// take `*` together with credentials.
fn put_origin(cors: &UrlCors, request: &HeaderMap, answer: &mut HeaderMap) -> bool {
    // Caches must not give one origin's answer, or a lack of headers, to another.
    put(answer, VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = request.get(ORIGIN).filter(|origin| allows(cors, origin)) else { return false };
    put(answer, ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    if cors.allow_credentials == Some(true) {
        put(answer, ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    true
}

fn allows(cors: &UrlCors, origin: &HeaderValue) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    cors.allow_origins.iter().flatten().any(|allowed| match allowed.strip_suffix("://*") {
        Some(scheme) => {
            origin.split_once("://").is_some_and(|(its_scheme, _)| its_scheme.eq_ignore_ascii_case(scheme))
        }
        None => allowed == ANY || allowed.eq_ignore_ascii_case(origin),
    })
}

/// A list as one header. Where it has a wildcard, what was asked for is allowed by name: `*` means nothing to a browser
/// that sends credentials, and never stands for `Authorization`.
fn put_list(answer: &mut HeaderMap, name: HeaderName, list: Option<&[String]>, asked: Option<&HeaderValue>) {
    let Some(list) = list.filter(|list| !list.is_empty()) else { return };
    let any = list.iter().any(|item| item == ANY);
    match asked.filter(|_| any) {
        Some(asked) => put(answer, name, asked.clone()),
        None => {
            // A configured name that cannot stand in a header can never be asked for either.
            if let Ok(value) = HeaderValue::from_str(&list.join(",")) {
                put(answer, name, value);
            }
        }
    }
}

fn put(answer: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    // Only a function that sends thousands of headers can fill the map; then the browser gets no permission.
    let _ = answer.try_append(name, value);
}

#[cfg(test)]
mod tests;
