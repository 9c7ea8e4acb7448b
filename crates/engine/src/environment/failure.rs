//! The error objects the platform itself makes, word for word as recorded (facts: execution-environment §7.3).

use crate::runtime_api::Answer;
use bytes::Bytes;
use lambent_domain::outcome::{
    FailureKind, FunctionFailure, Outcome, classify_error_type, first_kilobyte, shortened,
};
use lambent_domain::request_id::RequestId;
use lambent_sandbox::Exit;
use serde_json::value::RawValue;
use std::time::Duration;

/// What is kept of the name of an error's type, in bytes.
const ERROR_TYPE_BYTES_MAX: usize = 256;

/// The runtime's answer as an outcome.
pub(super) fn of_answer(request_id: RequestId, answer: Answer) -> Outcome {
    match answer {
        Answer::Response { body, .. } => Outcome::Returned { payload: body },
        // The caller has it already.
        Answer::Streamed { .. } => Outcome::Returned { payload: Bytes::new() },
        Answer::Error { error_type, body } => Outcome::Failed(posted(error_type.as_deref(), body)),
        Answer::TooLarge { limit } => {
            let text =
                format!("Response payload size exceeded maximum allowed payload size ({limit} bytes).");
            Outcome::Failed(made(FailureKind::ResponseTooLarge, "Function.ResponseSizeTooLarge", text))
        }
        Answer::Truncated => Outcome::Failed(protocol(request_id, "Runtime.TruncatedResponse")),
        Answer::InvalidResponseMode => {
            Outcome::Failed(protocol(request_id, "Runtime.InvalidResponseModeHeader"))
        }
    }
}

/// An error object the runtime posted: it reaches the caller as it is.
pub(super) fn posted(error_type: Option<&str>, body: Bytes) -> FunctionFailure {
    let kind = FailureKind::Raised(classify_error_type(error_type.unwrap_or_default()));
    let (own_type, message) = posted_object(&body);
    FunctionFailure { kind, payload: body, message, error_type: own_type }
}

pub(super) fn timed_out(request_id: RequestId, timeout: Duration) -> FunctionFailure {
    let text =
        format!("RequestId: {request_id} Error: Task timed out after {:.2} seconds", timeout.as_secs_f64());
    made(FailureKind::Timeout, "Sandbox.Timedout", text)
}

/// The runtime's process ended. The caller sees the same for a lack of memory; the log tells them apart.
pub(super) fn exited(request_id: RequestId, exit: Exit, out_of_memory: bool) -> FunctionFailure {
    let kind = if out_of_memory { FailureKind::OutOfMemory } else { FailureKind::RuntimeExited };
    let how = match exit {
        Exit::Code(0) => "without providing a reason".to_owned(),
        Exit::Code(code) => format!("with error: exit status {code}"),
        Exit::Signal(signal) => format!("with error: signal: {}", signal_name(signal)),
    };
    made(kind, "Runtime.ExitError", format!("RequestId: {request_id} Error: Runtime exited {how}"))
}

pub(super) fn invalid_entrypoint(request_id: RequestId, reason: &str) -> FunctionFailure {
    let text = format!("RequestId: {request_id} Error: {reason}");
    made(FailureKind::InvalidEntrypoint, "Runtime.InvalidEntrypoint", text)
}

fn protocol(request_id: RequestId, kind: &'static str) -> FunctionFailure {
    made(FailureKind::RuntimeProtocol(kind), kind, format!("RequestId: {request_id} Error: {kind}"))
}

fn made(kind: FailureKind, error_type: &str, message: String) -> FunctionFailure {
    #[derive(serde::Serialize)]
    struct ErrorObject<'a> {
        #[serde(rename = "errorType")]
        error_type: &'a str,
        #[serde(rename = "errorMessage")]
        message: &'a str,
    }
    let object = serde_json::to_vec(&ErrorObject { error_type, message: &message }).unwrap_or_default();
    let error_type = Some(error_type.to_owned());
    FunctionFailure { kind, payload: Bytes::from(object), message: first_kilobyte(message), error_type }
}

/// The `errorType` and `errorMessage` of a posted object, if it is one.
fn posted_object(body: &[u8]) -> (Option<String>, String) {
    // Raw, so that one of them that is no text does not hide the other.
    #[derive(serde::Deserialize, Default)]
    struct Posted<'a> {
        #[serde(rename = "errorType", default, borrow)]
        error_type: Option<&'a RawValue>,
        #[serde(rename = "errorMessage", default, borrow)]
        message: Option<&'a RawValue>,
    }
    let text = |raw: &RawValue| serde_json::from_str::<String>(raw.get()).ok();
    let Posted { error_type, message } = serde_json::from_slice(body).unwrap_or_default();
    let error_type = error_type.and_then(text).filter(|error_type| !error_type.is_empty());
    let message = message.and_then(text);
    (
        error_type.map(|error_type| shortened(error_type, ERROR_TYPE_BYTES_MAX)),
        first_kilobyte(message.unwrap_or_default()),
    )
}

/// Signals as AWS spells them.
fn signal_name(signal: i32) -> String {
    match signal {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        4 => "illegal instruction",
        5 => "trace/breakpoint trap",
        6 => "aborted",
        7 => "bus error",
        8 => "floating point exception",
        9 => "killed",
        10 => "user defined signal 1",
        11 => "segmentation fault",
        12 => "user defined signal 2",
        13 => "broken pipe",
        14 => "alarm clock",
        15 => "terminated",
        31 => "bad system call",
        other => return format!("signal {other}"),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: RequestId = RequestId::from_bytes([0; 16]);

    fn text(failure: &FunctionFailure) -> String {
        String::from_utf8(failure.payload.to_vec()).unwrap()
    }

    #[test]
    fn payloads_as_recorded() {
        let id = "00000000-0000-0000-0000-000000000000";
        assert_eq!(
            text(&timed_out(ID, Duration::from_secs(3))),
            format!(
                r#"{{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: {id} Error: Task timed out after 3.00 seconds"}}"#
            )
        );
        let exits = [
            (Exit::Code(0), "Runtime exited without providing a reason"),
            (Exit::Code(127), "Runtime exited with error: exit status 127"),
            (Exit::Signal(9), "Runtime exited with error: signal: killed"),
            (Exit::Signal(11), "Runtime exited with error: signal: segmentation fault"),
        ];
        for (exit, words) in exits {
            assert_eq!(
                text(&exited(ID, exit, false)),
                format!(
                    r#"{{"errorType":"Runtime.ExitError","errorMessage":"RequestId: {id} Error: {words}"}}"#
                )
            );
        }
        let Outcome::Failed(large) = of_answer(ID, Answer::TooLarge { limit: 6_291_556 }) else {
            panic!("too large is a failure")
        };
        assert_eq!(
            text(&large),
            r#"{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}"#
        );
    }

    #[test]
    fn out_of_memory_differs_only_in_its_kind() {
        let (plain, memory) = (exited(ID, Exit::Signal(9), false), exited(ID, Exit::Signal(9), true));
        assert_eq!(plain.payload, memory.payload);
        assert_eq!(memory.kind.error_type(), "Runtime.OutOfMemory");
    }

    #[test]
    fn a_posted_error_is_passed_on_untouched_whatever_it_is() {
        let body = Bytes::from_static(b"\xff not json");
        let failure = posted(Some("ValueError"), body.clone());
        assert_eq!((failure.payload.clone(), failure.message.as_str()), (body, ""));
        assert_eq!((failure.error_type.as_deref(), failure.name()), (None, "Runtime.Unknown"));
        let odd = posted(None, Bytes::from_static(br#"{"errorType":[],"errorMessage":"\u0041"}"#));
        assert_eq!((odd.error_type, odd.message.as_str()), (None, "A"));
        let named = posted(Some("x"), Bytes::from_static(br#"{"errorType":"ValueError"}"#));
        assert_eq!((named.names(), named.name()), (vec!["ValueError", "Runtime.Unknown"], "ValueError"));
        let long = format!(r#"{{"errorMessage":"{}"}}"#, "ä".repeat(1_000));
        assert_eq!(posted(None, Bytes::from(long)).message.len(), 1_024);
    }
}
