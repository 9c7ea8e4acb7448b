//! Unchanged clients against the real binary: boto3, the AWS CLI, the JavaScript SDK and plain HTTP.

use lambent_tests::server::wait_for;
use lambent_tests::{Client, Package, Server, runtime};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

const ECHO: &str = "
def handler(event, context):
    print('got', event)
    if isinstance(event, dict) and event.get('raise'):
        raise ValueError(event['raise'])
    return {'event': event, 'id': context.aws_request_id, 'arn': context.invoked_function_arn,
            'client': context.client_context.custom if context.client_context else None}
";

const SETTLED: Duration = Duration::from_secs(30);

fn with_echo(server: &Server) {
    server.create_function("echo", runtime::python(), "app.handler", Package::of("app.py", ECHO), json!({}));
}

/// The seed of the whole project, as AWS's page has it.
#[test]
fn curl_the_documented_request() {
    let server = Server::start();
    with_echo(&server);
    for path in ["/2014-11-13/functions/echo/invoke-async/", "/2014-11-13/functions/echo/invoke-async"] {
        let url = format!("{}{path}", server.url());
        let output = std::process::Command::new("curl")
            .args(["-sS", "-i", "-X", "POST", "--data-binary", r#"{"from":"curl"}"#, &url])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap().to_ascii_lowercase();
        assert!(text.starts_with("http/1.1 202 accepted\r\n"), "{text}");
        assert!(text.contains("\r\ncontent-length: 0\r\n"), "{text}");
        assert!(text.contains("\r\ncontent-type: application/json\r\n"), "{text}");
        let id =
            text.split("x-amzn-requestid: ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        let event = server.settled(&id, SETTLED);
        assert_eq!(event["state"], "succeeded", "{event}");
        assert_eq!(event["attempts"].as_array().unwrap().len(), 1, "{event}");
    }
}

#[test]
fn boto3_invokes_in_every_way() {
    let server = Server::start();
    with_echo(&server);
    let script = r#"
r = client.invoke_async(FunctionName='echo', InvokeArgs=b'{"n":1}')
assert r['Status'] == 202, r
accepted = [r['ResponseMetadata']['RequestId']]

r = client.invoke(FunctionName='echo', InvocationType='Event', Payload=b'{"n":2}')
assert r['StatusCode'] == 202 and r['Payload'].read() == b'' and 'ExecutedVersion' not in r, r
accepted.append(r['ResponseMetadata']['RequestId'])

r = client.invoke(FunctionName='echo', InvocationType='DryRun', Payload=b'{}')
assert r['StatusCode'] == 204, r

context = base64.b64encode(json.dumps({'custom': {'k': 'v'}}).encode()).decode()
r = client.invoke(FunctionName='echo', LogType='Tail', Payload=b'{"n":3}', ClientContext=context)
body = json.loads(r['Payload'].read())
log = base64.b64decode(r['LogResult']).decode()
id = r['ResponseMetadata']['RequestId']
assert r['StatusCode'] == 200 and r['ExecutedVersion'] == '$LATEST' and 'FunctionError' not in r, r
assert body == {'event': {'n': 3}, 'id': id, 'arn': 'arn:aws:lambda:us-east-1:000000000000:function:echo',
                'client': {'k': 'v'}}, body
assert log.startswith('START RequestId: %s Version: $LATEST\n' % id), log
assert "got {'n': 3}\n" in log and 'END RequestId: %s\n' % id in log and 'REPORT RequestId: %s\t' % id in log, log
assert 'INIT_START' not in log, log

r = client.invoke(FunctionName='echo:$LATEST', Payload=b'{"raise":"no"}')
body = json.loads(r['Payload'].read())
assert r['StatusCode'] == 200 and r['FunctionError'] == 'Unhandled', r
assert body['errorMessage'] == 'no' and body['errorType'] == 'ValueError', body
assert body['requestId'] == r['ResponseMetadata']['RequestId'] and body['stackTrace'], body

try:
    client.invoke(FunctionName='nobody')
    raise AssertionError('no error')
except client.exceptions.ResourceNotFoundException as e:
    assert e.response['Error']['Message'] == \
        'Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody:$LATEST', e.response
    assert e.response['ResponseMetadata']['HTTPStatusCode'] == 404
try:
    client.invoke(FunctionName='echo', Payload=b'{oops')
    raise AssertionError('no error')
except client.exceptions.InvalidRequestContentException as e:
    assert e.response['Error']['Message'].startswith(
        'Could not parse request body into json: Could not parse payload into json: Unexpected character'), e.response
print(json.dumps(accepted))
"#;
    let accepted: Vec<String> = serde_json::from_str(&Client::boto3(&server, script).output()).unwrap();
    for id in &accepted {
        assert_eq!(server.settled(id, SETTLED)["state"], "succeeded");
    }
}

#[test]
fn boto3_creates_reads_changes_and_deletes() {
    let server = Server::start();
    let script = r#"
import io, zipfile
def package(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z: z.writestr('app.py', text)
    return out.getvalue()
one, two = package("def handler(e, c): return 1"), package("import os\ndef handler(e, c): return os.environ['WHO']")
role = 'arn:aws:iam::000000000000:role/test'
made = client.create_function(FunctionName='crud', Runtime='python%d.%d' % sys.version_info[:2], Role=role, Handler='app.handler',
                              Code={'ZipFile': one}, Timeout=7, Description='first')
client.get_waiter('function_active_v2').wait(FunctionName='crud')
import hashlib
assert made['CodeSha256'] == base64.b64encode(hashlib.sha256(one).digest()).decode(), made
assert made['CodeSize'] == len(one) and made['Timeout'] == 7 and made['MemorySize'] == 128, made
assert made['FunctionArn'] == 'arn:aws:lambda:us-east-1:000000000000:function:crud' and made['Version'] == '$LATEST'
assert json.loads(client.invoke(FunctionName='crud')['Payload'].read()) == 1
try:
    client.create_function(FunctionName='crud', Runtime='python%d.%d' % sys.version_info[:2], Role=role, Handler='app.handler', Code={'ZipFile': one})
    raise AssertionError('made twice')
except client.exceptions.ResourceConflictException: pass

got = client.get_function(FunctionName='crud')
import urllib.request
assert urllib.request.urlopen(got['Code']['Location']).read() == one
assert client.get_function_configuration(FunctionName=made['FunctionArn'])['Description'] == 'first'

changed = client.update_function_code(FunctionName='crud', ZipFile=two, RevisionId=got['Configuration']['RevisionId'])
client.get_waiter('function_updated_v2').wait(FunctionName='crud')
assert changed['RevisionId'] != made['RevisionId'] and changed['CodeSha256'] != made['CodeSha256']
try:
    client.update_function_configuration(FunctionName='crud', Timeout=9, RevisionId=made['RevisionId'])
    raise AssertionError('stale revision taken')
except client.exceptions.PreconditionFailedException: pass
client.update_function_configuration(FunctionName='crud', Environment={'Variables': {'WHO': 'me'}}, MemorySize=256)
client.get_waiter('function_updated_v2').wait(FunctionName='crud')
now = client.get_function_configuration(FunctionName='crud')
assert now['MemorySize'] == 256 and now['Timeout'] == 7 and now['Environment'] == {'Variables': {'WHO': 'me'}}, now
assert json.loads(client.invoke(FunctionName='crud')['Payload'].read()) == 'me'

for i in range(5):
    client.create_function(FunctionName='many-%d' % i, Runtime='python%d.%d' % sys.version_info[:2], Role=role, Handler='app.handler', Code={'ZipFile': one})
pages = list(client.get_paginator('list_functions').paginate(PaginationConfig={'PageSize': 2}))
names = [f['FunctionName'] for p in pages for f in p['Functions']]
assert names == ['crud'] + ['many-%d' % i for i in range(5)] and len(pages) == 3, (names, len(pages))

assert client.delete_function(FunctionName='crud')['ResponseMetadata']['HTTPStatusCode'] == 204
try:
    client.get_function(FunctionName='crud')
    raise AssertionError('still there')
except client.exceptions.ResourceNotFoundException as e:
    assert e.response['Error']['Message'] == 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:crud'
"#;
    let _ = Client::boto3(&server, script).output();
}

#[test]
fn an_operation_without_a_handler_says_so() {
    let server = Server::start();
    let script = r#"
from botocore.exceptions import ClientError
try:
    client.list_capacity_providers()
    raise AssertionError('no error')
except ClientError as e:
    assert 'ListCapacityProviders' in e.response['Error']['Message'], e.response
    assert e.response['ResponseMetadata']['HTTPStatusCode'] == 501, e.response
"#;
    let _ = Client::boto3(&server, script).output();
}

#[test]
fn a_missing_runtime_is_known_at_invoke() {
    let server = Server::start();
    server.create_function("old", "java21", "a.B::c", Package::of("a.txt", "x"), json!({}));
    let script = r#"
try:
    client.invoke(FunctionName='old')
    raise AssertionError('no error')
except client.exceptions.InvalidRuntimeException as e:
    assert e.response['ResponseMetadata']['HTTPStatusCode'] == 502, e.response
    assert 'java21' in e.response['Error']['Message'], e.response
"#;
    let _ = Client::boto3(&server, script).output();
}

#[test]
fn the_aws_cli_invokes_and_follows_the_log() {
    let server = Server::start();
    with_echo(&server);
    // Something must be there before the log group is: the group comes with the first line.
    assert_eq!(server.invoke("echo", "{\"first\":1}").status, 200);
    let tail = Client::aws_2(&server, &["logs", "tail", "/aws/lambda/echo", "--follow", "--format", "short"]);
    let mut child = tail.command().stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("got {'first': 1}")));
    let event = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&event, "{\"second\":2}").unwrap();
    let file = event.path().to_str().unwrap();
    let invoke = ["lambda", "invoke-async", "--function-name", "echo", "--invoke-args", file];
    assert!(Client::aws(&server, &invoke).output().contains("202"));
    // Follow mode looks every five seconds.
    assert!(lines.any(|line| line.contains("got {'second': 2}")));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_aws_cli_lists_groups_and_streams() {
    let server = Server::start();
    with_echo(&server);
    assert_eq!(server.invoke("echo", "{}").status, 200);
    let groups = Client::aws(&server, &["logs", "describe-log-groups", "--output", "json"]).output();
    let groups: serde_json::Value = serde_json::from_str(&groups).unwrap();
    assert_eq!(groups["logGroups"][0]["logGroupName"], "/aws/lambda/echo");
    let streams =
        ["logs", "describe-log-streams", "--log-group-name", "/aws/lambda/echo", "--output", "json"];
    let streams: serde_json::Value = serde_json::from_str(&Client::aws(&server, &streams).output()).unwrap();
    let stream = streams["logStreams"][0]["logStreamName"].as_str().unwrap();
    assert!(stream.contains("/[$LATEST]"), "{stream}");
    let events =
        ["logs", "get-log-events", "--log-group-name", "/aws/lambda/echo", "--log-stream-name", stream];
    let events = Client::aws(&server, &events).output();
    assert!(
        events.contains("INIT_START") && events.contains("START RequestId") && events.contains("REPORT"),
        "{events}"
    );
}

#[test]
fn the_javascript_sdk_invokes() {
    let server = Server::start();
    server.create_function(
        "js",
        runtime::node(),
        "index.handler",
        Package::of("index.mjs", "export const handler = async (event) => ({ doubled: event.n * 2 });"),
        json!({}),
    );
    let script = r#"
import { LambdaClient, InvokeCommand, InvokeAsyncCommand, GetFunctionCommand } from "@aws-sdk/client-lambda";
const client = new LambdaClient({ maxAttempts: 1 });
const reply = await client.send(new InvokeCommand({ FunctionName: "js", Payload: JSON.stringify({ n: 21 }), LogType: "Tail" }));
const body = JSON.parse(new TextDecoder().decode(reply.Payload));
if (reply.StatusCode !== 200 || body.doubled !== 42 || !reply.LogResult) throw new Error(JSON.stringify(reply));
const event = await client.send(new InvokeCommand({ FunctionName: "js", InvocationType: "Event", Payload: "{\"n\":1}" }));
if (event.StatusCode !== 202) throw new Error(JSON.stringify(event));
const old = await client.send(new InvokeAsyncCommand({ FunctionName: "js", InvokeArgs: "{\"n\":2}" }));
if (old.Status !== 202) throw new Error(JSON.stringify(old));
const found = await client.send(new GetFunctionCommand({ FunctionName: "js" }));
if (!found.Configuration.Runtime.startsWith("nodejs")) throw new Error(JSON.stringify(found));
try {
  await client.send(new InvokeCommand({ FunctionName: "nobody" }));
  throw new Error("no error");
} catch (error) {
  if (error.name !== "ResourceNotFoundException" || !error.Message && !error.message) throw error;
}
console.log(JSON.stringify([event.$metadata.requestId, old.$metadata.requestId]));
"#;
    let accepted: Vec<String> = serde_json::from_str(&Client::javascript(&server, script).output()).unwrap();
    for id in &accepted {
        assert_eq!(server.settled(id, SETTLED)["state"], "succeeded");
    }
}

/// Retries keep the request id, count as attempts and end as AWS's do; here with a base delay of nothing to speak of.
#[test]
fn function_errors_are_retried_twice() {
    let server = Server::start_with(&[], &[("LAMBENT_EVENTS_RETRY_BASE_DELAY_SECS", "1")]);
    with_echo(&server);
    let id = server.invoke_async("echo", "{\"raise\":\"again\"}");
    let event = server.settled(&id, SETTLED);
    assert_eq!(
        (&event["state"], &event["condition"]),
        (&json!("failed"), &json!("RetriesExhausted")),
        "{event}"
    );
    let attempts = event["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 3, "{event}");
    let started: Vec<u64> = attempts.iter().map(|attempt| attempt["startedAt"].as_u64().unwrap()).collect();
    assert!(started[1] - started[0] >= 1_000 && started[2] - started[1] >= 2_000, "{started:?}");
    let log = wait_for(SETTLED, "three REPORT lines", || {
        let query = ["logs", "filter-log-events", "--log-group-name", "/aws/lambda/echo", "--output", "text"];
        let text = Client::aws(&server, &query).output();
        (text.matches(&format!("REPORT RequestId: {id}")).count() == 3).then_some(text)
    });
    assert_eq!(log.matches(&format!("START RequestId: {id}")).count(), 3);
}

/// A function may run other functions over the private address, and nothing else.
#[test]
fn a_function_calls_a_function() {
    const CALLER: &str = "
import json, os, urllib.error, urllib.request

def call(method, path, body=None):
    url = os.environ['AWS_ENDPOINT_URL_LAMBDA'] + path
    try:
        reply = urllib.request.urlopen(urllib.request.Request(url, data=body, method=method), timeout=20)
        return [reply.status, reply.read().decode()]
    except urllib.error.HTTPError as error:
        return [error.code, error.headers.get('x-amzn-errortype')]

def handler(event, context):
    return {
        'invoke': call('POST', '/2015-03-31/functions/echo/invocations', b'{\"n\": 1}'),
        'invoke_async': call('POST', '/2014-11-13/functions/echo/invoke-async/', b'{\"n\": 2}')[0],
        'others': [call('GET', '/2015-03-31/functions/')[0], call('GET', '/2015-03-31/functions/echo')[0],
                   call('DELETE', '/2015-03-31/functions/echo')[0], call('GET', '/metrics')[0]],
    }
";
    let server = Server::start();
    with_echo(&server);
    let package = Package::of("app.py", CALLER);
    server.create_function("caller", runtime::python(), "app.handler", package, json!({ "Timeout": 60 }));
    let reply = server.invoke("caller", "{}");
    let seen = reply.json();
    assert_eq!(seen["invoke"][0], 200, "{seen}");
    assert!(seen["invoke"][1].as_str().unwrap().contains(r#""event": {"n": 1}"#), "{seen}");
    assert_eq!(seen["invoke_async"], 202, "{seen}");
    for status in seen["others"].as_array().unwrap() {
        assert!(matches!(status.as_u64(), Some(403 | 404)), "{seen}");
    }
}

/// In the host's network the Runtime API stands on loopback; only the function itself is answered there.
#[test]
fn in_the_hosts_network_a_function_works_and_others_are_not_answered() {
    const TELLS: &str = "
import os, time
def handler(event, context):
    print('at ' + os.environ['AWS_LAMBDA_RUNTIME_API'], flush=True)
    time.sleep(event.get('secs', 0))
    return 'done'
";
    let server = Server::start_with(&[], &[("LAMBENT_ENVIRONMENTS_NETWORK", "host")]);
    let package = Package::of("app.py", TELLS);
    server.create_function("tells", runtime::python(), "app.handler", package, json!({ "Timeout": 60 }));
    let first = server.invoke("tells", "{}");
    assert_eq!(first.text(), "\"done\"", "{first:?}");
    let tail = first.log_tail();
    let address = tail.split("at ").nth(1).unwrap().split_whitespace().next().unwrap();
    let own = std::fs::metadata("/proc/self").unwrap();
    let answer = lambent_tests::http::try_request(
        address.parse().unwrap(),
        "GET",
        "/2018-06-01/runtime/invocation/next",
        &[],
        b"",
    );
    // A server that is not root gives its functions its own user, and so cannot tell them from this test.
    if std::os::unix::fs::MetadataExt::uid(&own) == 0 {
        assert!(answer.is_err(), "{answer:?}");
    }
    assert_eq!(server.invoke("tells", "{}").text(), "\"done\"");
}
