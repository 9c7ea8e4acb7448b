//! What a function URL answers when no function's response can be passed on.

use bytes::Bytes;
use http::StatusCode;
use lambent_domain::limits::SYNCHRONOUS_REQUEST_BYTES_MAX;

use crate::error::ApiError;
use crate::response::{APPLICATION_JSON, Answer, AnswerBody, with_body};

/// The caller may not invoke the URL; nor may anybody when the version behind it is gone.
pub fn forbidden() -> ApiError {
    ApiError::access_denied(
        "Forbidden. For troubleshooting Function URL authorization issues, see: \
         https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
    )
}

/// No URL has this host name. A stranger learns the same whether there ever was one.
pub fn no_such_url() -> Answer {
    let mut answer = ApiError::access_denied("").into_answer();
    *answer.body_mut() = AnswerBody::whole(Bytes::from_static(br#"{"Message":null}"#));
    answer
}

/// The event that the request would make is over the limit of a synchronous invocation.
pub fn too_large() -> ApiError {
    ApiError::request_too_large("InvokeFunction", SYNCHRONOUS_REQUEST_BYTES_MAX)
}

/// The function failed, or its response is not one. What exactly went wrong is no stranger's business.
pub fn bad_gateway() -> Answer {
    let mut answer = with_body(APPLICATION_JSON, Bytes::from_static(b"Internal Server Error"));
    *answer.status_mut() = StatusCode::BAD_GATEWAY;
    answer
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    async fn shown(answer: Answer) -> (u16, String, String, String) {
        let (parts, body) = answer.into_parts();
        let header = |name| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        (parts.status.as_u16(), header("x-amzn-errortype"), header("content-type"), body)
    }

    /// Recorded 2025-11-24: the 403s and the 502, whose content type was not.
    #[tokio::test]
    async fn answers_are_those_of_aws() {
        let json = "application/json".to_owned();
        let forbidden_text = "{\"Message\":\"Forbidden. For troubleshooting Function URL authorization issues, see: \
             https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html\"}";
        let denied = "AccessDeniedException".to_owned();
        let cases = [
            (no_such_url(), 403, denied.clone(), "{\"Message\":null}"),
            (forbidden().into_answer(), 403, denied, forbidden_text),
            (bad_gateway(), 502, String::new(), "Internal Server Error"),
            (
                too_large().into_answer(),
                413,
                "RequestEntityTooLargeException".to_owned(),
                "{\"Message\":\"Request must be smaller than 6291456 bytes for the InvokeFunction operation\"}",
            ),
            (
                ApiError::throttled("ReservedFunctionConcurrentInvocationLimitExceeded").into_answer(),
                429,
                "TooManyRequestsException".to_owned(),
                "{\"Reason\":\"ReservedFunctionConcurrentInvocationLimitExceeded\",\"Type\":\"User\",\
                 \"message\":\"Rate Exceeded.\"}",
            ),
        ];
        for (answer, status, kind, body) in cases {
            assert_eq!(shown(answer).await, (status, kind, json.clone(), body.to_owned()));
        }
    }
}
