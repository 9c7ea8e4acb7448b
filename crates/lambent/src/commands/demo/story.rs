//! What became of one event: its lines in the log, and its final state.

use crate::client::logs::{LogEvent, LogReader};
use crate::client::{Client, ClientError};
use crate::failure::Failure;
use lambent_domain::event::{EventState, EventStatus};
use lambent_domain::time::Clock as _;
use lambent_engine::clock::SystemClock;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long the event may take: a cold start on a slow machine, and the time-out of the function.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is looked.
const INTERVAL: Duration = Duration::from_millis(50);

/// Milliseconds since 1970.
pub(super) fn now_ms() -> u64 {
    SystemClock.now().as_millis()
}

/// Waits for the end of a run in the log, and gives its lines.
pub(super) async fn log_lines(
    client: &Client,
    function: &str,
    request_id: &str,
    start_ms: u64,
) -> Result<Vec<String>, Failure> {
    let failed = |error: ClientError| error.failure("read the function's log");
    let deadline = Instant::now() + PATIENCE;
    let mut reader = LogReader::new(format!("/aws/lambda/{function}"), start_ms);
    let mut events = Vec::new();
    while Instant::now() < deadline {
        let more = match reader.next(client).await {
            Ok((new, more)) => {
                events.extend(new);
                more
            }
            // The group comes to be with its first line.
            Err(error) if error.is_not_found() => false,
            Err(error) => return Err(failed(error)),
        };
        if let Some(lines) = run_of(&events, request_id) {
            return Ok(lines);
        }
        if !more {
            sleep(INTERVAL).await;
        }
    }
    let status = client.event(request_id).await.map_err(|error| error.failure("look at the event"))?;
    let state = super::state_name(status.state);
    let cause = format!("no REPORT line after {} s; the event is {state}", PATIENCE.as_secs());
    Err(Failure::failed("see the function run", cause)
        .hint("`--log-level debug` shows what the server does; `lambent doctor` what the host lacks"))
}

/// The lines of one run once its REPORT is there: those of its environment's stream, from the start of that
/// environment or of the run on.
fn run_of(events: &[LogEvent], request_id: &str) -> Option<Vec<String>> {
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

/// Waits for the event's final state.
pub(super) async fn settled(client: &Client, request_id: &str) -> Result<EventStatus, Failure> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let status = client.event(request_id).await.map_err(|error| error.failure("look at the event"))?;
        let last = matches!(status.state, EventState::Succeeded | EventState::Failed | EventState::Cancelled);
        // An event whose function failed waits a minute for its next attempt: that is an answer too.
        if last || status.state == EventState::Delayed || Instant::now() >= deadline {
            return Ok(status);
        }
        sleep(INTERVAL).await;
    }
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
