//! Requests that AWS's documentation, AWS's test suite and botocore signed.

use hmac::Mac;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::super::canonical::{Canonical, PathForm};
use super::super::credential::Credential;
use super::super::key::{KeyScope, SigningKey};
use super::super::payload::PayloadForm;
use super::*;

/// AWS's secret in the documentation of S3 differs from the other one by a single character.
const S3_SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

const SUITE: &str = include_str!("requests/aws_suite.txt");
const SUITE_PRESIGNED: &str = include_str!("requests/aws_suite_presigned.txt");
const DOCUMENTATION: &str = include_str!("requests/documentation.txt");
const DOCUMENTATION_IAM: &str = include_str!("requests/documentation_iam.txt");
const SDK_FOR_RUST: &str = include_str!("requests/sdk_for_rust.txt");
const BOTOCORE: &str = include_str!("requests/botocore.txt");
const BOTOCORE_PRESIGNED: &str = include_str!("requests/botocore_presigned.txt");

/// What the suite has signed without its token, which it then adds: allowed by some services of AWS, not by this one.
const TOKEN_ADDED_LATER: &str = "post-sts-header-after";
/// No HTTP request can have a blank in its target.
const NOT_A_TARGET: &str = "get-space-unnormalized";

/// Checks every request of a file, and how many there were.
fn check(text: &str, secret: &str, count: usize) {
    let requests = Recorded::all(text);
    assert_eq!(requests.len(), count);
    for request in requests {
        let Some(parts) = request.parts() else {
            assert_eq!(request.name, NOT_A_TARGET);
            continue;
        };
        let verdict = verdict(&parts, &request.body, secret);
        if request.name == TOKEN_ADDED_LATER {
            let is_refused = matches!(verdict, Err(SignatureError::Unsigned(_) | SignatureError::Mismatch));
            assert!(is_refused, "{verdict:?}");
        } else {
            assert_eq!(verdict, Ok(Payload::Whole), "{}", request.name);
        }
        let wrong = super::verdict(&parts, &request.body, "wrong").unwrap_err();
        assert!(matches!(wrong, SignatureError::Mismatch | SignatureError::Unsigned(_)), "{}", request.name);
    }
}

#[test]
fn the_test_suite_of_aws() {
    check(SUITE, SECRET, 37);
}

#[test]
fn the_test_suite_of_aws_presigned() {
    check(SUITE_PRESIGNED, SECRET, 37);
}

#[test]
fn the_documentation_of_aws() {
    check(DOCUMENTATION, S3_SECRET, 5);
    check(DOCUMENTATION_IAM, SECRET, 1);
}

#[test]
fn the_sdk_for_rust() {
    check(SDK_FOR_RUST, "notrealrnrELgWzOk3IfjzDKtFBhDby", 1);
}

#[test]
fn the_client_for_python() {
    check(BOTOCORE, SECRET, 19);
    check(BOTOCORE_PRESIGNED, SECRET, 3);
}

/// The suite's own signatures, without HTTP's rules for targets and Lambent's for tokens.
#[test]
fn the_bare_signatures_of_the_test_suite() {
    for request in Recorded::all(SUITE) {
        let authorization = HeaderValue::from_str(request.header("authorization").unwrap()).unwrap();
        let parsed = super::super::authorization::Authorization::parse(&authorization).unwrap();
        let credential = Credential::parse(parsed.credential.unwrap().into()).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value.trim()).unwrap());
        }
        let (path, query) = match request.target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (request.target.as_str(), None),
        };
        let mut payload_line = Vec::new();
        PayloadForm::Unstated.write(&request.body, &mut payload_line);
        let canonical = Canonical {
            method: &request.method,
            path,
            query,
            headers: &headers,
            authority: None,
            signed_headers: parsed.signed_headers.unwrap(),
            payload_line: &payload_line,
        };
        let form = if request.name.ends_with("-unnormalized") {
            PathForm::TwiceAsSent
        } else {
            PathForm::TwiceNormalised
        };
        let scope = KeyScope {
            access_key_id: credential.access_key_id(),
            date: credential.date(),
            region: credential.region(),
            service: credential.service(),
        };
        let key = SigningKey::derive(&Secret::new(SECRET), &scope);
        let time = request.header("x-amz-date").unwrap();
        let mac = key.request(time, credential.scope(), &canonical.hash(form).unwrap());
        let signature = super::super::hex::encode(&mac.finalize().into_bytes().into());
        assert_eq!(signature, parsed.signature.unwrap().as_bytes(), "{}", request.name);
    }
}
