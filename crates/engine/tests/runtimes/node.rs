//! What functions in Node.js, their callers and their logs see.

use serde_json::{Value, json};

use crate::fake_api::{Event, Manner, request_id};
use crate::scenario::{Report, Scenario, installed, preferred};

const TEXT_INFO: u32 = 0xa55a_000f;
const TEXT_ERROR: u32 = 0xa55a_0017;

fn function(source: &str) -> Scenario {
    Scenario::new("index.js", source, "index.handler")
}

fn run(scenario: Scenario) -> Report {
    scenario.run(&preferred("nodejs"))
}

#[test]
fn every_node_here_answers_and_reports_a_raised_error() {
    let source = "exports.handler = async (event) => {
        if (event === 0) throw new RangeError('zero');
        return { double: event * 2 };
    };";
    let here = installed("nodejs");
    let identifiers: Vec<_> = here.iter().map(|one| one.identifier.as_str()).collect();
    println!("{identifiers:?}");
    for identifier in identifiers {
        let report = function(source).event("4").event("0").run(identifier);
        assert_eq!(report.posts.len(), 2, "{identifier}: {report:#?}");
        assert_eq!(report.posts[0].body, br#"{"double":8}"#);
        let post = &report.posts[1];
        assert_eq!(post.path, format!("/2018-06-01/runtime/invocation/{}/error", request_id(1)));
        assert_eq!(post.header("lambda-runtime-function-error-type"), Some("RangeError"));
        let error = post.json();
        assert_eq!((&error["errorType"], &error["errorMessage"]), (&json!("RangeError"), &json!("zero")));
        assert_eq!(error["trace"][0], "RangeError: zero");
        assert!(error["trace"][1].as_str().unwrap().contains("index.js:2:"));
        let [record] = report.records.as_slice() else { panic!("{report:#?}") };
        assert_eq!(record.kind, TEXT_ERROR);
        let fields: Vec<&str> = record.text.split('\t').collect();
        assert_eq!((fields[1], fields[2], fields[3]), (request_id(1).as_str(), "ERROR", "Invoke Error "));
        let shown: Value = serde_json::from_str(fields[4]).unwrap();
        assert_eq!(
            (&shown["errorType"], &shown["stack"][0]),
            (&json!("RangeError"), &json!("RangeError: zero"))
        );
        assert_eq!(report.exit, None, "the runtime serves on");
    }
}

#[test]
fn loading_fails_with_awss_error_types() {
    let cases = [
        ("nope.handler", "Runtime.ImportModuleError", "Error: Cannot find module 'nope'\nRequire stack:"),
        ("index.nope", "Runtime.HandlerNotFound", "index.nope is undefined or not exported"),
        ("index.text", "Runtime.HandlerNotFound", "index.text is not a function"),
        ("index", "Runtime.MalformedHandlerName", "Bad handler"),
        (
            "../x.handler",
            "Runtime.MalformedHandlerName",
            "'../x.handler' is not a valid handler name. Use absolute",
        ),
        ("broken.handler", "Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected token"),
        ("needs.handler", "Runtime.ImportModuleError", "Error: Cannot find module 'absent'\nRequire stack:"),
        ("raises.handler", "TypeError", "at load"),
    ];
    for (handler, kind, message) in cases {
        let scenario = Scenario::new("index.js", "exports.text = 'x';", handler)
            .file("broken.js", "exports.handler = async ( => {};")
            .file("needs.js", "require('absent');")
            .file("raises.js", "throw new TypeError('at load');");
        let report = run(scenario.event("1"));
        let post = report.answer();
        assert_eq!(post.path, "/2018-06-01/runtime/init/error", "{handler}");
        assert_eq!(post.header("lambda-runtime-function-error-type"), Some(kind), "{handler}");
        let body = post.json();
        assert_eq!(body["errorType"], kind);
        assert!(body["errorMessage"].as_str().unwrap().starts_with(message), "{body}");
        assert_eq!(report.exit_code(), Some(129));
        assert!(report.records[0].text.contains("\tundefined\tERROR\tUncaught Exception \t{"), "{report:#?}");
    }
}

#[test]
fn modules_of_all_kinds_are_found() {
    let es = "import { NAME } from './inner.mjs';\nexport const handler = async () => NAME;";
    let common = "exports.deep = { handler: async () => require('shared') };";
    let cases = [
        Scenario::new("index.mjs", es, "index.handler").file("inner.mjs", "export const NAME = 'found';"),
        Scenario::new("index.js", es, "index.handler")
            .file("inner.mjs", "export const NAME = 'found';")
            .file("package.json", r#"{"type":"module"}"#),
        Scenario::new("dir/index.cjs", common, "dir/index.deep.handler")
            .layer_file("nodejs/node_modules/shared/index.js", "module.exports = 'found';"),
        Scenario::new("node_modules/pack/index.js", "exports.handler = async () => 'found';", "pack.handler"),
        Scenario::new("index.mjs", "await 1; export const handler = async () => 'found';", "index.handler"),
    ];
    for scenario in cases {
        let report = run(scenario.event("1"));
        assert_eq!(report.answer().json(), "found", "{report:#?}");
    }
}

#[test]
fn the_ways_to_be_done() {
    let source = "exports.handler = (event, context, callback) => ({
        callback: () => callback(null, 'a'),
        waits: () => { setTimeout(() => console.log('late'), 50); callback(null, 'b'); },
        hurries: () => {
            context.callbackWaitsForEmptyEventLoop = false;
            setTimeout(() => {}, 600000);
            callback(null, 'c');
        },
        nothing: () => { setTimeout(() => console.log('later'), 50); },
        succeed: () => context.succeed('d'),
        done: () => context.done(null, 'e'),
        twice: () => { context.succeed('f'); context.fail(new Error('no')); callback(null, 'no'); },
        fails: () => callback(new Error('g')),
        failsText: () => context.fail('h'),
        throws: () => { throw new Error('i'); },
        undefined: () => callback(),
        circular: () => { const o = {}; o.o = o; context.succeed(o); },
    })[event]();";
    let ways = [
        ("callback", json!("a")),
        ("waits", json!("b")),
        ("nothing", Value::Null),
        ("succeed", json!("d")),
        ("done", json!("e")),
        ("twice", json!("f")),
        ("fails", json!("g")),
        ("failsText", json!("h")),
        ("throws", json!("i")),
        ("undefined", Value::Null),
        ("circular", json!("Unable to stringify response body")),
        // Last, since the timer it leaves behind keeps the loop from being empty for the others.
        ("hurries", json!("c")),
    ];
    let mut scenario = function(source);
    for (way, _) in &ways {
        scenario = scenario.event(format!("\"{way}\""));
    }
    let report = run(scenario);
    assert_eq!(report.posts.len(), ways.len(), "{report:#?}");
    for (post, (way, expected)) in report.posts.iter().zip(ways) {
        let body = post.json();
        let seen = if post.path.ends_with("/error") { &body["errorMessage"] } else { &body };
        assert_eq!(*seen, expected, "{way}");
    }
    let late: Vec<&str> = report.records.iter().filter_map(|record| record.text.split('\t').nth(3)).collect();
    assert_eq!(&late[..2], ["late\n", "later\n"], "an empty event loop was waited for");
}

#[test]
fn the_context_has_awss_members() {
    let source = "exports.handler = async (event, c) => ({ ...c, left: c.getRemainingTimeInMillis() > 1e6,
        trace: process.env._X_AMZN_TRACE_ID ?? null });";
    let full = Event::new("null")
        .with("Lambda-Runtime-Client-Context", r#"{"custom":{"k":"ü"}}"#)
        .with("Lambda-Runtime-Cognito-Identity", r#"{"cognitoIdentityId":"i"}"#)
        .with("Lambda-Runtime-Trace-Id", "Root=1-2-3");
    let report = run(function(source).send(full).event("null"));
    let expected = json!({
        "callbackWaitsForEmptyEventLoop": true, "functionVersion": "function_version",
        "functionName": "function_name", "memoryLimitInMB": "128", "logGroupName": "log_group_name",
        "logStreamName": "log_stream_name", "clientContext": {"custom": {"k": "ü"}},
        "identity": {"cognitoIdentityId": "i"}, "awsRequestId": request_id(0), "left": true,
        "invokedFunctionArn": "arn:aws:lambda:eu-west-1:1:function:sample", "trace": "Root=1-2-3",
    });
    assert_eq!(report.posts[0].json(), expected);
    assert_eq!(report.posts[1].json()["trace"], Value::Null);
    assert_eq!(report.posts[1].json().get("clientContext"), None);
}

#[test]
fn rejections_and_exceptions_outside_the_handler_end_the_process() {
    let source = "exports.handler = (event, context, callback) => {
        if (event) Promise.reject(new Error('lost'));
        else setTimeout(() => { throw new Error('stray'); }, 1);
        setTimeout(callback, 60000);
    };";
    let cases = [
        ("1", 128, "Runtime.UnhandledPromiseRejection", "Error: lost", "Unhandled Promise Rejection "),
        ("0", 129, "Error", "stray", "Uncaught Exception "),
    ];
    for (event, code, kind, message, title) in cases {
        let report = run(function(source).event(event));
        let body = report.answer().json();
        assert_eq!((&body["errorType"], &body["errorMessage"]), (&json!(kind), &json!(message)));
        assert!(report.answer().path.ends_with("/error"));
        assert_eq!(report.exit_code(), Some(code));
        assert_eq!(report.records[0].text.split('\t').nth(3), Some(title));
    }
}

#[test]
fn exits_are_the_functions_own() {
    let report = run(function("exports.handler = async () => process.exit(7);").event("1"));
    assert_eq!((report.exit_code(), report.posts.len()), (Some(7), 0));
}

#[test]
fn text_logs_carry_time_request_id_and_level() {
    let source = "console.log('at load');
        exports.handler = async () => { console.warn('a %s\\nb', 'ü', { k: 1 }); process.stdout.write('raw'); };";
    let report = run(function(source).event("1"));
    assert_eq!(report.answer().body, b"null");
    let [first, second] = report.records.as_slice() else { panic!("{report:#?}") };
    assert_eq!(first.kind, TEXT_INFO);
    assert!(first.text.ends_with("\tundefined\tINFO\tat load\n"), "{}", first.text);
    let (time, rest) = second.text.split_once('\t').unwrap();
    assert_eq!(time.replace(|c: char| c.is_ascii_digit(), "0"), "0000-00-00T00:00:00.000Z");
    assert_eq!(rest, format!("{}\tWARN\ta ü\nb {{ k: 1 }}\n", request_id(0)));
    assert_eq!(report.output(), "raw");
}

#[test]
fn json_logs_are_objects_filtered_by_level() {
    let source = "exports.handler = async () => {
        console.debug('hidden');
        console.info({ a: 1 });
        console.warn('b', 2);
        console.error('c', new TypeError('d'));
        console.log(10n);
        throw new Error('e');
    };";
    let scenario = function(source).env("AWS_LAMBDA_LOG_FORMAT", "JSON").env("AWS_LAMBDA_LOG_LEVEL", "INFO");
    let report = run(scenario.event("1"));
    let kinds: Vec<u32> = report.records.iter().map(|record| record.kind & 0xff).collect();
    assert_eq!(kinds, [0x0e, 0x12, 0x16, 0x0e, 0x16], "{report:#?}");
    let records: Vec<Value> = report.records.iter().map(|record| record.json()).collect();
    assert_eq!(records[0]["message"], json!({"a": 1}));
    assert_eq!((&records[1]["message"], &records[1]["requestId"]), (&json!("b 2"), &json!(request_id(0))));
    assert_eq!((&records[2]["errorType"], &records[2]["errorMessage"]), (&json!("TypeError"), &json!("d")));
    assert_eq!(records[3]["message"], "10n");
    assert_eq!(records[4]["message"]["errorMessage"], "e");
}

#[test]
fn large_events_refused_answers_lost_connections_and_chunks() {
    let body = serde_json::to_vec(&"ü".repeat(3_000_000)).unwrap();
    let echo = "exports.handler = async (event) => typeof event === 'number' ? 'x'.repeat(event) : event;";
    let report = run(function(echo).event(body.clone()));
    assert!(report.answer().body == body);
    let report = run(function(echo).manner(Manner::RefusesLargeBodies).event("7000000").event("2"));
    assert_eq!(report.posts.last().unwrap().body, b"\"xx\"", "{:?}", report.exit);
    for manner in [Manner::HangsUp, Manner::Chunked] {
        let long = serde_json::to_vec(&"y".repeat(5000)).unwrap();
        let report = run(function(echo).manner(manner).event("1").event(long.clone()));
        assert_eq!(report.posts[1].body, long, "{manner:?}");
    }
}

#[test]
fn garbage_is_collected_before_the_memory_is_full() {
    let source = "exports.handler = async (event) => {
        let held = [];
        for (let i = 0; i < 100000; i++) { held.push(new Array(100).fill(i)); if (held.length > 10000) held = []; }
        return process.memoryUsage.rss() / 1e6;
    };";
    let megabytes = run(function(source).event("1")).answer().json().as_f64().unwrap();
    assert!(megabytes < 128.0, "{megabytes} MB with 128 MB of memory");
}

#[test]
fn a_runtime_api_that_is_gone_is_one_line_and_an_exit() {
    let scenario = function("exports.handler = async () => 1;").env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1");
    let report = run(scenario.event("1"));
    assert_eq!(report.exit_code(), Some(1));
    assert_eq!(report.output(), "the Runtime API is gone: the Runtime API closed the connection\n");
}
