use proptest::prelude::*;

use super::*;

fn complaint(text: &[u8]) -> String {
    check(text).expect_err("this is not JSON").to_string()
}

#[test]
fn json_is_json() {
    let deep = format!("{}{}", "[".repeat(DEPTH_MAX), "]".repeat(DEPTH_MAX));
    for text in [
        "{}",
        "[]",
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1.5e+10",
        "\"\"",
        " { \"a\" : [ 1 , \"\\u00e4\\n\" , { } ] } \n",
        "\"ä€😀\"",
        "[[],{},\"x\"]",
        "{\"a\":{\"b\":[{\"c\":null}]}}",
        "1E5",
        &deep,
    ] {
        assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
    }
}

#[test]
fn the_recorded_texts() {
    assert_eq!(
        complaint(b"'test'"),
        "Unexpected character (''' (code 39)): expected a valid value (JSON String, Number, Array, Object or token \
         'null', 'true' or 'false')\n at [Source: (byte[])\"'test'\"; line: 1, column: 2]"
    );
    assert_eq!(
        complaint(b"2000-01-01"),
        "Unexpected character ('-' (code 45)): Expected space separating root-level values\n at [Source: \
         (byte[])\"2000-01-01\"; line: 1, column: 6]"
    );
    assert!(complaint(b"------WebKit").starts_with(
        "Unexpected character ('-' (code 45)) in numeric value: expected digit (0-9) to follow minus sign, for valid \
         numeric value\n at [Source: (byte[])\"------WebKit\"; line: 1, column: 3]"
    ));
    assert_eq!(
        complaint(b"{\"a\": \"\xa7\"}"),
        "Invalid UTF-8 start byte 0xa7\n at [Source: (byte[])\"{\"a\": \"\u{fffd}\"}\"; line: 1, column: 9]"
    );
}

#[test]
fn every_fault_has_its_phrase() {
    for (text, phrase) in [
        (&b""[..], "No content to map due to end-of-input"),
        (b"  ", "No content to map"),
        (b"hello", "Unrecognized token 'hello': was expecting (JSON String"),
        (b"nul", "Unrecognized token 'nul'"),
        (b"truex", "Unrecognized token 'truex'"),
        (
            b"{",
            "Unexpected end-of-input: expected close marker for Object (start marker at [Source: (byte[])\"{\"; line: 1, column: 1])",
        ),
        (b"[1", "Unexpected end-of-input: expected close marker for Array"),
        (b"{\"a\"", "Unexpected end-of-input within/between Object entries"),
        (b"{\"a\":", "Unexpected end-of-input within/between Object entries"),
        (b"[1,", "Unexpected end-of-input within/between Array entries"),
        (b"{\"a", "Unexpected end-of-input in field name"),
        (b"\"a", "Unexpected end-of-input in VALUE_STRING"),
        (b"-", "Unexpected end-of-input in a Number value"),
        (b"{a:1}", "Unexpected character ('a' (code 97)): was expecting double-quote to start field name"),
        (b"{\"a\" 1}", "was expecting a colon to separate field name and value"),
        (
            b"{\"a\":1 \"b\"}",
            "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
        ),
        (b"[1 2]", "was expecting comma to separate Array entries"),
        (
            b"[1}",
            "Unexpected close marker '}': expected ']' (for Array starting at [Source: (byte[])\"[1}\"; line: 1, column: 1])",
        ),
        (b"{\"a\":1]", "Unexpected close marker ']': expected '}' (for Object starting at"),
        (b"}", "Unexpected close marker '}': expected ']' (for root starting at"),
        (b"01", "Invalid numeric value: Leading zeroes not allowed"),
        (b"1.x", "in numeric value: Decimal point not followed by a digit"),
        (b"1ex", "in numeric value: Exponent indicator not followed by a digit"),
        (
            b"\"a\nb\"",
            "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in string value",
        ),
        (b"\"\\x\"", "Unrecognized character escape 'x' (code 120)"),
        (b"\"\\u12g4\"", "expected a hex-digit for character escape sequence"),
        (b"\"\xc3(\"", "Invalid UTF-8 middle byte 0x28"),
        (b"\"\xff\"", "Invalid UTF-8 start byte 0xff"),
        (b"\xb2", "Unexpected character ('\u{b2}' (code 178)): expected a valid value"),
        (b"{} {}", "Trailing token (of type START_OBJECT) found after value"),
        (b"{}x", "Unrecognized token 'x'"),
        (b"[,]", "Unexpected character (',' (code 44)): expected a valid value"),
    ] {
        let found = complaint(text);
        assert!(found.contains(phrase), "{}: {found}", String::from_utf8_lossy(text));
    }
    assert!(complaint(&b"[".repeat(DEPTH_MAX + 1)).contains("Document nesting depth (1001) exceeds"));
}

#[test]
fn a_long_text_is_repeated_only_in_part_and_lines_are_counted() {
    let text = format!("{{\n\"a\": \"{}\",\n  x}}", "y".repeat(600));
    let found = complaint(text.as_bytes());
    assert!(found.ends_with("[truncated 115 bytes]; line: 3, column: 4]"), "{found}");
    assert!(found.len() < 800);
}

#[test]
fn the_text_is_not_in_debug() {
    let complaint = check(b"{\"password\": hush}").expect_err("not JSON");
    assert!(!format!("{complaint:?}").contains("hush"));
}

proptest! {
    /// serde_json is the other opinion. It bounds the depth lower, which these inputs do not reach.
    #[test]
    fn agrees_with_serde_json(text in "[\\[\\]{}\",:0-9eE.+\\-tfnrualse \\\\\n]{0,40}") {
        let other = serde_json::from_str::<serde::de::IgnoredAny>(&text);
        // A number beyond f64's range is JSON to us and to Jackson.
        let out_of_range = other.as_ref().is_err_and(|error| error.to_string().contains("number out of range"));
        prop_assert_eq!(check(text.as_bytes()).is_ok(), other.is_ok() || out_of_range, "{}", text);
    }

    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let valid = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok();
        match check(&bytes) {
            Ok(()) => prop_assert!(std::str::from_utf8(&bytes).is_ok()),
            Err(complaint) => {
                prop_assert!(!valid || std::str::from_utf8(&bytes).is_err());
                prop_assert!(complaint.to_string().len() < 4_000);
            }
        }
    }
}
