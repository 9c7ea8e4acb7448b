//! The JSON of responses, read no further than it is needed: values stay as they are written until they are asked for.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::Malformed;

/// What a response or a prelude says about an answer. A member that is `null` is absent.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Members<'a> {
    #[serde(borrow)]
    pub(super) status_code: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) headers: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) cookies: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) body: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) is_base64_encoded: Option<&'a RawValue>,
}

impl<'a> Members<'a> {
    /// Of a text that is an object; `None` if it is other JSON.
    pub(super) fn of_object(text: &'a str) -> Result<Option<Self>, Malformed> {
        if !text.trim_start_matches(is_blank).starts_with('{') {
            return Ok(None);
        }
        serde_json::from_str(text).map(Some).map_err(|_| Malformed::Json)
    }
}

/// A value that is neither an array nor an object.
#[derive(Debug, PartialEq)]
pub(super) enum Scalar<'a> {
    /// What a string stands for.
    Text(String),
    /// A number, `true`, `false` or `null`, as it is written.
    Other(&'a str),
}

impl Scalar<'_> {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Other(token) => token,
        }
    }
}

/// A text as one value.
pub(super) fn raw(text: &str) -> Result<&RawValue, Malformed> {
    serde_json::from_str(text).map_err(|_| Malformed::Json)
}

pub(super) fn scalar(value: &RawValue) -> Option<Scalar<'_>> {
    let token = value.get();
    match token.as_bytes().first()? {
        b'"' => Some(Scalar::Text(serde_json::from_str::<Text>(token).ok()?.0)),
        b'{' | b'[' => None,
        _ => Some(Scalar::Other(token)),
    }
}

/// `true` or `false`, which some functions write as a string.
pub(super) fn boolean(value: &RawValue) -> Option<bool> {
    scalar(value)?.as_str().parse().ok()
}

/// JSON without the blanks between its tokens, as AWS sends it on.
pub(super) fn compact(json: &str) -> Vec<u8> {
    let mut compact = Vec::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for byte in json.bytes() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if is_blank(char::from(byte)) {
            continue;
        } else {
            in_string = byte == b'"';
        }
        compact.push(byte);
    }
    compact
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// A string, in which half of a surrogate pair is no reason to refuse the rest.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Asked for bytes, serde_json passes lone surrogates on, as bytes that are no UTF-8.
        deserializer.deserialize_bytes(TextVisitor)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Text;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a string")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Text, E> {
        Ok(Text(String::from_utf8_lossy(bytes).into_owned()))
    }
}
