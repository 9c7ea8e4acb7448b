//! The commands that talk to a server: one function's life.

use crate::program::{Finished, Server, lambent, python, run};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:greeter\n";
const GREETS: &str = "import os\ndef handler(event, context):\n    print('greeting')\n    return [event, os.environ.get('WHO')]\n";
const FAILS: &str = "def handler(event, context):\n    raise ValueError('no')\n";

#[test]
fn a_function_is_deployed_invoked_changed_and_listed() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    assert_eq!(server.client(&["functions", "--output", "json"]).code(0).stdout(), "[]\n");

    let (_directory, path) = python(GREETS);
    let path = path.to_str().unwrap().to_owned();
    let deployed = server.client(&["deploy", "greeter", &path, "--env", "WHO=1", "--memory", "256"]).code(0);
    assert_eq!(deployed.stdout(), ARN);
    assert!(deployed.stderr().contains("handler app.handler"), "{}", deployed.stderr());

    let invoked = server.client(&["invoke", "greeter", "--payload", "{\"b\":2}", "--tail"]).code(0);
    assert_eq!(invoked.stdout(), "[{\"b\": 2}, \"1\"]\n");
    assert!(invoked.stderr().contains("greeting\n") && invoked.stderr().contains("REPORT RequestId: "));
    let listed = server.client(&["functions"]).code(0).stdout();
    assert!(listed.lines().any(|line| line.starts_with("greeter ") && line.contains("256 MB")), "{listed}");
    assert!(server.client(&["logs", "greeter"]).code(0).stdout().contains("greeting\n"));

    let (_directory, path) = python(FAILS);
    let path = path.to_str().unwrap().to_owned();
    assert_eq!(server.client(&["deploy", "greeter", &path, "--env", "WHO=2"]).code(0).stdout(), ARN);
    let failed = server.client(&["invoke", "greeter"]).code(3);
    assert!(failed.stdout().contains("\"errorType\": \"ValueError\""), "{}", failed.stdout());
}

#[test]
fn an_event_is_named_by_its_request_id_and_its_lines_can_be_followed() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    let (_directory, path) = python(GREETS);
    server.client(&["deploy", "greeter", path.to_str().unwrap()]).code(0);
    let mut followed = server.client_started(&["logs", "greeter", "--follow"]);
    let id = server.client(&["invoke", "greeter", "--event"]).code(0).stdout();
    assert_eq!(id.trim_end().len(), 36, "{id:?}");
    let report = format!("REPORT RequestId: {}", id.trim_end());
    let lines = std::io::BufRead::lines(std::io::BufReader::new(followed.stdout.take().unwrap()));
    assert!(lines.map_while(Result::ok).any(|line| line.starts_with(&report)));
    followed.kill().unwrap();
    followed.wait().unwrap();
}

#[test]
fn what_the_server_refuses_has_a_code_and_the_servers_words() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    let missing = server.client(&["invoke", "nobody"]).code(5);
    assert!(
        missing.stderr().contains("ResourceNotFoundException: Function not found"),
        "{}",
        missing.stderr()
    );
    server.client(&["logs", "nobody"]).code(5);
    let (_directory, path) = python("x = 1\n");
    let unclear = server.client(&["deploy", "f", path.to_str().unwrap()]).code(2);
    assert!(unclear.stderr().contains("hint: say them: --runtime"), "{}", unclear.stderr());
}

/// What a command sends, to somebody who says no.
fn sent(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() > 0 {
            head.extend(byte);
        }
        let body = r#"{"message":"no"}"#;
        let kind = "x-amzn-errortype: UnrecognizedClientException";
        let length = body.len();
        let answer = format!("HTTP/1.1 403 Forbidden\r\n{kind}\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(head).unwrap()
    });
    let mut command = lambent(&[arguments, &["--endpoint", &url]].concat());
    let finished = Finished(command.envs(variables.iter().copied()).output().unwrap()).code(5);
    assert!(finished.stderr().contains("hint: on the server's machine, `eval"), "{}", finished.stderr());
    asked.join().unwrap()
}

#[test]
fn requests_are_signed_with_the_key_that_was_named_or_is_at_hand() {
    let dir = tempfile::tempdir().unwrap();
    let (data, other) = (dir.path().join("data"), dir.path().join("other"));
    for data in [&data, &other] {
        drop(Server::start_saying(data, &[], std::process::Stdio::null()));
    }
    let id = |data: &Path| {
        let data = data.to_str().unwrap();
        let env = run(&["env", "--data-dir", data]).code(0).stdout();
        env.lines().next().unwrap().split_once('=').unwrap().1.to_owned()
    };
    let signed_by = |head: &str| {
        let start = "authorization: AWS4-HMAC-SHA256 Credential=";
        let line = head.lines().find_map(|line| line.strip_prefix(start))?;
        Some(line.split('/').next().unwrap().to_owned())
    };
    let of_variables =
        [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "long-enough-secret")];
    let local = [("LAMBENT_SERVER_DATA_DIR", data.to_str().unwrap())];
    let named = ["functions", "--data-dir", other.to_str().unwrap()];
    assert_eq!(signed_by(&sent(&["functions"], &[])), None);
    assert_eq!(signed_by(&sent(&["functions"], &local)), Some(id(&data)));
    assert_eq!(signed_by(&sent(&["functions"], &of_variables)).as_deref(), Some("AKIDEXAMPLE"));
    assert_eq!(signed_by(&sent(&named, &of_variables)), Some(id(&other)));
}

#[test]
fn doctor_reports_as_json_and_completions_are_a_script() {
    let report = run(&["doctor", "--output", "json", "--isolation", "none"]).code(0).stdout();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert!(report.pointer("/isolation/confined").is_some_and(serde_json::Value::is_boolean), "{report}");
    assert!(
        report.pointer("/limits/concurrency").is_some_and(|found| found.as_u64() >= Some(16)),
        "{report}"
    );
    assert!(run(&["completions", "bash"]).code(0).stdout().contains("complete -F _lambent"));
}
