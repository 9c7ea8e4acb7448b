//! What functions in Python, their callers and their logs see.

use serde_json::{Value, json};

use crate::fake_api::{Event, Manner, request_id};
use crate::scenario::{Report, Scenario, installed, preferred};

const TEXT: u32 = 0xa55a_0003;
const TEXT_ERROR: u32 = 0xa55a_0017;

fn function(source: &str) -> Scenario {
    Scenario::new("app.py", source, "app.handler")
}

fn run(scenario: Scenario) -> Report {
    scenario.run(&preferred("python"))
}

#[test]
fn every_python_here_answers_and_reports_a_raised_error() {
    let source = "def handler(event, context):\n    print('got', event)\n    return 1 / event['divisor']\n";
    let here = installed("python");
    let identifiers: Vec<_> = here.iter().map(|one| one.identifier.as_str()).collect();
    println!("{identifiers:?}");
    for identifier in identifiers {
        let report = function(source).event(r#"{"divisor":4}"#).event(r#"{"divisor":0}"#).run(identifier);
        assert_eq!(report.posts.len(), 2, "{identifier}: {report:#?}");
        assert_eq!(report.posts[0].body, b"0.25");
        assert_eq!(
            report.posts[0].path,
            format!("/2018-06-01/runtime/invocation/{}/response", request_id(0))
        );
        let error = report.posts[1].json();
        assert_eq!(error["errorType"], "ZeroDivisionError", "{identifier}");
        assert_eq!(error["requestId"], request_id(1));
        let file = report.task.join("app.py");
        let frame =
            format!("  File \"{}\", line 3, in handler\n    return 1 / event['divisor']\n", file.display());
        assert_eq!(error["stackTrace"], json!([frame]), "{identifier}");
        assert_eq!(report.output(), "got {'divisor': 4}\ngot {'divisor': 0}\n");
        let shown = frame.replacen("  ", "\u{a0}\u{a0}", 1).replace("\n    ", "\n\u{a0}\u{a0}\u{a0}\u{a0}");
        let expected = "[ERROR] ZeroDivisionError: division by zero\nTraceback (most recent call last):\n";
        assert_eq!(report.records.len(), 1);
        assert_eq!(report.records[0].kind, TEXT_ERROR);
        assert_eq!(report.records[0].text, format!("{expected}{}", shown.trim_end()));
        assert_eq!(report.exit, None, "the runtime serves on");
    }
}

#[test]
fn the_error_header_and_cause_name_the_exception() {
    let report = run(function("def handler(e, c):\n    raise KeyError('ü')\n").event("1"));
    let post = report.answer();
    assert_eq!(post.header("lambda-runtime-function-error-type"), Some("KeyError"));
    let cause: Value =
        serde_json::from_str(post.header("lambda-runtime-function-xray-error-cause").unwrap()).unwrap();
    assert_eq!(cause["exceptions"][0]["message"], "'ü'");
    assert_eq!(cause["exceptions"][0]["stack"][0]["label"], "handler");
}

#[test]
fn loading_fails_with_awss_error_types() {
    let cases = [
        (
            "nope.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'nope': No module named 'nope'",
        ),
        ("app.nope", "Runtime.HandlerNotFound", "Handler 'nope' missing on module 'app'"),
        (
            "app",
            "Runtime.MalformedHandlerName",
            "Bad handler 'app': not enough values to unpack (expected 2, got 1)",
        ),
        ("sys.exit", "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"),
        (
            "needs.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'needs': No module named 'requests'",
        ),
        ("raises.handler", "ValueError", "at load"),
    ];
    for (handler, kind, message) in cases {
        let scenario = Scenario::new("app.py", "", handler)
            .file("needs.py", "import requests\n")
            .file("raises.py", "raise ValueError('at load')\n");
        let report = run(scenario.event("1"));
        let post = report.answer();
        assert_eq!(post.path, "/2018-06-01/runtime/init/error");
        assert_eq!(post.header("lambda-runtime-function-error-type"), Some(kind));
        let body = post.json();
        assert_eq!((&body["errorType"], &body["errorMessage"]), (&json!(kind), &json!(message)));
        assert_eq!(body["requestId"], "");
        assert_eq!(report.exit_code(), Some(1));
        assert!(report.records[0].text.starts_with(&format!("[ERROR] {kind}: {message}\nTraceback")));
    }
}

#[test]
fn a_syntax_error_says_where() {
    let report = run(function("def handler(e, c)\n    return 1\n").event("1"));
    let body = report.answer().json();
    assert_eq!(body["errorType"], "Runtime.UserCodeSyntaxError");
    assert!(body["errorMessage"].as_str().unwrap().starts_with("Syntax error in module 'app': "));
    assert!(body["stackTrace"][0].as_str().unwrap().contains("app.py\" Line 1\n"));
}

#[test]
fn handlers_are_found_in_packages_directories_and_layers() {
    let source = "import shared\ndef handler(e, c):\n    return [__name__, shared.NAME]\n";
    for handler in ["package.inner.handler", "package/inner.handler"] {
        let scenario = Scenario::new("package/inner.py", source, handler);
        let report = run(scenario.layer_file("python/shared.py", "NAME = 'layer'\n").event("1"));
        assert_eq!(report.answer().json(), json!(["package.inner", "layer"]));
    }
}

#[test]
fn search_path_is_code_layers_runtime_then_the_standard_library() {
    let source = "import sys\ndef handler(e, c):\n    return [sys.path, sys.argv]\n";
    let report = run(function(source).event("1"));
    let body = report.answer().json();
    let path: Vec<&str> = body[0].as_array().unwrap().iter().map(|entry| entry.as_str().unwrap()).collect();
    assert_eq!(path[0], report.task.to_str().unwrap());
    assert!(path[1].contains("/opt/python/lib/python3.") && path[1].ends_with("/site-packages"), "{path:?}");
    assert!(path[2].ends_with("/opt/python") && path[3].ends_with("/runtime"), "{path:?}");
    let leaked = path[4..].iter().find(|entry| entry.contains("-packages"));
    assert_eq!(leaked, None, "the host's packages");
    assert_eq!(body[1].as_array().unwrap().len(), 1, "our arguments are not the function's");
}

#[test]
fn a_python_path_of_the_functions_own_is_searched() {
    let source = "import extra\ndef handler(e, c):\n    return extra.NAME\n";
    let scenario = function(source).file("libs/extra.py", "NAME = 'own'\n").env("PYTHONPATH", "libs");
    assert_eq!(run(scenario.event("1")).answer().json(), "own");
}

#[test]
fn the_context_has_awss_members() {
    let source = "
def handler(event, context):
    c = context
    return {'id': c.aws_request_id, 'name': c.function_name, 'version': c.function_version,
            'arn': c.invoked_function_arn, 'memory': c.memory_limit_in_mb, 'group': c.log_group_name,
            'stream': c.log_stream_name, 'remaining': c.get_remaining_time_in_millis() > 1000000,
            'identity': [c.identity.cognito_identity_id, c.identity.cognito_identity_pool_id],
            'custom': c.client_context and c.client_context.custom, 'tenant': c.tenant_id,
            'app': c.client_context and c.client_context.client.app_title,
            'env': c.client_context and c.client_context.env,
            'trace': __import__('os').environ.get('_X_AMZN_TRACE_ID')}
";
    let full = Event::new("null")
        .with(
            "Lambda-Runtime-Client-Context",
            r#"{"custom":{"k":"ü"},"env":{"l":"de"},"client":{"app_title":"t"}}"#,
        )
        .with("Lambda-Runtime-Cognito-Identity", r#"{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}"#)
        .with("Lambda-Runtime-Trace-Id", "Root=1-2-3")
        .with("Lambda-Runtime-Aws-Tenant-Id", "blue");
    let report = run(function(source).send(full).event("null"));
    let body = report.posts[0].json();
    let expected = json!({
        "id": request_id(0), "name": "function_name", "version": "function_version",
        "arn": "arn:aws:lambda:eu-west-1:1:function:sample", "memory": "128", "group": "log_group_name",
        "stream": "log_stream_name", "remaining": true, "identity": ["i", "p"], "custom": {"k": "ü"},
        "tenant": "blue", "app": "t", "env": {"l": "de"}, "trace": "Root=1-2-3",
    });
    assert_eq!(body, expected);
    let bare = report.posts[1].json();
    let absent = ["custom", "tenant", "app", "env", "trace"].map(|name| bare[name].clone());
    assert_eq!(absent, [const { Value::Null }; 5]);
    assert_eq!(bare["identity"], json!([null, null]));
}

#[test]
fn bad_context_headers_fail_the_invocation_not_the_runtime() {
    let event = Event::new("1").with("Lambda-Runtime-Client-Context", "{nonsense");
    let report = run(function("def handler(e, c):\n    return e\n").send(event).event("2"));
    assert_eq!(report.posts[0].json()["errorType"], "Runtime.LambdaContextUnmarshalError");
    assert_eq!(report.posts[1].body, b"2");
}

#[test]
fn text_logs_carry_level_time_and_request_id() {
    let source = "
import logging
def handler(event, context):
    logging.getLogger('mine').warning('one\\ntwo %s', 'ü')
    logging.info('not shown at the default level')
    context.log('raw')
";
    let report = run(function(source).event("1"));
    assert_eq!(report.answer().body, b"null");
    let [first, second] = report.records.as_slice() else { panic!("{report:#?}") };
    assert_eq!((first.kind, second.kind), (TEXT, TEXT));
    let fields: Vec<&str> = first.text.split('\t').collect();
    assert_eq!((fields[0], fields[2]), ("[WARNING]", request_id(0).as_str()));
    assert_eq!(fields[3], "one\ntwo ü\n");
    let pattern = fields[1].replace(|c: char| c.is_ascii_digit(), "0");
    assert_eq!(pattern, "0000-00-00T00:00:00.000Z");
    assert_eq!(second.text, "raw");
}

#[test]
fn json_logs_are_objects_filtered_by_level() {
    let source = "
import logging
def handler(event, context):
    logging.debug('hidden')
    logging.info({'a': 1})
    logging.getLogger('mine').warning('%d left', 3, extra={'order': object, 'n': 7})
    try:
        {}['x']
    except KeyError:
        logging.exception('caught')
    raise RuntimeError('out')
";
    let scenario = function(source).env("AWS_LAMBDA_LOG_FORMAT", "JSON").env("AWS_LAMBDA_LOG_LEVEL", "INFO");
    let report = run(scenario.event("1"));
    let kinds: Vec<u32> = report.records.iter().map(|record| record.kind & 0xff).collect();
    assert_eq!(kinds, [0x0e, 0x12, 0x16, 0x16], "{report:#?}");
    let records: Vec<Value> = report.records.iter().map(|record| record.json()).collect();
    assert_eq!(records[0]["message"], json!({"a": 1}));
    assert_eq!(records[1]["message"], "3 left");
    assert_eq!((&records[1]["logger"], &records[1]["n"]), (&json!("mine"), &json!(7)));
    assert_eq!(records[1]["order"], "<class 'object'>");
    assert_eq!(records[1]["requestId"], request_id(0));
    assert_eq!((&records[2]["errorType"], &records[2]["errorMessage"]), (&json!("KeyError"), &json!("'x'")));
    assert!(records[2]["location"].as_str().unwrap().contains("app.py:handler:"));
    assert_eq!((&records[3]["errorType"], &records[3]["level"]), (&json!("RuntimeError"), &json!("ERROR")));
}

#[test]
fn without_frames_a_failure_is_one_line() {
    let report = run(function("def handler(e, c):\n    raise ValueError('x')\n").without_frames().event("1"));
    let output = report.output();
    assert!(
        output.starts_with("[ERROR] ValueError: x\rTraceback (most recent call last):\r\u{a0}\u{a0}File ")
    );
    assert_eq!(output.matches('\n').count(), 1);
}

#[test]
fn responses_are_written_as_simplejson_does() {
    let source = "
import collections, decimal, math
P = collections.namedtuple('P', 'x y')
D = decimal.Decimal
VALUES = [D('1.50'), [D('NaN'), D('Infinity')], P(1, [P(2, D('3'))]), {b'k': b'v'}, math.nan, 'ü\\u2028', None, (1,),
          {1: True, None: 2.5}, b'raw\\xff', {'x': set()}, 10**30, chr(0xd800)]
def handler(event, context):
    return VALUES[event]
";
    let mut scenario = function(source);
    for number in 0..13 {
        scenario = scenario.event(number.to_string());
    }
    let report = run(scenario);
    let bodies: Vec<_> = report.posts.iter().map(|post| String::from_utf8_lossy(&post.body)).collect();
    assert_eq!(
        bodies[..5],
        ["1.50", "[NaN, Infinity]", r#"{"x": 1, "y": [{"x": 2, "y": 3}]}"#, r#"{"k": "v"}"#, "NaN"]
    );
    assert_eq!(report.posts[5].json(), "ü\u{2028}");
    assert_eq!(bodies[6..9], ["null", "[1]", r#"{"1": true, "null": 2.5}"#]);
    assert_eq!(report.posts[9].body, b"raw\xff");
    assert_eq!(report.posts[9].header("content-type"), Some("application/unknown"));
    let error = report.posts[10].json();
    assert_eq!(error["errorType"], "Runtime.MarshalError");
    assert_eq!(
        error["errorMessage"],
        "Unable to marshal response: Object of type set is not JSON serializable"
    );
    assert_eq!(bodies[11], "1000000000000000000000000000000");
    assert_eq!(report.posts.len(), 13, "even what has no UTF-8 is answered");
}

#[test]
fn large_events_and_answers_pass() {
    let text = "ü".repeat(3 * 1024 * 1024 - 10);
    let body = serde_json::to_vec(&json!({ "text": text })).unwrap();
    let source = "def handler(e, c):\n    return e['text'].encode()\n";
    let report = run(function(source).event(body));
    assert!(report.answer().body == text.as_bytes(), "{} bytes", report.answer().body.len());
}

#[test]
fn a_refused_answer_does_not_end_the_runtime() {
    let source = "def handler(e, c):\n    return 'x' * e\n";
    let scenario = function(source).manner(Manner::RefusesLargeBodies).event("7000000").event("2");
    let report = run(scenario);
    assert_eq!(report.posts.last().unwrap().body, b"\"xx\"");
    assert_eq!(report.exit, None);
}

#[test]
fn lost_connections_and_chunked_events_are_no_matter() {
    for manner in [Manner::HangsUp, Manner::Chunked] {
        let long = serde_json::to_vec(&"y".repeat(5000)).unwrap();
        let report =
            run(function("def handler(e, c):\n    return e\n").manner(manner).event("1").event(long.clone()));
        let bodies: Vec<_> = report.posts.iter().map(|post| post.body.clone()).collect();
        assert_eq!(bodies, [b"1".to_vec(), long], "{manner:?}");
    }
}

#[test]
fn rubbish_on_stdout_and_in_logs_is_passed_on() {
    let source = "
import logging, sys
def handler(event, context):
    sys.stdout.buffer.write(b'\\xff\\x00\\xfe\\n')
    logging.warning('\\udc80')
    sys.stderr.write('err\\n')
    print('x' * 1000000)
";
    let report = run(function(source).event("1"));
    assert_eq!(report.answer().body, b"null");
    assert!(report.output.starts_with(b"\xff\x00\xfe\nerr\nx"));
    assert_eq!(report.output.len(), 4 + 4 + 1_000_001);
    assert!(report.records[0].text.ends_with("\\udc80\n"));
}

#[test]
fn exits_are_the_functions_own() {
    let source = "
import os, sys
def handler(event, context):
    print('partial', end='')
    sys.exit(event) if event else os._exit(9)
";
    for (event, code) in [("3", 3), ("0", 9)] {
        let report = run(function(source).event(event));
        assert_eq!((report.exit_code(), report.posts.len()), (Some(code), 0));
        assert_eq!(report.output(), "partial", "what was printed is not lost");
    }
}

#[test]
fn a_wrapper_gets_the_command_line() {
    let wrapper = "#!/bin/sh\necho wrapped\nexport FROM_WRAPPER=1\nexec \"$@\"\n";
    let source = "import os\ndef handler(e, c):\n    return os.environ['FROM_WRAPPER']\n";
    let scenario = function(source).file("wrapper", wrapper).env("AWS_LAMBDA_EXEC_WRAPPER", "$TASK/wrapper");
    let path = scenario.path_of("wrapper");
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let report = run(scenario.event("1"));
    assert_eq!((report.answer().json(), report.output()), (json!("1"), "wrapped\n".to_owned()));
    let missing = run(function(source).env("AWS_LAMBDA_EXEC_WRAPPER", "/nowhere").event("1"));
    assert_eq!(missing.exit_code(), Some(127));
}

#[test]
fn nothing_of_the_runtime_is_left_for_the_function_to_trip_over() {
    let source = "
import os, sys, subprocess
def handler(event, context):
    child = subprocess.run(['/bin/sh', '-c', 'ls /proc/self/fd | wc -l'], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    return [os.environ.get('_LAMBDA_TELEMETRY_LOG_FD'), int(child.stdout), 'logging' in sys.modules, 'json' in sys.modules]
";
    let report = run(function(source).event("1"));
    // Standard streams and the directory being listed.
    assert_eq!(report.answer().json(), json!([null, 4, false, false]));
}

#[test]
fn signals_reach_the_function_while_the_runtime_waits() {
    let source = "
import signal, threading, os
signal.signal(signal.SIGTERM, lambda *_: (print('graceful'), os._exit(0)))
def handler(event, context):
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
";
    // The second `next` hangs until the signal comes; the answer to the first is the only post.
    let report = run(function(source).event("1").ends_by_itself());
    assert_eq!((report.output().as_str(), report.exit_code()), ("graceful\n", Some(0)));
    assert_eq!(report.posts.len(), 1);
}

#[test]
fn a_runtime_api_that_is_gone_is_one_line_and_an_exit() {
    let scenario =
        function("def handler(e, c):\n    return e\n").env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1");
    let report = run(scenario.event("1"));
    assert_eq!(report.exit_code(), Some(1));
    assert!(report.output().starts_with("the Runtime API is gone: "), "{}", report.output());
    assert_eq!(report.output().lines().count(), 1);
}
