//! Whom an event's end is told, and what: decided with the disposition and stored in the same write (E4).
//!
//! The destinations are those of the qualifier that the event was sent to, an alias's own if it came by one; the
//! dead-letter queue is the function's, whichever version ran (facts: async-invocation §5.3). Both are those of the moment
//! of the decision, and a failure is told to both.

use super::{InvocationRecord, OutgoingRecord, Purpose, RecordedResponse};
use crate::disposition::{Disposition, FailureCondition};
use crate::event::Event;
use crate::function::Function;
use crate::lineage::{FunctionHash, enter};
use crate::outcome::Outcome;
use crate::qualifier::Qualifier;
use crate::time::Timestamp;

/// See the module's text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// What is sent.
    pub records: Vec<OutgoingRecord>,
    /// Whether the event goes to the dead-letter list: it failed and nobody is told.
    pub dead_letter: bool,
}

/// What is told of an event that the disposition ends; nothing of one that it does not.
///
/// `event` has every run in it, the last one included if that is what was decided upon; then `outcome` is how it ended.
/// Without an outcome the event was given up without a run, and its last response is that of an earlier one. `hop` says
/// what its function is in the chain of calls; it is not asked where nobody is told.
#[must_use]
pub fn records_of(
    function: Option<&Function>,
    event: &Event,
    hop: impl FnOnce() -> FunctionHash,
    disposition: Disposition,
    outcome: Option<&Outcome>,
    now: Timestamp,
) -> Told {
    let failure = match disposition {
        Disposition::Succeeded => None,
        Disposition::Failed(condition) => Some(condition),
        Disposition::RetryAt(_) | Disposition::Cancelled => return Told::default(),
    };
    let targets = targets(function, event.qualifier.as_ref(), failure.is_some());
    let Some(record) = targets.iter().flatten().next().map(|_| record(event, hop(), failure, outcome, now))
    else {
        return Told { records: Vec::new(), dead_letter: failure.is_some() };
    };
    let records = targets.into_iter().flatten().map(|(purpose, target)| OutgoingRecord {
        purpose,
        target: target.to_owned(),
        record: record.clone(),
    });
    Told { records: records.collect(), dead_letter: false }
}

type Target<'a> = (Purpose, &'a str);

fn targets<'a>(
    function: Option<&'a Function>,
    qualifier: Option<&Qualifier>,
    failed: bool,
) -> [Option<Target<'a>>; 2] {
    let Some(function) = function else { return [None, None] };
    let settings = function.async_invoke.get(qualifier.unwrap_or(&Qualifier::Latest));
    let set = |target: Option<&'a String>| target.map(String::as_str).filter(|target| !target.is_empty());
    let target = |purpose| move |target| (purpose, target);
    if !failed {
        let on_success = set(settings.and_then(|settings| settings.on_success.as_ref()));
        return [on_success.map(target(Purpose::OnSuccess)), None];
    }
    let on_failure = set(settings.and_then(|settings| settings.on_failure.as_ref()));
    let dead_letters = set(function.latest.configuration.dead_letter_target.as_ref());
    [on_failure.map(target(Purpose::OnFailure)), dead_letters.map(target(Purpose::DeadLetterQueue))]
}

fn record(
    event: &Event,
    hop: FunctionHash,
    failure: Option<FailureCondition>,
    outcome: Option<&Outcome>,
    now: Timestamp,
) -> InvocationRecord {
    let (status, error_message) = last_attempt(event, failure, outcome);
    InvocationRecord {
        request_id: event.request_id,
        function: event.function.clone(),
        qualifier: event.qualifier.clone(),
        failure,
        invoke_count: u32::try_from(event.attempts.len()).unwrap_or(u32::MAX),
        request_payload: event.payload.clone(),
        response: response(event, outcome),
        status,
        error_message,
        // What InvokeAsync leaves of a context has no root, and nobody can make anything of it.
        // The function itself is a hop of the chain that the record carries on, whoever it goes to.
        trace: event
            .trace
            .as_deref()
            .filter(|trace| trace.contains("Root="))
            .map(|trace| enter(Some(trace), hop).context),
        settled_at: now,
    }
}

fn response(event: &Event, outcome: Option<&Outcome>) -> Option<RecordedResponse> {
    // Without a run there is no response (§6: missing altogether).
    let executed_version = event.attempts.last()?.executed_version;
    let (payload, is_error) = match outcome {
        Some(Outcome::Returned { payload }) => (payload.clone(), false),
        Some(Outcome::Failed(failure)) => (failure.payload.clone(), true),
        None => (event.last_response.clone().unwrap_or_default(), true),
    };
    Some(RecordedResponse { payload, executed_version, is_error })
}

/// Status and error of the last attempt, run or not.
fn last_attempt(
    event: &Event,
    failure: Option<FailureCondition>,
    outcome: Option<&Outcome>,
) -> (u16, Option<String>) {
    match outcome {
        Some(Outcome::Returned { .. }) => return (200, None),
        Some(Outcome::Failed(failed)) => return (200, Some(failed.message.clone())),
        None => {}
    }
    let status = match (failure, event.last_put_back, event.attempts.last()) {
        (Some(FailureCondition::Recursion), _, _) => 400,
        (Some(FailureCondition::ZeroReservedConcurrency), _, _) => 429,
        (_, Some(put_back), _) => put_back.status(),
        (_, None, Some(last)) => return (200, last.error_message.clone()),
        // It has waited for its turn all the time.
        (_, None, None) => 429,
    };
    let message = match status {
        400 => "The function was invoked in a recursive chain.",
        429 => "Rate Exceeded.",
        _ => "The function could not be run.",
    };
    (status, Some(message.to_owned()))
}

#[cfg(test)]
mod tests;
