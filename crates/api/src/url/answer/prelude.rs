//! The beginning of a streamed answer: an object with the members of [`super::answer`], eight NULs, and then the body.
//!
//! A NUL cannot stand in JSON, so the first one ends the object, wherever the stream was cut.

use bytes::{Buf, Bytes};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::json::Members;
use super::{Head, Malformed, head};

/// The content type by which a function says that its stream has a prelude.
const WITH_PRELUDE: &str = "application/vnd.awslambda.http-integration-response";
const OCTET_STREAM: HeaderValue = HeaderValue::from_static("application/octet-stream");
const SEPARATOR_BYTES: usize = 8;
/// More than any client takes as headers.
const PRELUDE_BYTES_MAX: usize = 256 * 1024;

/// Whether a stream of this content type begins with a prelude.
pub fn has_prelude(content_type: &HeaderValue) -> bool {
    let Ok(content_type) = content_type.to_str() else { return false };
    content_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(WITH_PRELUDE))
}

/// The head of a stream that has no prelude: a 200 of the type that the function gave, if any.
pub fn streamed_head(content_type: Option<&HeaderValue>) -> Head {
    let content_type = content_type.cloned().unwrap_or(OCTET_STREAM);
    Head { status: StatusCode::OK, headers: HeaderMap::from_iter([(CONTENT_TYPE, content_type)]) }
}

/// Reads a prelude from a stream, part by part.
#[derive(Debug, Default)]
pub struct PreludeReader {
    json: Vec<u8>,
    nuls: usize,
}

impl PreludeReader {
    /// Takes what belongs to the prelude from the next part of the stream, and gives the head as soon as it is complete.
    /// What is then left of the part is the beginning of the body.
    ///
    /// If the stream ends before there is a head, that is [`Malformed::Separator`].
    pub fn push(&mut self, part: &mut Bytes) -> Result<Option<Head>, Malformed> {
        if self.nuls == 0 {
            let length = part.iter().position(|byte| *byte == 0).unwrap_or(part.len());
            let object = part.split_to(length);
            if self.json.len() + object.len() > PRELUDE_BYTES_MAX {
                return Err(Malformed::PreludeTooLarge);
            }
            self.json.extend_from_slice(&object);
        }
        while self.nuls < SEPARATOR_BYTES && part.has_remaining() {
            if part.get_u8() != 0 {
                return Err(Malformed::Separator);
            }
            self.nuls += 1;
        }
        if self.nuls < SEPARATOR_BYTES { Ok(None) } else { self.head().map(Some) }
    }

    fn head(&self) -> Result<Head, Malformed> {
        let text = str::from_utf8(&self.json).map_err(|_| Malformed::Json)?;
        let members = Members::of_object(text)?.ok_or(Malformed::Json)?;
        let mut head = head::of(&members)?;
        if head.allows_body() && !head.headers.contains_key(CONTENT_TYPE) {
            head.headers.try_insert(CONTENT_TYPE, OCTET_STREAM).map_err(|_| Malformed::Headers)?;
        }
        Ok(head)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SEPARATOR: &[u8] = &[0; 8];

    /// Status, headers and body, or what was wrong.
    type Read = Result<(u16, Vec<(String, Vec<u8>)>, Vec<u8>), Malformed>;

    /// Reads a stream that comes in these parts.
    fn read<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Read {
        let mut reader = PreludeReader::default();
        let mut parts = parts.into_iter();
        for part in parts.by_ref() {
            let mut part = Bytes::copy_from_slice(part);
            let Some(head) = reader.push(&mut part)? else {
                assert!(part.is_empty());
                continue;
            };
            let headers = head.headers.iter();
            let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
            let mut headers: Vec<_> = headers.collect();
            headers.sort();
            let mut body = part.to_vec();
            parts.for_each(|part| body.extend_from_slice(part));
            return Ok((head.status.as_u16(), headers, body));
        }
        Err(Malformed::Separator)
    }

    fn stream(json: &str, rest: &[u8]) -> Vec<u8> {
        [json.as_bytes(), SEPARATOR, rest].concat()
    }

    fn header(name: &str, value: &str) -> (String, Vec<u8>) {
        (name.to_owned(), value.as_bytes().to_vec())
    }

    #[test]
    fn preludes_say_what_the_answer_is() {
        let octets = || vec![header("content-type", "application/octet-stream")];
        let sse = r#"{"statusCode":201,"headers":{"Content-Type":"text/event-stream","content-length":"5","x-n":7},"cookies":["a=1","b=2"]}"#;
        let sse_headers = vec![
            header("content-type", "text/event-stream"),
            header("set-cookie", "a=1"),
            header("set-cookie", "b=2"),
            header("x-amzn-remapped-content-length", "5"),
            header("x-n", "7"),
        ];
        for (json, status, headers) in [
            ("{}", 200, octets()),
            (" {\n\"statusCode\": \"404\" } ", 404, octets()),
            (r#"{"statusCode":null,"headers":null,"cookies":null}"#, 200, octets()),
            (sse, 201, sse_headers),
            (r#"{"statusCode":204}"#, 204, vec![]),
        ] {
            let body = b"data: \0\0\0\0\0\0\0\0\xff".to_vec();
            assert_eq!(read([&*stream(json, &body)]), Ok((status, headers, body)), "{json}");
        }
    }

    #[test]
    fn what_is_no_prelude_is_refused() {
        for (whole, malformed) in [
            (b"".to_vec(), Malformed::Separator),
            (b"{}".to_vec(), Malformed::Separator),
            (b"{}\0\0\0\0\0\0\0".to_vec(), Malformed::Separator),
            (b"{}\0\0\0\0\0\0\0x\0".to_vec(), Malformed::Separator),
            (stream("", b""), Malformed::Json),
            (stream("[]", b""), Malformed::Json),
            (stream("{}{}", b""), Malformed::Json),
            (stream("{\"a\":\u{1}}", b""), Malformed::Json),
            (stream(r#"{"statusCode":100}"#, b""), Malformed::StatusCode),
            (stream(r#"{"headers":[]}"#, b""), Malformed::Headers),
            (stream(r#"{"headers":{"a b":"1"}}"#, b""), Malformed::Headers),
            (stream(r#"{"cookies":"a=1"}"#, b""), Malformed::Cookies),
            (vec![b' '; PRELUDE_BYTES_MAX + 1], Malformed::PreludeTooLarge),
        ] {
            assert_eq!(read([&*whole]), Err(malformed), "{}", String::from_utf8_lossy(&whole));
            let apart: Vec<_> = whole.chunks(1).collect();
            assert_eq!(read(apart), Err(malformed), "{}", String::from_utf8_lossy(&whole));
        }
        assert_eq!(
            read([&*stream(&" ".repeat(PRELUDE_BYTES_MAX - 2).replacen("", "{}", 1), b"x")]).unwrap().2,
            b"x"
        );
    }

    #[test]
    fn only_one_content_type_announces_a_prelude() {
        for (content_type, expected) in [
            ("application/vnd.awslambda.http-integration-response", true),
            ("Application/vnd.awslambda.HTTP-integration-response; a=b", true),
            ("application/json", false),
            ("", false),
        ] {
            assert_eq!(has_prelude(&HeaderValue::from_static(content_type)), expected, "{content_type}");
        }
        assert_eq!(streamed_head(None).headers[CONTENT_TYPE], "application/octet-stream");
        let text = HeaderValue::from_static("text/plain");
        let head = streamed_head(Some(&text));
        assert_eq!((head.status, &head.headers[CONTENT_TYPE]), (StatusCode::OK, &text));
    }

    /// Streams that are often nearly right.
    fn streams() -> impl Strategy<Value = Vec<u8>> {
        let json = prop_oneof![
            "\\PC{0,30}",
            Just(r#"{"statusCode":200,"headers":{"a":"b"}}"#.to_owned()),
            "\\{\"headers\":\\{\"[a-z ]{1,3}\":\"[ -~]{0,3}\"\\}\\}"
        ];
        (json, 6..10_usize, prop::collection::vec(any::<u8>(), 0..20))
            .prop_map(|(json, nuls, rest)| [json.as_bytes(), &vec![0; nuls], &rest].concat())
    }

    proptest! {
        #[test]
        fn the_cuts_of_a_stream_do_not_matter(
            whole in prop_oneof![streams(), prop::collection::vec(any::<u8>(), 0..60)],
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let expected = read([&*whole]);
            let mut ends: Vec<_> = cuts.iter().map(|cut| cut.index(whole.len() + 1)).chain([whole.len()]).collect();
            ends.sort_unstable();
            let mut begin = 0;
            let parts: Vec<_> = ends.iter().map(|end| &whole[std::mem::replace(&mut begin, *end)..*end]).collect();
            prop_assert_eq!(read(parts), expected.clone());
            prop_assert_eq!(read(whole.chunks(1)), expected);
        }
    }
}
