//! Percent-decoding, once: a doubly encoded text comes out singly encoded.

use std::borrow::Cow;

/// The text is not percent-encoded UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecodable;

/// Decodes one path segment. Nothing is copied unless there is something to decode.
pub(crate) fn decode(text: &str) -> Result<Cow<'_, str>, Undecodable> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let (high, low) = (bytes.next().and_then(nibble), bytes.next().and_then(nibble));
            let (Some(high), Some(low)) = (high, low) else { return Err(Undecodable) };
            decoded.push(high << 4 | low);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|_| Undecodable)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_once_and_only_utf8() {
        assert!(matches!(decode("plain"), Ok(Cow::Borrowed("plain"))));
        assert_eq!(decode("a%3Ab%24LATEST%2f").unwrap(), "a:b$LATEST/");
        assert_eq!(decode("%253A").unwrap(), "%3A");
        assert_eq!(decode("%C3%A4").unwrap(), "ä");
        for bad in ["%", "%4", "%zz", "%C3", "%FF", "a%"] {
            assert_eq!(decode(bad), Err(Undecodable), "{bad}");
        }
    }
}
