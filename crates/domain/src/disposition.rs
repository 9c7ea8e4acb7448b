//! Station 11, decide: what becomes of an event after an attempt.
//!
//! Two regimes that never mix (facts: async-invocation §5.2). A *function error* counts against
//! `MaximumRetryAttempts` and is spaced 60 s, then 120 s. A *put-back* (throttled, or a fault of ours) counts against
//! nothing but the event's age and is spaced exponentially from 1 s to 5 min. The age is checked ahead: a retry that
//! could not start in time is not waited for.

use crate::event::Event;
use crate::outcome::Outcome;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The owner's settings for asynchronous invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventInvokeConfig {
    /// Runs after the first that follow function errors: 0 to 2.
    pub retry_attempts_max: u32,
    /// How old an event may be when a run starts: 60 s to 6 h.
    pub event_age_max: Duration,
}

impl Default for EventInvokeConfig {
    fn default() -> Self {
        Self { retry_attempts_max: 2, event_age_max: Duration::from_secs(21_600) }
    }
}

/// How retries are spaced. Configuration, so that tests need not wait minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetrySchedule {
    /// Delay after the first function error, doubled after each further one. 60 s by default.
    pub function_error_base: Duration,
    /// Delay after the first put-back, doubled after each further one. 1 s by default.
    pub put_back_base: Duration,
    /// Longest delay after a put-back. 5 min by default.
    pub put_back_max: Duration,
}

impl Default for RetrySchedule {
    fn default() -> Self {
        Self {
            function_error_base: Duration::from_secs(60),
            put_back_base: Duration::from_secs(1),
            put_back_max: Duration::from_secs(300),
        }
    }
}

/// What came of trying to run an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptResult<'a> {
    /// The function ran; the run is the last of `event.attempts`.
    Ran(&'a Outcome),
    /// It did not run: no concurrency, or a fault of ours.
    PutBack,
    /// The function is not there any more.
    FunctionGone,
}

/// Why an event was put back without a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PutBack {
    /// There was no concurrency for it: 429.
    Throttled,
    /// A fault of ours or the host's: 500.
    SystemError,
}

impl PutBack {
    /// The HTTP status that a synchronous caller would have been given.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Throttled => 429,
            Self::SystemError => 500,
        }
    }
}

/// What becomes of the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// The function returned.
    Succeeded,
    /// Run it again, not before this instant.
    RetryAt(Timestamp),
    /// Give it up.
    Failed(FailureCondition),
    /// Its function was deleted.
    Cancelled,
}

/// Why an event was given up, in the words of AWS's destination records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FailureCondition {
    /// Every run that was allowed failed.
    RetriesExhausted,
    /// It grew too old.
    EventAgeExceeded,
    /// The function's reserved concurrency is 0.
    ZeroReservedConcurrency,
    /// It was part of a recursive chain.
    Recursion,
}

impl FailureCondition {
    /// The word for it in destination records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RetriesExhausted => "RetriesExhausted",
            Self::EventAgeExceeded => "EventAgeExceeded",
            Self::ZeroReservedConcurrency => "ZeroReservedConcurrency",
            Self::Recursion => crate::invocation_record::RECURSION_CONDITION,
        }
    }
}

/// Decides after an attempt. `jitter` is a random number that spreads put-backs; it is the only chance involved.
#[must_use]
pub fn decide(
    config: &EventInvokeConfig,
    schedule: &RetrySchedule,
    event: &Event,
    result: AttemptResult<'_>,
    now: Timestamp,
    jitter: u32,
) -> Disposition {
    match result {
        AttemptResult::Ran(Outcome::Returned { .. }) => Disposition::Succeeded,
        AttemptResult::FunctionGone => Disposition::Cancelled,
        AttemptResult::Ran(Outcome::Failed(_)) => {
            let runs = u32::try_from(event.attempts.len()).unwrap_or(u32::MAX);
            if runs > config.retry_attempts_max {
                return Disposition::Failed(FailureCondition::RetriesExhausted);
            }
            let delay = doubled(schedule.function_error_base, runs.saturating_sub(1));
            retry_after(config, event, now, delay)
        }
        AttemptResult::PutBack => {
            let delay = doubled(schedule.put_back_base, event.put_backs).min(schedule.put_back_max);
            retry_after(config, event, now, spread(delay, jitter))
        }
    }
}

/// Decides before a run whether it may start at all (E3): an event that has outlived its age is given up.
#[must_use]
pub fn expired(config: &EventInvokeConfig, event: &Event, now: Timestamp) -> Option<Disposition> {
    let too_old = event.age(now) > config.event_age_max;
    too_old.then_some(Disposition::Failed(FailureCondition::EventAgeExceeded))
}

fn retry_after(config: &EventInvokeConfig, event: &Event, now: Timestamp, delay: Duration) -> Disposition {
    let at = now.plus(delay);
    // Recorded: with an age of 60 s and a delay of 60 s there is no retry, so the retry must *start* within the age.
    if at.since(event.accepted_at) >= config.event_age_max {
        Disposition::Failed(FailureCondition::EventAgeExceeded)
    } else {
        Disposition::RetryAt(at)
    }
}

fn doubled(base: Duration, times: u32) -> Duration {
    base.saturating_mul(2_u32.saturating_pow(times.min(16)))
}

/// Takes up to a quarter off, so that events put back together do not return together.
fn spread(delay: Duration, jitter: u32) -> Duration {
    delay.saturating_sub((delay / 4).mul_f64(f64::from(jitter) / f64::from(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::FunctionName;
    use crate::attempt::{Attempt, AttemptOutcome, LogPointer};
    use crate::event::Priority;
    use crate::outcome::{FailureKind, FunctionFailure};
    use crate::qualifier::Version;
    use crate::request_id::RequestId;
    use bytes::Bytes;
    use proptest::prelude::*;

    const ACCEPTED: Timestamp = Timestamp::from_millis(1_000_000);

    fn event(runs: u32, put_backs: u32) -> Event {
        let attempt = |number| Attempt {
            number,
            started_at: ACCEPTED,
            duration_ms: 1,
            executed_version: Version::Latest,
            outcome: AttemptOutcome::FunctionError,
            error_type: None,
            error_message: None,
            log: LogPointer { group: "g".to_owned(), stream: "s".to_owned() },
        };
        Event {
            request_id: RequestId::from_bytes([1; 16]),
            function: FunctionName::new("f").unwrap(),
            qualifier: None,
            payload: Bytes::from_static(b"{}"),
            trace: None,
            tenant_id: None,
            accepted_at: ACCEPTED,
            attempts: (1..=runs).map(attempt).collect(),
            put_backs,
            last_put_back: None,
            priority: Priority::Normal,
            not_before: None,
            last_response: None,
            redrive_of: None,
        }
    }

    fn failed() -> Outcome {
        Outcome::Failed(FunctionFailure {
            kind: FailureKind::RuntimeExited,
            payload: Bytes::new(),
            message: String::new(),
            error_type: None,
        })
    }

    fn after(secs: u64) -> Timestamp {
        ACCEPTED.plus(Duration::from_secs(secs))
    }

    fn config(retries: u32, age_secs: u64) -> EventInvokeConfig {
        EventInvokeConfig { retry_attempts_max: retries, event_age_max: Duration::from_secs(age_secs) }
    }

    fn decided(config: &EventInvokeConfig, runs: u32, now: Timestamp) -> Disposition {
        let outcome = failed();
        decide(config, &RetrySchedule::default(), &event(runs, 0), AttemptResult::Ran(&outcome), now, 0)
    }

    #[test]
    fn function_errors_are_retried_after_60_and_120_seconds_and_then_given_up() {
        let config = EventInvokeConfig::default();
        assert_eq!(decided(&config, 1, after(2)), Disposition::RetryAt(after(62)));
        assert_eq!(decided(&config, 2, after(70)), Disposition::RetryAt(after(190)));
        assert_eq!(decided(&config, 3, after(200)), Disposition::Failed(FailureCondition::RetriesExhausted));
    }

    #[test]
    fn the_owner_may_ask_for_fewer_runs() {
        assert_eq!(
            decided(&config(0, 21_600), 1, after(1)),
            Disposition::Failed(FailureCondition::RetriesExhausted)
        );
        assert_eq!(decided(&config(1, 21_600), 1, after(1)), Disposition::RetryAt(after(61)));
        assert_eq!(
            decided(&config(1, 21_600), 2, after(1)),
            Disposition::Failed(FailureCondition::RetriesExhausted)
        );
    }

    #[test]
    fn the_age_is_checked_ahead_as_recorded() {
        let expired = Disposition::Failed(FailureCondition::EventAgeExceeded);
        assert_eq!(decided(&config(2, 60), 1, after(0)), expired);
        assert_eq!(decided(&config(2, 90), 1, after(1)), Disposition::RetryAt(after(61)));
        assert_eq!(decided(&config(2, 90), 2, after(62)), expired);
    }

    #[test]
    fn success_and_a_deleted_function_end_it() {
        let returned = Outcome::Returned { payload: Bytes::new() };
        let schedule = RetrySchedule::default();
        let of = |result| decide(&config(2, 60), &schedule, &event(1, 0), result, after(9_999), 0);
        assert_eq!(of(AttemptResult::Ran(&returned)), Disposition::Succeeded);
        assert_eq!(of(AttemptResult::FunctionGone), Disposition::Cancelled);
    }

    #[test]
    fn put_backs_double_up_to_five_minutes_and_never_exhaust() {
        let of = |put_backs| {
            let event = event(0, put_backs);
            decide(&config(0, 21_600), &RetrySchedule::default(), &event, AttemptResult::PutBack, after(0), 0)
        };
        assert_eq!(of(0), Disposition::RetryAt(after(1)));
        assert_eq!(of(3), Disposition::RetryAt(after(8)));
        assert_eq!(of(20), Disposition::RetryAt(after(300)));
        assert_eq!(of(u32::MAX), Disposition::RetryAt(after(300)));
    }

    #[test]
    fn nothing_starts_after_its_age() {
        let config = config(2, 60);
        assert_eq!(expired(&config, &event(0, 0), after(60)), None);
        let late = after(60).plus(Duration::from_millis(1));
        assert_eq!(
            expired(&config, &event(0, 0), late),
            Some(Disposition::Failed(FailureCondition::EventAgeExceeded))
        );
    }

    proptest! {
        /// E3 and E5 over any history: no retry is set beyond the age, none beyond the configured count.
        #[test]
        fn no_retry_breaks_the_configuration(
            retries in 0_u32..=2, age in 60_u64..=21_600, runs in 1_u32..=4, put_backs in 0_u32..100,
            at in 0_u64..30_000, jitter: u32, ran: bool,
        ) {
            let (config, outcome) = (config(retries, age), failed());
            let result = if ran { AttemptResult::Ran(&outcome) } else { AttemptResult::PutBack };
            let event = event(runs, put_backs);
            let decided = decide(&config, &RetrySchedule::default(), &event, result, after(at), jitter);
            if let Disposition::RetryAt(next) = decided {
                prop_assert!(next >= after(at));
                prop_assert!(next.since(ACCEPTED) < config.event_age_max);
                prop_assert!(!ran || runs <= retries);
            }
        }
    }
}
