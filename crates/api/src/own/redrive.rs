//! Repeating many failed events: those of the dead-letter list that pass a filter, newest first, no faster than is asked.
//!
//! One call works for a bounded time and then says where to go on. An event that is accepted again leaves the list in the
//! same write, so a call that is repeated, or that ends in the middle of a page, repeats no event twice.

use std::time::Duration;

use http::StatusCode;
use lambent_domain::request_id::RequestId;
use lambent_store::queue::{EventFilter, EventPage, Position, Redrive};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::event::again_as;
use super::listing::{error_text, position, token};
use super::{function_name, read};
use crate::authorization::Asked;
use crate::authorization::audit::Deed;
use crate::authorization::own::{self, Action};
use crate::error::ApiError;
use crate::instant;
use crate::response::{self, Answer};
use crate::state::AppState;

/// How long one call works, short of the 20 seconds that are promised by what one page and one write may take.
const WORK_MAX: Duration = Duration::from_secs(18);
const PER_SECOND_DEFAULT: u32 = 100;
const PER_SECOND_MAX: u32 = 1_000;
const PAGE_MAX: usize = 500;

/// What a body asks for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asking {
    function: Option<String>,
    accepted_from: Option<instant::Instant>,
    accepted_before: Option<instant::Instant>,
    error: Option<String>,
    per_second: Option<u32>,
    before: Option<String>,
}

/// The same, understood.
struct Wanted {
    filter: EventFilter,
    per_second: u32,
    before: Option<Position>,
}

/// What one call has done.
#[derive(Debug, Default, Serialize)]
struct Done {
    redriven: u64,
    failed: u64,
    /// Give it as `before` to go on; absent when there is no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl Done {
    fn with_next(self, place: Option<Position>) -> Self {
        Self { next: Some(token(place.unwrap_or(Position(u64::MAX)))), ..self }
    }

    /// What the caller is told when the store gives out: what was done until then and where to go on, or the error where
    /// nothing was.
    fn cut_off(self, place: Option<Position>, error: ApiError) -> Result<Self, ApiError> {
        if self.redriven == 0 {
            return Err(error);
        }
        tracing::warn!(redriven = self.redriven, error = error.operator(), "a redrive was cut off");
        Ok(self.with_next(place))
    }
}

impl Wanted {
    fn read(body: &[u8]) -> Result<Self, ApiError> {
        let asking: Asking = read(body)?;
        let per_second = asking.per_second.unwrap_or(PER_SECOND_DEFAULT);
        if !(1..=PER_SECOND_MAX).contains(&per_second) {
            return Err(ApiError::invalid_parameter(format!(
                "The perSecond parameter must be a number from 1 to {PER_SECOND_MAX}."
            )));
        }
        let filter = EventFilter {
            function: asking.function.as_deref().map(function_name).transpose()?,
            state: None,
            accepted_from: asking.accepted_from.map(|from| from.0),
            accepted_before: asking.accepted_before.map(|before| before.0),
            error: asking.error.as_deref().map(error_text).transpose()?,
            dead_letters_only: true,
        };
        let before = asking.before.as_deref().map(position).transpose()?;
        Ok(Self { filter, per_second, before })
    }
}

/// Judges a body; for fuzzing.
pub(crate) fn judge(body: &[u8]) -> Result<(), ApiError> {
    Wanted::read(body).map(drop)
}

pub(super) async fn many(asked: &Asked<'_>, body: &[u8]) -> Result<Answer, ApiError> {
    let wanted = Wanted::read(body)?;
    let resource = own::resource(&asked.state.identity, wanted.filter.function.as_ref());
    let named = resource.to_string();
    let action = Action::RedriveEvent;
    asked.authorize(action.name(), resource)?;
    let done = work(asked.state, &wanted).await;
    let events = done.as_ref().map_or(0, |done| done.redriven);
    Deed { action, resource: &named, event: None }.record(asked, &done, Some(events));
    response::json(StatusCode::OK, &done?)
}

async fn work(state: &AppState, wanted: &Wanted) -> Result<Done, ApiError> {
    let mut pace = Pace::new(wanted.per_second);
    let mut done = Done::default();
    let mut place = wanted.before;
    // At a slow pace a page is small, so that a call ends where one does.
    let limit = usize::try_from(wanted.per_second).unwrap_or(PAGE_MAX).saturating_mul(5).min(PAGE_MAX);
    loop {
        let EventPage { events, next } = match state.queue.list(&wanted.filter, place, limit).await {
            Ok(page) => page,
            Err(error) => return done.cut_off(place, error.into()),
        };
        for event in &events {
            let in_time = pace.step(state).await;
            if !in_time {
                // From the beginning of this page: what of it was accepted again is no longer in the list.
                return Ok(done.with_next(place));
            }
            match again_as(state, event, RequestId::from(Uuid::new_v4())).await {
                Ok(Redrive::Redriven) => done.redriven += 1,
                // Somebody else was quicker.
                Ok(Redrive::Already(_) | Redrive::NotKept(_) | Redrive::Unknown) => {}
                // Those behind it would fare no better.
                Err(error) if error.operator().is_some() => return done.cut_off(place, error),
                Err(_) => done.failed += 1,
            }
        }
        let Some(behind) = next else { return Ok(done) };
        place = Some(behind);
    }
}

/// No more than so many a second, and an end.
struct Pace {
    interval: Duration,
    due: Instant,
    end: Instant,
}

impl Pace {
    fn new(per_second: u32) -> Self {
        let now = Instant::now();
        Self { interval: Duration::from_secs(1) / per_second.max(1), due: now, end: now + WORK_MAX }
    }

    /// Waits for the next one's turn; says whether it comes in time.
    async fn step(&mut self, state: &AppState) -> bool {
        if self.due >= self.end || Instant::now() >= self.end || state.stopping.is_cancelled() {
            return false;
        }
        tokio::select! {
            () = sleep_until(self.due) => {}
            () = state.stopping.cancelled() => return false,
        }
        self.due = self.due.max(Instant::now()) + self.interval;
        true
    }
}

#[cfg(test)]
mod tests {
    use lambent_domain::time::Timestamp;

    use super::*;

    #[test]
    fn what_was_done_is_told_when_the_store_gives_out() {
        let broken = || ApiError::from(lambent_store::StorageError::Full);
        let none = Done { failed: 3, ..Done::default() };
        assert!(none.cut_off(Some(Position(7)), broken()).is_err());
        for (place, next) in [(Some(Position(7)), "7"), (None, "18446744073709551615")] {
            let some = Done { redriven: 2, failed: 1, next: None };
            let told = some.cut_off(place, broken()).unwrap();
            assert_eq!((told.redriven, told.failed, told.next.as_deref()), (2, 1, Some(next)));
        }
    }

    #[test]
    fn a_body_says_which_and_how_fast() {
        let wanted = Wanted::read(
            br#"{"function":"f","acceptedFrom":5,"acceptedBefore":"1970-01-01T00:00:01Z","error":"E","perSecond":7,"before":"9"}"#,
        );
        let Wanted { filter, per_second, before } = wanted.unwrap();
        assert_eq!(filter.function.unwrap().as_str(), "f");
        assert_eq!(filter.accepted_from, Some(Timestamp::from_millis(5)));
        assert_eq!(filter.accepted_before, Some(Timestamp::from_millis(1_000)));
        assert_eq!((filter.error.as_deref(), filter.dead_letters_only), (Some("E"), true));
        assert_eq!((per_second, before), (7, Some(Position(9))));
        assert_eq!(Wanted::read(b"{}").unwrap().per_second, PER_SECOND_DEFAULT);
        for body in [
            "",
            "[]",
            "{",
            r#"{"perSecond":0}"#,
            r#"{"perSecond":1001}"#,
            r#"{"perSecond":-1}"#,
            r#"{"functions":"f"}"#,
            r#"{"function":"f!"}"#,
            r#"{"acceptedFrom":"now"}"#,
            r#"{"acceptedFrom":-1}"#,
            r#"{"error":""}"#,
            r#"{"before":"x"}"#,
            r#"{"function":"f","function":"g"}"#,
        ] {
            assert_eq!(judge(body.as_bytes()).unwrap_err().status().as_u16(), 400, "{body}");
        }
    }
}
