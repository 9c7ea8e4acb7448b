//! What S3 complains about, in the words in which AWS Lambda passes it on.

use http::{HeaderMap, StatusCode};

use super::Object;
use crate::error::ApiError;

/// How much of a complaint is passed on, in characters.
const CHARS_MAX: usize = 500;

/// The answer to whoever named the object.
pub(super) fn of(object: &Object, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> ApiError {
    let body = String::from_utf8_lossy(body);
    let fallback = status.canonical_reason().unwrap_or("Unknown");
    let code = element(&body, "Code").unwrap_or_else(|| fallback.replace(' ', ""));
    let message = element(&body, "Message").unwrap_or_else(|| fallback.to_owned());
    if status.is_server_error() {
        tracing::warn!(s3.status = status.as_u16(), s3.code = %code, "code could not be fetched from S3");
        return ApiError::unavailable("S3 could not give the code. Try again later.");
    }
    if status == StatusCode::FORBIDDEN {
        return ApiError::access_denied(format!(
            "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for \
             {object}. S3 Error Code: {code}. S3 Error Message: {message}"
        ));
    }
    let region = headers.get("x-amz-bucket-region").and_then(|region| region.to_str().ok());
    let message = match region {
        Some(region) if status.is_redirection() => {
            format!("The bucket is in this region: {region}. Please use this region to retry the request")
        }
        _ => message,
    };
    ApiError::invalid_parameter(format!(
        "Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}"
    ))
}

/// The text of the first element of that name. S3's complaints are flat, so this is all that has to be known of XML.
fn element(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
    Some(text.chars().filter(|letter| !letter.is_control()).take(CHARS_MAX).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_passed_on() {
        let object = Object { bucket: "code".to_owned(), key: "a/b.zip".to_owned(), version: None };
        let xml = |code: &str, message: &str| {
            format!("<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>")
        };
        let mut elsewhere = HeaderMap::new();
        elsewhere.insert("x-amz-bucket-region", "us-west-2".parse().unwrap());
        let plain = HeaderMap::new();
        for (status, headers, body, kind, text) in [
            (
                404,
                &plain,
                xml("NoSuchKey", "The specified key does not exist."),
                "InvalidParameterValueException",
                "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
            ),
            (
                301,
                &elsewhere,
                xml("PermanentRedirect", "The bucket you are attempting"),
                "InvalidParameterValueException",
                "S3 Error Code: PermanentRedirect. S3 Error Message: The bucket is in this region: us-west-2. Please use",
            ),
            (
                403,
                &plain,
                xml("AccessDenied", "Access Denied"),
                "AccessDeniedException",
                "GetObject for code/a/b.zip. S3",
            ),
            (
                403,
                &plain,
                String::new(),
                "AccessDeniedException",
                "S3 Error Code: Forbidden. S3 Error Message: Forbidden",
            ),
            (
                404,
                &plain,
                "<html>".to_owned(),
                "InvalidParameterValueException",
                "Code: NotFound. S3 Error Message: Not Found",
            ),
            (
                400,
                &plain,
                xml("A", "&lt;b&gt; &amp;amp;\n"),
                "InvalidParameterValueException",
                "Message: <b> &amp;",
            ),
            (503, &plain, xml("SlowDown", "Slow down"), "ServiceUnavailableException", "Try again later"),
        ] {
            let error = of(&object, StatusCode::from_u16(status).unwrap(), headers, body.as_bytes());
            assert_eq!(error.name(), kind, "{status}");
            assert!(format!("{error:?}").contains(text), "{error:?}");
        }
    }
}
