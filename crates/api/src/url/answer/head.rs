//! Status and headers of an answer.

use std::collections::BTreeMap;

use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, DATE, EXPECT, HOST, HeaderName, MAX_FORWARDS,
    PROXY_AUTHENTICATE, SERVER, SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
    WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::value::RawValue;

use super::Malformed;
use super::json::{self, Members};
use crate::response::REQUEST_ID;
use crate::trace::TRACE_ID;

/// What precedes a body.
#[derive(Debug)]
pub struct Head {
    pub status: StatusCode,
    pub headers: HeaderMap,
}

impl Head {
    /// Whether a body may follow.
    pub fn allows_body(&self) -> bool {
        allows_body(self.status)
    }
}

/// Headers that are the server's own to say. AWS passes a function's on under another name.
const REMAPPED: [HeaderName; 18] = [
    AUTHORIZATION,
    CONNECTION,
    CONTENT_LENGTH,
    HeaderName::from_static("content-md5"),
    DATE,
    EXPECT,
    HOST,
    HeaderName::from_static("keep-alive"),
    MAX_FORWARDS,
    PROXY_AUTHENTICATE,
    SERVER,
    TE,
    TRAILER,
    UPGRADE,
    USER_AGENT,
    WWW_AUTHENTICATE,
    REQUEST_ID,
    TRACE_ID,
];

pub(super) fn of(members: &Members<'_>) -> Result<Head, Malformed> {
    let status = members.status_code.map_or(Ok(StatusCode::OK), status)?;
    let mut headers = HeaderMap::new();
    if let Some(sent) = members.headers {
        let sent: BTreeMap<String, &RawValue> =
            serde_json::from_str(sent.get()).map_err(|_| Malformed::Headers)?;
        for (name, value) in sent {
            put(&mut headers, &name, value)?;
        }
    }
    if let Some(cookies) = members.cookies {
        let cookies: Vec<&RawValue> = serde_json::from_str(cookies.get()).map_err(|_| Malformed::Cookies)?;
        for cookie in cookies {
            let cookie = legal_value(cookie).ok_or(Malformed::Cookies)?;
            headers.try_append(SET_COOKIE, cookie).map_err(|_| Malformed::Cookies)?;
        }
    }
    Ok(Head { status, headers })
}

pub(super) const fn allows_body(status: StatusCode) -> bool {
    !matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED)
}

/// A number, or a string that is one. Statuses below 200 only announce an answer.
fn status(value: &RawValue) -> Result<StatusCode, Malformed> {
    let status = json::scalar(value).and_then(|scalar| scalar.as_str().parse::<u16>().ok());
    let status = status.filter(|status| (200..600).contains(status)).ok_or(Malformed::StatusCode)?;
    StatusCode::from_u16(status).map_err(|_| Malformed::StatusCode)
}

/// Adds a header, or several if its value is an array; the official runtime for Rust writes repeated headers so.
fn put(headers: &mut HeaderMap, name: &str, value: &RawValue) -> Result<(), Malformed> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Malformed::Headers)?;
    if name == TRANSFER_ENCODING || value.get() == "null" {
        return Ok(());
    }
    let name = if REMAPPED.contains(&name) { remapped(&name)? } else { name };
    let values: Vec<&RawValue> = match json::scalar(value) {
        Some(_) => vec![value],
        None => serde_json::from_str(value.get()).map_err(|_| Malformed::Headers)?,
    };
    for value in values {
        let value = legal_value(value).ok_or(Malformed::Headers)?;
        headers.try_append(name.clone(), value).map_err(|_| Malformed::Headers)?;
    }
    Ok(())
}

fn remapped(name: &HeaderName) -> Result<HeaderName, Malformed> {
    HeaderName::try_from(format!("x-amzn-remapped-{name}")).map_err(|_| Malformed::Headers)
}

/// The text of a scalar, unless it holds characters that end a header.
fn legal_value(value: &RawValue) -> Option<HeaderValue> {
    HeaderValue::from_bytes(json::scalar(value)?.as_str().as_bytes()).ok()
}
