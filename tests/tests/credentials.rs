//! Who may call, with clients that know nothing of Lambent: functions by their own credentials, and botocore's signatures
//! over every way a path can be written.

#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected has failed")]

use lambent_tests::server::binary;
use lambent_tests::{Client, Package, Server, prepared, runtime};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const ECHO: &str = "def handler(event, context):\n    return {'echo': event}\n";

/// Calls what it is told to with boto3, which finds credentials and endpoint in the environment as on AWS.
const CALLER: &str = "
import json, os, urllib.error, urllib.request
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

def call(name, operation, **arguments):
    client = boto3.client('lambda', config=Config(retries={'max_attempts': 0}, read_timeout=30))
    try:
        answer = getattr(client, operation)(**arguments)
    except ClientError as error:
        return [error.response['ResponseMetadata']['HTTPStatusCode'], error.response['Error']['Code'],
                error.response['Error']['Message']]
    payload = answer.get('Payload')
    return [answer['ResponseMetadata']['HTTPStatusCode'], json.loads(payload.read() or 'null') if payload else None]

def unsigned(path):
    try:
        request = urllib.request.Request(os.environ['AWS_ENDPOINT_URL_LAMBDA'] + path, data=b'{}')
        return [urllib.request.urlopen(request, timeout=20).status]
    except urllib.error.HTTPError as error:
        return [error.code, error.headers.get('x-amzn-errortype')]

def handler(event, context):
    if event.get('credentials'):
        return [os.environ[name] for name in ('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN')]
    echo = {'FunctionName': 'echo', 'Payload': b'{\"n\": 1}'}
    return {
        'invoke': call('invoke', 'invoke', **echo),
        'event': call('event', 'invoke', InvocationType='Event', **echo),
        'other': call('other', 'invoke', FunctionName='secret'),
        'get': call('get', 'get_function', FunctionName='echo'),
        'unsigned': unsigned('/2015-03-31/functions/echo/invocations'),
    }
";

fn role(name: &str) -> Value {
    json!({ "Role": format!("arn:aws:iam::000000000000:role/{name}"), "Timeout": 60, "MemorySize": 256 })
}

/// The caller with boto3 and what it needs beside it, as its users bundle it.
fn caller() -> Package {
    let mut package = Package::of("app.py", CALLER);
    let print = "import os, boto3; print(os.path.dirname(os.path.dirname(boto3.__file__)), end='')";
    let output = Command::new(prepared("LAMBENT_TEST_PYTHON")).args(["-c", print]).output().unwrap();
    let packages = String::from_utf8(output.stdout).unwrap();
    for name in ["boto3", "botocore", "dateutil", "jmespath", "s3transfer", "urllib3"] {
        add(&mut package, Path::new(&packages), Path::new(name));
    }
    package.add("six.py", &std::fs::read(Path::new(&packages).join("six.py")).unwrap(), 0o644);
    package
}

/// Adds a folder; of botocore's services only the one that is called.
fn add(package: &mut Package, packages: &Path, folder: &Path) {
    for entry in std::fs::read_dir(packages.join(folder)).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let inner = folder.join(&name);
        let is_dir = entry.file_type().unwrap().is_dir();
        let is_other_service = is_dir && folder == Path::new("botocore/data") && name != "lambda";
        if is_other_service || name == "__pycache__" {
            continue;
        }
        if is_dir {
            add(package, packages, &inner);
        } else {
            package.add(inner.to_str().unwrap(), &std::fs::read(entry.path()).unwrap(), 0o644);
        }
    }
}

#[test]
fn a_function_may_do_what_its_role_may() {
    let configuration = tempfile::NamedTempFile::new().unwrap();
    let policy = |functions: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "lambda:InvokeFunction",
            "Resource": format!("arn:aws:lambda:us-east-1:000000000000:function:{functions}"),
        }]})
        .to_string()
    };
    std::fs::write(configuration.path(), format!("[roles]\ncalls-echo = '{}'\n", policy("echo"))).unwrap();
    let server = Server::start_with(&["--config", configuration.path().to_str().unwrap()], &[]);
    let python = runtime::python();
    for name in ["echo", "secret"] {
        server.create_function(name, python, "app.handler", Package::of("app.py", ECHO), json!({}));
    }
    server.create_function("caller", python, "app.handler", caller(), role("calls-echo"));
    let seen = server.invoke("caller", "{}").json();
    assert_eq!(seen["invoke"], json!([200, { "echo": { "n": 1 } }]), "{seen}");
    assert_eq!(seen["event"][0], 202, "{seen}");
    let denied = |action: &str, function: &str, role: &str, name: &str| {
        json!([
            403,
            "AccessDeniedException",
            format!(
                "User: arn:aws:sts::000000000000:assumed-role/{role}/{name} is not authorized to perform: lambda:{action} on \
             resource: arn:aws:lambda:us-east-1:000000000000:function:{function} because no identity-based policy allows \
             the lambda:{action} action"
            )
        ])
    };
    assert_eq!(seen["other"], denied("InvokeFunction", "secret", "calls-echo", "caller"), "{seen}");
    assert_eq!(seen["get"], denied("GetFunction", "echo", "calls-echo", "caller"), "{seen}");
    assert_eq!(seen["unsigned"], json!([403, "MissingAuthenticationTokenException"]), "{seen}");

    // A role that nobody has given anything, until somebody does, beside the server.
    server.create_function("poor", python, "app.handler", caller(), role("given-later"));
    let seen = server.invoke("poor", "{}").json();
    assert_eq!(seen["invoke"], denied("InvokeFunction", "echo", "given-later", "poor"), "{seen}");
    std::fs::write(configuration.path(), policy("*")).unwrap();
    let put = Command::new(binary())
        .args(["roles", "put", "given-later", "--policy"])
        .arg(configuration.path())
        .arg("--data-dir")
        .arg(server.data_dir())
        .output()
        .unwrap();
    assert!(put.status.success(), "{put:?}");
    let invoked =
        lambent_tests::server::wait_for(std::time::Duration::from_secs(30), "the role to count", || {
            let seen = server.invoke("poor", "{}").json();
            (seen["invoke"][0] == 200).then_some(seen)
        });
    assert_eq!(invoked["other"][0], 200, "{invoked}");
}

/// Calls itself with boto3, in turns by Invoke and by InvokeAsync, which hands no trace on.
const CIRCLE: &str = "
import json, os
import boto3

client = boto3.client('lambda')

def handler(event, context):
    if 'n' in event:
        payload = json.dumps({'n': event['n'] + 1})
        if event['n'] % 2:
            client.invoke(FunctionName='circle', InvocationType='Event', Payload=payload)
        else:
            client.invoke_async(FunctionName='circle', InvokeArgs=payload)
    return [event.get('n'), os.environ['_X_AMZN_TRACE_ID']]
";

/// boto3 copies the lineage of the invocation into its own calls, and the seventeenth of a chain is stopped.
#[test]
fn a_function_that_calls_itself_is_stopped_and_its_log_says_so() {
    let configuration = tempfile::NamedTempFile::new().unwrap();
    let policy =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:*","Resource":"*"}]}"#;
    std::fs::write(configuration.path(), format!("[roles]\nall = '{policy}'\n")).unwrap();
    let server = Server::start_with(&["--config", configuration.path().to_str().unwrap()], &[]);
    let mut package = caller();
    package.add("circle.py", CIRCLE.as_bytes(), 0o644);
    server.create_function("circle", runtime::python(), "circle.handler", package, role("all"));
    let _request_id = server.invoke_async("circle", r#"{"n": 1}"#);
    let events =
        lambent_tests::server::wait_for(std::time::Duration::from_secs(120), "the circle to end", || {
            let events = server.events("function=circle");
            events.iter().any(|event| event["state"] == "failed").then_some(events)
        });
    let lines = server.log_messages("/aws/lambda/circle", "Recursive");
    assert!(lines.first().unwrap().contains("has 16 invocations of the function already"), "{lines:?}");
    let of = |state: &str| events.iter().filter(|event| event["state"] == state).count();
    assert_eq!((events.len(), of("succeeded")), (17, 16), "{events:?}");
    let last = events.iter().find(|event| event["state"] == "failed").unwrap();
    assert_eq!((&last["condition"], &last["attempts"]), (&json!("Recursion"), &json!([])), "{last}");

    // A synchronous caller is told, unless the owner allows it.
    let trace = server.invoke("circle", "{}").json()[1].as_str().unwrap().to_owned();
    let (chain, count) = trace.rsplit_once(':').unwrap();
    assert_eq!(count, "0", "{trace}");
    let call = || {
        let header = format!("{chain}:15");
        server.request(
            "POST",
            "/2015-03-31/functions/circle/invocations",
            &[("x-amzn-trace-id", &header)],
            b"{}",
        )
    };
    let refused = call();
    assert_eq!(
        refused.header("x-amzn-errortype"),
        Some("RecursiveInvocationException"),
        "{}",
        refused.text()
    );
    assert_eq!(refused.status, 400);
    let allowed = server.request(
        "PUT",
        "/2024-08-31/functions/circle/recursion-config",
        &[],
        br#"{"RecursiveLoop":"Allow"}"#,
    );
    assert_eq!((allowed.status, call().status), (200, 200));
}

/// What a function signs with is worth nothing once its environment is gone.
#[test]
fn credentials_end_with_their_environment() {
    let configuration = tempfile::NamedTempFile::new().unwrap();
    let policy =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:*","Resource":"*"}]}"#;
    std::fs::write(configuration.path(), format!("[roles]\nall = '{policy}'\n")).unwrap();
    let server =
        Server::start_with(&["--auth", "required", "--config", configuration.path().to_str().unwrap()], &[]);
    // All of it is asked with the first key, as `lambent env` prints it.
    let script = format!(
        r#"
import io, zipfile
def credentials(found):
    return dict(zip(('aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'), found))
out = io.BytesIO()
with zipfile.ZipFile(out, 'w') as z: z.writestr('app.py', '''
import os
def handler(event, context):
    return [os.environ[name] for name in ('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN')]
''')
client.create_function(FunctionName='tells', Runtime='{}', Role='arn:aws:iam::000000000000:role/all',
                       Handler='app.handler', Code={{'ZipFile': out.getvalue()}})
client.get_waiter('function_active_v2').wait(FunctionName='tells')
found = json.loads(client.invoke(FunctionName='tells')['Payload'].read())
session = boto3.client('lambda', config=config, **credentials(found))
assert session.get_function(FunctionName='tells')['Configuration']['FunctionName'] == 'tells'
# Other code means other environments; the old one ends.
client.update_function_configuration(FunctionName='tells', Description='new')
deadline = time.time() + 60
while True:
    try:
        session.get_function(FunctionName='tells')
        assert time.time() < deadline, 'the credentials outlive their environment'
        time.sleep(0.1)
    except session.exceptions.ClientError as e:
        assert e.response['Error']['Code'] == 'UnrecognizedClientException', e.response
        break
assert client.get_function(FunctionName='tells')
"#,
        runtime::python()
    );
    let _ = Client::boto3(&server, &script).with_first_key(&server).output();
}

/// Every way to write a path that a client may have, signed by botocore itself.
#[test]
fn paths_are_verified_and_routed_however_they_are_written() {
    let server = Server::start_with(&["--auth", "required"], &[]);
    let script = r#"
import http.client, io, os, zipfile
from urllib.parse import urlsplit
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

def zipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z: z.writestr('app.py', 'def handler(e, c): return e')
    return out.getvalue()
client.create_function(FunctionName='hello', Runtime='python%d.%d' % sys.version_info[:2], Code={'ZipFile': zipped()},
                       Role='arn:aws:iam::000000000000:role/r', Handler='app.handler')
host = urlsplit(os.environ['AWS_ENDPOINT_URL']).netloc
keys = Credentials(os.environ['AWS_ACCESS_KEY_ID'], os.environ['AWS_SECRET_ACCESS_KEY'])

def send(target, auth, headers={}):
    request = AWSRequest('GET', 'http://' + host + target, headers=dict(headers, Host=host))
    auth.add_auth(request)
    if '?' in request.url and isinstance(auth, SigV4QueryAuth):
        target = request.url.split(host, 1)[1]
    connection = http.client.HTTPConnection(host)
    connection.putrequest('GET', target, skip_host=True, skip_accept_encoding=True)
    for name, value in request.headers.items(): connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, answer.getheader('x-amzn-errortype'), answer.read().decode()

arn = 'arn:aws:lambda:us-east-1:000000000000:function:hello'
names = ['hello', 'hello%3A$LATEST', 'hello:$LATEST', 'hello%3a%24LATEST', 'hello:%24LATEST', '%68ello', 'function:hello',
         arn, arn.replace(':', '%3A'), arn.replace(':', '%3a'), arn + ':$LATEST', arn + '%3A%24LATEST']
for name in names:
    for auth in (SigV4Auth(keys, 'lambda', 'us-east-1'), SigV4QueryAuth(keys, 'lambda', 'us-east-1', expires=60)):
        status, kind, body = send('/2015-03-31/functions/' + name, auth)
        assert status == 200, (name, status, kind, body)
        assert json.loads(body)['Configuration']['FunctionName'] == 'hello', (name, body)
# What is right and names no function: refused for that, not for its signature.
for name in ['hello%253A$LATEST', 'hello%2Fx', 'hel+lo', 'hel%2Blo', 'hello%20', '%FF']:
    status, kind, body = send('/2015-03-31/functions/' + name, SigV4Auth(keys, 'lambda', 'us-east-1'))
    assert status in (400, 404) and 'Signature' not in kind, (name, status, kind, body)
# Queries out of order, without a value, and with what is encoded. botocore signs a query as it finds it, so it has to be
# encoded, as botocore itself does with every parameter.
for query in ['Qualifier=%24LATEST', 'Qualifier=%24LATEST&x=a%2Bb%20c', 'x=%2F&Qualifier=%24LATEST', 'x&Qualifier=%24LATEST']:
    status, kind, body = send('/2015-03-31/functions/hello?' + query, SigV4Auth(keys, 'lambda', 'us-east-1'))
    assert status == 200, (query, status, kind, body)
# Dot segments and doubled slashes are signed normalised by botocore, and are no function's name.
for path in ['/2015-03-31/functions//hello', '/2015-03-31/./functions/hello', '/2015-03-31/functions/x/../hello']:
    status, kind, body = send(path, SigV4Auth(keys, 'lambda', 'us-east-1'))
    assert status in (400, 404) and 'Signature' not in kind, (path, status, kind, body)
"#;
    let _ = Client::boto3(&server, script).with_first_key(&server).output();
}
