//! Station 11, decide: what becomes of an event after an attempt.
//!
//! Two regimes that never mix (facts: async-invocation §5.2). A *function error* counts against
//! `MaximumRetryAttempts` and is spaced 60 s, then 120 s. A *put-back* (throttled, or a fault of ours) counts against
//! nothing but the event's age and is spaced exponentially from 1 s to 5 min. After a function error the age is checked
//! ahead: a retry that could not start in time is not waited for. A put-back that would come too late comes at the last
//! moment. A function may have a policy of its own in the place of the first regime (`retry_policy`), and both are
//! stretched for functions that fail with a long queue (`crowding`).

use crate::crowding::Crowding;
use crate::event::Event;
use crate::function::{Function, RecursiveLoop};
use crate::outcome::Outcome;
use crate::retry_policy::RetryPolicy;
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

/// Everything that rules over an event's retries, as it stands at the moment of the decision.
#[derive(Debug, Clone, Copy)]
pub struct RetryRules<'a> {
    /// The owner's settings, those of the qualifier that the event was sent to.
    pub config: EventInvokeConfig,
    /// The server's spacing.
    pub schedule: &'a RetrySchedule,
    /// The function's own policy; where there is one, it rules over function errors.
    pub policy: Option<&'a RetryPolicy>,
    /// Whether the function is slowed down.
    pub crowding: Crowding,
}

/// What came of trying to run an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptResult<'a> {
    /// The function ran; the run is the last of `event.attempts`.
    Ran(&'a Outcome),
    /// It did not run: no concurrency, or a fault of ours.
    PutBack(PutBack),
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

/// Decides after an attempt. `chance` is a number that is uniform over all of `u32`; it spreads put-backs and, if its
/// policy says so, retries.
#[must_use]
pub fn decide(
    rules: &RetryRules<'_>,
    event: &Event,
    result: AttemptResult<'_>,
    now: Timestamp,
    chance: u32,
) -> Disposition {
    match result {
        AttemptResult::Ran(Outcome::Returned { .. }) => Disposition::Succeeded,
        AttemptResult::Ran(Outcome::Failed(failure)) => {
            let runs = u32::try_from(event.attempts.len()).unwrap_or(u32::MAX);
            let (runs_max, delay) = match rules.policy {
                Some(policy) => (policy.attempts_max(&failure.names()), policy.pause(runs, chance)),
                None => (
                    rules.config.retry_attempts_max.saturating_add(1),
                    doubled(rules.schedule.function_error_base, runs.saturating_sub(1)),
                ),
            };
            if runs >= runs_max {
                return Disposition::Failed(FailureCondition::RetriesExhausted);
            }
            retry_after(rules, event, now, delay, Duration::MAX)
        }
        AttemptResult::PutBack(_) => {
            let (base, longest) = (rules.schedule.put_back_base, rules.schedule.put_back_max);
            let delay = spread(doubled(base, event.put_backs).min(longest), chance);
            // Instead of too late, as late as can be: nothing but the age itself ends it.
            let left = last_start(rules, event).since(now);
            if left.is_zero() {
                return Disposition::Failed(FailureCondition::EventAgeExceeded);
            }
            retry_after(rules, event, now, delay.min(left), longest)
        }
    }
}

/// What keeps an event from being run, if anything does: decided when its turn has come, with nothing spent on it yet.
///
/// A function that is turned off gives its events up whatever their age, and one that is gone has nobody to tell.
#[must_use]
pub fn before_run(
    function: Option<&Function>,
    config: &EventInvokeConfig,
    event: &Event,
    is_recursion: bool,
    now: Timestamp,
) -> Option<Disposition> {
    let Some(function) = function else { return Some(Disposition::Cancelled) };
    if function.reserved_concurrency == Some(0) {
        return Some(Disposition::Failed(FailureCondition::ZeroReservedConcurrency));
    }
    let allowed = function.recursive_loop == RecursiveLoop::Allow;
    let recursion = (is_recursion && !allowed).then_some(Disposition::Failed(FailureCondition::Recursion));
    expired(config, event, now).or(recursion)
}

/// Decides before a run whether it may start at all (E3): an event that has outlived its age is given up.
#[must_use]
pub fn expired(config: &EventInvokeConfig, event: &Event, now: Timestamp) -> Option<Disposition> {
    let too_old = event.age(now) > config.event_age_max;
    too_old.then_some(Disposition::Failed(FailureCondition::EventAgeExceeded))
}

/// The next attempt after this delay, or after a stretched one of at most `longest`: but always within the age.
fn retry_after(
    rules: &RetryRules<'_>,
    event: &Event,
    now: Timestamp,
    delay: Duration,
    longest: Duration,
) -> Disposition {
    let age_max = rules.config.event_age_max;
    let at = now.plus(delay);
    // Recorded: with an age of 60 s and a delay of 60 s there is no retry, so the retry must *start* within the age.
    if event.age(at) >= age_max {
        return Disposition::Failed(FailureCondition::EventAgeExceeded);
    }
    let stretched = now.plus(rules.crowding.stretched(delay).min(longest));
    Disposition::RetryAt(stretched.min(last_start(rules, event)).max(at))
}

/// The last moment that a retry is set for.
fn last_start(rules: &RetryRules<'_>, event: &Event) -> Timestamp {
    event.due_at().plus(rules.config.event_age_max.saturating_sub(Duration::from_millis(1)))
}

fn doubled(base: Duration, times: u32) -> Duration {
    base.saturating_mul(2_u32.saturating_pow(times.min(16)))
}

/// Takes up to a quarter off, so that events put back together do not return together.
fn spread(delay: Duration, jitter: u32) -> Duration {
    delay.saturating_sub((delay / 4).mul_f64(f64::from(jitter) / f64::from(u32::MAX)))
}

#[cfg(test)]
mod tests;
