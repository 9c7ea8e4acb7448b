//! Real clients: the AWS CLI (version 2, the first with `logs tail`) and boto3.
//!
//! `LAMBENT_TEST_AWS_2` and `LAMBENT_TEST_PYTHON` name the programs; otherwise `aws` and `python3` are taken from the
//! PATH. A machine without them, or with version 1, fails these tests: skipping would prove nothing.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use super::server::Server;
use super::*;

/// Starting the CLI takes seconds on a busy machine, and following polls every 5 s.
const PATIENCE: Duration = Duration::from_secs(90);

fn program(variable: &str, default: &str) -> OsString {
    std::env::var_os(variable).unwrap_or_else(|| default.into())
}

fn command(program: OsString) -> Command {
    let mut command = Command::new(program);
    command
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_MAX_ATTEMPTS", "1")
        .env("PYTHONUNBUFFERED", "1")
        .stdin(Stdio::null());
    command
}

/// Ends with the test, whichever way that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The lines a program prints, as they come; standard error follows when it ends.
fn lines_of(child: &mut Child) -> Receiver<String> {
    let (sender, lines) = sync_channel(1_000);
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let stderr = BufReader::new(child.stderr.take().unwrap());
    std::thread::spawn(move || {
        for line in stdout.lines().chain(stderr.lines()).map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn expect_line(lines: &Receiver<String>, wanted: &str) {
    let mut seen = Vec::new();
    loop {
        let line =
            lines.recv_timeout(PATIENCE).unwrap_or_else(|end| panic!("{wanted}: {end}; saw {seen:#?}"));
        if line.contains(wanted) {
            return;
        }
        seen.push(line);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_aws_cli_follows_a_log() {
    let fixture = Fixture::new();
    fixture.write("2025/09/02/[$LATEST]a", 0, "START RequestId: 1 Version: $LATEST\n");
    fixture.write("2025/09/02/[$LATEST]b", 1, "naïve \u{1f980} line\n");
    let server = Server::start(fixture.store.clone(), fixture.owner.clone()).await;
    let mut tail = command(program("LAMBENT_TEST_AWS_2", "aws"));
    tail.args(["logs", "tail", GROUP, "--follow", "--since", "2025-09-01T00:00:00Z"]);
    tail.args(["--endpoint-url", &format!("http://{}", server.address)]);
    let mut child = Running(tail.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());

    tokio::task::spawn_blocking(move || {
        let lines = lines_of(&mut child.0);
        expect_line(&lines, "START RequestId: 1 Version: $LATEST");
        expect_line(&lines, "naïve \u{1f980} line");
        // In the millisecond of the last event seen: it is found by the event's id alone.
        fixture.write("2025/09/02/[$LATEST]b", 1, "while it is followed\n");
        expect_line(&lines, "while it is followed");
        fixture.write("2025/09/02/[$LATEST]c", 9, "the end\n");
        let line = lines.recv_timeout(PATIENCE).unwrap();
        assert!(line.contains("the end"), "an event came twice: {line}");
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn boto3_reads_groups_streams_and_events() {
    const SCRIPT: &str = r#"
import boto3, json, sys
logs = boto3.client("logs", endpoint_url=sys.argv[1])
group = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"][0]
name = group["logGroupName"]
pages = logs.get_paginator("describe_log_streams").paginate(logGroupName=name, PaginationConfig={"PageSize": 3})
streams = [s["logStreamName"] for page in pages for s in page["logStreams"]]
pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name, PaginationConfig={"PageSize": 7})
filtered = [e["message"] for page in pages for e in page["events"]]
matching = logs.filter_log_events(logGroupName=name, filterPattern='{ $.n >= 18 }')["events"]
one = logs.get_log_events(logGroupName=name, logStreamName=streams[0], startFromHead=True)
again = logs.get_log_events(logGroupName=name, logStreamName=streams[0], nextToken=one["nextForwardToken"])
try:
    logs.get_log_events(logGroupName="nope", logStreamName="x")
except logs.exceptions.ResourceNotFoundException as error:
    missing = error.response["Error"]["Message"]
print(json.dumps({
    "streams": streams, "filtered": [json.loads(m)["n"] for m in filtered], "matching": len(matching),
    "one": len(one["events"]), "end": again["nextForwardToken"] == one["nextForwardToken"] and not again["events"],
    "missing": missing,
}))
"#;
    let fixture = Fixture::new();
    for at in 0..20_u64 {
        fixture.write(&format!("s{}", at % 5), at, &format!("{{\"n\":{at}}}\n"));
    }
    let server = Server::start(fixture.store.clone(), fixture.owner.clone()).await;
    let mut python = command(program("LAMBENT_TEST_PYTHON", "python3"));
    python.args(["-c", SCRIPT, &format!("http://{}", server.address)]);
    let output = tokio::task::spawn_blocking(move || python.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = serde_json::json!({
        "streams": ["s0", "s1", "s2", "s3", "s4"], "filtered": (0..20).collect::<Vec<u64>>(), "matching": 2,
        "one": 4, "end": true, "missing": "The specified log group does not exist.",
    });
    assert_eq!(found, expected);
}
