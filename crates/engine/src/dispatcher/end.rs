//! Stations 11 and 12: what becomes of an event, who is told, and the settlement that makes both true in one write (E4).
//!
//! The function is looked up again for every decision, so that retries, age, policy and destinations are those of the
//! moment (facts: async-invocation §5.2).

use super::Dispatcher;
use super::run::attempt;
use crate::chance::random;
use crate::engine::Refusal;
use crate::environment::Run;
use crate::recursion;
use bytes::Bytes;
use lambent_domain::attempt::Attempt;
use lambent_domain::disposition::{
    AttemptResult, Disposition, FailureCondition, PutBack, RetryRules, decide,
};
use lambent_domain::event::Event;
use lambent_domain::function::{Function, FunctionVersion};
use lambent_domain::invocation_record::records_of;
use lambent_domain::lineage::FunctionHash;
use lambent_domain::outcome::Outcome;
use lambent_domain::time::Timestamp;
use lambent_store::queue::{Delivery, Settlement};
use std::fmt::Display;

impl Dispatcher {
    /// It did not run, for no fault of the function's.
    pub(super) async fn put_back(&self, delivery: Delivery, refusal: &Refusal) {
        self.put_back_for(delivery, cause(refusal), refusal).await;
    }

    /// The same, for a reason of whatever kind.
    pub(super) async fn put_back_for(&self, mut delivery: Delivery, cause: PutBack, refusal: impl Display) {
        let Delivery { event, .. } = &mut delivery;
        let name = &event.function;
        tracing::warn!(function.name = %name, request.id = %event.request_id, %refusal, "put an event back");
        event.last_put_back = Some(cause);
        self.shared.counters.put_back(cause);
        self.shared.failures.failed(name);
        let function = self.functions.find(name.as_str());
        let now = self.now();
        let disposition = self.decide(function.as_deref(), event, AttemptResult::PutBack(cause), now);
        let settlement = Settlement { put_back: Some(cause), ..Settlement::new(disposition, None, now) };
        self.settle(delivery, function.as_deref(), settlement, None).await;
    }

    /// It has run.
    pub(super) async fn finish(&self, mut delivery: Delivery, version: &FunctionVersion, run: Run) {
        let event = &mut delivery.event;
        let number = u32::try_from(event.attempts.len()).unwrap_or(u32::MAX).saturating_add(1);
        let attempt: Attempt = attempt(number, version, &run);
        event.attempts.push(attempt.clone());
        event.last_put_back = None;
        self.shared.counters.async_event_age.record(event.age(run.started_at));
        match run.outcome {
            Outcome::Returned { .. } => self.shared.failures.succeeded(&event.function),
            Outcome::Failed(_) => self.shared.failures.failed(&event.function),
        }
        let function = self.functions.find(event.function.as_str());
        let now = self.now();
        let result = AttemptResult::Ran(&run.outcome);
        let disposition = self.decide(function.as_deref(), event, result, now);
        let settlement = Settlement::new(disposition, Some(attempt), now);
        self.settle(delivery, function.as_deref(), settlement, Some(&run.outcome)).await;
    }

    /// It is over without a run.
    pub(super) async fn give_up(
        &self,
        delivery: Delivery,
        function: Option<&Function>,
        disposition: Disposition,
    ) {
        if disposition == Disposition::Failed(FailureCondition::Recursion) {
            self.shared.counters.recursive_invocations_dropped.increment();
            let version = function.map(|function| &*function.latest);
            recursion::log(&self.shared.workshop, version, delivery.event.request_id);
        }
        let settlement = Settlement::without_run(disposition, self.now());
        self.settle(delivery, function, settlement, None).await;
    }

    fn decide(
        &self,
        function: Option<&Function>,
        event: &Event,
        result: AttemptResult<'_>,
        now: Timestamp,
    ) -> Disposition {
        let rules = RetryRules {
            config: self.config(function, event),
            schedule: &self.shared.workshop.options.retries,
            policy: function.and_then(|function| function.retry_policy.as_ref()),
            crowding: self.shared.failures.crowding(&event.function, || self.queue.backlog(&event.function)),
        };
        decide(&rules, event, result, now, random())
    }

    async fn settle(
        &self,
        delivery: Delivery,
        function: Option<&Function>,
        mut settlement: Settlement,
        outcome: Option<&Outcome>,
    ) {
        let disposition = settlement.disposition;
        let event = &delivery.event;
        let hop = || FunctionHash::of(&self.arn(event));
        let told = records_of(function, event, hop, disposition, outcome, settlement.decided_at);
        settlement.records = told.records;
        settlement.dead_letter = told.dead_letter;
        settlement.response = outcome.map(response);
        let request_id = delivery.event.request_id;
        match self.queue.settle(delivery, settlement).await {
            Ok(()) => {
                if let Disposition::Failed(_) = disposition {
                    self.shared.counters.async_events_dropped.increment();
                }
                tracing::debug!(request.id = %request_id, ?disposition, "settled an event");
            }
            // The event is still on disk: it runs again when its lease ends or the server restarts.
            Err(error) => tracing::error!(request.id = %request_id, %error, "failed to settle an event"),
        }
    }
}

fn response(outcome: &Outcome) -> Bytes {
    match outcome {
        Outcome::Returned { payload } => payload.clone(),
        Outcome::Failed(failure) => failure.payload.clone(),
    }
}

fn cause(refusal: &Refusal) -> PutBack {
    match refusal {
        Refusal::Throttled(_) => PutBack::Throttled,
        Refusal::RuntimeMissing(_)
        | Refusal::ShuttingDown
        | Refusal::EnvironmentFailed
        | Refusal::Recursion(_) => PutBack::SystemError,
    }
}
