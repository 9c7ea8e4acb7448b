//! Webhooks, files and NATS subjects: what the operator maps ARNs to.

use super::{LONG, TRACE, all_are, deliveries, function, invoke};
use lambent_tests::server::wait_for;
use lambent_tests::{Nats, Server, prepared};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A receiver that verifies as Standard Webhooks says, knowing nothing of Lambent, and prints what it takes. The first
/// request to `/flaky` is turned away, and `/moved` is elsewhere.
const RECEIVER: &str = r#"
import base64, hashlib, hmac, json, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
key, flaky = base64.b64decode(sys.argv[1].removeprefix('whsec_')), []
class Receiver(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_POST(self):
        body = self.rfile.read(int(self.headers['content-length']))
        id, at = self.headers['webhook-id'], self.headers['webhook-timestamp']
        signed = hmac.new(key, ('%s.%s.' % (id, at)).encode() + body, hashlib.sha256).digest()
        genuine = self.headers['webhook-signature'] == 'v1,' + base64.b64encode(signed).decode()
        fresh = abs(time.time() - int(at)) < 300
        status = 204 if genuine and fresh else 401
        if self.path == '/flaky' and id not in flaky:
            flaky.append(id)
            status = 503
        if self.path == '/moved': status = 302
        if status == 204:
            headers = {name.lower(): value for name, value in self.headers.items()}
            print(json.dumps({'path': self.path, 'headers': headers, 'body': body.decode()}), flush=True)
        self.send_response(status)
        if status == 302: self.send_header('location', '/hook')
        self.send_header('content-length', '0')
        self.end_headers()
    def log_message(self, *_): pass
server = HTTPServer(('127.0.0.1', 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
"#;

/// The receiver's process; killed when this is dropped.
struct Receiver {
    child: Child,
    said: BufReader<ChildStdout>,
    url: String,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Receiver {
    fn start() -> Self {
        let mut child = Command::new(prepared("LAMBENT_TEST_PYTHON"))
            .args(["-c", RECEIVER, SECRET])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut port = String::new();
        said.read_line(&mut port).unwrap();
        Self { child, said, url: format!("http://127.0.0.1:{}", port.trim()) }
    }

    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

/// A server with these lines of `[destinations]`.
fn server(lines: &str) -> (Server, TempDir) {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("lambent.toml");
    std::fs::write(&path, format!("[destinations]\nrefused_attempts_max = 2\n{lines}")).unwrap();
    (Server::start_with(&["--config", path.to_str().unwrap()], &[]), directory)
}

#[test]
fn a_webhook_gets_signed_requests() {
    let mut receiver = Receiver::start();
    let url = &receiver.url;
    let (server, _directory) = server(&format!(
        "webhook_secret = \"{SECRET}\"\n\"arn:aws:sqs:*:*:orders-*\" = \"{url}/hook\"\n\
         \"arn:aws:sqs:*:*:letters\" = \"{url}/hook\"\n\"arn:aws:sqs:*:*:flaky\" = \"{url}/flaky\"\n\
         \"arn:aws:sqs:*:*:moved\" = \"{url}/moved\"\n"
    ));
    let queue = |name: &str| format!("arn:aws:sqs:us-east-1:000000000000:{name}");
    function(&server, "good", &queue("orders-eu"), "", "");
    let id = invoke(&server, "good", "{\"n\": 1}");
    let got = receiver.next();
    let record: Value = serde_json::from_str(got["body"].as_str().unwrap()).unwrap();
    assert_eq!(record["requestContext"]["requestId"], id);
    let headers = &got["headers"];
    assert_eq!(headers["webhook-id"], format!("{id}.onSuccess"));
    assert_eq!(headers["x-lambent-target"], queue("orders-eu"));
    assert_eq!(headers["content-type"], "application/json");
    assert!(
        headers["x-amzn-trace-id"].as_str().unwrap().starts_with("Root=1-5759e988-"),
        "{TRACE} {headers}"
    );

    function(&server, "bad", "", "", &queue("letters"));
    let id = invoke(&server, "bad", " {\"fail\":\n true}");
    let got = receiver.next();
    assert_eq!(got["body"], " {\"fail\":\n true}");
    let headers = &got["headers"];
    for (name, value) in [
        ("x-lambent-purpose", "deadLetterQueue"),
        ("x-lambent-request-id", id.as_str()),
        ("x-lambent-error-code", "200"),
        ("x-lambent-error-message", "it broke"),
    ] {
        assert_eq!(headers[name], value, "{headers}");
    }

    function(&server, "flaky", &queue("flaky"), "", "");
    let id = invoke(&server, "flaky", "{}");
    assert_eq!(receiver.next()["path"], "/flaky");
    assert_eq!(deliveries(&server, &id, all_are("delivered"))[0]["attempts"], 2);

    function(&server, "moved", &queue("moved"), "", "");
    let id = invoke(&server, "moved", "{}");
    let all = deliveries(&server, &id, all_are("failed"));
    assert!(all[0]["lastError"].as_str().unwrap().contains("302"), "{all:?}");
    assert!(!server.log().contains(SECRET));
}

#[test]
fn a_file_gets_a_line_for_each_record() {
    let (server, _directory) = server("\"arn:aws:*\" = \"file:records.jsonl\"\n");
    let queue = "arn:aws:sqs:us-east-1:000000000000:any";
    function(&server, "f", queue, queue, queue);
    let good = invoke(&server, "f", "{\"n\":\n1}");
    let _ = deliveries(&server, &good, all_are("delivered"));
    let bad = invoke(&server, "f", "{\"fail\":\ntrue}");
    let _ = deliveries(&server, &bad, all_are("delivered"));
    let path = server.data_dir().join("destinations/records.jsonl");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.sort_by_key(|line| line["purpose"].as_str().unwrap().to_owned());
    let [letter, failure, success] = lines.as_slice() else { panic!("{text}") };
    assert!(lines.iter().all(|line| line["target"] == queue), "{text}");
    assert_eq!(letter["body"], json!({ "fail": true }));
    let attributes = json!({ "RequestID": bad, "ErrorCode": "200", "ErrorMessage": "it broke" });
    assert_eq!(letter["attributes"], attributes);
    assert_eq!(failure["body"]["requestContext"]["requestId"], bad.as_str());
    assert_eq!(success["body"]["requestContext"]["requestId"], good.as_str());
}

#[test]
fn a_nats_subject_gets_messages_and_a_stream_confirms_them() {
    let nats = Nats::start("t0ken");
    let lines = |stream: bool| {
        format!(
            "nats_url = \"nats://{}\"\nnats_token = \"t0ken\"\nnats_stream = {stream}\n\
             \"arn:aws:sqs:*:*:a\" = \"nats:records.a\"\n\"arn:aws:sqs:*:*:b\" = \"nats:elsewhere\"\n",
            nats.address()
        )
    };
    let mut subscriber = nats.subscribe("records.*");
    let (plain, _directory) = server(&lines(false));
    function(&plain, "f", "arn:aws:sqs:us-east-1:000000000000:a", "", "");
    let id = invoke(&plain, "f", "{\"n\": 1}");
    let message = subscriber.next();
    let record: Value = serde_json::from_slice(&message.body).unwrap();
    assert_eq!(record["requestContext"]["requestId"], id);
    assert!(message.headers.contains(&format!("Nats-Msg-Id: {id}.onSuccess\r\n")), "{}", message.headers);
    let _ = deliveries(&plain, &id, all_are("delivered"));
    drop(plain);

    let (streaming, _directory) = server(&lines(true));
    for (name, queue) in [("a", "a"), ("b", "b")] {
        function(&streaming, name, &format!("arn:aws:sqs:us-east-1:000000000000:{queue}"), "", "");
    }
    // Nobody stores it: that is a refusal, and the second try is the last.
    let id = invoke(&streaming, "b", "{}");
    let all = deliveries(&streaming, &id, all_are("failed"));
    assert!(all[0]["lastError"].as_str().unwrap().contains("no stream"), "{all:?}");
    let made = nats.ask("$JS.API.STREAM.CREATE.S", &json!({ "name": "S", "subjects": ["records.*"] }));
    assert_eq!(made["config"]["name"], "S", "{made}");
    let id = invoke(&streaming, "a", "{}");
    let _ = deliveries(&streaming, &id, all_are("delivered"));
    let stored = wait_for(LONG, "the stream to have it", || {
        let info = nats.ask("$JS.API.STREAM.INFO.S", &json!({}));
        info["state"]["messages"].as_u64().filter(|messages| *messages > 0)
    });
    assert_eq!(stored, 1);
}
