use super::*;
use crate::arn::{AccountId, FunctionArn, FunctionName, Region};
use crate::attempt::{Attempt, AttemptOutcome, LogPointer};
use crate::disposition::PutBack;
use crate::event::{EventRequest, Priority, accept};
use crate::function::AsyncInvokeSettings;
use crate::outcome::{FailureKind, FunctionFailure};
use crate::qualifier::Version;
use crate::request_id::RequestId;
use bytes::Bytes;
use std::sync::Arc;

const NOW: Timestamp = Timestamp::from_millis(9_000);
const EXHAUSTED: Disposition = Disposition::Failed(FailureCondition::RetriesExhausted);
const TOO_OLD: Disposition = Disposition::Failed(FailureCondition::EventAgeExceeded);

fn event(qualifier: Option<&str>, runs: u32) -> Event {
    let attempt = |number| Attempt {
        number,
        started_at: NOW,
        duration_ms: 1,
        executed_version: Version::Number(u64::from(number)),
        outcome: AttemptOutcome::FunctionError,
        error_type: None,
        error_message: Some(format!("message {number}")),
        log: LogPointer::default(),
    };
    let request = EventRequest {
        request_id: RequestId::from_bytes([1; 16]),
        function: FunctionName::new("f").unwrap(),
        qualifier: qualifier.map(Qualifier::from),
        payload: Bytes::from_static(b"[1]"),
        trace: Some("Root=1-0-0;Lineage=1:0:0".to_owned()),
        tenant_id: None,
        priority: Priority::Normal,
        not_before: None,
    };
    Event { attempts: (1..=runs).map(attempt).collect(), ..accept(request, Timestamp::from_millis(1)) }
}

/// With destinations for `$LATEST`, for version 1 and for the alias `live`, and a dead-letter queue.
fn function() -> Function {
    let mut function = crate::function::tests::published([1]);
    for qualifier in ["$LATEST", "1", "live"] {
        let settings = AsyncInvokeSettings {
            on_success: Some(format!("success-{qualifier}")),
            on_failure: Some(format!("failure-{qualifier}")),
            ..AsyncInvokeSettings::default()
        };
        function.async_invoke.insert(Qualifier::from(qualifier), settings);
    }
    Arc::make_mut(&mut function.latest).configuration.dead_letter_target = Some("dead-letters".to_owned());
    // What a version was published with does not count.
    let first = function.published.get_mut(&1).unwrap();
    Arc::make_mut(first).configuration.dead_letter_target = Some("the version's".to_owned());
    function
}

fn hop() -> FunctionHash {
    FunctionHash::of(&FunctionArn {
        region: Region::new("us-east-1").unwrap(),
        account: AccountId::new("000000000000").unwrap(),
        name: FunctionName::new("f").unwrap(),
        qualifier: None,
    })
}

fn failed(message: &str) -> Outcome {
    Outcome::Failed(FunctionFailure {
        kind: FailureKind::Raised("Runtime.Unknown".to_owned()),
        payload: Bytes::from_static(b"{\"errorMessage\":\"m\"}"),
        message: message.to_owned(),
        error_type: None,
    })
}

fn returned() -> Outcome {
    Outcome::Returned { payload: Bytes::from_static(b"2") }
}

fn targets(told: &Told) -> Vec<(Purpose, &str)> {
    told.records.iter().map(|record| (record.purpose, record.target.as_str())).collect()
}

/// §5.3: an alias's calls have the alias's settings, and dead letters go to the function's queue. §6: both are told.
#[test]
fn whom_an_end_is_told_depends_on_the_qualifier() {
    let function = function();
    for (qualifier, on_success, on_failure) in [
        (None, Some("success-$LATEST"), Some("failure-$LATEST")),
        (Some("$LATEST"), Some("success-$LATEST"), Some("failure-$LATEST")),
        (Some("1"), Some("success-1"), Some("failure-1")),
        (Some("live"), Some("success-live"), Some("failure-live")),
        (Some("other"), None, None),
    ] {
        let event = event(qualifier, 1);
        let good = records_of(Some(&function), &event, hop, Disposition::Succeeded, Some(&returned()), NOW);
        let wanted: Vec<_> = on_success.map(|target| (Purpose::OnSuccess, target)).into_iter().collect();
        assert_eq!((targets(&good), good.dead_letter), (wanted, false), "{qualifier:?}");
        let bad = records_of(Some(&function), &event, hop, EXHAUSTED, Some(&failed("m")), NOW);
        let mut wanted: Vec<_> = on_failure.map(|target| (Purpose::OnFailure, target)).into_iter().collect();
        wanted.push((Purpose::DeadLetterQueue, "dead-letters"));
        assert_eq!((targets(&bad), bad.dead_letter), (wanted, false), "{qualifier:?}");
    }
}

#[test]
fn a_failure_that_nobody_is_told_stays_in_the_list() {
    let plain = crate::function::tests::published([]);
    let mut cleared = plain.clone();
    let empty = AsyncInvokeSettings { on_failure: Some(String::new()), ..AsyncInvokeSettings::default() };
    cleared.async_invoke.insert(Qualifier::Latest, empty);
    for function in [None, Some(&plain), Some(&cleared)] {
        let told = |disposition| records_of(function, &event(None, 1), hop, disposition, None, NOW);
        assert_eq!(told(EXHAUSTED), Told { records: Vec::new(), dead_letter: true });
        for quiet in [Disposition::Succeeded, Disposition::Cancelled, Disposition::RetryAt(NOW)] {
            assert_eq!(told(quiet), Told::default());
        }
    }
    assert_eq!(
        records_of(Some(&self::function()), &event(None, 1), hop, Disposition::Cancelled, None, NOW),
        Told::default()
    );
}

fn only(event: &Event, disposition: Disposition, outcome: Option<&Outcome>) -> InvocationRecord {
    let told = records_of(Some(&function()), event, hop, disposition, outcome, NOW);
    let first = told.records.first().unwrap().record.clone();
    assert!(told.records.iter().all(|sent| sent.record == first));
    first
}

#[test]
fn a_success_has_the_response_and_the_version_that_ran() {
    let record = only(&event(None, 1), Disposition::Succeeded, Some(&returned()));
    let response = RecordedResponse {
        payload: Bytes::from_static(b"2"),
        executed_version: Version::Number(1),
        is_error: false,
    };
    assert_eq!((record.response, record.failure, record.invoke_count), (Some(response), None, 1));
    assert_eq!((record.settled_at, &record.request_payload[..]), (NOW, &b"[1]"[..]));
    // Its own invocation is in the lineage, so that a circle is counted whatever it leads through.
    let trace = record.trace.unwrap();
    let chain = Event { trace: Some(trace.clone()), ..event(None, 1) };
    assert_eq!(trace, enter(Some("Root=1-0-0;Lineage=1:0:0"), hop()).context);
    assert_eq!(enter(chain.trace.as_deref(), hop()).before, 1);
    let next = only(&chain, Disposition::Succeeded, Some(&returned()));
    assert_eq!(enter(next.trace.as_deref(), hop()).before, 2);
    let unseen = Event { trace: Some("Lineage=1:0:0".to_owned()), ..event(None, 1) };
    assert_eq!(only(&unseen, Disposition::Succeeded, Some(&returned())).trace, None);
}

/// What a record should say: the response's version and payload, the status, the message.
type Wanted = (Option<(u64, &'static str)>, u16, &'static str);

fn assert_told(
    what: &str,
    event: &Event,
    disposition: Disposition,
    outcome: Option<&Outcome>,
    wanted: Wanted,
) {
    let record = only(event, disposition, outcome);
    let (response, status, message) = wanted;
    assert_eq!(Disposition::Failed(record.failure.unwrap()), disposition, "{what}");
    assert_eq!((record.status, record.error_message.as_deref()), (status, Some(message)), "{what}");
    let got = record.response.map(|response| {
        assert!(response.is_error, "{what}");
        (response.executed_version, String::from_utf8(response.payload.to_vec()).unwrap())
    });
    let wanted = response.map(|(version, payload)| (Version::Number(version), payload.to_owned()));
    assert_eq!(got, wanted, "{what}");
}

/// §6 and §7: the response is the last run's, also where that was not the last attempt.
#[test]
fn a_failure_after_runs_has_the_last_response() {
    let again = |event: Event| Event { last_response: Some(Bytes::from_static(b"earlier")), ..event };
    let throttled = |event: Event| Event { last_put_back: Some(PutBack::Throttled), ..event };
    let (no, error) = (failed("it broke"), r#"{"errorMessage":"m"}"#);
    for (what, event, disposition, outcome, wanted) in [
        ("retries exhausted", event(None, 3), EXHAUSTED, Some(&no), (Some((3, error)), 200, "it broke")),
        ("no retry within the age", event(None, 1), TOO_OLD, Some(&no), (Some((1, error)), 200, "it broke")),
        (
            "expired after an error",
            again(event(None, 2)),
            TOO_OLD,
            None,
            (Some((2, "earlier")), 200, "message 2"),
        ),
        (
            "throttled after an error until too old",
            throttled(again(event(None, 1))),
            TOO_OLD,
            None,
            (Some((1, "earlier")), 429, "Rate Exceeded."),
        ),
    ] {
        assert_told(what, &event, disposition, outcome, wanted);
    }
}

/// §6: without a run there is no response at all.
#[test]
fn a_failure_without_a_run_has_no_response() {
    use FailureCondition::{Recursion, ZeroReservedConcurrency};
    let put_back = |last| Event { last_put_back: Some(last), ..event(None, 0) };
    let failed = |condition| Disposition::Failed(condition);
    for (what, event, disposition, status, message) in [
        ("throttled until too old", put_back(PutBack::Throttled), TOO_OLD, 429, "Rate Exceeded."),
        ("our faults", put_back(PutBack::SystemError), TOO_OLD, 500, "The function could not be run."),
        ("never had its turn", event(None, 0), TOO_OLD, 429, "Rate Exceeded."),
        ("reserved 0", event(None, 0), failed(ZeroReservedConcurrency), 429, "Rate Exceeded."),
        (
            "recursion",
            event(None, 0),
            failed(Recursion),
            400,
            "The function was invoked in a recursive chain.",
        ),
    ] {
        assert_told(what, &event, disposition, None, (None, status, message));
    }
}
