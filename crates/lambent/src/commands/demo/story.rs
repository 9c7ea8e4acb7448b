//! What became of one event: its lines in the log, and its final state.

use super::super::event_text::state_name;
use super::super::run_log::run_of;
use crate::client::logs::LogReader;
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
    let state = state_name(status.state);
    let cause = format!("no REPORT line after {} s; the event is {state}", PATIENCE.as_secs());
    Err(Failure::failed("see the function run", cause)
        .hint("`--log-level debug` shows what the server does; `lambent doctor` what the host lacks"))
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
