//! What a log request may be answered with instead of a result: CloudWatch's names and recorded texts.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::Response;
use http_body_util::Full;

/// `message` goes to the caller, `operator` to the log.
#[derive(Debug)]
pub(super) struct Failure {
    status: u16,
    name: &'static str,
    message: Cow<'static, str>,
    operator: Option<String>,
}

impl Failure {
    fn new(status: u16, name: &'static str, message: impl Into<Cow<'static, str>>) -> Failure {
        Failure { status, name, message: message.into(), operator: None }
    }

    pub(super) fn invalid_parameter(message: impl Into<Cow<'static, str>>) -> Failure {
        Failure::new(400, "InvalidParameterException", message)
    }

    pub(super) fn invalid_token() -> Failure {
        Failure::invalid_parameter("The specified nextToken is invalid.")
    }

    pub(super) fn validation(message: &'static str) -> Failure {
        Failure::new(400, "ValidationException", message)
    }

    pub(super) fn no_group() -> Failure {
        Failure::new(400, "ResourceNotFoundException", "The specified log group does not exist.")
    }

    pub(super) fn no_stream() -> Failure {
        Failure::new(400, "ResourceNotFoundException", "The specified log stream does not exist.")
    }

    pub(super) fn unknown_operation() -> Failure {
        Failure::new(400, "UnknownOperationException", "X-Amz-Target names no operation of CloudWatch Logs")
    }

    pub(super) fn not_json() -> Failure {
        Failure::new(
            400,
            "SerializationException",
            "the request is not a JSON object with members of the right types",
        )
    }

    pub(super) fn not_implemented(operation: &str) -> Failure {
        let message = format!("the operation {operation} is not implemented in this version of Lambent");
        Failure::new(501, "NotImplementedException", message)
    }

    /// A fault of ours; the caller learns only that.
    pub(super) fn internal(cause: &dyn fmt::Display) -> Failure {
        let message = "The service could not read the logs. Try again; the server's log has the cause.";
        let mut failure = Failure::new(500, "ServiceUnavailableException", message);
        failure.operator = Some(cause.to_string());
        failure
    }

    pub(super) fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }

    pub(super) fn into_answer(self) -> Response<Full<Bytes>> {
        let body = serde_json::json!({ "__type": self.name, "message": self.message }).to_string();
        super::answer_with(self.status, body)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::internal(&error)
    }
}
