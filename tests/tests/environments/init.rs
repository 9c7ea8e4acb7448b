//! Functions that do not come up. The init phase fails, the first invocation tries again, and its caller gets the
//! failure of the second try.

use crate::function::Function;
use crate::log::{Init, Log, assert_report};
use lambent_tests::{Package, Server, runtime};
use serde_json::{Value, json};

/// The two INIT_REPORT lines of a function that never comes up, and the end of REPORT.
fn assert_tried_twice(log: &Log, error_type: &str) {
    let reports: Vec<&String> = log.0.iter().filter(|line| line.starts_with("INIT_REPORT")).collect();
    assert_eq!(reports.len(), 2, "{:#?}", log.0);
    for (report, phase) in reports.into_iter().zip(["init", "invoke"]) {
        let ending = format!(" ms\tPhase: {phase}\tStatus: error\tError Type: {error_type}\n");
        assert!(report.starts_with("INIT_REPORT Init Duration: ") && report.ends_with(&ending), "{report:?}");
    }
}

/// Deploys it, runs it twice and gives the error object both runs must share. `ending` is that of REPORT.
fn never_comes_up(runtime: &str, handler: &str, package: Package, init_error: &str, ending: &str) -> String {
    let server = Server::start();
    let function = Function::of(&server, runtime, handler, package, json!({ "Timeout": 60 }));
    let first = function.run(&json!({}));
    let log = function.log();
    log.assert_begins_with_init();
    assert_tried_twice(&log, init_error);
    assert_report(log.of_run(&first), &first, 128, Init::Absent, ending);
    let second = function.run(&json!({}));
    let without_id = |run: &crate::function::Run| run.failed().replace(&run.id, "ID");
    assert_eq!(without_id(&first), without_id(&second));
    without_id(&first)
}

#[test]
fn python_code_that_cannot_be_loaded() {
    let table = [
        (
            "app.handler",
            "import nothing_of_that_name",
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module named 'nothing_of_that_name'",
        ),
        ("app.handler", "def handler(:\n", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app': "),
        (
            "app.other",
            "def handler(e, c): pass",
            "Runtime.HandlerNotFound",
            "Handler 'other' missing on module 'app'",
        ),
        (
            "missing.handler",
            "",
            "Runtime.ImportModuleError",
            "Unable to import module 'missing': No module named 'missing'",
        ),
        ("handler", "", "Runtime.MalformedHandlerName", "Bad handler 'handler': "),
        ("app.handler", "raise KeyError('at load')", "Runtime.Unknown", "'at load'"),
    ];
    for (handler, code, error_type, message) in table {
        let package = Package::of("app.py", code);
        let payload = never_comes_up(runtime::python(), handler, package, error_type, "");
        let payload: Value = serde_json::from_str(&payload).unwrap();
        let posted = if error_type == "Runtime.Unknown" { "KeyError" } else { error_type };
        assert_eq!(payload["errorType"], posted, "{payload}");
        assert!(payload["errorMessage"].as_str().unwrap().starts_with(message), "{payload}");
        assert_eq!(payload["requestId"], "", "{payload}");
    }
}

#[test]
fn node_code_that_cannot_be_loaded() {
    let table = [
        (
            "app.js",
            "app.handler",
            "require('nothing-of-that-name');",
            "Runtime.ImportModuleError",
            "Error: Cannot find module",
        ),
        (
            "app.mjs",
            "app.handler",
            "export function handler( {",
            "Runtime.UserCodeSyntaxError",
            "SyntaxError: ",
        ),
        (
            "app.mjs",
            "app.other",
            "export function handler() {}",
            "Runtime.HandlerNotFound",
            "app.other is undefined or not exported",
        ),
        // Only `require` has an error type of its own for this, as in AWS.
        (
            "app.mjs",
            "app.handler",
            "import 'nothing-of-that-name';",
            "Runtime.Unknown",
            "Cannot find package 'nothing-of-that-name'",
        ),
    ];
    for (file, handler, code, error_type, message) in table {
        let package = Package::of(file, code);
        let payload = never_comes_up(runtime::node(), handler, package, error_type, "");
        let payload: Value = serde_json::from_str(&payload).unwrap();
        let posted = if error_type == "Runtime.Unknown" { "Error" } else { error_type };
        assert_eq!(payload["errorType"], posted, "{payload}");
        assert!(payload["errorMessage"].as_str().unwrap().starts_with(message), "{payload}");
        assert!(payload["trace"].is_array(), "{payload}");
    }
}

#[test]
fn an_exit_while_it_comes_up() {
    let package = Package::of("app.py", "import os\nos._exit(3)\n");
    let ending = "Status: error\tError Type: Runtime.ExitError";
    let payload = never_comes_up(runtime::python(), "app.handler", package, "Runtime.ExitError", ending);
    let expected = r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 3"}"#;
    assert_eq!(payload, expected);
}

#[test]
fn a_package_without_a_bootstrap() {
    let package = Package::of("README", "nothing to run");
    let ending = "Status: error\tError Type: Runtime.InvalidEntrypoint";
    let payload = never_comes_up("provided.al2023", "unused", package, "Runtime.InvalidEntrypoint", ending);
    let expected = r#"{"errorType":"Runtime.InvalidEntrypoint","errorMessage":"RequestId: ID Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"}"#;
    assert_eq!(payload, expected);
}

/// Ten seconds of init, then the same again inside the invocation, where the function's own timeout counts.
#[test]
fn an_init_of_more_than_ten_seconds_is_run_again_in_the_invocation() {
    if !lambent_tests::is_long() {
        return;
    }
    let server = Server::start();
    let code = "import time\ntime.sleep(11)\ndef handler(e, c): return 'up'\n";
    let package = Package::of("app.py", code);
    let function = Function::of(&server, runtime::python(), "app.handler", package, json!({ "Timeout": 60 }));
    let run = function.run(&json!({}));
    assert_eq!(run.succeeded(), "up");
    let log = function.log();
    let reports: Vec<&String> = log.0.iter().filter(|line| line.starts_with("INIT_REPORT")).collect();
    let [report] = reports.as_slice() else { panic!("{:#?}", log.0) };
    assert!(report.ends_with(" ms\tPhase: init\tStatus: timeout\n"), "{report}");
    assert_report(log.of_run(&run), &run, 128, Init::Absent, "");
}
