//! Percent-encoding as AWS signs it: everything but letters, digits and `-._~`, with upper-case digits.

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Encodes every reserved byte but those that `keep` is true for.
pub(super) fn encode_but(text: &[u8], keep: fn(u8) -> bool, encoded: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| !is_unreserved(*byte) && !keep(*byte)) {
        let (plain, reserved) = rest.split_at(at);
        encoded.extend_from_slice(plain);
        let Some((byte, after)) = reserved.split_first() else { break };
        push(*byte, encoded);
        rest = after;
    }
    encoded.extend_from_slice(rest);
}

/// Encodes every reserved byte.
pub(in super::super) fn encode(text: &str, encoded: &mut String) {
    let mut bytes = Vec::with_capacity(text.len());
    encode_but(text.as_bytes(), |_| false, &mut bytes);
    // What was encoded is ASCII.
    encoded.push_str(std::str::from_utf8(&bytes).unwrap_or_default());
}

/// Writes `text` as it would be encoded by AWS, however its sender encoded it; `keep` as in [`encode_but`].
pub(super) fn encode_again(text: &str, keep: fn(u8) -> bool, plus: Plus, encoded: &mut Vec<u8>) {
    for byte in Decoded::new(text, plus) {
        if is_unreserved(byte) || keep(byte) {
            encoded.push(byte);
        } else {
            push(byte, encoded);
        }
    }
}

/// Decodes a query's text; `None` if what comes out is not UTF-8.
pub(in super::super) fn decode(text: &str) -> Option<String> {
    String::from_utf8(Decoded::new(text, Plus::Blank).collect()).ok()
}

fn push(byte: u8, encoded: &mut Vec<u8>) {
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
    encoded.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
}

/// What a plus sign means: itself in a path, a blank in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plus {
    Itself,
    Blank,
}

/// The bytes of a percent-encoded text. A percent sign that begins no code stands for itself: whether such a text is
/// acceptable is for others to say, here it only has to have one meaning.
struct Decoded<'a> {
    rest: &'a [u8],
    plus: Plus,
}

impl<'a> Decoded<'a> {
    fn new(text: &'a str, plus: Plus) -> Self {
        Self { rest: text.as_bytes(), plus }
    }
}

impl Iterator for Decoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if let [b'%', high, low, rest @ ..] = self.rest
            && let (Some(high), Some(low)) = (nibble(*high), nibble(*low))
        {
            self.rest = rest;
            return Some(high << 4 | low);
        }
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(if *byte == b'+' && self.plus == Plus::Blank { b' ' } else { *byte })
    }
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_all_but_the_unreserved() {
        let mut encoded = String::new();
        encode("a-._~/ $:ä%", &mut encoded);
        assert_eq!(encoded, "a-._~%2F%20%24%3A%C3%A4%25");
    }

    #[test]
    fn however_it_was_encoded_it_comes_out_the_same() {
        let again = |text| {
            let mut encoded = Vec::new();
            encode_again(text, |byte| byte == b'/', Plus::Itself, &mut encoded);
            String::from_utf8(encoded).unwrap()
        };
        for text in ["a:b/$", "a%3Ab/%24", "a%3ab%2F$"] {
            assert_eq!(again(text), "a%3Ab/%24", "{text}");
        }
        assert_eq!(again("%zz%4"), "%25zz%254");
    }

    #[test]
    fn decodes_only_to_utf8() {
        assert_eq!(decode("a%2Fb+c").as_deref(), Some("a/b c"));
        assert_eq!(decode("%FF"), None);
    }
}
