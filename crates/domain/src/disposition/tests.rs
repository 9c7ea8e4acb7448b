//! Every row and bullet of the facts' §5.2 and §5.3, by its name.

use super::*;
use crate::arn::FunctionName;
use crate::attempt::{Attempt, AttemptOutcome, LogPointer};
use crate::event::{EventRequest, Priority, accept};
use crate::function::AsyncInvokeSettings;
use crate::outcome::{FailureKind, FunctionFailure};
use crate::qualifier::{Qualifier, Version};
use crate::request_id::RequestId;
use bytes::Bytes;
use proptest::prelude::*;

const ACCEPTED: Timestamp = Timestamp::from_millis(1_000_000);
const TOO_OLD: Disposition = Disposition::Failed(FailureCondition::EventAgeExceeded);
const EXHAUSTED: Disposition = Disposition::Failed(FailureCondition::RetriesExhausted);
const SCHEDULE: RetrySchedule = RetrySchedule {
    function_error_base: Duration::from_secs(60),
    put_back_base: Duration::from_secs(1),
    put_back_max: Duration::from_secs(300),
};

fn event(runs: u32, put_backs: u32) -> Event {
    let attempt = |number| Attempt {
        number,
        started_at: ACCEPTED,
        duration_ms: 1,
        executed_version: Version::Latest,
        outcome: AttemptOutcome::FunctionError,
        error_type: None,
        error_message: None,
        log: LogPointer { group: "g".to_owned(), stream: "s".to_owned(), ..LogPointer::default() },
    };
    let request = EventRequest {
        request_id: RequestId::from_bytes([1; 16]),
        function: FunctionName::new("f").unwrap(),
        qualifier: None,
        payload: Bytes::new(),
        trace: None,
        tenant_id: None,
        priority: Priority::Normal,
        not_before: None,
    };
    Event { attempts: (1..=runs).map(attempt).collect(), put_backs, ..accept(request, ACCEPTED) }
}

fn failed_as(kind: FailureKind) -> Outcome {
    Outcome::Failed(FunctionFailure {
        kind,
        payload: Bytes::new(),
        message: String::new(),
        error_type: Some("ValueError".to_owned()),
    })
}

fn failed() -> Outcome {
    failed_as(FailureKind::Raised("Runtime.Unknown".to_owned()))
}

fn after(secs: u64) -> Timestamp {
    ACCEPTED.plus(Duration::from_secs(secs))
}

fn at(secs: u64) -> Disposition {
    Disposition::RetryAt(after(secs))
}

fn config(retries: u32, age_secs: u64) -> EventInvokeConfig {
    EventInvokeConfig { retry_attempts_max: retries, event_age_max: Duration::from_secs(age_secs) }
}

fn rules(config: EventInvokeConfig) -> RetryRules<'static> {
    RetryRules { config, schedule: &SCHEDULE, policy: None, crowding: Crowding::NONE }
}

fn ran(rules: &RetryRules<'_>, runs: u32, now: Timestamp) -> Disposition {
    decide(rules, &event(runs, 0), AttemptResult::Ran(&failed()), now, 0)
}

fn put_back(rules: &RetryRules<'_>, put_backs: u32, now: Timestamp, chance: u32) -> Disposition {
    decide(rules, &event(0, put_backs), AttemptResult::PutBack(PutBack::Throttled), now, chance)
}

/// §5.2, function error: two retries, 60 s after the first failure and 120 s after the second, then RetriesExhausted.
#[test]
fn function_errors_are_retried_after_60_and_120_seconds_and_then_given_up() {
    let rules = rules(EventInvokeConfig::default());
    assert_eq!(ran(&rules, 1, after(2)), at(62));
    assert_eq!(ran(&rules, 2, after(70)), at(190));
    assert_eq!(ran(&rules, 3, after(200)), EXHAUSTED);
}

/// §5.2, function error, and the bullet "a timeout is a function error": threw, exited, timed out, out of memory, response
/// too large, no entrypoint or init failed.
#[test]
fn every_kind_of_function_error_counts_alike() {
    for kind in [
        FailureKind::Raised("Runtime.ImportModuleError".to_owned()),
        FailureKind::RuntimeExited,
        FailureKind::Timeout,
        FailureKind::OutOfMemory,
        FailureKind::ResponseTooLarge,
        FailureKind::InvalidEntrypoint,
        FailureKind::RuntimeProtocol("Runtime.TruncatedResponse"),
    ] {
        let outcome = failed_as(kind);
        let of = |runs| {
            let rules = rules(config(2, 21_600));
            decide(&rules, &event(runs, 0), AttemptResult::Ran(&outcome), after(1), 0)
        };
        assert_eq!((of(1), of(2), of(3)), (at(61), at(121), EXHAUSTED), "{outcome:?}");
    }
}

/// §2, retries on function error 0 to 2.
#[test]
fn the_owner_may_ask_for_fewer_runs() {
    for (retries, runs, disposition) in
        [(0, 1, EXHAUSTED), (1, 1, at(61)), (1, 2, EXHAUSTED), (2, 2, at(121))]
    {
        assert_eq!(ran(&rules(config(retries, 21_600)), runs, after(1)), disposition, "{retries}, {runs}");
    }
}

/// §5.2, "Age is checked ahead": with 60 s no retry and no waiting for it, with 90 s one.
#[test]
fn the_age_is_checked_ahead_as_recorded() {
    assert_eq!(ran(&rules(config(2, 60)), 1, after(0)), TOO_OLD);
    assert_eq!(ran(&rules(config(2, 90)), 1, after(1)), at(61));
    assert_eq!(ran(&rules(config(2, 90)), 2, after(62)), TOO_OLD);
    // A delayed event begins to age when its time has come.
    let delayed = Event { not_before: Some(after(1_000)), ..event(1, 0) };
    let of = |now| decide(&rules(config(2, 90)), &delayed, AttemptResult::Ran(&failed()), now, 0);
    assert_eq!((of(after(1_001)), of(after(1_031))), (at(1_061), TOO_OLD));
}

/// §5.2, throttle and system error: from 1 s to 5 min, counting against nothing but age.
#[test]
fn put_backs_double_up_to_five_minutes_and_never_exhaust() {
    let rules = rules(config(0, 21_600));
    for (put_backs, secs) in [(0, 1), (1, 2), (3, 8), (8, 256), (9, 300), (20, 300), (u32::MAX, 300)] {
        assert_eq!(put_back(&rules, put_backs, after(0), 0), at(secs), "{put_backs}");
        let error = AttemptResult::PutBack(PutBack::SystemError);
        assert_eq!(decide(&rules, &event(0, put_backs), error, after(0), 0), at(secs), "{put_backs}");
    }
    assert_eq!(put_back(&rules, 9, after(21_299), 0), at(21_599));
    // Bounded by the age alone: what would come too late comes at the last moment, and only then is it over.
    let last = Timestamp::from_millis(1_000_000 + 21_599_999);
    for now in [after(21_300), after(21_599), Timestamp::from_millis(last.as_millis() - 1)] {
        assert_eq!(put_back(&rules, 9, now, 0), Disposition::RetryAt(last), "{now:?}");
    }
    for now in [last, after(21_600), after(30_000)] {
        assert_eq!(put_back(&rules, 9, now, 0), TOO_OLD, "{now:?}");
    }
    // Runs and put-backs are counted apart.
    let result = AttemptResult::PutBack(PutBack::Throttled);
    assert_eq!(decide(&rules, &event(3, 0), result, after(0), 0), at(1));
    assert_eq!(decide(&rules, &event(1, 40), AttemptResult::Ran(&failed()), after(0), 0), EXHAUSTED);
}

/// Put-backs are spread over the last quarter of their delay; function errors are not.
#[test]
fn put_backs_have_jitter() {
    let of = |chance| put_back(&rules(config(2, 21_600)), 3, after(0), chance);
    assert_eq!((of(0), of(u32::MAX)), (at(8), at(6)));
    let half = Disposition::RetryAt(after(0).plus(Duration::from_millis(7_000)));
    assert_eq!(of(u32::MAX / 2 + 1), half);
}

/// §5.2: reserved concurrency 0, recursion; expired before the first run; a function that was deleted.
#[test]
fn what_keeps_an_event_from_running() {
    let plain = crate::function::tests::published([]);
    let off = Function { reserved_concurrency: Some(0), ..plain.clone() };
    let one = Function { reserved_concurrency: Some(1), ..plain.clone() };
    let loops = Function { recursive_loop: RecursiveLoop::Allow, ..plain.clone() };
    let zero = Disposition::Failed(FailureCondition::ZeroReservedConcurrency);
    let recursion = Disposition::Failed(FailureCondition::Recursion);
    let late = after(60).plus(Duration::from_millis(1));
    for (what, function, is_recursion, now, disposition) in [
        ("nothing", Some(&plain), false, after(60), None),
        ("a reservation of something", Some(&one), false, after(0), None),
        ("reserved concurrency 0", Some(&off), false, after(0), Some(zero)),
        ("reserved concurrency 0, whatever the age", Some(&off), true, late, Some(zero)),
        ("expired before the first run", Some(&plain), false, late, Some(TOO_OLD)),
        ("recursion stopped", Some(&plain), true, after(0), Some(recursion)),
        ("recursion allowed", Some(&loops), true, after(0), None),
        ("deleted function", None, true, late, Some(Disposition::Cancelled)),
    ] {
        let decided = before_run(function, &config(2, 60), &event(0, 0), is_recursion, now);
        assert_eq!(decided, disposition, "{what}");
    }
}

#[test]
fn success_ends_it_whenever_it_comes() {
    let returned = Outcome::Returned { payload: Bytes::new() };
    let of = decide(&rules(config(0, 60)), &event(9, 9), AttemptResult::Ran(&returned), after(9_999), 0);
    assert_eq!(of, Disposition::Succeeded);
}

/// §5.3: the settings are those of the qualifier the event was sent to, as they are at the decision.
#[test]
fn an_alias_decides_by_its_own_settings() {
    let mut function = crate::function::tests::published([1]);
    let settings =
        |retries| AsyncInvokeSettings { retry_attempts_max: Some(retries), ..AsyncInvokeSettings::default() };
    function.async_invoke.insert(Qualifier::from("live"), settings(0));
    function.async_invoke.insert(Qualifier::Version(1), settings(1));
    for (qualifier, runs_max) in [(Some("live"), 1), (Some("1"), 2), (None, 3), (Some("$LATEST"), 3)] {
        let qualifier = qualifier.map(Qualifier::from);
        let config =
            EventInvokeConfig::of(Some(&function), qualifier.as_ref(), &EventInvokeConfig::default());
        let decided: Vec<_> = (1..=3).map(|runs| ran(&rules(config), runs, after(0)) == EXHAUSTED).collect();
        assert_eq!(decided.iter().position(|given_up| *given_up), Some(runs_max - 1), "{qualifier:?}");
    }
}

/// E3: the last instant at which a run may start is that of the age.
#[test]
fn nothing_starts_after_its_age() {
    let late = after(60).plus(Duration::from_millis(1));
    assert_eq!(expired(&config(2, 60), &event(0, 0), after(60)), None);
    assert_eq!(expired(&config(2, 60), &event(0, 0), late), Some(TOO_OLD));
    let delayed = Event { not_before: Some(after(10)), ..event(0, 0) };
    assert_eq!(expired(&config(2, 60), &delayed, after(70)), None);
}

/// Lambent's own: a policy rules over function errors, within the age, and over nothing else.
#[test]
fn a_policy_of_the_functions_own() {
    let policy: RetryPolicy = serde_json::from_str(
        r#"{"maximumAttempts":5,"initialSeconds":1,"multiplier":10,"maximumSeconds":50,"jitter":0.5,
        "errors":[{"errorType":"Sandbox.*","maximumAttempts":2},{"errorType":"KeyError","maximumAttempts":1}]}"#,
    )
    .unwrap();
    let rules = RetryRules { policy: Some(&policy), ..rules(config(0, 70)) };
    for (runs, now, disposition) in [
        (1, 0, at(1)),
        (2, 1, at(11)),
        (3, 12, at(62)),
        (4, 12, at(62)),
        (4, 20, TOO_OLD),
        (5, 12, EXHAUSTED),
    ] {
        assert_eq!(ran(&rules, runs, after(now)), disposition, "{runs}, {now}");
    }
    let timed_out = failed_as(FailureKind::Timeout);
    let of = |runs| decide(&rules, &event(runs, 0), AttemptResult::Ran(&timed_out), after(0), u32::MAX);
    assert_eq!((of(1), of(2)), (Disposition::RetryAt(after(0).plus(Duration::from_millis(500))), EXHAUSTED));
    assert_eq!(put_back(&rules, 3, after(0), 0), at(8));
}

/// §5.2, "when the queue is long AWS also stretches the retry interval": never past what is allowed otherwise.
#[test]
fn a_long_queue_that_fails_stretches_its_retries() {
    let long = Crowding::of(100_000, 100);
    let crowded = RetryRules { crowding: long, ..rules(config(2, 21_600)) };
    assert_eq!(ran(&crowded, 1, after(0)), at(240));
    assert_eq!(put_back(&crowded, 2, after(0), 0), at(16));
    assert_eq!(put_back(&crowded, 8, after(0), 0), at(300));
    // Instead of too late, as late as can be.
    let short = RetryRules { crowding: long, ..rules(config(2, 90)) };
    assert_eq!(ran(&short, 1, after(1)), Disposition::RetryAt(Timestamp::from_millis(1_000_000 + 89_999)));
    assert_eq!(ran(&short, 1, after(30)), TOO_OLD);
}

proptest! {
    /// E3 and E5 over any history: no retry is set beyond the age, none beyond the configured count.
    #[test]
    fn no_retry_breaks_the_configuration(
        retries in 0_u32..=2, age in 60_u64..=21_600, runs in 1_u32..=4, put_backs in 0_u32..100, at in 0_u64..30_000,
        chance: u32, ran: bool, waiting: u64, failures in 0_u32..50, own: Option<u32>, delay in 0_u64..1_000,
    ) {
        let policy = own.map(|runs_max| RetryPolicy {
            maximum_attempts: 1 + runs_max % 4, initial_seconds: f64::from(chance % 100), multiplier: 3.0,
            maximum_seconds: 500.0, jitter: 0.3, errors: Vec::new(),
        });
        let rules = RetryRules {
            policy: policy.as_ref(), crowding: Crowding::of(waiting, failures), ..rules(config(retries, age))
        };
        let outcome = failed();
        let result = if ran { AttemptResult::Ran(&outcome) } else { AttemptResult::PutBack(PutBack::SystemError) };
        let event = Event { not_before: Some(after(delay)), ..event(runs, put_backs) };
        let plain = RetryRules { crowding: Crowding::NONE, ..rules };
        let decided = decide(&rules, &event, result, after(at), chance);
        if let Disposition::RetryAt(next) = decided {
            prop_assert!(next >= after(at));
            prop_assert!(next.since(event.due_at()) < rules.config.event_age_max);
            let runs_max = policy.as_ref().map_or(retries + 1, |policy| policy.maximum_attempts);
            prop_assert!(!ran || runs < runs_max);
            let Disposition::RetryAt(unstretched) = decide(&plain, &event, result, after(at), chance) else {
                return Err(TestCaseError::fail("a stretched retry that would not have been"));
            };
            prop_assert!(next >= unstretched);
        } else {
            prop_assert_eq!(decided, decide(&plain, &event, result, after(at), chance));
        }
    }
}
