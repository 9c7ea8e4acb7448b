//! One run of an event, from its place to its outcome.

use super::seating::Chosen;
use super::{Dispatcher, is_heeded};
use crate::concurrency::ConcurrencyPermit;
use crate::environment::Run;
use lambent_domain::arn::FunctionArn;
use lambent_domain::attempt::{Attempt, AttemptOutcome};
use lambent_domain::configuration::TenantIsolation;
use lambent_domain::disposition::expired;
use lambent_domain::event::Event;
use lambent_domain::function::FunctionVersion;
use lambent_domain::invocation::Invocation;
use lambent_domain::lineage::{Entered, FunctionHash, enter};
use lambent_domain::outcome::Outcome;
use lambent_store::queue::Delivery;
use std::sync::Arc;

impl Dispatcher {
    pub(super) async fn run(
        &self,
        delivery: Delivery,
        invocation: Invocation,
        chosen: Chosen,
        permit: ConcurrencyPermit,
    ) {
        let (mut environment, place) = match self.take(chosen, &invocation).await {
            Ok(seated) => seated,
            Err(refusal) => return self.put_back(delivery, &refusal).await,
        };
        environment.prepare().await;
        // Starting an environment may have taken longer than the event had left (E3).
        let event = &delivery.event;
        let function = self.functions.find(event.function.as_str());
        let config = self.config(function.as_deref(), event);
        if let Some(disposition) = expired(&config, event, self.now()).filter(is_heeded) {
            let _permit = self.shared.give_back(environment, place, permit);
            return self.give_up(delivery, function.as_deref(), disposition).await;
        }
        let run = self.shared.run_in(&mut *environment, &place, &invocation, None).await;
        // Others may have the environment at once; the permit is kept until the outcome is stored, so that there are
        // never more outcomes waiting to be stored than may run.
        let _permit = self.shared.give_back(environment, place, permit);
        match run {
            Ok(run) => self.finish(delivery, &invocation.version, run).await,
            Err(refusal) => self.put_back(delivery, &refusal).await,
        }
    }

    /// The context that goes with an event, this invocation of its function included.
    pub(super) fn enter(&self, event: &Event) -> Entered {
        enter(event.trace.as_deref(), FunctionHash::of(&self.arn(event)))
    }

    pub(super) fn invocation(
        &self,
        event: &Event,
        version: &Arc<FunctionVersion>,
        trace: String,
    ) -> Invocation {
        // The function may be another one of its name than when the event was accepted.
        let isolated = version.configuration.tenant_isolation == TenantIsolation::PerTenant;
        Invocation {
            request_id: event.request_id,
            version: Arc::clone(version),
            invoked_arn: self.arn(event),
            payload: event.payload.clone(),
            trace: Some(trace),
            client_context: None,
            tenant_id: event.tenant_id.clone().filter(|_| isolated),
        }
    }

    /// The ARN as the caller named the function.
    pub(super) fn arn(&self, event: &Event) -> FunctionArn {
        let options = &self.shared.workshop.options;
        FunctionArn {
            region: options.region.clone(),
            account: options.account.clone(),
            name: event.function.clone(),
            qualifier: event.qualifier.clone(),
        }
    }
}

/// What is remembered of a run.
pub(super) fn attempt(number: u32, version: &FunctionVersion, run: &Run) -> Attempt {
    let (error_type, error_message) = match &run.outcome {
        Outcome::Returned { .. } => (None, None),
        Outcome::Failed(failure) => (Some(failure.name().to_owned()), Some(failure.message.clone())),
    };
    Attempt {
        number,
        started_at: run.started_at,
        duration_ms: u64::try_from(run.duration.as_millis()).unwrap_or(u64::MAX),
        executed_version: version.version,
        outcome: AttemptOutcome::from(&run.outcome),
        error_type,
        error_message,
        log: run.log.clone(),
    }
}
