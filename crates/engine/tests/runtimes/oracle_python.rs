//! The same functions under AWS's own Python client, which is installed from PyPI when it is not there yet: what is
//! posted and what is logged must be the same, apart from times and from frames of the runtimes themselves.

use std::path::{Path, PathBuf};
use std::process::Command;

use lambent_engine::runtimes::Roots;
use serde_json::Value;

use crate::fake_api::Event;
use crate::scenario::{Record, Report, Scenario, installed, launch};

const OFFICIAL: &str = "awslambdaric==4.2.2";

const SOURCE: &str = "
import collections, decimal, logging, math
P = collections.namedtuple('P', 'x y')
class Odd:
    def _asdict(self):
        return {'odd': True}
def echo(event, context):
    print('echo', event)
    return event
def values(event, context):
    return [decimal.Decimal('1.10'), decimal.Decimal('NaN'), P(1, P(2, 3)), {'b': b'bytes'}, math.nan, Odd(), (1, 2),
            'ü😀', {1: 2, None: 3}, decimal.Decimal('1E+3')]
def raw(event, context):
    return b'\\x00\\xff'
def unmarshallable(event, context):
    return {'x': {1, 2}}
def deep(event, context):
    def inner():
        raise LookupError('deep\\nlines')
    try:
        inner()
    except LookupError as error:
        raise ValueError(str(error)) from error
def silent(event, context):
    raise ValueError
def logs(event, context):
    logging.warning('w %s', 'ü')
    logging.getLogger('mine').error('two\\nlines', extra={'k': [1], 'o': {1: b'x'}})
    logging.info('info')
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger().exception('caught')
    logging.getLogger().critical({'as': 'object'})
    context.log('by context\\n')
def client(event, context):
    c = context
    return [c.client_context.custom, c.client_context.env, c.client_context.client.app_title, c.identity.cognito_identity_id,
            c.memory_limit_in_mb, c.tenant_id, c.invoked_function_arn, c.function_name]
not_callable = 5
";

/// Handler, event, and variables.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const CASES: &[Case] = &[
    ("app.echo", r#"{"ü": [1, 2.5, 1e400, null, "\ud83d\ude00"]}"#, &[]),
    ("app.echo", "{not json", &[]),
    ("app.values", "1", &[]),
    ("app.raw", "1", &[]),
    ("app.unmarshallable", "1", &[]),
    ("app.deep", "1", &[]),
    ("app.silent", "1", &[]),
    ("app.deep", "1", &[("AWS_LAMBDA_LOG_FORMAT", "JSON")]),
    ("app.logs", "1", &[]),
    ("app.logs", "1", &[("AWS_LAMBDA_LOG_LEVEL", "INFO")]),
    ("app.logs", "1", &[("AWS_LAMBDA_LOG_FORMAT", "JSON"), ("AWS_LAMBDA_LOG_LEVEL", "TRACE")]),
    ("app.client", "1", &[]),
    ("app.not_callable", "1", &[]),
    ("app.missing", "1", &[]),
    ("absent.x", "1", &[]),
    (".x", "1", &[]),
    ("", "1", &[]),
    ("sys.exit", "1", &[]),
    ("broken.x", "1", &[]),
    ("broken.x", "1", &[("AWS_LAMBDA_LOG_FORMAT", "JSON")]),
    ("raises.x", "1", &[]),
];

#[test]
fn the_official_python_client_posts_and_logs_the_same() {
    let (identifier, packages) = official_client();
    for (handler, event, env) in CASES {
        let scenario = || {
            let event = Event::new(*event)
                .with("Lambda-Runtime-Client-Context", r#"{"custom":{"k":"ü"},"client":{"app_title":"t"}}"#)
                .with(
                    "Lambda-Runtime-Cognito-Identity",
                    r#"{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}"#,
                );
            let scenario = Scenario::new("app.py", SOURCE, handler)
                .file("broken.py", "def x(e, c):\n    return (\n")
                .file("raises.py", "def load():\n    raise OSError(2, 'no')\nload()\n");
            env.iter().fold(scenario.send(event), |scenario, (name, value)| scenario.env(name, value))
        };
        let ours = scenario().run(&identifier);
        let mut command = Command::new(launch(&identifier, &Roots::sandboxed()).program);
        command.args(["-m", "awslambdaric", handler]).env_clear().env("PYTHONPATH", &packages);
        command.env("LANG", "en_US.UTF-8").env("TZ", ":UTC");
        let official = scenario().run_command(command);
        let case = format!("{handler} of {event} with {env:?}");
        assert_eq!(posted(&ours), posted(&official), "{case}");
        assert_eq!(logged(&ours), logged(&official), "{case}");
        assert_eq!(ours.output(), official.output(), "{case}");
        assert_eq!(ours.exit_code(), official.exit_code(), "{case}");
    }
}

/// Where the official client is, and the Python it was installed for: one that has pip.
pub(crate) fn official_client() -> (String, PathBuf) {
    for python in installed("python") {
        let has_pip = Command::new(&python.program).args(["-m", "pip", "--version"]).output().unwrap();
        if !has_pip.status.success() {
            continue;
        }
        let packages =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{OFFICIAL}-{}", python.identifier));
        if !packages.join("awslambdaric").exists() {
            let mut install = Command::new(&python.program);
            install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]);
            let done = install.arg(&packages).arg(OFFICIAL).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        return (python.identifier, packages);
    }
    panic!("no Python here has pip, which the comparison with AWS's client needs");
}

/// Path and body of every post, without frames of the runtime and the importer.
fn posted(report: &Report) -> Vec<(String, Value)> {
    let post = |post: &crate::fake_api::Post| {
        let mut body = serde_json::from_slice(&post.body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&post.body).into_owned()));
        if let Some(Value::String(message)) = body.get_mut("errorMessage") {
            *message = without_json_advice(message).to_owned();
        }
        if let Some(Value::Array(trace)) = body.get_mut("stackTrace") {
            trace.retain(|entry| entry.as_str().is_some_and(|entry| entry.contains("/task/")));
        }
        (post.path.clone(), mask(report, &body))
    };
    report.posts.iter().map(post).collect()
}

/// Kind and text of every record but AWS's advice about runtime updates, without times and foreign frames.
fn logged(report: &Report) -> Vec<(u32, Vec<String>)> {
    let record = |record: &Record| {
        let text = record.text.replace(report.task.to_str().unwrap(), "/task");
        let lines = text.split('\n').filter(|line| !line.starts_with('\u{a0}') || line.contains("/task/"));
        (record.kind, lines.map(mask_times).collect())
    };
    report.records.iter().filter(|record| !record.text.contains("LAMBDA_WARNING")).map(record).collect()
}

fn mask(report: &Report, value: &Value) -> Value {
    let text = value.to_string().replace(report.task.to_str().unwrap(), "/task");
    serde_json::from_str(&text).unwrap()
}

fn mask_times(line: &str) -> String {
    let is_time =
        |word: &&str| word.len() >= 20 && word.ends_with('Z') && word.contains('T') && word.contains(':');
    let words: Vec<&str> =
        without_json_advice(line).split(['\t', '"']).filter(|word| !is_time(word)).collect();
    words.join("|")
}

/// Why something is no JSON is worded differently by `json` and simplejson.
fn without_json_advice(text: &str) -> &str {
    let known = "Unable to unmarshal input:";
    text.find(known).map_or(text, |at| &text[..at + known.len()])
}
