//! One run's lines among all that a function has logged.

use super::logs::bare_name;
use crate::client::logs::{LogEvent, LogReader};
use crate::client::{Client, ClientError};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long after a run its last line may come: lines are read by others while they are written.
const PATIENCE: Duration = Duration::from_secs(5);
const INTERVAL: Duration = Duration::from_millis(100);

/// The lines of the last run of a request that began at `start_ms`; none if its REPORT does not turn up.
pub(super) async fn last_run(
    client: &Client,
    function: &str,
    request_id: &str,
    start_ms: u64,
) -> Result<Option<Vec<String>>, ClientError> {
    let deadline = Instant::now() + PATIENCE;
    let group = format!("/aws/lambda/{}", bare_name(function));
    let mut reader = LogReader::new(group, start_ms);
    let mut events = Vec::new();
    loop {
        let more = match reader.next(client).await {
            Ok((new, more)) => {
                events.extend(new);
                more
            }
            Err(error) if error.is_not_found() => false,
            Err(error) => return Err(error),
        };
        if more {
            continue;
        }
        let lines = run_of(&events, request_id);
        if lines.is_some() || Instant::now() >= deadline {
            return Ok(lines);
        }
        sleep(INTERVAL).await;
    }
}

/// The lines of one run once its REPORT is there: those of its environment's stream, from the start of that
/// environment or of the run on.
pub(super) fn run_of(events: &[LogEvent], request_id: &str) -> Option<Vec<String>> {
    let report = format!("REPORT RequestId: {request_id}");
    let start = format!("START RequestId: {request_id}");
    let end = events.iter().find(|event| event.message.starts_with(&report))?;
    let mut lines = Vec::new();
    for event in events.iter().filter(|event| event.log_stream_name == end.log_stream_name) {
        let first_of_another = event.message.starts_with("START ") && !event.message.starts_with(&start);
        if first_of_another || event.message.starts_with("INIT_START ") {
            lines.clear();
        }
        lines.push(event.message.trim_end().to_owned());
        if event.event_id == end.event_id {
            break;
        }
    }
    // What another run of the same environment logged before this one began is not this one's.
    let mine = lines.iter().position(|line| line.starts_with(&start)).unwrap_or(0);
    if !lines.first().is_some_and(|line| line.starts_with("INIT_START ")) {
        lines.drain(..mine);
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(lines: &[(&str, &str)]) -> Vec<LogEvent> {
        let event = |(index, (stream, message)): (usize, &(&str, &str))| LogEvent {
            event_id: index.to_string(),
            timestamp: 0,
            message: format!("{message}\n"),
            log_stream_name: (*stream).to_owned(),
        };
        lines.iter().enumerate().map(event).collect()
    }

    #[test]
    fn a_cold_run_begins_with_its_environment() {
        let found = events(&[
            ("a", "INIT_START Runtime"),
            ("b", "START RequestId: 2 Version: 1"),
            ("a", "START RequestId: 1 Version: $LATEST"),
            ("b", "other"),
            ("a", "hello"),
            ("a", "END RequestId: 1"),
            ("a", "REPORT RequestId: 1\tDuration"),
            ("a", "later"),
        ]);
        let expected = [
            "INIT_START Runtime",
            "START RequestId: 1 Version: $LATEST",
            "hello",
            "END RequestId: 1",
            "REPORT RequestId: 1\tDuration",
        ];
        assert_eq!(run_of(&found, "1").unwrap(), expected);
        assert_eq!(run_of(&found, "2"), None);
    }

    #[test]
    fn a_warm_run_begins_with_itself() {
        let found = events(&[
            ("a", "INIT_START Runtime"),
            ("a", "START RequestId: 0 Version: $LATEST"),
            ("a", "REPORT RequestId: 0"),
            ("a", "START RequestId: 1 Version: $LATEST"),
            ("a", "hello"),
            ("a", "REPORT RequestId: 1"),
        ]);
        let expected = ["START RequestId: 1 Version: $LATEST", "hello", "REPORT RequestId: 1"];
        assert_eq!(run_of(&found, "1").unwrap(), expected);
    }
}
