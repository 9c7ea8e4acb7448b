//! The canonical query: every pair encoded alike, sorted by key and then by value, but without the signature itself.

use super::percent::{self, Plus};

/// The parameter that cannot be signed, because it is the signature.
const SIGNATURE: &str = "X-Amz-Signature";

pub(super) fn write(query: &str, text: &mut Vec<u8>) {
    // One text for all pairs, and the places in it.
    let mut encoded = Vec::with_capacity(query.len() + query.len() / 2);
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if key == SIGNATURE {
            continue;
        }
        let start = encoded.len();
        percent::encode_again(key, |_| false, Plus::Blank, &mut encoded);
        let middle = encoded.len();
        percent::encode_again(value, |_| false, Plus::Blank, &mut encoded);
        pairs.push((start..middle, middle..encoded.len()));
    }
    let at = |range: &std::ops::Range<usize>| encoded.get(range.clone()).unwrap_or_default();
    pairs.sort_by(|(key, value), (other_key, other_value)| {
        at(key).cmp(at(other_key)).then_with(|| at(value).cmp(at(other_value)))
    });
    for (index, (key, value)) in pairs.iter().enumerate() {
        if index > 0 {
            text.push(b'&');
        }
        text.extend_from_slice(at(key));
        text.push(b'=');
        text.extend_from_slice(at(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_encoded_and_sorted() {
        let cases = [
            ("", ""),
            ("&", ""),
            ("a", "a="),
            ("b=2&a=1&&a=0", "a=0&a=1&b=2"),
            ("Param-3=Value3&Param=Value2&%E1%88%B4=Value1", "%E1%88%B4=Value1&Param=Value2&Param-3=Value3"),
            ("a=b=c&x=%7e%3a+:", "a=b%3Dc&x=~%3A%20%3A"),
            ("X-Amz-Signature=1&x-amz-signature=2&X-Amz-Date=3", "X-Amz-Date=3&x-amz-signature=2"),
        ];
        for (query, canonical) in cases {
            let mut text = Vec::new();
            write(query, &mut text);
            assert_eq!(String::from_utf8(text).unwrap(), canonical, "{query}");
        }
    }
}
