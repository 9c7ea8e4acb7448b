//! The same functions under the JavaScript half of AWS's Node.js client (from npm, without the compiled half, for
//! which `native_client.cjs` stands in): what is posted and what is logged must be the same.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambent_engine::runtimes::Roots;
use serde_json::Value;

use crate::fake_api::{Event, Post};
use crate::scenario::{Record, Report, Scenario, launch, preferred};

const OFFICIAL: &str = "aws-lambda-ric@3.3.0";

const SOURCE: &str = "
exports.echo = async (event) => { console.log('echo', event, 'ü'); return event; };
exports.nothing = () => {};
exports.callback = (event, context, callback) => { setTimeout(() => callback(null, event), 5); callback.x = 1; };
exports.late = (event, context, callback) => { callback(null, 1); setTimeout(() => console.log('late'), 20); };
exports.fails = (event, context) => context.fail(new TypeError('f'));
exports.rejectsText = async () => { throw 'text'; };
exports.rejectsNothing = async () => { throw undefined; };
exports.throws = () => { const e = new Error('two\\nlines'); e.code = 'E_X'; e.extra = { deep: [1] }; throw e; };
exports.circular = async () => { const o = {}; o.o = o; return o; };
exports.lost = async () => { Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 60000)); };
exports.lostText = async () => { Promise.reject('lost text'); await new Promise((r) => setTimeout(r, 60000)); };
exports.stray = async () => { setTimeout(() => { throw new RangeError('s'); }, 1); await new Promise((r) => setTimeout(r, 60000)); };
exports.context = async (event, c) => ({ ...c, ms: c.getRemainingTimeInMillis() > 1e6 });
exports.logs = async () => {
  console.trace('t'); console.debug('d', { a: { b: { c: {} } } }); console.info({ k: 1 }); console.warn('%s %d', 'w', 1);
  console.error('e', new Error('inner')); console.error(new Error('alone')); console.info('a\\nb'); console.fatal('f');
  console.log(10n); console.log(); console.log(undefined); console.log('x', { n: 10n });
};
exports.text = 'x';
const pause = (ms) => new Promise((r) => setTimeout(r, ms));
exports.streams = awslambda.streamifyResponse(async (event, stream) => {
  stream.setContentType('text/plain'); stream.write('one'); await pause(5); stream.write(Buffer.from('two')); stream.end();
});
exports.streamsHttp = awslambda.streamifyResponse(async (event, stream) => {
  stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
  await pause(5); stream.write('body'); stream.end();
});
exports.streamsNothing = awslambda.streamifyResponse(async (event, stream) => { stream.end(); });
exports.streamFails = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('one'); await pause(5);
  throw Object.assign(new TypeError('midway'), { stack: 'the handler has no name of its own' });
});
exports.streamReturns = awslambda.streamifyResponse(async (event, stream) => { stream.write('one'); stream.end(); return 1; });
";

/// Handler and variables.
type Case = (&'static str, &'static [(&'static str, &'static str)]);

const JSON: &[(&str, &str)] = &[("AWS_LAMBDA_LOG_FORMAT", "JSON")];
const CASES: &[Case] = &[
    ("index.echo", &[]),
    ("index.nothing", &[]),
    ("index.callback", &[]),
    ("index.late", &[]),
    ("index.fails", &[]),
    ("index.rejectsText", &[]),
    ("index.rejectsNothing", &[]),
    ("index.throws", &[]),
    ("index.throws", JSON),
    ("index.circular", &[]),
    ("index.lost", &[]),
    ("index.lostText", JSON),
    ("index.stray", &[]),
    ("index.context", &[]),
    ("index.logs", &[]),
    ("index.logs", JSON),
    ("index.logs", &[("AWS_LAMBDA_LOG_LEVEL", "WARN")]),
    ("index.text", &[]),
    ("index.streams", &[]),
    ("index.streamsHttp", &[]),
    ("index.streamsNothing", &[]),
    ("index.streamFails", &[]),
    ("index.streamReturns", &[]),
    ("index.missing", &[]),
    ("absent.x", &[]),
    ("index", &[]),
    ("../index.x", &[]),
    ("broken.x", &[]),
    ("raises.x", JSON),
];

#[test]
fn the_official_node_client_posts_and_logs_the_same() {
    let identifier = preferred("nodejs");
    let package = official_client();
    let stand_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runtimes/native_client.cjs");
    let mut differing = Vec::new();
    for (handler, env) in CASES {
        let scenario = || {
            let event = Event::new(r#"{"ü": [1, 2.50, null]}"#)
                .with("Lambda-Runtime-Client-Context", r#"{"custom":{"k":"ü"}}"#)
                .with("Lambda-Runtime-Trace-Id", "Root=1");
            let scenario = Scenario::new("index.js", SOURCE, handler)
                .file("broken.js", "exports.x = async ( => {};")
                .file("raises.js", "throw new TypeError('at load');");
            env.iter().fold(scenario.send(event), |scenario, (name, value)| scenario.env(name, value))
        };
        let ours = scenario().run(&identifier);
        let mut command = Command::new(launch(&identifier, &Roots::sandboxed()).program);
        command.arg("--require").arg(&stand_in).arg(package.join("bin/index.mjs")).arg(handler).env_clear();
        let official = scenario().run_command(command);
        let seen = |report: &Report| (posted(report), logged(report), report.exit_code());
        if seen(&ours) != seen(&official) {
            differing.push(format!("{handler} with {env:?}\n  {:?}\n  {:?}", seen(&ours), seen(&official)));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// Where the package is; fetched when it is not there yet. Its install script would compile libcurl, so it is not run.
fn official_client() -> PathBuf {
    let prefix = Path::new(env!("CARGO_TARGET_TMPDIR")).join(OFFICIAL);
    let package = prefix.join("node_modules/aws-lambda-ric");
    if !package.join("bin/index.mjs").exists() {
        let mut install = Command::new("npm");
        install.args([
            "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--omit=optional",
            "--prefix",
        ]);
        let done = install.arg(&prefix).arg(OFFICIAL).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    // The stand-in is asked for this file, which the compiler would have made.
    std::fs::write(package.join("dist/rapid-client.node"), "").unwrap();
    package
}

fn posted(report: &Report) -> Vec<(String, Value)> {
    let post = |post: &Post| {
        let body = if post.header("transfer-encoding").is_some() { stream(post) } else { post.json() };
        (post.path.clone(), without_own_frames(report, body))
    };
    report.posts.iter().map(post).collect()
}

/// A streamed response: what it is, what is in it and how it ended.
fn stream(post: &Post) -> Value {
    let error = post
        .header("lambda-runtime-function-error-body")
        .map(|body| serde_json::from_slice::<Value>(&STANDARD.decode(body).unwrap()).unwrap());
    serde_json::json!({
        "mode": post.header("lambda-runtime-function-response-mode"),
        "contentType": post.header("content-type"),
        "body": String::from_utf8_lossy(&post.body),
        "errorType": post.header("lambda-runtime-function-error-type"),
        "error": error,
    })
}

/// Kind and fields of every record but what the official start script says first.
fn logged(report: &Report) -> Vec<(u32, Vec<Value>)> {
    let field = |field: &str| {
        let value = serde_json::from_str(field).unwrap_or_else(|_| Value::String(field.to_owned()));
        without_own_frames(report, value)
    };
    let is_time = |field: &&str| field.len() == 24 && field.ends_with('Z');
    let record = |record: &Record| {
        let fields = record.text.split('\t').filter(|field| !is_time(field)).map(field).collect();
        (record.kind, fields)
    };
    report.records.iter().filter(|record| !record.text.contains("Executing '")).map(record).collect()
}

/// Keeps of every list and text that is a stack the first line and the function's own frames; drops times.
fn without_own_frames(report: &Report, value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let foreign = |item: &Value| item.as_str().is_some_and(is_foreign_frame);
            let kept = items.into_iter().filter(|item| !foreign(item));
            Value::Array(kept.map(|item| without_own_frames(report, item)).collect())
        }
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(name, _)| name != "timestamp");
            Value::Object(kept.map(|(name, member)| (name, without_own_frames(report, member))).collect())
        }
        Value::String(text) => {
            // The client calls the handler as a method of its own.
            let text = text.replace(report.task.to_str().unwrap(), "/task").replace(" [as handler]", "");
            let kept: Vec<&str> = text.split('\n').filter(|line| !is_foreign_frame(line)).collect();
            Value::String(kept.join("\n"))
        }
        other => other,
    }
}

/// A frame of a runtime or of Node.js, or the modules that required one.
fn is_foreign_frame(line: &str) -> bool {
    let frame = line.trim_start().starts_with("at ") && !line.contains("/task/");
    frame || (line.starts_with("- ") && line.ends_with("js"))
}
