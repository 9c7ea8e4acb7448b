//! A function whose reservation is nothing: it is off for callers who wait, and its events are taken nevertheless.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::app::{App, ok, refusal};

pub(crate) async fn a_function_without_concurrency_refuses_calls_and_takes_events() {
    let app = App::start().await;
    let reserve = "/2017-10-31/functions/there/concurrency";
    let reserved = app.ask("PUT", reserve, json!({"ReservedConcurrentExecutions": 0})).await;
    assert_eq!(reserved, ok(200, json!({"ReservedConcurrentExecutions": 0})));
    let body = json!({
        "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
        "Type": "User",
        "message": "Rate Exceeded.",
    });
    let throttled = refusal(429, "TooManyRequestsException", body);
    for (query, kind, expected) in [
        ("", "RequestResponse", &throttled),
        ("?Qualifier=1", "RequestResponse", &throttled),
        ("", "Event", &ok(202, Value::Null)),
        ("?Qualifier=1", "Event", &ok(202, Value::Null)),
        ("", "DryRun", &ok(204, Value::Null)),
    ] {
        let target = format!("/2015-03-31/functions/there/invocations{query}");
        let headers = [("x-amz-invocation-type", kind)];
        let got = app.send_with("POST", &target, &headers, Bytes::from_static(b"{}")).await;
        assert_eq!(&got, expected, "{kind} {target}");
    }
    let asynchronous = "/2014-11-13/functions/there/invoke-async/";
    assert_eq!(app.ask("POST", asynchronous, json!({})).await, ok(202, Value::Null));
}
