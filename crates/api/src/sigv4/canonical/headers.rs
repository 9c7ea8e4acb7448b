//! The canonical headers: those that are signed, one a line, with the blanks around and within their values reduced.

use http::HeaderMap;

/// Whether the names are in lower case, sorted, and each there once. No other list can have been signed.
pub(in super::super) fn is_canonical_list(signed_headers: &str) -> bool {
    let mut previous = "";
    signed_headers.split(';').all(|name| {
        let follows = name > previous && !name.bytes().any(|byte| byte.is_ascii_uppercase());
        previous = name;
        follows
    })
}

/// Writes a line for every signed header; `None` if one of them is not there.
pub(super) fn write(
    headers: &HeaderMap,
    authority: Option<&str>,
    signed_headers: &str,
    text: &mut Vec<u8>,
) -> Option<()> {
    for name in signed_headers.split(';') {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        let mut values = headers.get_all(name).iter();
        match (values.next(), authority) {
            (Some(value), _) => write_value(value.as_bytes(), text),
            (None, Some(authority)) if name == "host" => text.extend_from_slice(authority.as_bytes()),
            (None, _) => return None,
        }
        for value in values {
            text.push(b',');
            write_value(value.as_bytes(), text);
        }
        text.push(b'\n');
    }
    Some(())
}

fn write_value(value: &[u8], text: &mut Vec<u8>) {
    let mut words = value.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty());
    if let Some(first) = words.next() {
        text.extend_from_slice(first);
    }
    for word in words {
        text.push(b' ');
        text.extend_from_slice(word);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn written(pairs: &[(&'static str, &'static str)], signed_headers: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let mut text = Vec::new();
        write(&headers, Some("authority"), signed_headers, &mut text)?;
        Some(String::from_utf8(text).unwrap())
    }

    #[test]
    fn values_are_trimmed_and_joined_in_their_order() {
        let headers =
            [("a", "  x \t y  "), ("a", ""), ("a", "\"b   c\""), ("host", "there"), ("z", "unsigned")];
        assert_eq!(written(&headers, "a;host").unwrap(), "a:x y,,\"b c\"\nhost:there\n");
    }

    #[test]
    fn a_missing_header_is_noticed_and_the_authority_stands_for_the_host() {
        assert_eq!(written(&[("a", "1")], "a;b"), None);
        assert_eq!(written(&[("a", "1")], "a;host").unwrap(), "a:1\nhost:authority\n");
        assert_eq!(written(&[("a", "1")], "a b"), None);
    }

    #[test]
    fn only_one_list_of_names_is_canonical() {
        assert!(is_canonical_list("a;host;x-amz-date"));
        for bad in ["", ";", "a;", "b;a", "a;a", "Host", "a;Host"] {
            assert!(!is_canonical_list(bad), "{bad}");
        }
    }
}
