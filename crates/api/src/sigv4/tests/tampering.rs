//! What somebody in the middle may try with a request that another one signed.

use super::*;

const BOTOCORE: &str = include_str!("requests/botocore.txt");
const PRESIGNED: &str = include_str!("requests/botocore_presigned.txt");

fn recorded(text: &str, name: &str) -> Recorded {
    Recorded::all(text).into_iter().find(|request| request.name == name).unwrap()
}

fn judge(request: &Recorded) -> Result<Payload, SignatureError> {
    verdict(&request.parts().unwrap(), &request.body, SECRET)
}

type Change = fn(&mut Recorded);

#[test]
fn nothing_signed_can_be_changed() {
    let changes: [(&str, &str, Change); 17] = [
        ("body", "invoke-by-name", |request| request.body.push(b' ')),
        ("no body", "invoke-by-name", |request| request.body.clear()),
        ("body with its hash said", "s3-put-object", |request| request.body[0] ^= 1),
        ("hash of the body", "s3-put-object", |request| {
            request.set_header("x-amz-content-sha256", &"0".repeat(64));
        }),
        ("hash of the body left out", "s3-put-object", |request| {
            request.headers.retain(|(name, _)| name != "x-amz-content-sha256");
        }),
        ("hash of the body given up", "s3-put-object", |request| {
            request.set_header("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        }),
        ("method", "get-function", |request| request.method = "DELETE".to_owned()),
        ("path", "get-function", |request| request.target = request.target.replace("hello", "hallo")),
        ("escape in the path", "get-function", |request| request.target = request.target.replace("%3A", ":")),
        ("query", "delete-function", |request| request.target = request.target.replace('7', "8")),
        ("no query", "delete-function", |request| {
            request.target = request.target.split_once('?').unwrap().0.to_owned();
        }),
        ("more query", "get-function", |request| request.target.push_str("?Qualifier=1")),
        ("header", "invoke-by-name", |request| request.set_header("x-amz-invocation-type", "DryRun")),
        ("doubled header", "invoke-by-name", |request| {
            request.headers.push(("x-amz-invocation-type".to_owned(), "Event".to_owned()));
        }),
        ("header left out", "invoke-by-name", |request| {
            request.headers.retain(|(name, _)| name != "x-amz-invocation-type");
        }),
        ("host", "get-function", |request| request.set_header("host", "localhost:9401")),
        ("time", "get-function", |request| request.set_header("x-amz-date", "20261128T050001Z")),
    ];
    for (what, name, change) in changes {
        let mut request = recorded(BOTOCORE, name);
        assert_eq!(judge(&request), Ok(Payload::Whole), "{what}");
        change(&mut request);
        assert_eq!(judge(&request), Err(SignatureError::Mismatch), "{what}");
    }
}

#[test]
fn nothing_that_means_something_can_be_added() {
    let changes: [(&str, &str, Change); 6] = [
        ("header", "invoke-by-arn", |request| request.set_header("x-amz-invocation-type", "DryRun")),
        ("token", "invoke-by-arn", |request| request.set_header("x-amz-security-token", "token")),
        ("second host", "invoke-by-arn", |request| {
            request.headers.push(("host".to_owned(), "localhost:9400".to_owned()));
        }),
        ("time where the date was signed", "date-header", |request| {
            request.set_header("x-amz-date", "20261128T050000Z");
        }),
        ("time signed, but left out of the list", "invoke-by-arn", |request| {
            let authorization = request.header("authorization").unwrap().replace("host;x-amz-date", "host");
            request.set_header("authorization", &authorization);
        }),
        ("host left out of the list", "invoke-by-arn", |request| {
            let authorization =
                request.header("authorization").unwrap().replace("host;x-amz-date", "x-amz-date");
            request.set_header("authorization", &authorization);
        }),
    ];
    for (what, name, change) in changes {
        let mut request = recorded(BOTOCORE, name);
        change(&mut request);
        let verdict = judge(&request);
        assert!(matches!(verdict, Err(SignatureError::Unsigned(_))), "{what}: {verdict:?}");
    }
    // What says nothing to AWS may be added by any proxy.
    let mut request = recorded(BOTOCORE, "invoke-by-arn");
    for (name, value) in [("x-amzn-trace-id", "Root=1"), ("via", "1.1 proxy"), ("x-forwarded-for", "::1")] {
        request.set_header(name, value);
    }
    assert_eq!(judge(&request), Ok(Payload::Whole));
}

#[test]
fn a_host_is_needed_and_the_request_line_may_have_it() {
    let mut request = recorded(BOTOCORE, "get-function");
    request.headers.retain(|(name, _)| name != "host");
    assert_eq!(judge(&request), Err(SignatureError::Mismatch));
    request.target = format!("http://localhost:9400{}", request.target);
    assert_eq!(judge(&request), Ok(Payload::Whole));
}

#[test]
fn a_presigned_query_cannot_be_changed_either() {
    for (name, from, to) in [
        ("get-function", "hello", "hallo"),
        ("get-function", "X-Amz-Expires=600", "X-Amz-Expires=604800"),
        ("get-function", "050000Z", "050001Z"),
        ("list-functions-with-token", "Marker=a", "Marker=b"),
        ("list-functions-with-token", "IQoJ", "IQoK"),
        ("list-functions-with-token", "X-Amz-Security-Token", "X-Other"),
        ("s3-get-object", "a%20b", "a%20c"),
        ("s3-get-object", "X-Amz-Signature=5", "X-Amz-Signature=6"),
    ] {
        let mut request = recorded(PRESIGNED, name);
        assert_eq!(judge(&request), Ok(Payload::Whole), "{name}");
        request.target = request.target.replace(from, to);
        assert_eq!(judge(&request), Err(SignatureError::Mismatch), "{name}: {to}");
    }
    let mut request = recorded(PRESIGNED, "get-function");
    request.body = b"x".to_vec();
    assert_eq!(judge(&request), Err(SignatureError::Mismatch));
    request = recorded(PRESIGNED, "get-function");
    request.target.push_str("&Qualifier=1");
    assert_eq!(judge(&request), Err(SignatureError::Mismatch));
}

/// Where it cannot be known what was meant, nothing is guessed.
#[test]
fn what_is_said_twice_is_refused() {
    for name in ["authorization", "x-amz-date", "x-amz-security-token"] {
        let mut request = recorded(BOTOCORE, "invoke-with-session-token");
        let value = request.header(name).unwrap().to_owned();
        request.headers.push((name.to_owned(), value));
        let verdict = judge(&request);
        assert!(matches!(verdict, Err(SignatureError::Incomplete(_))), "{name}: {verdict:?}");
    }
    let mut both = recorded(PRESIGNED, "get-function");
    let authorization = recorded(BOTOCORE, "get-function").header("authorization").unwrap().to_owned();
    both.set_header("authorization", &authorization);
    assert!(matches!(judge(&both), Err(SignatureError::Incomplete(_))));
}
