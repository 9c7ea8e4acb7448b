//! Handlers in Node.js that write their response to a stream: what goes over the wire, and how it ends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::fake_api::{Manner, Post};
use crate::scenario::{Report, Scenario, preferred};

/// A streaming handler whose body is `body`.
fn handler(body: &str) -> Scenario {
    let source = format!(
        "const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
        exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {{ {body} }});"
    );
    Scenario::new("index.js", &source, "index.handler")
}

fn run(scenario: Scenario) -> Report {
    scenario.run(&preferred("nodejs"))
}

/// The error in a stream's trailers.
fn trailing_error(post: &Post) -> Value {
    let body = STANDARD.decode(post.header("lambda-runtime-function-error-body").unwrap()).unwrap();
    let error: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(post.header("lambda-runtime-function-error-type"), error["errorType"].as_str());
    error
}

/// The usual end of a stream, without an error.
fn assert_complete(post: &Post) {
    assert!(post.path.ends_with("/response"), "{post:?}");
    assert_eq!(post.header("lambda-runtime-function-response-mode"), Some("streaming"));
    assert_eq!(post.header("transfer-encoding"), Some("chunked"));
    assert_eq!(post.header("lambda-runtime-function-error-type"), None);
}

#[test]
fn what_is_written_is_sent_in_chunks() {
    let report = run(handler(
        "stream.setContentType('text/plain\\r\\nx: y');
        stream.write('one'); await pause(5); stream.write(Buffer.from(' two')); await pause(5); stream.write({ three: 3 });
        stream.end(' four');",
    )
    .event("0")
    .event("1"));
    assert_eq!(report.posts.len(), 2, "{report:#?}");
    for post in &report.posts {
        assert_complete(post);
        assert_eq!(post.body, b"one two{\"three\":3} four");
        assert!(post.chunks >= 3, "{post:?}");
        assert_eq!(post.header("content-type"), Some("text/plain\\u000d\\u000ax: y"));
    }
}

#[test]
fn an_http_response_begins_with_its_prelude() {
    let report = run(handler(
        "stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: 'b' } });
        if (event === 0) stream.write('body');
        if (event === 1) throw new Error('before the first byte');
        stream.end();",
    )
    .event("0")
    .event("1")
    .event("2"));
    let prelude = b"{\"statusCode\":201,\"headers\":{\"a\":\"b\"}}\0\0\0\0\0\0\0\0";
    let [written, failed, empty] = report.posts.as_slice() else { panic!("{report:#?}") };
    for (post, body) in [(written, b"body".as_slice()), (empty, b"")] {
        assert_complete(post);
        assert_eq!(post.header("content-type"), Some("application/vnd.awslambda.http-integration-response"));
        assert_eq!(post.body, [prelude.as_slice(), body].concat());
    }
    assert!(failed.path.ends_with("/error"), "an ordinary failure: {failed:?}");
    assert_eq!(failed.json()["errorMessage"], "before the first byte");
}

#[test]
fn nothing_written_is_an_empty_response_of_no_particular_type() {
    let report = run(handler("stream.end();").event("0"));
    assert_complete(report.answer());
    assert_eq!((report.answer().body.len(), report.answer().chunks), (0, 0));
    assert_eq!(report.answer().header("content-type"), Some("application/octet-stream"));
}

#[test]
fn an_error_after_the_first_byte_is_in_the_trailers() {
    let cases = [
        ("throw new RangeError('after all');", "RangeError", "after all"),
        ("stream.end(); throw new RangeError('at the end');", "RangeError", "at the end"),
        ("return;", "string", "Response stream is not finished."),
        ("stream.destroy(new Error('torn')); throw new Error('torn');", "Error", "torn"),
    ];
    for (end, kind, message) in cases {
        // Behind an error, the next invocation finds everything as it should be.
        let body = format!(
            "stream.write('one '); stream.write('two '); stream.write('three'); if (event === 1) {{ {end} }}
            stream.end();"
        );
        let report = run(handler(&body).event("1").event("2"));
        let [failed, next] = report.posts.as_slice() else { panic!("{end}: {report:#?}") };
        assert!(failed.path.ends_with("/response"), "{end}: {report:#?}");
        let error = trailing_error(failed);
        assert_eq!((&error["errorType"], &error["errorMessage"]), (&kind.into(), &message.into()), "{end}");
        if !end.contains("destroy") {
            assert_eq!(failed.body, b"one two three", "what was written before the error goes first");
        }
        assert_complete(next);
        assert!(report.records.iter().any(|record| record.text.contains(message)), "{end}: {report:#?}");
    }
}

#[test]
fn a_response_may_go_on_after_its_handler_has_returned() {
    let body = "setTimeout(() => { stream.write('late '); setTimeout(() => stream.end('later'), 5); }, 5);";
    let report = run(handler(body).event("0").event("1"));
    assert_eq!(report.posts.len(), 2, "{report:#?}");
    for post in &report.posts {
        assert_complete(post);
        assert_eq!(post.body, b"late later");
    }
}

#[test]
fn a_handler_that_has_nothing_left_to_do_has_not_finished() {
    let body = "if (event) stream.write('one'); await new Promise(() => {});";
    let report = run(handler(body).event("1").event("0"));
    let [begun, silent] = report.posts.as_slice() else { panic!("{report:#?}") };
    assert_eq!(trailing_error(begun)["errorMessage"], "Response stream is not finished.");
    assert_eq!(silent.json()["errorMessage"], "Response stream is not finished.");
}

#[test]
fn the_content_type_is_set_before_the_first_byte() {
    let body = "stream.write('one'); stream.setContentType('text/plain');";
    let error = trailing_error(run(handler(body).event("0")).answer());
    assert_eq!(error["errorType"], "Runtime.InvalidStreamingOperation");
    assert_eq!(error["errorMessage"], "Cannot set content-type, too late.");
}

#[test]
fn an_error_too_large_for_trailers_is_shortened() {
    let report = run(handler("stream.write('one'); throw new Error('x'.repeat(1e6));").event("0"));
    let error = trailing_error(report.answer());
    assert_eq!(error["errorMessage"].as_str().unwrap(), "x".repeat(4096));
    assert_eq!(error["errorType"], "Error");
}

#[test]
fn errors_outside_the_handler_end_the_stream_and_the_process() {
    let body = "stream.write('one');
        if (event) Promise.reject(new Error('lost'));
        else setTimeout(() => { throw new Error('stray'); }, 1);
        await pause(60000);";
    for (event, code, message) in [("1", 128, "lost"), ("0", 129, "stray")] {
        let report = run(handler(body).event(event));
        assert!(trailing_error(report.answer())["errorMessage"].as_str().unwrap().contains(message));
        assert_eq!(report.answer().body, b"one");
        assert_eq!(report.exit_code(), Some(code));
    }
}

#[test]
fn handlers_that_are_no_streaming_ones_are_refused() {
    let source =
        "exports.handler = awslambda.streamifyResponse((event, stream) => { stream.end('x'); return 1; });";
    let report = run(Scenario::new("index.js", source, "index.handler").event("0"));
    let post = &report.posts[0];
    let message = if post.path.ends_with("/error") { post.json() } else { trailing_error(post) };
    assert_eq!(message["errorMessage"], "Streaming does not support non-async handlers.");
}

#[test]
fn large_streams_go_through_a_pipeline_with_back_pressure() {
    let body = "const { pipeline } = require('node:stream/promises');
        const { Readable } = require('node:stream');
        const make = function* () { for (let i = 0; i < 300; i++) yield Buffer.alloc(65536, i % 251); };
        await pipeline(Readable.from(make()), stream);";
    let report = run(handler(body).event("0"));
    assert_complete(report.answer());
    let body = &report.answer().body;
    assert_eq!(body.len(), 300 << 16);
    assert!((0..300).all(|piece| usize::from(body[piece << 16]) == piece % 251));
}

#[test]
fn a_stream_that_the_platform_refuses_does_not_hang() {
    let body = "for (let i = 0; i < 100; i++) { stream.write('x'.repeat(100000)); await pause(0); }
        stream.end();";
    let report = run(handler(body).manner(Manner::RefusesStreams).event("0").event("0"));
    assert_eq!(report.posts.len(), 2, "{report:#?}");
    assert_eq!(report.exit, None, "it goes on asking");
}

#[test]
fn the_high_water_mark_is_the_handlers() {
    let source = "exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.end(String(stream.writableHighWaterMark)); }, { highWaterMark: 123456 });";
    let report = run(Scenario::new("index.js", source, "index.handler").event("0"));
    assert_eq!(report.answer().body, b"123456");
}
