//! L1 and F1 on the real binary: what a function cannot make the server do.

use lambent_tests::server::{descendants, wait_for};
use lambent_tests::{Package, Server, runtime};
use serde_json::json;
use std::time::Duration;

/// Answers for its runtime and then never lets it ask again.
const NEVER_RETURNS: &str = "
import os, time, urllib.request
def handler(event, context):
    url = 'http://%s/2018-06-01/runtime/invocation/%s/response' % (
        os.environ['AWS_LAMBDA_RUNTIME_API'], context.aws_request_id)
    urllib.request.urlopen(urllib.request.Request(url, data=b'1', method='POST'))
    time.sleep(3600)
";

const SLEEPS: &str = "
import time
def handler(event, context):
    time.sleep(event['secs'])
";

/// Environments whose runtimes do not come back count as running: there are never more than may run.
#[test]
fn a_runtime_that_does_not_ask_again_does_not_multiply() {
    let server = Server::start_with(&["--concurrency", "4"], &[]);
    let package = Package::of("app.py", NEVER_RETURNS);
    server.create_function("stuck", runtime::python(), "app.handler", package, json!({ "Timeout": 600 }));
    for _ in 0..10 {
        let reply = server.invoke("stuck", "{}");
        assert_eq!((reply.status, reply.text().as_str()), (200, "1"), "{reply:?}");
    }
    let started = server.request("GET", "/metrics", &[], b"").text();
    assert!(started.contains("lambent_environments_started_total 10"), "{started}");
    // Of each environment that is left the runtime is one process; the others of a sandbox are not Python.
    let runtimes = || {
        let name = |pid: u32| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        descendants(server.pid()).into_iter().filter(|(pid, _)| name(*pid).starts_with("python")).count()
    };
    wait_for(Duration::from_secs(20), "at most four environments", || (runtimes() <= 4).then_some(()));
    assert!(runtimes() >= 1);
}

/// A backlog of long runs leaves places for the first event of another function.
#[test]
fn long_runs_of_one_function_do_not_keep_another_waiting() {
    let server = Server::start_with(&["--concurrency", "10"], &[]);
    for name in ["slow", "quiet"] {
        let package = Package::of("app.py", SLEEPS);
        server.create_function(name, runtime::python(), "app.handler", package, json!({ "Timeout": 600 }));
    }
    for _ in 0..30 {
        let _ = server.invoke_async("slow", r#"{"secs": 300}"#);
    }
    wait_for(Duration::from_secs(60), "the slow function to take all it can", || {
        let text = server.request("GET", "/metrics", &[], b"").text();
        text.contains("lambent_concurrent_executions 7").then_some(())
    });
    let id = server.invoke_async("quiet", r#"{"secs": 0}"#);
    assert_eq!(server.settled(&id, Duration::from_secs(30))["state"], "succeeded");
    // Nor do events take the places of those who wait for their answer.
    assert_eq!(server.invoke("quiet", r#"{"secs": 0}"#).status, 200);
}
