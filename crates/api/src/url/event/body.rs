//! The body of an event: as it came if it is text, else as base64.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The types, besides `text/*`, whose bodies AWS passes on as they are. Forms are not among them, nor is a body of no
/// type at all.
const TEXT_TYPES: [&str; 3] = ["application/json", "application/xml", "application/javascript"];

/// The body, and whether it is base64; `None` if there is none.
pub(super) fn text<'a>(headers: &HeaderMap, body: &'a [u8]) -> (Option<Cow<'a, str>>, bool) {
    if body.is_empty() {
        return (None, false);
    }
    // A body that claims to be text and is no UTF-8 would not survive as one.
    match str::from_utf8(body) {
        Ok(text) if is_text(headers) => (Some(Cow::Borrowed(text)), false),
        _ => (Some(Cow::Owned(STANDARD.encode(body))), true),
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let Some(Ok(content_type)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.starts_with("text/") || TEXT_TYPES.contains(&essence.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(content_type: &str, body: &[u8]) -> (Option<String>, bool) {
        let mut headers = HeaderMap::new();
        if !content_type.is_empty() {
            headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
        }
        let (body, is_base64) = text(&headers, body);
        (body.map(Cow::into_owned), is_base64)
    }

    #[test]
    fn text_stays_text() {
        for content_type in [
            "text/plain",
            "text/html; charset=utf-8",
            "TEXT/CSV",
            "application/json",
            "application/json;charset=UTF-8",
            " application/xml ",
            "application/javascript",
        ] {
            assert_eq!(
                encoded(content_type, "hä".as_bytes()),
                (Some("hä".to_owned()), false),
                "{content_type}"
            );
        }
    }

    #[test]
    fn all_else_is_base64() {
        for content_type in [
            "",
            "application/x-www-form-urlencoded",
            // Recorded 2025-11-24.
            "multipart/form-data; boundary=4efd159eae0c4f4e125a5a509e073d85",
            "application/octet-stream",
            "image/png",
            "application/jsonx",
            "x/text/plain",
        ] {
            assert_eq!(encoded(content_type, b"a=b"), (Some("YT1i".to_owned()), true), "{content_type}");
        }
        assert_eq!(encoded("text/plain", b"\xff\xfe"), (Some("//4=".to_owned()), true));
    }

    #[test]
    fn no_body_is_no_body() {
        assert_eq!(encoded("text/plain", b""), (None, false));
        assert_eq!(encoded("image/png", b""), (None, false));
    }
}
