//! Lambent's own API for events against the real binary, where every request must be signed.

use lambent_tests::{Script, Server, prepared};

/// What a line of the trail says of one action.
fn trail_has(log: &str, action: &str, outcome: &str) -> bool {
    log.lines().any(|line| {
        line.contains("lambent::audit")
            && [action, outcome, "user/", "request.id", "function:events-of-boto3"]
                .iter()
                .all(|part| line.contains(part))
    })
}

#[test]
fn boto3_sends_events_with_headers_and_retries_what_is_refused() {
    let bounds = [
        ("LAMBENT_EVENTS_BACKLOG_EVENTS_MAX", "3"),
        ("LAMBENT_EVENTS_RESULTS", "payload"),
        ("LAMBENT_LOGS_FORMAT", "json"),
        ("LAMBENT_LOGS_LEVEL", "warn"),
    ];
    let server = Server::start_with(&["--auth", "required"], &bounds);
    let _ = Script::of(&server, prepared("LAMBENT_TEST_PYTHON"), "python/events.py").output();
    let log = server.log();
    for action in ["PauseEvents", "ResumeEvents", "CancelEvent", "GetEventResult"] {
        assert!(trail_has(&log, &format!("lambent:{action}"), "done"), "no {action} in {log}");
    }
    assert!(!log.contains("\"n\": 1") && !log.contains(r#"{"n":1}"#), "a payload is in the log: {log}");
}
