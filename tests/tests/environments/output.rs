//! What functions put out when they mean no harm: much of it, and much that is no text.

use crate::function::{Function, LANGUAGES, Language};
use lambent_tests::Server;
use serde_json::json;

const LINES: usize = 10_000;
const TAIL_BYTES: usize = 4_096;

#[test]
fn an_answer_as_long_as_may_be_arrives_whole() {
    let server = Server::start();
    for language in LANGUAGES {
        let function = Function::deploy(&server, language, &json!({}));
        let run = function.run(&json!({ "do": "answer", "bytes": 6_291_556 }));
        assert_eq!(run.reply.header("x-amz-function-error"), None, "{language}: {:.300}", run.reply.text());
        assert_eq!(run.reply.body.len(), 6_291_556, "{language}");
        assert!(run.reply.json().as_str().unwrap().bytes().all(|byte| byte == b'a'), "{language}");
        function.delete();
    }
}

#[test]
fn ten_thousand_lines_are_as_many_events_in_their_order() {
    let server = Server::start();
    for language in LANGUAGES {
        let function = Function::deploy(&server, language, &json!({}));
        let run = function.run(&json!({ "do": "log", "lines": LINES }));
        assert_eq!(run.runs_and_marked(), (1, false), "{language}");
        let log = function.log();
        let written = log.written_in(&run);
        assert_eq!(written.len(), LINES, "{language}: from {:?} to {:?}", written.first(), written.last());
        for (number, message) in written.iter().enumerate() {
            // Node.js frames begin with time, request id and level.
            let text = match language {
                Language::Node => message.rsplit('\t').next().unwrap(),
                Language::Python | Language::Rust => message,
            };
            assert_eq!(text.trim_end(), format!("line {number}"), "{language}");
        }
        let whole = log.of_run(&run).concat();
        assert_eq!(run.reply.log_tail(), whole[whole.len() - TAIL_BYTES..], "{language}");
        function.delete();
    }
}

#[test]
fn bytes_that_are_no_text_harm_nobody() {
    let server = Server::start();
    for language in LANGUAGES {
        let function = Function::deploy(&server, language, &json!({}));
        let run = function.run(&json!({ "do": "rubbish" }));
        assert_eq!(run.runs_and_marked(), (1, false), "{language}");
        let log = function.log();
        let written = log.written_in(&run);
        // Bytes 0 to 255 and back hold two newlines; the last line follows a third.
        assert_eq!(written.len(), 4, "{language}: {written:?}");
        assert!(
            written[0].starts_with('\0') && written[1].contains("ABCDEFG\u{48}"),
            "{language}: {written:?}"
        );
        assert!(written[1].contains('\u{fffd}'), "{language}: what is no UTF-8 is replaced: {written:?}");
        assert_eq!(written[3].trim_end(), "after the rubbish", "{language}");
        assert_eq!(function.run(&json!({})).runs_and_marked(), (2, false), "{language}");
        function.delete();
    }
}
