//! Function URLs and streamed responses of the real binary: payloads in and out, who may call, and bytes that come before
//! the function has ended.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

use lambent_tests::server::wait_for;
use lambent_tests::{Client, Package, Reply, Server, http, runtime};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

const PYTHON: &str = "
def handler(event, context):
    path = event.get('rawPath')
    if path == '/raise':
        raise ValueError('no')
    if path == '/made':
        return {'statusCode': '201', 'headers': {'Content-Type': 'text/plain', 'X-Mine': 1, 'Connection': 'close'},
                'cookies': ['a=1', 'b=2; HttpOnly'], 'body': 'made'}
    if path == '/binary':
        return {'statusCode': 200, 'headers': {'content-type': 'image/png'}, 'isBase64Encoded': True, 'body': '/wCA'}
    if path == '/odd':
        return {'statusCode': 9}
    if path == '/none':
        return {'statusCode': 204, 'body': 'nothing'}
    return {'event': event, 'id': context.aws_request_id, 'arn': context.invoked_function_arn}
";

/// Between two parts of a streamed response.
const PAUSE: Duration = Duration::from_millis(1_500);

const NODE: &str = "
const pause = () => new Promise((resolve) => setTimeout(resolve, 1500));
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
    const path = event.rawPath ?? event.path;
    if (path === '/raise') throw new Error('before');
    if (path === '/raw') { stream.setContentType('text/plain'); stream.end('raw'); return; }
    if (path.startsWith('/http')) {
        const cookies = ['c=1'], headers = { 'Content-Type': 'text/plain', 'X-Mine': '1' };
        stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers, cookies });
    }
    stream.write('first');
    await pause();
    if (path.endsWith('/broken')) throw new Error('after');
    if (path.endsWith('/gone')) console.log('wrote the rest');
    stream.end('last');
});";

struct Url {
    server: Server,
    host: String,
    url: String,
}

/// A server with a function and its URL, which anybody may call.
fn open(name: &str, body: Value) -> Url {
    let server = Server::start();
    create(&server, name);
    let url = with_url(server, name, "", body);
    permit(&url.server, name, "", "NONE");
    url
}

fn create(server: &Server, name: &str) {
    if name == "python" {
        server.create_function(
            name,
            runtime::python(),
            "app.handler",
            Package::of("app.py", PYTHON),
            json!({}),
        );
    } else {
        server.create_function(name, runtime::node(), "app.handler", Package::of("app.js", NODE), json!({}));
    }
}

fn with_url(server: Server, name: &str, qualifier: &str, body: Value) -> Url {
    let path = format!("/2021-10-31/functions/{name}/url{qualifier}");
    let made = server.request("POST", &path, &[], body.to_string().as_bytes());
    assert_eq!(made.status, 201, "{}", made.text());
    let url = made.json()["FunctionUrl"].as_str().unwrap().to_owned();
    let host = url.strip_prefix("http://").unwrap().strip_suffix('/').unwrap().to_owned();
    assert!(host.ends_with(&format!(".lambda-url.us-east-1.localhost:{}", server.address().port())), "{url}");
    Url { server, host, url }
}

fn permit(server: &Server, name: &str, qualifier: &str, auth_type: &str) {
    for permission in [
        json!({"StatementId": "url", "Action": "lambda:InvokeFunctionUrl", "Principal": "*",
               "FunctionUrlAuthType": auth_type}),
        json!({"StatementId": "function", "Action": "lambda:InvokeFunction", "Principal": "*",
               "InvokedViaFunctionUrl": true}),
    ] {
        let path = format!("/2015-03-31/functions/{name}/policy{qualifier}");
        let added = server.request("POST", &path, &[], permission.to_string().as_bytes());
        assert_eq!(added.status, 201, "{}", added.text());
    }
}

impl Url {
    fn head(&self, method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> Vec<u8> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.host);
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {length}\r\n\r\n"));
        head.into_bytes()
    }

    fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut request = self.head(method, path, headers, body.len());
        request.extend_from_slice(body);
        http::raw(self.server.address(), &request).expect("an answer")
    }

    fn get(&self, path: &str) -> Reply {
        self.call("GET", path, &[], b"")
    }

    /// The bytes of an answer up to where `until` stands in it, when that was, and the connection for the rest.
    fn read_until(&self, path: &str, until: &str) -> (String, Instant, TcpStream) {
        let mut stream = TcpStream::connect(self.server.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(&self.head("GET", path, &[], 0)).unwrap();
        let (mut text, mut buffer) = (String::new(), [0; 4_096]);
        while !text.contains(until) {
            let count = stream.read(&mut buffer).unwrap();
            assert!(count > 0, "the answer ended: {text}");
            text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
        }
        (text, Instant::now(), stream)
    }
}

fn rest_of(mut stream: TcpStream) -> String {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    String::from_utf8(rest).unwrap()
}

#[test]
fn a_request_becomes_an_event_and_a_response_an_answer() {
    let url = open("python", json!({"AuthType": "NONE"}));
    let reply = url.call(
        "POST",
        "/a%20b/c?x=1&x=2&y=%2F",
        &[
            ("Content-Type", "application/json"),
            ("Cookie", "k=v; l=w"),
            ("Authorization", "Bearer mine"),
            ("X-Two", "1"),
        ],
        br#"{"in":true}"#,
    );
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert!(reply.header("x-amzn-trace-id").unwrap().starts_with("root=1-"), "{reply:?}");
    let answer = reply.json();
    assert_eq!(answer["id"], reply.request_id());
    assert_eq!(answer["arn"], "arn:aws:lambda:us-east-1:000000000000:function:python");
    let event = &answer["event"];
    assert_eq!((&event["version"], &event["rawPath"]), (&json!("2.0"), &json!("/a%20b/c")));
    assert_eq!(event["rawQueryString"], "x=1&x=2&y=%2F");
    assert_eq!(event["queryStringParameters"], json!({"x": "1,2", "y": "/"}));
    assert_eq!(event["cookies"], json!(["k=v", "l=w"]));
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!(r#"{"in":true}"#), &json!(false)));
    assert_eq!(event["headers"]["authorization"], "Bearer mine");
    assert_eq!(event["requestContext"]["http"]["method"], "POST");
    assert_eq!(event["requestContext"]["accountId"], "anonymous");
    assert_eq!(event["requestContext"]["domainPrefix"], url.host.split('.').next().unwrap());
    let binary = url.call("PUT", "/", &[("Content-Type", "application/octet-stream")], b"\xff\x00").json();
    assert_eq!(
        (&binary["event"]["body"], &binary["event"]["isBase64Encoded"]),
        (&json!("/wA="), &json!(true))
    );

    let made = url.get("/made");
    assert_eq!((made.status, made.text().as_str()), (201, "made"));
    assert_eq!((made.header("content-type"), made.header("x-mine")), (Some("text/plain"), Some("1")));
    let cookies: Vec<&str> = made
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(cookies, ["a=1", "b=2; HttpOnly"]);
    let binary = url.get("/binary");
    assert_eq!(
        (binary.body.as_slice(), binary.header("content-type")),
        (b"\xff\x00\x80".as_slice(), Some("image/png"))
    );
    let none = url.get("/none");
    assert_eq!((none.status, none.body.len()), (204, 0));
    for path in ["/raise", "/odd"] {
        let failed = url.get(path);
        assert_eq!((failed.status, failed.text().as_str()), (502, "Internal Server Error"), "{path}");
    }
    let head = url.call("HEAD", "/made", &[], b"");
    assert_eq!((head.status, head.body.len()), (201, 0));
    let large = url.call("POST", "/", &[("Content-Type", "image/png")], &vec![b'x'; 6_000_000]);
    assert_eq!(large.status, 413, "{}", large.text());
}

#[test]
fn curl_reaches_a_url_by_its_name_and_by_its_host_header() {
    let url = open("python", json!({"AuthType": "NONE"}));
    let port = url.server.address().port();
    let name = url.host.split(':').next().unwrap();
    let resolve = format!("{name}:{port}:127.0.0.1");
    let (made, header) = (format!("{}made", url.url), format!("Host: {}", url.host));
    let direct = format!("{}/made", url.server.url());
    for arguments in [["--resolve", &resolve, &made], ["-H", &header, &direct]] {
        let output = Command::new("curl").args(["-sS", "-i"]).args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with("HTTP/1.1 201 Created\r\n") && text.ends_with("\r\n\r\nmade"), "{text}");
    }
}

#[test]
fn the_first_bytes_come_before_the_function_has_ended() {
    let url = open("node", json!({"AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"}));
    let (text, at, stream) = url.read_until("/http", "first");
    assert!(text.starts_with("HTTP/1.1 201 Created\r\n"), "{text}");
    for header in
        ["content-type: text/plain\r\n", "x-mine: 1\r\n", "set-cookie: c=1\r\n", "transfer-encoding: chunked"]
    {
        assert!(text.contains(header), "{header} in {text}");
    }
    let rest = rest_of(stream);
    assert!(rest.contains("last") && rest.ends_with("0\r\n\r\n"), "{rest}");
    assert!(at.elapsed() > PAUSE / 3, "the first part waited for the last");

    // Nothing can be said any more once the answer has begun, so it is broken off.
    let (_, _, stream) = url.read_until("/http/broken", "first");
    let rest = rest_of(stream);
    assert!(!rest.ends_with("0\r\n\r\n"), "{rest}");

    let raw = url.get("/raw");
    assert_eq!((raw.status, raw.text().as_str()), (200, "raw"));
    assert_eq!(raw.header("content-type"), Some("text/plain"));
    assert_eq!(url.get("/raise").status, 502);
    let head = url.call("HEAD", "/http", &[], b"");
    assert_eq!((head.status, head.body.len()), (201, 0));
}

#[test]
fn a_url_of_a_function_that_is_turned_off_says_so() {
    let url = open("python", json!({"AuthType": "NONE"}));
    let off = br#"{"ReservedConcurrentExecutions":0}"#;
    assert_eq!(url.server.request("PUT", "/2017-10-31/functions/python/concurrency", &[], off).status, 200);
    let throttled = url.get("/made");
    assert_eq!((throttled.status, throttled.header("retry-after")), (429, Some("1")), "{}", throttled.text());
    assert_eq!(throttled.json()["Reason"], "ReservedFunctionConcurrentInvocationLimitExceeded");
}

#[test]
fn a_caller_who_goes_away_does_not_stop_the_function() {
    let url = open("node", json!({"AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"}));
    let (_, _, stream) = url.read_until("/gone", "first");
    drop(stream);
    let headers =
        [("x-amz-target", "Logs_20140328.FilterLogEvents"), ("content-type", "application/x-amz-json-1.1")];
    let body = json!({"logGroupName": "/aws/lambda/node", "filterPattern": "\"wrote the rest\""}).to_string();
    wait_for(Duration::from_secs(30), "the function to go on", || {
        let found = url.server.request("POST", "/", &headers, body.as_bytes());
        let events = found.json().get("events")?.as_array()?.len();
        (events > 0).then_some(())
    });
}

#[test]
fn a_buffered_url_gives_a_streamed_response_whole() {
    let url = open("node", json!({"AuthType": "NONE"}));
    let reply = url.get("/http");
    assert_eq!((reply.status, reply.text().as_str()), (201, "firstlast"));
    assert_eq!(reply.header("x-mine"), Some("1"));
    assert_eq!(url.get("/http/broken").status, 502);
}

#[test]
fn an_alias_has_a_url_of_its_own() {
    let server = Server::start();
    create(&server, "python");
    let alias = json!({"Name": "live", "FunctionVersion": "$LATEST"}).to_string();
    let made = server.request("POST", "/2015-03-31/functions/python/aliases", &[], alias.as_bytes());
    assert_eq!(made.status, 201, "{}", made.text());
    let url = with_url(server, "python", "?Qualifier=live", json!({"AuthType": "NONE"}));
    permit(&url.server, "python", "", "NONE");
    assert_eq!(url.get("/").status, 403, "the function's policy is not its alias's");
    permit(&url.server, "python", "?Qualifier=live", "NONE");
    assert_eq!(url.get("/").json()["arn"], "arn:aws:lambda:us-east-1:000000000000:function:python:live");
    let restarted = Url { server: url.server.restart(), ..url };
    assert_eq!(restarted.get("/").status, 200, "a URL outlives the server");
}

/// Signs with botocore, in the header and in the query, and says the statuses and whom the function saw.
const SIGNED: &str = r#"
import http.client, urllib.parse
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
HOST, ADDRESS, ID, SECRET = json.loads('GIVEN')
def call(auth, path='/a%20b', body=None, spoil=lambda request: None, method='POST'):
    request = AWSRequest(method, 'http://' + HOST + path, data=body)
    request.headers['Host'] = HOST
    auth.add_auth(request)
    spoil(request)
    url = urllib.parse.urlsplit(request.url)
    connection = http.client.HTTPConnection(ADDRESS)
    connection.request(method, url.path + ('?' + url.query if url.query else ''), body, dict(request.headers))
    answer = connection.getresponse()
    return answer.status, answer.read().decode()
own = Credentials(ID, SECRET)
header = lambda credentials: SigV4Auth(credentials, 'lambda', 'us-east-1')
query = lambda credentials: SigV4QueryAuth(credentials, 'lambda', 'us-east-1', expires=60)
def change(request): request.headers.replace_header('X-Amz-Date', '20200101T000000Z')
status, body = call(header(own), '/a%20b?x=1&a=2', b'{"in":1}')
assert status == 200, (status, body)
context = json.loads(body)['event']['requestContext']
iam = context['authorizer']['iam']
assert context['accountId'] == iam['accountId'] == '000000000000' and iam['accessKey'] == ID, context
assert iam['userArn'] == 'arn:aws:iam::000000000000:user/default', iam
status, body = call(query(own), '/', method='GET')
assert status == 200, (status, body)
for what, answer, expected in [
    ('secret', call(header(Credentials(ID, 'wrong'))), 'signature'),
    ('query secret', call(query(Credentials(ID, 'wrong'))), 'signature'),
    ('key', call(header(Credentials('AKIAUNKNOWN000000000', SECRET))), 'invalid'),
    ('date', call(header(own), spoil=change), 'Date in Credential scope'),
    ('service', call(SigV4Auth(own, 's3', 'us-east-1')), 'service'),
]:
    assert answer[0] == 403 and expected in answer[1], (what, answer)
print('done')
"#;

#[test]
fn botocore_signs_for_a_url() {
    let server = Server::start();
    create(&server, "python");
    let url = with_url(server, "python", "", json!({"AuthType": "AWS_IAM"}));
    assert_eq!(url.get("/").status, 403, "unsigned");
    let keys = url.server.data_dir().join("access/keys");
    let file = std::fs::read_dir(keys).unwrap().next().unwrap().unwrap().path();
    let id = file.file_stem().unwrap().to_str().unwrap().to_owned();
    let key: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let secret = key["secret"].as_str().unwrap();
    let given = json!([url.host, url.server.address().to_string(), id, secret]).to_string();
    let script = SIGNED.replace("GIVEN", &given);
    assert_eq!(Client::boto3(&url.server, &script).output().trim(), "done");
}

#[test]
fn boto3_reads_a_streamed_response() {
    let server = Server::start();
    create(&server, "node");
    create(&server, "python");
    let script = r#"
def stream(name, payload, **more):
    answer = client.invoke_with_response_stream(FunctionName=name, Payload=json.dumps(payload), **more)
    parts, end, times = [], None, []
    for event in answer['EventStream']:
        assert end is None, event
        if 'PayloadChunk' in event:
            parts.append(event['PayloadChunk']['Payload']); times.append(time.monotonic())
        else:
            end = event['InvokeComplete']
    return answer, b''.join(parts), end, times

answer, body, end, times = stream('node', {'path': '/'}, LogType='Tail')
assert answer['StatusCode'] == 200 and answer['ExecutedVersion'] == '$LATEST', answer
assert answer['ResponseStreamContentType'] == 'application/vnd.amazon.eventstream', answer
assert body == b'firstlast' and times[-1] - times[0] > 0.5, (body, times)
log = base64.b64decode(end.pop('LogResult')).decode()
assert log.startswith('START RequestId: ' + answer['ResponseMetadata']['RequestId']) and end == {}, (log, end)

_, body, end, _ = stream('node', {'path': '/broken'})
assert body == b'first' and end['ErrorCode'] == 'Unhandled' and 'LogResult' not in end, (body, end)
assert json.loads(end['ErrorDetails'])['errorMessage'] == 'after', end

_, body, end, _ = stream('node', {'path': '/raise'})
assert body == b'' and json.loads(end['ErrorDetails'])['errorMessage'] == 'before', (body, end)

_, body, end, _ = stream('python', {'rawPath': '/made'})
assert json.loads(body)['body'] == 'made' and end == {}, (body, end)

answer = client.invoke_with_response_stream(FunctionName='python', InvocationType='DryRun')
assert answer['StatusCode'] == 204, answer
try:
    client.invoke_with_response_stream(FunctionName='none')
    assert False
except client.exceptions.ResourceNotFoundException as error:
    assert 'function:none:$LATEST' in str(error), error
print('done')
"#;
    assert_eq!(Client::boto3(&server, script).output().trim(), "done");
}

#[test]
fn the_javascript_sdk_reads_a_streamed_response() {
    let server = Server::start();
    create(&server, "node");
    let script = "
import { LambdaClient, InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda';
const client = new LambdaClient({});
const Payload = JSON.stringify({ path: '/broken' });
const answer = await client.send(new InvokeWithResponseStreamCommand({ FunctionName: 'node', Payload, LogType: 'Tail' }));
for await (const event of answer.EventStream) {
    if (event.PayloadChunk) console.log(Buffer.from(event.PayloadChunk.Payload).toString());
    if (event.InvokeComplete) {
        const { ErrorCode, ErrorDetails, LogResult } = event.InvokeComplete;
        console.log(ErrorCode, JSON.parse(ErrorDetails).errorMessage, Buffer.from(LogResult, 'base64').toString().slice(0, 5));
    }
}";
    assert_eq!(Client::javascript(&server, script).output(), "first\nUnhandled after START\n");
}

/// The function's own answer to a page, and what the URL adds.
#[test]
fn a_browser_is_told_what_a_page_may_know() {
    let cors = json!({"AllowOrigins": ["https://a.test"], "AllowMethods": ["*"], "AllowHeaders": ["x-mine"],
                      "ExposeHeaders": ["x-mine"], "AllowCredentials": true, "MaxAge": 60});
    let url = open("python", json!({"AuthType": "NONE", "Cors": cors}));
    let asks = [
        ("Origin", "https://a.test"),
        ("Access-Control-Request-Method", "PATCH"),
        ("Sec-Fetch-Site", "cross-site"),
    ];
    let preflight = url.call("OPTIONS", "/raise", &asks, b"");
    assert_eq!(preflight.status, 200, "the function was asked: {}", preflight.text());
    assert_eq!(preflight.header("access-control-allow-methods"), Some("PATCH"));
    assert_eq!(preflight.header("access-control-max-age"), Some("60"));
    let reply = url.call("GET", "/made", &asks[..1], b"");
    assert_eq!(reply.status, 201);
    assert_eq!(reply.header("access-control-allow-origin"), Some("https://a.test"));
    assert_eq!(reply.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(reply.header("access-control-expose-headers"), Some("x-mine"));
    assert_eq!(reply.header("vary"), Some("Origin"));
    let stranger = url.call("GET", "/made", &[("Origin", "https://b.test")], b"");
    assert_eq!((stranger.status, stranger.header("access-control-allow-origin")), (201, None));
}
