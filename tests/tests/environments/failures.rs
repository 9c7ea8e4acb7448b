//! Every way to fail within an invocation. A failure is run between two good runs: the first leaves a mark, the last
//! tells whether its process and the mark are still there.

use crate::function::{Function, LANGUAGES, Language, Run};
use crate::log::{Init, Log, assert_report};
use lambent_tests::Server;
use serde_json::{Value, json};

const MEMORY_MB: u64 = 128;

/// What becomes of the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Afterwards {
    /// The process goes on.
    Kept,
    /// All processes are killed and a new one starts; `/tmp` stays.
    Reset,
}

/// Runs the failure in every language. `expect` sees the payload; REPORT must end in `ending`.
fn each(
    event: &Value,
    extra: &Value,
    afterwards: Afterwards,
    ending: &str,
    expect: impl Fn(Language, &Run, &str),
) {
    let server = Server::start();
    for language in LANGUAGES {
        let function = Function::deploy(&server, language, extra);
        let before = function.run(&json!({ "do": "mark" }));
        assert_eq!(before.runs_and_marked(), (1, true), "{language}");
        let failing = function.run(event);
        expect(language, &failing, &failing.failed());
        let after = function.run(&json!({}));
        let runs = if afterwards == Afterwards::Kept { 3 } else { 1 };
        assert_eq!(after.runs_and_marked(), (runs, true), "{language}, {afterwards:?}");

        let log = function.log();
        log.assert_begins_with_init();
        assert_report(log.of_run(&before), &before, MEMORY_MB, Init::Shown, "");
        assert_report(log.of_run(&failing), &failing, MEMORY_MB, Init::Absent, ending);
        assert_report(log.of_run(&after), &after, MEMORY_MB, Init::Absent, "");
        assert_tail(&log, &failing);
        assert_tail(&log, &after);
        function.delete();
    }
}

/// `X-Amz-Log-Result` is the run's part of the log.
fn assert_tail(log: &Log, run: &Run) {
    assert_eq!(run.reply.log_tail(), log.of_run(run).concat());
}

/// A failure the platform reports for a runtime that cannot any more.
fn made(error_type: &str, run: &Run, message: &str) -> String {
    format!(r#"{{"errorType":"{error_type}","errorMessage":"RequestId: {} Error: {message}"}}"#, run.id)
}

#[test]
fn a_raised_error_is_passed_on_and_the_process_goes_on() {
    each(&json!({ "do": "raise" }), &json!({}), Afterwards::Kept, "", |language, run, payload| {
        let payload: Value = serde_json::from_str(payload).unwrap();
        assert_eq!(payload["errorMessage"], "as asked", "{language}: {payload}");
        let members: Vec<&str> = payload.as_object().unwrap().keys().map(String::as_str).collect();
        let (error_type, expected): (_, &[&str]) = match language {
            Language::Python => {
                assert_eq!(payload["requestId"], run.id.as_str());
                let trace = payload["stackTrace"][0].as_str().unwrap();
                assert!(trace.starts_with("  File \"/var/task/failures.py\", line "), "{trace}");
                ("ValueError", &["errorMessage", "errorType", "requestId", "stackTrace"])
            }
            Language::Node => {
                assert_eq!(payload["trace"][0], "RangeError: as asked");
                ("RangeError", &["errorMessage", "errorType", "trace"])
            }
            Language::Rust => {
                let boxed =
                    "&alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync>";
                (boxed, &["errorMessage", "errorType"])
            }
        };
        assert_eq!(payload["errorType"], error_type, "{language}: {payload}");
        assert_eq!(members, expected, "{language}: {payload}");
    });
}

#[test]
fn a_traceback_is_one_log_event() {
    let server = Server::start();
    for (language, first) in
        [(Language::Python, "[ERROR] ValueError: as asked\n"), (Language::Node, "\tERROR\tInvoke Error ")]
    {
        let function = Function::deploy(&server, language, &json!({}));
        let run = function.run(&json!({ "do": "raise" }));
        let log = function.log();
        let [message] = log.written_in(&run) else { panic!("{language}: {:#?}", log.0) };
        assert!(message.contains(first) && message.contains("as asked"), "{language}: {message}");
        function.delete();
    }
}

#[test]
fn an_exit_with_zero_is_an_exit_without_a_reason() {
    let ending = "Status: error\tError Type: Runtime.ExitError";
    each(&json!({ "do": "exit", "code": 0 }), &json!({}), Afterwards::Reset, ending, |_, run, payload| {
        let message = "Runtime exited without providing a reason";
        assert_eq!(payload, made("Runtime.ExitError", run, message));
    });
}

#[test]
fn an_exit_shows_its_status() {
    let ending = "Status: error\tError Type: Runtime.ExitError";
    each(&json!({ "do": "exit", "code": 42 }), &json!({}), Afterwards::Reset, ending, |_, run, payload| {
        let message = "Runtime exited with error: exit status 42";
        assert_eq!(payload, made("Runtime.ExitError", run, message));
    });
}

#[test]
fn a_function_that_kills_itself_is_shown_as_killed() {
    let ending = "Status: error\tError Type: Runtime.ExitError";
    each(&json!({ "do": "kill" }), &json!({}), Afterwards::Reset, ending, |_, run, payload| {
        let message = "Runtime exited with error: signal: killed";
        assert_eq!(payload, made("Runtime.ExitError", run, message));
    });
}

/// Needs a memory cgroup: without one an allocation fails in the function instead, in the words of its language.
#[test]
fn memory_that_is_not_there_is_told_by_the_report_alone() {
    let ending = "Status: error\tError Type: Runtime.OutOfMemory";
    each(&json!({ "do": "allocate" }), &json!({}), Afterwards::Reset, ending, |_, run, payload| {
        let message = "Runtime exited with error: signal: killed";
        assert_eq!(payload, made("Runtime.ExitError", run, message));
    });
}

#[test]
fn a_timeout_is_told_with_two_decimals() {
    let extra = json!({ "Timeout": 3 });
    each(&json!({ "do": "sleep" }), &extra, Afterwards::Reset, "Status: timeout", |_, run, payload| {
        assert_eq!(payload, made("Sandbox.Timedout", run, "Task timed out after 3.00 seconds"));
    });
}

#[test]
fn an_answer_of_one_byte_too_many_is_refused_and_the_process_goes_on() {
    let event = json!({ "do": "answer", "bytes": 6_291_557 });
    let ending = "Status: error\tError Type: Function.ResponseSizeTooLarge";
    each(&event, &json!({}), Afterwards::Kept, ending, |_, _, payload| {
        let expected = r#"{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}"#;
        assert_eq!(payload, expected);
    });
}
