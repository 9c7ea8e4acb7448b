//! The asynchronous twin of a failure: the event remembers each attempt, how it ended and where its log is.

use crate::function::{Function, Language};
use crate::log::Log;
use lambent_tests::Server;
use serde_json::json;
use std::time::Duration;

const SETTLED: Duration = Duration::from_secs(60);

#[test]
fn each_attempt_is_remembered_with_its_outcome_and_its_log() {
    let server = Server::start_with(&[], &[("LAMBENT_EVENTS_RETRY_BASE_DELAY_SECS", "0")]);
    let function = Function::deploy(&server, Language::Python, &json!({ "Timeout": 3 }));
    let cases = [
        (
            json!({ "do": "exit", "code": 7 }),
            "functionError",
            "Runtime.ExitError",
            "Runtime exited with error: exit status 7",
            "Status: error\tError Type: Runtime.ExitError\n",
        ),
        (
            json!({ "do": "sleep" }),
            "timeout",
            "Sandbox.Timedout",
            "Task timed out after 3.00 seconds",
            "Status: timeout\n",
        ),
    ];
    for (event, outcome, error_type, message, ending) in cases {
        let id = server.invoke_async(&function.name, &event.to_string());
        let status = server.settled(&id, SETTLED);
        assert_eq!(status["state"], "failed", "{status}");
        assert_eq!(status["condition"], "RetriesExhausted", "{status}");
        let attempts = status["attempts"].as_array().unwrap();
        assert_eq!(attempts.len(), 3, "one run and two retries: {status}");
        for (number, attempt) in attempts.iter().enumerate() {
            assert_eq!(attempt["number"], number + 1, "{status}");
            assert_eq!(attempt["outcome"], outcome, "{status}");
            assert_eq!(attempt["errorType"], error_type, "{status}");
            assert_eq!(attempt["errorMessage"], format!("RequestId: {id} Error: {message}"), "{status}");
            let (group, stream) = (attempt["log"]["group"].as_str(), attempt["log"]["stream"].as_str());
            let log = Log::of_stream(&server, group.unwrap(), stream.unwrap());
            let report = format!("REPORT RequestId: {id}\t");
            assert!(
                log.0.iter().any(|line| line.starts_with(&report) && line.ends_with(ending)),
                "attempt {attempt} points to {:#?}",
                log.0
            );
        }
    }
    // Both events ran under the same request id at every attempt, and the function still works.
    let id = server.invoke_async(&function.name, "{}");
    assert_eq!(server.settled(&id, SETTLED)["state"], "succeeded");
}
