use std::net::Ipv4Addr;

use http::Request;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const ID: &str = "mq75dt64puwxk3u6gjw2rhak4m0bcmmi";
const DOMAIN: &str = "mq75dt64puwxk3u6gjw2rhak4m0bcmmi.lambda-url.us-east-1.localhost";

fn made(parts: &Parts, body: &[u8], caller: Caller<'_>) -> Result<Bytes, TooLarge> {
    event(&UrlRequest {
        parts,
        body,
        url_id: &UrlId::parse(ID).unwrap(),
        domain_name: DOMAIN,
        caller,
        source_ip: Ipv4Addr::new(203, 0, 113, 7).into(),
        port: 9_400,
        tls: false,
        request_id: RequestId::parse("6e7c4b5a-1c2d-4e3f-8a9b-0c1d2e3f4a5b").unwrap(),
        trace_id: "Root=1-5759e988-bd862e3fe1be46a994272793",
        now: Timestamp::from_millis(1_773_342_238_390),
    })
}

fn parts(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn read(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// The request of a recording of 2025-11-24, and its members as AWS showed them: the path as it was sent, names in lower
/// case, no `Connection`.
#[test]
fn an_anonymous_request_is_the_event_that_aws_makes() {
    let parts = parts(
        "POST",
        "/pa2%Fth/1?q=query&multiQuery=foo&multiQuery=%2Fbar",
        &[
            ("Host", "mq75dt64puwxk3u6gjw2rhak4m0bcmmi.lambda-url.us-east-1.localhost:9400"),
            ("Accept", "*/*"),
            ("Accept-Encoding", "gzip, deflate"),
            ("Connection", "keep-alive"),
            ("content-type", "application/json"),
            ("ExTrA-HeadErs", "With WeiRd CapS"),
            ("user-agent", "test/echo"),
            ("Content-Length", "14"),
        ],
    );
    let event = made(&parts, br#"{"foo": "bar"}"#, Caller::Anonymous).unwrap();
    let expected = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/pa2%Fth/1",
        "rawQueryString": "q=query&multiQuery=foo&multiQuery=%2Fbar",
        "headers": {
            "accept": "*/*",
            "accept-encoding": "gzip, deflate",
            "content-length": "14",
            "content-type": "application/json",
            "extra-headers": "With WeiRd CapS",
            "host": "mq75dt64puwxk3u6gjw2rhak4m0bcmmi.lambda-url.us-east-1.localhost:9400",
            "user-agent": "test/echo",
            "x-amzn-trace-id": "Root=1-5759e988-bd862e3fe1be46a994272793",
            "x-forwarded-for": "203.0.113.7",
            "x-forwarded-port": "9400",
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": { "q": "query", "multiQuery": "foo,/bar" },
        "requestContext": {
            "accountId": "anonymous",
            "apiId": ID,
            "domainName": DOMAIN,
            "domainPrefix": ID,
            "http": {
                "method": "POST",
                "path": "/pa2%Fth/1",
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "test/echo",
            },
            "requestId": "6e7c4b5a-1c2d-4e3f-8a9b-0c1d2e3f4a5b",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1_773_342_238_390_u64,
        },
        "body": "{\"foo\": \"bar\"}",
        "isBase64Encoded": false,
    });
    assert_eq!(read(&event), expected);
}

#[test]
fn a_signed_request_says_who_signed_it() {
    let user = "arn:aws:iam::111122223333:user/example";
    let caller = Caller::Iam {
        owner_account: "123456789012",
        caller: IamCaller {
            access_key: "AKIDEXAMPLE",
            account_id: "111122223333",
            user_arn: user,
            user_id: "AIDAEXAMPLE",
        },
    };
    let event = read(&made(&parts("GET", "/", &[]), b"", caller).unwrap());
    let context = &event["requestContext"];
    assert_eq!(context["accountId"], "123456789012");
    assert_eq!(context["authentication"], Value::Null);
    let iam = json!({
        "accessKey": "AKIDEXAMPLE",
        "accountId": "111122223333",
        "callerId": "AIDAEXAMPLE",
        "cognitoIdentity": null,
        "principalOrgId": null,
        "userArn": user,
        "userId": "AIDAEXAMPLE",
    });
    assert_eq!(context["authorizer"], json!({ "iam": iam }));
}

#[test]
fn what_a_request_does_not_have_is_absent() {
    let event = read(&made(&parts("GET", "/", &[]), b"", Caller::Anonymous).unwrap());
    let members: Vec<_> = event.as_object().unwrap().keys().map(String::as_str).collect();
    let expected =
        ["headers", "isBase64Encoded", "rawPath", "rawQueryString", "requestContext", "routeKey", "version"];
    assert_eq!(members, expected);
    assert_eq!(event["rawQueryString"], "");
    assert_eq!(event["isBase64Encoded"], false);
    assert!(event["requestContext"].get("authorizer").is_none());
    let headers: Vec<_> = event["headers"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(headers, ["x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"]);
}

#[test]
fn cookies_leave_the_headers_and_values_of_one_name_are_joined() {
    let sent = [
        ("cookie", "a=1; b=2"),
        ("cookie", "c=\"3\";;d"),
        ("x-many", "1"),
        ("x-many", "2, 3"),
        ("x-forwarded-for", "198.51.100.1"),
        ("x-forwarded-port", "1"),
        ("x-forwarded-proto", "https"),
        ("x-amzn-trace-id", "Root=theirs"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "h2c"),
        ("keep-alive", "timeout=5"),
    ];
    let event = read(&made(&parts("PUT", "/", &sent), b"abc", Caller::Anonymous).unwrap());
    assert_eq!(event["cookies"], json!(["a=1", "b=2", "c=\"3\"", "d"]));
    assert_eq!(
        event["headers"],
        json!({
            "content-length": "3",
            "x-many": "1,2, 3",
            "x-amzn-trace-id": "Root=1-5759e988-bd862e3fe1be46a994272793",
            "x-forwarded-for": "198.51.100.1, 203.0.113.7",
            "x-forwarded-port": "9400",
            "x-forwarded-proto": "http",
        })
    );
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("YWJj"), &json!(true)));
}

#[test]
fn headers_that_are_no_text_are_carried_all_the_same() {
    let mut parts = parts("GET", "/", &[]);
    for (name, value) in [("x-utf8", "ä".as_bytes()), ("x-latin1", b"\xe4")] {
        parts.headers.insert(name, http::HeaderValue::from_bytes(value).unwrap());
    }
    let event = read(&made(&parts, b"", Caller::Anonymous).unwrap());
    assert_eq!((&event["headers"]["x-utf8"], &event["headers"]["x-latin1"]), (&json!("ä"), &json!("ä")));
}

#[test]
fn the_event_is_bounded_not_the_body() {
    let parts = parts("POST", "/", &[("content-type", "text/plain")]);
    let overhead = made(&parts, b"", Caller::Anonymous).unwrap().len();
    let body = vec![b'a'; SYNCHRONOUS_REQUEST_BYTES_MAX];
    let around = |length: usize| made(&parts, &body[..length], Caller::Anonymous).map(|event| event.len());
    // Two members more: the body's name and its length.
    let most = SYNCHRONOUS_REQUEST_BYTES_MAX - overhead - r#""body":"","content-length":"6290000","#.len();
    assert_eq!(around(most), Ok(SYNCHRONOUS_REQUEST_BYTES_MAX));
    assert_eq!(around(most + 1), Err(TooLarge));
    // Base64 needs a third more.
    let binary = super::tests::parts("POST", "/", &[]);
    assert_eq!(made(&binary, &body[..4_800_000], Caller::Anonymous), Err(TooLarge));
    // An escaped control character needs six bytes.
    assert_eq!(made(&parts, &vec![1; 2_000_000], Caller::Anonymous), Err(TooLarge));
}

#[test]
fn times_beyond_the_calendar_are_its_end() {
    assert_eq!(time(Timestamp::from_millis(0)), "01/Jan/1970:00:00:00 +0000");
    assert_eq!(time(Timestamp::from_millis(u64::MAX)), "30/Dec/9999:22:00:00 +0000");
}

proptest! {
    #[test]
    fn any_request_makes_an_event(
        path in "/[!-~]{0,40}", names in prop::collection::vec("[a-zA-Z-]{1,12}", 0..8),
        values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..24), 8),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut request = Request::builder().uri(path.as_str());
        for (name, value) in names.iter().zip(&values) {
            if let Ok(value) = http::HeaderValue::from_bytes(value) {
                request = request.header(name.as_str(), value);
            }
        }
        let Ok(request) = request.body(()) else { return Ok(()) };
        let parts = request.into_parts().0;
        let event = read(&made(&parts, &body, Caller::Anonymous).unwrap());
        prop_assert_eq!(&event["rawPath"], parts.uri.path());
        prop_assert!(event["headers"].as_object().unwrap().values().all(Value::is_string));
        let sent = event.get("body").map_or("", |sent| sent.as_str().unwrap());
        let decoded = if event["isBase64Encoded"] == true {
            use base64::Engine;
            base64::engine::general_purpose::STANDARD.decode(sent).unwrap()
        } else {
            sent.as_bytes().to_vec()
        };
        prop_assert_eq!(decoded, body);
    }
}
