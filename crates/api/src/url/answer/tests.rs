use http_body_util::BodyExt;
use proptest::prelude::*;

use super::*;

/// Status, headers in the order of their names, and body.
type Shown = (u16, Vec<String>, Vec<u8>);

fn shown(payload: &[u8]) -> Result<Shown, Malformed> {
    let (parts, body) = answer(payload)?.into_parts();
    let mut headers: Vec<_> = parts
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    headers.sort();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let body = runtime.block_on(body.collect()).unwrap().to_bytes().to_vec();
    Ok((parts.status.as_u16(), headers, body))
}

const JSON: &str = "content-type: application/json";

/// Recorded 2025-11-24 with `Content-Type` and `Content-Length`: what these handlers return, through Python's encoder,
/// which puts blanks between tokens.
#[test]
fn recorded_responses_make_the_recorded_answers() {
    for (payload, body) in [
        (r#"{"hello": "world"}"#, r#"{"hello":"world"}"#),
        (r#"{"statusCode": 200, "body": "body123"}"#, "body123"),
        (r#"{"statusCode": 200, "body": "{\"hello\": \"world\"}"}"#, r#"{"hello": "world"}"#),
        (r#"["hello", 3, true]"#, r#"["hello",3,true]"#),
        (r#""hello""#, "hello"),
        ("3", "3"),
        ("3.1", "3.1"),
        ("true", "true"),
    ] {
        let expected = Ok((200, vec![JSON.to_owned()], body.as_bytes().to_vec()));
        assert_eq!(shown(payload.as_bytes()), expected, "{payload}");
    }
    let teapot = br#"{"statusCode": "418", "body": "i'm a teapot", "isBase64Encoded": false}"#;
    assert_eq!(shown(teapot), Ok((418, vec![JSON.to_owned()], b"i'm a teapot".to_vec())));
}

#[test]
fn responses_without_a_status_are_bodies() {
    for (payload, body) in [
        ("null", "null"),
        (" \n[ ]\t", "[]"),
        ("{}", "{}"),
        (r#"{"statusCode": null, "body": "b"}"#, r#"{"statusCode":null,"body":"b"}"#),
        (r#"{"headers": {"a": "b"}, "body": "b"}"#, r#"{"headers":{"a":"b"},"body":"b"}"#),
        (r#"{"a \" b": " \\", "c": 1.50E+2}"#, r#"{"a \" b":" \\","c":1.50E+2}"#),
        (r#""\u00e4\n\ud83d\ude00""#, "ä\n😀"),
        (r#""a\ud800b""#, "a\u{fffd}\u{fffd}\u{fffd}b"),
        (r#""""#, ""),
    ] {
        let expected = Ok((200, vec![JSON.to_owned()], body.as_bytes().to_vec()));
        assert_eq!(shown(payload.as_bytes()), expected, "{payload}");
    }
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    assert_eq!(shown(&deep), Ok((200, vec![JSON.to_owned()], deep.clone())));
}

#[test]
fn every_member_has_its_effect() {
    let payload = br#"{
        "statusCode": 201,
        "headers": {"Content-Type": "text/plain", "X-Number": 1.5, "X-Bool": true, "X-Null": null, "X-List": ["a", 2]},
        "cookies": ["a=1; Path=/", "b=2"],
        "body": "aGVsbG8",
        "isBase64Encoded": true,
        "unknown": {"statusCode": 500}
    }"#;
    let headers = [
        "content-type: text/plain",
        "set-cookie: a=1; Path=/",
        "set-cookie: b=2",
        "x-bool: true",
        "x-list: 2",
        "x-list: a",
        "x-number: 1.5",
    ];
    assert_eq!(shown(payload), Ok((201, headers.map(str::to_owned).to_vec(), b"hello".to_vec())));
}

#[test]
fn bodies_may_be_of_any_type() {
    for (members, body) in [
        (r#""body": "ä""#, "ä"),
        (r#""body": "YQ==", "isBase64Encoded": "true""#, "a"),
        (r#""body": "YQ==", "isBase64Encoded": null"#, "YQ=="),
        (r#""body": null"#, ""),
        (r#""body": null, "isBase64Encoded": true"#, ""),
        (r#""body": 5"#, "5"),
        (r#""body": {"a": 1}"#, r#"{"a":1}"#),
        (r#""headers": {}"#, ""),
    ] {
        let payload = format!("{{\"statusCode\": 200, {members}}}");
        assert_eq!(shown(payload.as_bytes()).map(|shown| shown.2), Ok(body.as_bytes().to_vec()), "{members}");
    }
}

#[test]
fn headers_of_the_server_are_passed_on_under_other_names() {
    let payload = br#"{"statusCode": 401, "headers": {
        "WWW-Authenticate": "Bearer", "Connection": "close", "content-length": "999", "Date": "d", "Server": "s",
        "Transfer-Encoding": "chunked", "x-amzn-RequestId": "r", "x-amzn-other": "o"
    }}"#;
    let headers = [
        JSON,
        "x-amzn-other: o",
        "x-amzn-remapped-connection: close",
        "x-amzn-remapped-content-length: 999",
        "x-amzn-remapped-date: d",
        "x-amzn-remapped-server: s",
        "x-amzn-remapped-www-authenticate: Bearer",
        "x-amzn-remapped-x-amzn-requestid: r",
    ];
    assert_eq!(shown(payload), Ok((401, headers.map(str::to_owned).to_vec(), vec![])));
}

#[test]
fn statuses_without_a_body_have_none() {
    for status in [204, 205, 304] {
        let payload =
            format!("{{\"statusCode\": {status}, \"headers\": {{\"etag\": \"e\"}}, \"body\": \"b\"}}");
        assert_eq!(shown(payload.as_bytes()), Ok((status, vec!["etag: e".to_owned()], vec![])));
    }
}

#[test]
fn what_is_no_answer_is_refused() {
    let many: Vec<_> = (0..40_000).map(|n| format!("\"h{n}\":1")).collect();
    let many = format!("{{\"statusCode\":200,\"headers\":{{{}}}}}", many.join(","));
    for (payload, malformed) in [
        ("", Malformed::Json),
        ("hello", Malformed::Json),
        ("{\"statusCode\": 200", Malformed::Json),
        ("{} {}", Malformed::Json),
        ("\"a", Malformed::Json),
        (r#"{"statusCode": 200, "statusCode": 201}"#, Malformed::Json),
        (r#"{"statusCode": 99}"#, Malformed::StatusCode),
        (r#"{"statusCode": 101}"#, Malformed::StatusCode),
        (r#"{"statusCode": 600}"#, Malformed::StatusCode),
        (r#"{"statusCode": -200}"#, Malformed::StatusCode),
        (r#"{"statusCode": 200.5}"#, Malformed::StatusCode),
        (r#"{"statusCode": 99999999999999999999}"#, Malformed::StatusCode),
        (r#"{"statusCode": "OK"}"#, Malformed::StatusCode),
        (r#"{"statusCode": true}"#, Malformed::StatusCode),
        (r#"{"statusCode": []}"#, Malformed::StatusCode),
        (r#"{"statusCode": 200, "headers": "a"}"#, Malformed::Headers),
        (r#"{"statusCode": 200, "headers": {"": "a"}}"#, Malformed::Headers),
        (r#"{"statusCode": 200, "headers": {"a:": "a"}}"#, Malformed::Headers),
        (r#"{"statusCode": 200, "headers": {"a": "b\r\nc: d"}}"#, Malformed::Headers),
        (r#"{"statusCode": 200, "headers": {"a": {}}}"#, Malformed::Headers),
        (r#"{"statusCode": 200, "headers": {"a": [["b"]]}}"#, Malformed::Headers),
        (&many, Malformed::Headers),
        (r#"{"statusCode": 200, "cookies": "a=1"}"#, Malformed::Cookies),
        (r#"{"statusCode": 200, "cookies": [{}]}"#, Malformed::Cookies),
        (r#"{"statusCode": 200, "cookies": ["a\u0000"]}"#, Malformed::Cookies),
        (r#"{"statusCode": 200, "body": "b", "isBase64Encoded": 1}"#, Malformed::IsBase64Encoded),
        (r#"{"statusCode": 200, "body": "***", "isBase64Encoded": true}"#, Malformed::Base64),
        (r#"{"statusCode": 200, "body": {}, "isBase64Encoded": true}"#, Malformed::Base64),
    ] {
        assert_eq!(shown(payload.as_bytes()), Err(malformed), "{payload:.80}");
    }
    assert_eq!(shown(b"\"\xff\""), Err(Malformed::Json));
}

/// JSON of a few members, often those that mean something.
fn responses() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i32>().prop_map(|value| value.to_string()),
        (190..610_u16).prop_map(|value| value.to_string()),
        "\\PC{0,12}".prop_map(|value| serde_json::to_string(&value).unwrap()),
    ];
    let value = scalar.prop_recursive(2, 12, 3, |inner| {
        let pairs = prop::collection::vec(("[a-zA-Z -]{0,8}", inner.clone()), 0..4).prop_map(|pairs| {
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
            format!("{{{}}}", pairs.join(", "))
        });
        let items = prop::collection::vec(inner, 0..4)
            .prop_map(|items: Vec<String>| format!("[{}]", items.join(" ,")));
        prop_oneof![pairs, items]
    });
    let names = vec!["statusCode", "headers", "cookies", "body", "isBase64Encoded"];
    prop::collection::vec((prop::sample::select(names), value), 0..5).prop_map(|members| {
        let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

proptest! {
    #[test]
    fn any_response_makes_a_legal_answer_or_none(
        payload in prop_oneof![
            responses().prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..80),
            "\\PC{0,40}".prop_map(|text| serde_json::to_vec(&text).unwrap()),
        ],
    ) {
        let Ok((status, _, body)) = shown(&payload) else { return Ok(()) };
        prop_assert!((200..600).contains(&status));
        // Half of a surrogate pair is six bytes of JSON, and nine of text.
        prop_assert!(body.len() <= 2 * payload.len());
    }

    #[test]
    fn compacting_changes_no_value(json in responses()) {
        // Names may stand twice in these objects; serde_json keeps the last, before and after.
        let compact = json::compact(&json);
        let read = |json: &[u8]| serde_json::from_slice::<serde_json::Value>(json).unwrap();
        prop_assert_eq!(read(&compact), read(json.as_bytes()));
        prop_assert_eq!(json::compact(str::from_utf8(&compact).unwrap()), compact);
    }
}
