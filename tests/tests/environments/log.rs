//! A function's log as the Logs API gives it, and what its lines must look like.

use crate::function::Run;
use lambent_tests::Server;
use serde_json::{Value, json};

/// The messages of one log stream, in order.
pub(crate) struct Log(pub(crate) Vec<String>);

impl Log {
    /// Reads the only stream of a group, page by page.
    pub(crate) fn of(server: &Server, group: &str) -> Self {
        let answer = logs(server, "DescribeLogStreams", &json!({ "logGroupName": group }));
        let streams = answer["logStreams"].as_array().unwrap();
        assert_eq!(streams.len(), 1, "one environment, so one stream: {answer}");
        Self::of_stream(server, group, streams[0]["logStreamName"].as_str().unwrap())
    }

    pub(crate) fn of_stream(server: &Server, group: &str, stream: &str) -> Self {
        let mut request = json!({ "logGroupName": group, "logStreamName": stream, "startFromHead": true });
        let mut messages = Vec::new();
        loop {
            let page = logs(server, "GetLogEvents", &request);
            for event in page["events"].as_array().unwrap() {
                messages.push(event["message"].as_str().unwrap().to_owned());
            }
            let next = page["nextForwardToken"].clone();
            if request["nextToken"] == next {
                return Self(messages);
            }
            request["nextToken"] = next;
        }
    }

    /// The messages of one run, from START to REPORT.
    pub(crate) fn of_run(&self, run: &Run) -> &[String] {
        let at = |what: &str| {
            let line = format!("{what} RequestId: {}", run.id);
            let found: Vec<usize> = (0..self.0.len()).filter(|at| self.0[*at].starts_with(&line)).collect();
            assert_eq!(found.len(), 1, "{line} stands {} times in {:#?}", found.len(), self.0);
            found[0]
        };
        let (start, end, report) = (at("START"), at("END"), at("REPORT"));
        assert!(start < end && end + 1 == report, "{:#?}", self.0);
        assert_eq!(self.0[start], format!("START RequestId: {} Version: $LATEST\n", run.id));
        assert_eq!(self.0[end], format!("END RequestId: {}\n", run.id));
        &self.0[start..=report]
    }

    /// What the function itself wrote in one run.
    pub(crate) fn written_in(&self, run: &Run) -> &[String] {
        let lines = self.of_run(run);
        &lines[1..lines.len() - 2]
    }

    /// INIT_START is the first line, once; and every line of it is one of AWS's.
    pub(crate) fn assert_begins_with_init(&self) {
        let first = &self.0[0];
        let rest = first.strip_prefix("INIT_START Runtime Version: ").unwrap_or_else(|| panic!("{first:?}"));
        let (version, arn) =
            rest.split_once("\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:").unwrap();
        let hex = arn.strip_suffix('\n').unwrap();
        assert!(!version.is_empty() && hex.len() == 64, "{first:?}");
        let starts = self.0.iter().filter(|line| line.starts_with("INIT_START")).count();
        assert_eq!(starts, 1, "{:#?}", self.0);
    }
}

/// Whether REPORT tells how long the init phase took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Init {
    Shown,
    Absent,
}

/// The last line of a run: its members in order, and how it ends.
pub(crate) fn assert_report(lines: &[String], run: &Run, memory_mb: u64, init: Init, ending: &str) {
    let line = lines.last().unwrap();
    let mut fields = line.split('\t');
    assert_eq!(fields.next(), Some(format!("REPORT RequestId: {}", run.id).as_str()));
    let mut number = |name: &str, unit: &str| -> String {
        let field = fields.next().unwrap_or_else(|| panic!("no {name} in {line:?}"));
        let value = field.strip_prefix(name).and_then(|rest| rest.strip_suffix(unit));
        value.unwrap_or_else(|| panic!("{field:?} is no {name} in {line:?}")).to_owned()
    };
    let duration = number("Duration: ", " ms");
    let (whole, hundredths) = duration.split_once('.').unwrap();
    assert_eq!(hundredths.len(), 2, "{line:?}");
    let whole: u64 = whole.parse().unwrap();
    let billed: u64 = number("Billed Duration: ", " ms").parse().unwrap();
    // Rounded up from what was measured, of which two decimals are shown: 1.002 ms are "1.00 ms" and billed as 2.
    assert!((whole..=whole + 1).contains(&billed), "{line:?}");
    assert_eq!(number("Memory Size: ", " MB"), memory_mb.to_string());
    let used: u64 = number("Max Memory Used: ", " MB").parse().unwrap();
    // Where nothing could be started nothing was used.
    let least = u64::from(!ending.ends_with("Runtime.InvalidEntrypoint"));
    assert!((least..=memory_mb).contains(&used), "{line:?}");
    if init == Init::Shown {
        assert!(number("Init Duration: ", " ms").parse::<f64>().is_ok());
    }
    let rest: Vec<&str> = fields.collect();
    assert_eq!(rest.join("\t"), format!("{ending}\n"), "{line:?}");
}

fn logs(server: &Server, operation: &str, request: &Value) -> Value {
    let target = format!("Logs_20140328.{operation}");
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
    let reply = server.request("POST", "/", &headers, request.to_string().as_bytes());
    assert_eq!(reply.status, 200, "{operation}: {}", reply.text());
    reply.json()
}
