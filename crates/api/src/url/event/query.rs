//! The query string as an event has it. Nothing is refused: what does not decode is what it is.

use std::collections::BTreeMap;

/// The decoded pairs; the values of one name are joined by commas.
pub(super) fn parameters(query: &str) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::<String, String>::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = decoded(value);
        parameters
            .entry(decoded(name))
            .and_modify(|values| {
                values.push(',');
                values.push_str(&value);
            })
            .or_insert(value);
    }
    parameters
}

/// A plus sign is a blank, a percent sign begins a byte if two hexadecimal digits follow.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let escaped = match after {
            [high, low, ..] if *first == b'%' => byte(*high, *low),
            _ => None,
        };
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None if *first == b'+' => bytes.push(b' '),
            None => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn byte(high: u8, low: u8) -> Option<u8> {
    let digit = |digit| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_and_joined() {
        for (query, expected) in [
            ("", vec![]),
            ("&&", vec![]),
            ("a=1", vec![("a", "1")]),
            ("a=1&b=2&a=3", vec![("a", "1,3"), ("b", "2")]),
            // Recorded 2025-11-24: a decoded slash.
            ("q=query&multiQuery=foo&multiQuery=%2Fbar", vec![("multiQuery", "foo,/bar"), ("q", "query")]),
            ("a", vec![("a", "")]),
            ("=b", vec![("", "b")]),
            ("a=b=c", vec![("a", "b=c")]),
            ("a+b=c+d%2B", vec![("a b", "c d+")]),
            ("%C3%A4=%e4%bd%a0", vec![("ä", "你")]),
            ("a=%252F", vec![("a", "%2F")]),
            ("a=%&b=%4&c=%zz&d=100%", vec![("a", "%"), ("b", "%4"), ("c", "%zz"), ("d", "100%")]),
            ("a=%FF", vec![("a", "\u{fffd}")]),
        ] {
            let expected: BTreeMap<_, _> =
                expected.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            assert_eq!(parameters(query), expected, "{query}");
        }
    }
}
