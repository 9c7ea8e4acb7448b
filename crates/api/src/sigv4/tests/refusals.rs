//! Every refusal's name, status and text.

use super::*;
use crate::error::ApiError;

const BOTOCORE: &str = include_str!("requests/botocore.txt");
const PRESIGNED: &str = include_str!("requests/botocore_presigned.txt");

fn recorded(text: &str, name: &str) -> Recorded {
    Recorded::all(text).into_iter().find(|request| request.name == name).unwrap()
}

fn judge(request: &Recorded, now: &str, region: &str, service: &str) -> Result<Payload, SignatureError> {
    let parts = request.parts().unwrap();
    let claim = signed(&parts)?;
    let expected = ExpectedScope { region, service };
    verify(&claim, &parts, &request.body, &Secret::new(SECRET), timestamp(now), &expected, &KeyCache::new())
}

/// A refusal as a client sees it.
fn seen(error: SignatureError) -> (u16, &'static str, String) {
    let message = error.to_string();
    let error = ApiError::from(error);
    (error.status().as_u16(), error.name(), message)
}

#[test]
fn a_clock_may_be_off_by_five_minutes() {
    let request = recorded(BOTOCORE, "get-function");
    for now in ["20261128T045500Z", "20261128T050000Z", "20261128T050500Z"] {
        assert_eq!(judge(&request, now, "us-east-1", "lambda"), Ok(Payload::Whole), "{now}");
    }
    let late = judge(&request, "20261128T050501Z", "us-east-1", "lambda").unwrap_err();
    let text = "Signature expired: 20261128T050000Z is now earlier than 20261128T050001Z (20261128T050501Z - 5 min.)";
    assert_eq!(seen(late), (403, "InvalidSignatureException", text.to_owned()));
    let early = judge(&request, "20261128T045459Z", "us-east-1", "lambda").unwrap_err();
    let text = "Signature not yet current: 20261128T050000Z is still later than 20261128T045959Z (20261128T045459Z + 5 \
                min.)";
    assert_eq!(seen(early), (403, "InvalidSignatureException", text.to_owned()));
}

#[test]
fn a_presigned_request_is_good_for_as_long_as_it_says() {
    let request = recorded(PRESIGNED, "get-function");
    for now in ["20261128T045500Z", "20261128T051000Z"] {
        assert_eq!(judge(&request, now, "us-east-1", "lambda"), Ok(Payload::Whole), "{now}");
    }
    let late = judge(&request, "20261128T051001Z", "us-east-1", "lambda").unwrap_err().to_string();
    assert!(
        late.starts_with("Signature expired:") && late.ends_with("(20261128T051001Z - 10 min.)"),
        "{late}"
    );
    assert!(judge(&request, "20261128T045459Z", "us-east-1", "lambda").is_err());
}

#[test]
fn a_signature_is_good_for_one_region_service_and_day() {
    let request = recorded(BOTOCORE, "get-function");
    let refused = |request: &Recorded, region, service| {
        seen(judge(request, "20261128T050000Z", region, service).unwrap_err())
    };
    let region = "Credential should be scoped to a valid region. ";
    let service = "Credential should be scoped to correct service: 'logs'. ";
    for (expected, text) in [
        (("eu-west-1", "lambda"), region.to_owned()),
        (("us-east-1", "logs"), service.to_owned()),
        (("eu-west-1", "logs"), format!("{region}{service}")),
    ] {
        let name = "InvalidSignatureException";
        assert_eq!(refused(&request, expected.0, expected.1), (403, name, text));
    }
    let mut yesterday = request.clone();
    yesterday.set_header("x-amz-date", "20261127T235900Z");
    let (_, _, text) = refused(&yesterday, "us-east-1", "lambda");
    assert_eq!(
        text,
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261128' != \
         '20261127', from '20261127T235900Z'. "
    );
    let mut other = request.clone();
    let authorization = request.header("authorization").unwrap().replace("aws4_request", "aws5_request");
    other.set_header("authorization", &authorization);
    let (_, _, text) = refused(&other, "us-east-1", "lambda");
    assert_eq!(text, "Credential should be scoped with a valid terminator: 'aws4_request'. ");
}

#[test]
fn what_cannot_be_read_is_a_callers_error() {
    let authorization = recorded(BOTOCORE, "get-function").header("authorization").unwrap().to_owned();
    let lacks = "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' \
                 parameter. Authorization header requires 'SignedHeaders' parameter.";
    for (sent, start) in [
        ("AWS4-HMAC-SHA256", lacks),
        ("Bearer abc", "Invalid key=value pair (missing equal-sign) in Authorization header"),
        ("AWS AKID:abc", "Unsupported AWS 'algorithm'."),
        (
            &*authorization.replace("AKIDEXAMPLE", "wJalr/KEY"),
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got",
        ),
    ] {
        let mut request = recorded(BOTOCORE, "get-function");
        request.set_header("authorization", sent);
        let (status, name, message) = seen(signed(&request.parts().unwrap()).unwrap_err());
        assert_eq!((status, name), (400, "IncompleteSignatureException"), "{sent}");
        assert!(message.starts_with(start), "{message}");
        assert!(!message.contains("wJalr") && !message.contains("abc"), "{message}");
    }
    let mut request = recorded(BOTOCORE, "get-function");
    request.set_header("x-amz-date", "yesterday");
    let (status, _, message) = seen(signed(&request.parts().unwrap()).unwrap_err());
    assert_eq!(status, 400);
    assert!(message.starts_with("Date must be in ISO-8601 'basic format'. Got 'yesterday'."), "{message}");
    request.headers.retain(|(name, _)| name != "x-amz-date");
    let (_, _, message) = seen(signed(&request.parts().unwrap()).unwrap_err());
    assert!(message.contains("existence of either a 'X-Amz-Date' or a 'Date' header."), "{message}");
    request = recorded(BOTOCORE, "get-function");
    request.set_header("x-amz-content-sha256", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD");
    assert_eq!(seen(signed(&request.parts().unwrap()).unwrap_err()).0, 400);
}

#[test]
fn the_other_refusals() {
    let mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS \
                    Secret Access Key and signing method. Consult the service documentation for details.";
    let host = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    for (error, status, name, text) in [
        (SignatureError::Missing, 403, "MissingAuthenticationTokenException", "Missing Authentication Token"),
        (SignatureError::Mismatch, 403, "InvalidSignatureException", mismatch),
        (SignatureError::host_unsigned(), 403, "InvalidSignatureException", host),
        (
            SignatureError::UnknownKey,
            403,
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        (
            SignatureError::ExpiredToken,
            403,
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ),
    ] {
        assert_eq!(seen(error), (status, name, text.to_owned()));
    }
}

#[test]
fn a_claim_says_who_and_where_before_anything_is_checked() {
    let request = recorded(BOTOCORE, "invoke-with-session-token");
    let parts = request.parts().unwrap();
    let claim = signed(&parts).unwrap();
    assert_eq!(
        (claim.access_key_id(), claim.region(), claim.service()),
        ("AKIDEXAMPLE", "us-east-1", "lambda")
    );
    assert_eq!(claim.session_token(), Some("IQoJb3JpZ2luX2VjE+/="));
    let printed = format!("{claim:?}");
    assert!(!printed.contains("IQoJb3") && !printed.contains("6f4899d9"), "{printed}");
    let unsigned = Request::builder().uri("/2015-03-31/functions").body(()).unwrap().into_parts().0;
    assert!(matches!(read(&unsigned), Ok(Claim::Unsigned)));
}
