//! The only place that knows AWS's exception names, statuses and message keys.
//!
//! An error has two messages: `message` goes to the caller, `operator` to the log. No path, host error or payload ever
//! stands in the first, no payload in the second.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use lambent_domain::arn::{FunctionArn, Region};
use lambent_engine::{Refusal, Throttle};
use lambent_store::StorageError;
use lambent_store::queue::EnqueueError;

use crate::generated::lambda::errors as shapes;
use crate::json;
use crate::model::ErrorShape;
use crate::rate::TooFast;
use crate::response::{APPLICATION_JSON, Answer, AnswerBody};
use crate::sigv4::SignatureError;

pub(crate) const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// Errors that are real on the wire and missing from the service model.
const VALIDATION: ErrorShape = ErrorShape::new("ValidationException", 400, "message");
const SERIALIZATION: ErrorShape = ErrorShape::new("SerializationException", 400, "message");
const ENTITY_TOO_LARGE: ErrorShape = ErrorShape::new("RequestEntityTooLargeException", 413, "Message");
const ACCESS_DENIED: ErrorShape = ErrorShape::new("AccessDeniedException", 403, "Message");
const UNKNOWN_OPERATION: ErrorShape = ErrorShape::new("UnknownOperationException", 404, "message");
const WRONG_METHOD: ErrorShape = ErrorShape::new("UnknownOperationException", 405, "message");
const NOT_IMPLEMENTED: ErrorShape = ErrorShape::new("NotImplementedException", 501, "message");
const UNAVAILABLE: ErrorShape = ErrorShape::new("ServiceUnavailableException", 503, "message");
const MISSING_AUTHENTICATION: ErrorShape =
    ErrorShape::new("MissingAuthenticationTokenException", 403, "message");
const INCOMPLETE_SIGNATURE: ErrorShape = ErrorShape::new("IncompleteSignatureException", 400, "message");
const INVALID_SIGNATURE: ErrorShape = ErrorShape::new("InvalidSignatureException", 403, "message");
const UNRECOGNIZED_CLIENT: ErrorShape = ErrorShape::new("UnrecognizedClientException", 403, "message");
const EXPIRED_TOKEN: ErrorShape = ErrorShape::new("ExpiredTokenException", 403, "message");
/// What services of AWS answer when an idempotency token comes with another request.
const PARAMETERS_DIFFER: ErrorShape = ErrorShape::new("IdempotentParameterMismatchException", 409, "message");
const TIMED_OUT: ErrorShape = ErrorShape::new("RequestTimeoutException", 408, "message");

/// A disk that is full or broken takes its operator longer to mend than a second.
const STORAGE_RETRY_SECS: u16 = 5;

/// Whether the body says `Type`, and so whose fault it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unsaid,
    Said,
}

/// An answer that is not a success.
#[derive(Debug)]
pub struct ApiError {
    shape: ErrorShape,
    kind: Kind,
    message: Cow<'static, str>,
    reason: Option<&'static str>,
    retry_after_secs: Option<u16>,
    operator: Option<String>,
}

impl ApiError {
    fn new(shape: ErrorShape, kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { shape, kind, message: message.into(), reason: None, retry_after_secs: None, operator: None }
    }

    pub(crate) fn validation(message: String) -> Self {
        Self::new(VALIDATION, Kind::Unsaid, message)
    }

    /// The body is JSON, but a member has the wrong type.
    pub(crate) fn serialization(message: String) -> Self {
        Self::new(SERIALIZATION, Kind::Said, message)
    }

    pub(crate) fn invalid_parameter(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(shapes::INVALID_PARAMETER_VALUE, Kind::Said, message)
    }

    pub(crate) fn invalid_content(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(shapes::INVALID_REQUEST_CONTENT, Kind::Said, message)
    }

    /// An event that is not JSON.
    pub(crate) fn event_not_json(complaint: &json::Complaint) -> Self {
        Self::invalid_content(format!(
            "Could not parse request body into json: Could not parse payload into json: {complaint}"
        ))
    }

    /// A control-plane request that is not JSON.
    pub(crate) fn body_not_json(complaint: &json::Complaint) -> Self {
        Self::invalid_content(format!("Could not parse request body into json: {complaint}"))
    }

    pub(crate) fn function_not_found(arn: &FunctionArn) -> Self {
        Self::new(shapes::RESOURCE_NOT_FOUND, Kind::Said, format!("Function not found: {arn}"))
    }

    pub(crate) fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(shapes::RESOURCE_NOT_FOUND, Kind::Said, message)
    }

    pub(crate) fn other_region(theirs: &Region, ours: &Region) -> Self {
        Self::not_found(format!("Functions from '{theirs}' are not reachable in this region ('{ours}')"))
    }

    /// A version or an alias is named where only a function can be meant.
    pub(crate) fn functions_only() -> Self {
        Self::invalid_parameter(
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. \
             Please specify either a function name or an unqualified function ARN.",
        )
    }

    pub(crate) fn qualifiers_differ() -> Self {
        Self::invalid_parameter(
            "The derived qualifier from the function name does not match the specified qualifier.",
        )
    }

    pub(crate) fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(shapes::RESOURCE_CONFLICT, Kind::Said, message)
    }

    pub(crate) fn revision_differs() -> Self {
        Self::new(
            shapes::PRECONDITION_FAILED,
            Kind::Said,
            "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to \
             retrieve the latest Revision Id",
        )
    }

    pub(crate) fn precondition_failed(message: String) -> Self {
        Self::new(shapes::PRECONDITION_FAILED, Kind::Said, message)
    }

    pub(crate) fn code_signing_config_not_found(message: String) -> Self {
        Self::new(shapes::CODE_SIGNING_CONFIG_NOT_FOUND, Kind::Said, message)
    }

    pub(crate) fn policy_too_long(message: String) -> Self {
        Self::new(shapes::POLICY_LENGTH_EXCEEDED, Kind::Said, message)
    }

    pub(crate) fn alias_limit(message: String) -> Self {
        Self::new(shapes::ALIAS_LIMIT_EXCEEDED, Kind::Said, message)
    }

    pub(crate) fn no_provisioned_concurrency() -> Self {
        Self::new(
            shapes::PROVISIONED_CONCURRENCY_CONFIG_NOT_FOUND,
            Kind::Said,
            "No Provisioned Concurrency Config found for this function",
        )
    }

    /// Some answers say nothing of whose fault it was; which ones is recorded.
    pub(crate) fn without_type(mut self) -> Self {
        self.kind = Kind::Unsaid;
        self
    }

    pub(crate) fn payload_too_large(bytes: u64, kind: &str, limit: usize) -> Self {
        let message =
            format!("{bytes} byte payload is too large for the {kind} invocation type (limit {limit} bytes)");
        Self::new(ENTITY_TOO_LARGE, Kind::Unsaid, message)
    }

    pub(crate) fn request_too_large(operation: &str, limit: usize) -> Self {
        let message = format!("Request must be smaller than {limit} bytes for the {operation} operation");
        Self::new(ENTITY_TOO_LARGE, Kind::Unsaid, message)
    }

    pub(crate) fn too_many_events(count: usize, limit: usize) -> Self {
        let message = format!("{count} events are too many for one batch (limit {limit} events)");
        Self::new(ENTITY_TOO_LARGE, Kind::Unsaid, message)
    }

    pub(crate) fn zip_too_large(limit: usize) -> Self {
        Self::new(ENTITY_TOO_LARGE, Kind::Unsaid, format!("Zipped size must be smaller than {limit} bytes"))
    }

    pub(crate) fn unsupported_media(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(shapes::UNSUPPORTED_MEDIA_TYPE, Kind::Said, message)
    }

    pub(crate) fn access_denied(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ACCESS_DENIED, Kind::Unsaid, message)
    }

    pub(crate) fn unknown_operation() -> Self {
        Self::new(UNKNOWN_OPERATION, Kind::Unsaid, "no operation has this path")
    }

    pub(crate) fn wrong_method(method: &http::Method) -> Self {
        Self::new(WRONG_METHOD, Kind::Unsaid, format!("no operation has this path with the method {method}"))
    }

    /// An operation of AWS Lambda that Lambent does not have yet.
    pub(crate) fn not_implemented(operation: &str) -> Self {
        Self::new(
            NOT_IMPLEMENTED,
            Kind::Unsaid,
            format!("the operation {operation} is not implemented in this version of Lambent"),
        )
    }

    /// A member of an operation that asks for something Lambent does not have yet.
    pub(crate) fn not_implemented_member(what: &'static str) -> Self {
        Self::new(NOT_IMPLEMENTED, Kind::Unsaid, what)
    }

    pub(crate) fn timed_out(message: &'static str) -> Self {
        Self::new(TIMED_OUT, Kind::Unsaid, message)
    }

    pub(crate) fn throttled(reason: &'static str) -> Self {
        let mut error = Self::new(shapes::TOO_MANY_REQUESTS, Kind::Said, "Rate Exceeded.");
        error.reason = Some(reason);
        error.retry_after_secs = Some(1);
        error
    }

    /// This caller asks more often than callers may.
    pub(crate) fn caller_too_fast(too_fast: TooFast) -> Self {
        let mut error = Self::throttled("CallerRateLimitExceeded");
        error.retry_after_secs = Some(too_fast.secs());
        error
    }

    pub(crate) fn invalid_runtime(message: String) -> Self {
        Self::new(shapes::INVALID_RUNTIME, Kind::Said, message)
    }

    /// A fault of ours; the caller learns only that, the operator learns the cause.
    pub(crate) fn internal(cause: impl fmt::Display) -> Self {
        let mut error = Self::new(
            shapes::SERVICE,
            Kind::Said,
            "The service encountered an internal error. Try again; the server's log has the cause.",
        );
        error.operator = Some(cause.to_string());
        error
    }

    pub(crate) fn unavailable(message: &'static str) -> Self {
        let mut error = Self::new(UNAVAILABLE, Kind::Unsaid, message);
        error.retry_after_secs = Some(1);
        error
    }

    /// The store takes nothing now; the caller is to try again, the operator learns the cause.
    fn storage_refused(cause: impl fmt::Display, message: &'static str) -> Self {
        let mut error = Self::unavailable(message);
        error.retry_after_secs = Some(STORAGE_RETRY_SECS);
        error.operator = Some(cause.to_string());
        error
    }

    /// As many events of the function wait as may. Every SDK of AWS's takes the name and the status for throttling.
    fn backlog_full() -> Self {
        let mut error = Self::throttled("FunctionInvocationRateLimitExceeded");
        error.message = "As many events of the function wait as may. Try again later.".into();
        error
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.shape.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The exception's name.
    pub fn name(&self) -> &'static str {
        self.shape.name
    }

    /// What the operator should see in the log, if anything.
    pub(crate) fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }

    /// The answer in the form of CloudWatch Logs, whose errors are always 400 and name themselves in the body.
    pub(crate) fn into_json_1_1_answer(self) -> Answer {
        let body = serde_json::json!({"__type": self.shape.name, "message": self.message.as_ref()});
        let mut answer = Response::new(AnswerBody::whole(body.to_string()));
        *answer.status_mut() = if self.shape.status < 500 { StatusCode::BAD_REQUEST } else { self.status() };
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
        answer
    }

    /// What the caller is told.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The same with a message of about this many bytes at most, for answers that have many.
    pub(crate) fn shortened(mut self, bytes_max: usize) -> Self {
        if self.message.len() > bytes_max {
            let end = (0..=bytes_max).rev().find(|at| self.message.is_char_boundary(*at)).unwrap_or_default();
            let kept = self.message.get(..end).unwrap_or_default();
            self.message = format!("{kept}…").into();
        }
        self
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> Bytes {
        let mut body = serde_json::Map::new();
        if self.kind == Kind::Said {
            let kind = if self.shape.status >= 500 { "Service" } else { "User" };
            body.insert("Type".to_owned(), kind.into());
        }
        if let Some(reason) = self.reason {
            body.insert("Reason".to_owned(), reason.into());
        }
        body.insert(self.shape.message_key.to_owned(), self.message.as_ref().into());
        serde_json::Value::Object(body).to_string().into()
    }

    /// The answer, but for the request id, which every answer gets.
    pub(crate) fn into_answer(self) -> Answer {
        let mut answer = Response::new(AnswerBody::whole(self.body()));
        *answer.status_mut() = self.status();
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, APPLICATION_JSON);
        headers.insert(ERROR_TYPE, HeaderValue::from_static(self.shape.name));
        if let Some(secs) = self.retry_after_secs {
            headers.insert(RETRY_AFTER, HeaderValue::from(secs));
        }
        answer
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Throttled(Throttle::Account) => Self::throttled("ConcurrentInvocationLimitExceeded"),
            Refusal::Throttled(Throttle::ReservedConcurrency) => {
                Self::throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
            }
            Refusal::Recursion(chain_max) => Self::new(
                shapes::RECURSIVE_INVOCATION,
                Kind::Said,
                format!(
                    "The function was invoked in a recursive loop and the call was stopped: the chain of calls that it came \
                     through has {chain_max} invocations of the function already. If the loop is intended, set the \
                     function's RecursiveLoop to Allow with PutFunctionRecursionConfig."
                ),
            ),
            Refusal::RuntimeMissing(missing) => Self::invalid_runtime(missing.to_string()),
            Refusal::ShuttingDown => Self::unavailable("The server is shutting down."),
            Refusal::EnvironmentFailed => Self::internal(refusal),
        }
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Full => Self::unavailable("The event queue is full. Try again later."),
            StorageError::Closed => Self::unavailable("The server is shutting down."),
            StorageError::Poisoned(_) | StorageError::Failed(_) => {
                Self::storage_refused(error, "The server cannot store anything now; its log has the cause.")
            }
        }
    }
}

impl From<EnqueueError> for ApiError {
    /// What can be mended by trying again says so, in a form that the SDKs of AWS do try again.
    fn from(error: EnqueueError) -> Self {
        match error {
            EnqueueError::Storage(error) => error.into(),
            EnqueueError::BacklogFull => Self::backlog_full(),
            EnqueueError::DiskFull => {
                Self::storage_refused(error, "The server's disk is almost full. Try again later.")
            }
            EnqueueError::KeyReused => Self::new(
                PARAMETERS_DIFFER,
                Kind::Said,
                "The idempotency key was used with another payload within its window.",
            ),
        }
    }
}

impl From<SignatureError> for ApiError {
    fn from(error: SignatureError) -> Self {
        let shape = match error {
            SignatureError::Missing => MISSING_AUTHENTICATION,
            SignatureError::Incomplete(_) => INCOMPLETE_SIGNATURE,
            SignatureError::Mismatch
            | SignatureError::Scope(_)
            | SignatureError::Unsigned(_)
            | SignatureError::Expired(_)
            | SignatureError::NotYetCurrent(_) => INVALID_SIGNATURE,
            SignatureError::UnknownKey => UNRECOGNIZED_CLIENT,
            SignatureError::ExpiredToken => EXPIRED_TOKEN,
        };
        Self::new(shape, Kind::Unsaid, error.to_string())
    }
}
