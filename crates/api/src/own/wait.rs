//! Waiting until an event is over.
//!
//! The store is asked again and again, each time after a pause that grows with the time already waited: a wait costs a
//! few dozen looks however long it is, and what is over is told at most a quarter later.

use std::time::Duration;

use lambent_domain::event::EventStatus;
use lambent_domain::request_id::RequestId;
use tokio::time::{Instant, sleep_until};

use crate::error::ApiError;
use crate::route::Query;
use crate::state::AppState;

pub(super) const PARAMETER: &str = "waitSeconds";
const WAIT_SECS_MAX: u64 = 60;
const PAUSE_MIN: Duration = Duration::from_millis(5);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// How long the caller wants to wait; without the parameter not at all.
pub(super) fn read(query: &Query) -> Result<Duration, ApiError> {
    let Some(text) = query.get(PARAMETER) else { return Ok(Duration::ZERO) };
    let seconds = text.parse().ok().filter(|seconds| *seconds <= WAIT_SECS_MAX && !text.starts_with('+'));
    let refused = || format!("The {PARAMETER} parameter must be a number from 0 to {WAIT_SECS_MAX}.");
    seconds.map(Duration::from_secs).ok_or_else(|| ApiError::invalid_parameter(refused()))
}

/// What is known of the event once it is over, or when the time is up, or when the server stops.
pub(super) async fn until_settled(
    state: &AppState,
    id: RequestId,
    at_most: Duration,
) -> Result<Option<EventStatus>, ApiError> {
    let started = Instant::now();
    let deadline = started + at_most;
    loop {
        let status = state.queue.status(id).await?;
        let now = Instant::now();
        let is_over = status.as_ref().is_none_or(|status| status.state.is_settled());
        if is_over || now >= deadline || state.stopping.is_cancelled() {
            return Ok(status);
        }
        tokio::select! {
            () = sleep_until((now + pause(now - started)).min(deadline)) => {}
            () = state.stopping.cancelled() => {}
        }
    }
}

fn pause(waited: Duration) -> Duration {
    (waited / 4).clamp(PAUSE_MIN, PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_a_few_dozen_looks() {
        let (mut waited, mut looks) = (Duration::ZERO, 0);
        while waited < Duration::from_secs(WAIT_SECS_MAX) {
            waited += pause(waited);
            looks += 1;
        }
        assert!((50..100).contains(&looks), "{looks}");
    }

    #[test]
    fn a_wait_is_bounded() {
        let read =
            |query: &str| read(&Query::parse(Some(query)).unwrap()).map_err(|error| error.status().as_u16());
        assert_eq!(read(""), Ok(Duration::ZERO));
        assert_eq!(read("waitSeconds=60"), Ok(Duration::from_secs(60)));
        for query in ["waitSeconds=61", "waitSeconds=", "waitSeconds=-1", "waitSeconds=+1", "waitSeconds=1.5"]
        {
            assert_eq!(read(query), Err(400), "{query}");
        }
    }
}
