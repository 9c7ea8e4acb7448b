//! The framing `application/vnd.amazon.eventstream`, as InvokeWithResponseStream answers in it.
//!
//! A message is its length, the length of its headers, the CRC-32 of these two numbers, the headers, the payload, and the
//! CRC-32 of everything before; all numbers are big-endian. Decoders refuse large messages, so a large chunk of a
//! response goes out as several.

use bytes::{BufMut, Bytes, BytesMut};
use http::HeaderValue;
use serde::Serialize;

/// The content type of the whole answer.
pub const EVENT_STREAM: HeaderValue = HeaderValue::from_static("application/vnd.amazon.eventstream");

/// Largest payload of one message. The strictest decoder of an SDK takes messages of 16 MiB; there is no use in coming
/// near that.
const PAYLOAD_BYTES_MAX: usize = 1024 * 1024;
/// Longest text of an error; it shares its message with the tail of a log.
const ERROR_DETAILS_BYTES_MAX: usize = 256 * 1024;
/// Two lengths and their checksum.
const PRELUDE_BYTES: usize = 12;
const CHECKSUM_BYTES: usize = 4;
/// The type of a header value that is text.
const TEXT: u8 = 7;

/// What the headers of a message say.
type Headers<'a> = [(&'a str, &'a str); 3];

/// How an invocation ended: the last message of every stream.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InvokeComplete<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_details: Option<&'a str>,
    /// Base64 of the end of the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_result: Option<&'a str>,
}

/// Part of a response, as one `PayloadChunk` or, if it is large, as several. Nothing for an empty part.
pub fn payload_chunk(part: &[u8]) -> Bytes {
    let headers = event("PayloadChunk", "application/octet-stream");
    let mut out = BytesMut::with_capacity(part.len() + 128);
    for payload in part.chunks(PAYLOAD_BYTES_MAX) {
        message(&mut out, &headers, payload);
    }
    out.freeze()
}

/// The end of a stream.
pub fn invoke_complete(complete: &InvokeComplete<'_>) -> Result<Bytes, serde_json::Error> {
    let error_details = complete.error_details.map(|text| start(text, ERROR_DETAILS_BYTES_MAX));
    let payload = serde_json::to_vec(&InvokeComplete { error_details, ..*complete })?;
    let mut out = BytesMut::new();
    message(&mut out, &event("InvokeComplete", "application/json"), &payload);
    Ok(out.freeze())
}

/// A fault of the service itself when the stream has begun; `body` is the JSON of the exception, a few hundred bytes.
pub fn exception(name: &str, body: &[u8]) -> Bytes {
    let mut out = BytesMut::new();
    let headers =
        [(":exception-type", name), (":content-type", "application/json"), (":message-type", "exception")];
    message(&mut out, &headers, body);
    out.freeze()
}

const fn event<'a>(name: &'a str, content_type: &'a str) -> Headers<'a> {
    [(":event-type", name), (":content-type", content_type), (":message-type", "event")]
}

/// Appends one message. The payload's bound keeps every length below 2³².
fn message(out: &mut BytesMut, headers: &Headers<'_>, payload: &[u8]) {
    let mut block = BytesMut::with_capacity(128);
    for (name, value) in headers {
        put_text(&mut block, name, value);
    }
    let length = PRELUDE_BYTES + block.len() + payload.len() + CHECKSUM_BYTES;
    out.reserve(length);
    let lengths = u64::from(number(length)) << 32 | u64::from(number(block.len()));
    let lengths = lengths.to_be_bytes();
    let mut whole = crc32fast::Hasher::new();
    for part in [lengths.as_slice(), &crc32fast::hash(&lengths).to_be_bytes(), &block, payload] {
        whole.update(part);
        out.put_slice(part);
    }
    out.put_u32(whole.finalize());
}

fn put_text(block: &mut BytesMut, name: &str, value: &str) {
    let name = start(name, usize::from(u8::MAX));
    let value = start(value, usize::from(u16::MAX) / 2);
    block.put_u8(u8::try_from(name.len()).unwrap_or(u8::MAX));
    block.put_slice(name.as_bytes());
    block.put_u8(TEXT);
    block.put_u16(u16::try_from(value.len()).unwrap_or(u16::MAX));
    block.put_slice(value.as_bytes());
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// As much of a text as fits into so many bytes.
fn start(text: &str, bytes_max: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes_max)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
