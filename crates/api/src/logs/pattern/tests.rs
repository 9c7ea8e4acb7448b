use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(pattern: &str, message: &str, expected: bool) {
    let parsed = FilterPattern::parse(pattern).unwrap();
    assert_eq!(parsed.matches(message), expected, "{pattern} on {message}");
}

#[test]
fn terms_follow_the_documented_table() {
    let table = [
        ("", "anything", true),
        ("ERROR", "[ERROR 400] BAD REQUEST", true),
        ("ERROR", "error", false),
        ("ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", true),
        ("ERROR ARGUMENTS", "[ERROR 420] INVALID", false),
        ("?ERROR ?ARGUMENTS", "[ERROR 420] INVALID", true),
        ("?ERROR ?ARGUMENTS", "[WARN] ok", false),
        ("?WARN ERROR", "ERROR", true),
        ("?WARN ERROR", "WARN", false),
        ("ERROR -ARGUMENTS", "[ERROR 400] BAD REQUEST", true),
        ("ERROR -ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", false),
        (r#""INTERNAL SERVER ERROR""#, "[ERROR 500] INTERNAL SERVER ERROR", true),
        (r#""INTERNAL SERVER ERROR""#, "SERVER INTERNAL ERROR", false),
        (r#""say \"hi\"""#, r#"they say "hi" twice"#, true),
        (r#"-"timed out""#, "Task timed out", false),
        ("%[45][0-9]{2}%", "status 503", true),
        ("%[45][0-9]{2}%", "status 200", false),
        ("status -%5[0-9]{2}%", "status 503", false),
        ("100%", "100% done", true),
    ];
    for (pattern, message, expected) in table {
        check(pattern, message, expected);
    }
}

#[test]
fn conditions_follow_the_documented_table() {
    let message = r#"{"level":"ERROR","ms":12.5,"code":404,"ok":true,"none":null,"ip":"10.0.3.4",
        "user":{"id":1,"na me":"x"},"tags":["a","bc"],"list":[{"n":1},{"n":7}],"text":"404"}"#;
    let table = [
        (r#"{ $.level = "ERROR" }"#, true),
        (r#"{ $.level = ERROR }"#, true),
        (r#"{ $.level = "ERR*" }"#, true),
        (r#"{ $.level != "ERROR" }"#, false),
        (r#"{ $.level != "WARN" }"#, true),
        (r#"{ $.absent != "WARN" }"#, false),
        (r#"{$.ms>12&&$.ms<=12.5}"#, true),
        (r#"{ $.ms >= 1.25e1 }"#, true),
        (r#"{ $.ms < 12.5 }"#, false),
        (r#"{ $.code = 404 }"#, true),
        (r#"{ $.code = "404" }"#, false),
        (r#"{ $.text = 404 }"#, false),
        (r#"{ $.text = "404" }"#, true),
        (r#"{ $.code != 200 }"#, true),
        (r#"{ $.ip = 10.0.* }"#, true),
        (r#"{ $.ip = %^10\.% }"#, true),
        (r#"{ $.ip != %^10\.% }"#, false),
        (r#"{ $.ok IS TRUE }"#, true),
        (r#"{ $.ok IS FALSE }"#, false),
        (r#"{ $.none IS NULL }"#, true),
        (r#"{ $.absent NOT EXISTS }"#, true),
        (r#"{ $.none NOT EXISTS }"#, false),
        (r#"{ $.user.id = 1 }"#, true),
        (r#"{ $.user["na me"] = x }"#, true),
        (r#"{ $.tags[1] = "b*" }"#, true),
        (r#"{ $.tags[9] = "b*" }"#, false),
        (r#"{ $.list[*].n = 7 }"#, true),
        (r#"{ $.list[*].n = 8 }"#, false),
        (r#"{ $.code = 1 && $.code = 404 || $.level = ERROR }"#, true),
        (r#"{ $.code = 1 && ($.code = 404 || $.level = ERROR) }"#, false),
        (r#"{ ($.code = 404 && $.ok IS TRUE) && (($.ms = 12.5)) }"#, true),
    ];
    for (pattern, expected) in table {
        check(pattern, message, expected);
        check(pattern, &format!("{message}\n"), expected);
        check(pattern, "START RequestId: 1", false);
    }
}

#[test]
fn what_cannot_be_used_is_refused() {
    let deep = format!("{{ {}$.a = 1{} }}", "(".repeat(33), ")".repeat(33));
    let table = [
        "{ $.a = 1",
        "{ }",
        "{ $.a }",
        "{ $.a = }",
        "{ $.a = 1 $.b = 2 }",
        "{ ($.a = 1 }",
        "{ $.a > \"x\" }",
        "{ $.a < b }",
        "{ $.a & $.b }",
        "{ a = 1 }",
        "{ $..a = 1 }",
        "{ $.a[x] = 1 }",
        "{ $.a IS 3 }",
        "{ $.a NOT 3 }",
        "{ $.a = %( % }",
        "{ $.a = %x }",
        "%(%",
        "%((a{1000}){1000}){1000}%",
        "\"open",
        "? x",
        "[ip, user]",
        &deep,
    ];
    for pattern in table {
        assert!(FilterPattern::parse(pattern).is_err(), "{pattern}");
    }
}

proptest! {
    #[test]
    fn any_pattern_on_any_message_ends_without_a_panic(
        pattern in r#"[ -~é]{0,40}|\{[ $.a"=<>!&|()*%1é\[\]]{0,40}\}"#, message: String,
    ) {
        if let Ok(parsed) = FilterPattern::parse(&pattern) {
            let _ = parsed.matches(&message);
            let _ = parsed.matches(r#"{"a":[1,"é"]}"#);
        }
    }
}
