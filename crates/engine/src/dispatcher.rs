//! Takes events from the queue and runs them. Fair per function (F1): every function with ready events has one lane,
//! and a lane holds at most one place in the line for concurrency, so that a long backlog, a slow or a crashing
//! function only ever delays itself.
//!
//! ```text
//! next_ready ─▶ lane(function):  admit ─▶ receive ─▶ place ─▶ a run of its own: invoke ─▶ decide ─▶ settle
//!                    ▲                                  │ none idle: wait a little for one of ours, then start one
//!                    └──────────────────────────────────┘
//! ```
//!
//! A provisioned environment that is free needs no admission: its place is its own. An event whose version has none, or
//! whose function has used up its reservation meanwhile, is put back as throttled.

use crate::chance::random;
use crate::concurrency::{ConcurrencyPermit, NotAdmitted, Turn};
use crate::engine::{Refusal, Shared, Throttle};
use crate::environment::Run;
use crate::isolation::ExecutionEnvironment;
use crate::logs::lines::InitializationType;
use crate::pool::{Checkout, Place};
use crate::processor::Processor;
use crate::seats::Seat;
use crate::tasks::Tasks;
use lambent_domain::arn::{FunctionArn, FunctionName};
use lambent_domain::attempt::{Attempt, AttemptOutcome};
use lambent_domain::configuration::TenantIsolation;
use lambent_domain::disposition::{
    AttemptResult, Disposition, EventInvokeConfig, FailureCondition, decide, expired,
};
use lambent_domain::event::Event;
use lambent_domain::function::FunctionVersion;
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::Outcome;
use lambent_store::StorageError;
use lambent_store::queue::{Delivery, EventQueue, Settlement};
use lambent_store::resources::FunctionStore;
use std::sync::Arc;
use std::time::Duration;

/// How long an event waits for a warm environment of its function before a new one is started for it.
const PATIENCE: Duration = Duration::from_millis(20);
/// The same while the processors have nothing to spare: another environment would only make all of them slower.
const PATIENCE_SATURATED: Duration = Duration::from_secs(1);
/// What a lease has on top of the function's timeout: two initialisations and their surroundings.
const LEASE_MARGIN: Duration = Duration::from_secs(120);
/// The longest a function may run, for the lease of an event whose function is not known yet.
const TIMEOUT_MAX: Duration = Duration::from_secs(900);
/// How long a lane waits before it asks a queue again that has just failed.
const QUEUE_FAILURE_PAUSE: Duration = Duration::from_secs(1);

/// See the module's text.
#[derive(Debug, Clone)]
pub(crate) struct Dispatcher {
    shared: Arc<Shared>,
    functions: Arc<FunctionStore>,
    queue: Arc<dyn EventQueue>,
    processor: Arc<Processor>,
}

/// What an event is to be run in.
enum Chosen {
    Warm(Box<dyn ExecutionEnvironment>, Place),
    /// One that is still to be built, in a place that is taken already: the next event of the function sees it.
    New(Place),
    /// None, for want of room.
    Nowhere,
}

impl Dispatcher {
    pub(crate) fn new(
        shared: Arc<Shared>,
        functions: Arc<FunctionStore>,
        queue: Arc<dyn EventQueue>,
    ) -> Self {
        Self { shared, functions, queue, processor: Arc::new(Processor::new()) }
    }

    /// Follows the queue until `tasks` stops.
    pub(crate) fn start(self, tasks: &Tasks) {
        let lanes = tasks.clone();
        tasks.spawn_until_stopped(async move {
            loop {
                let function = self.queue.next_ready().await;
                let dispatcher = self.clone();
                // A lane is dropped at its next await when the server stops; a delivery it holds then is still on
                // disk, unsettled, and runs again after the restart.
                lanes.spawn_until_stopped(async move { dispatcher.lane(function).await });
            }
        });
    }

    /// Runs a function's ready events until there are none; the queue then names the function again.
    async fn lane(&self, function: FunctionName) {
        while let Some(permit) = self.turn(&function).await {
            let received = self.queue.receive(&function, 1, TIMEOUT_MAX + LEASE_MARGIN, self.now()).await;
            match received {
                Ok(deliveries) => match deliveries.into_iter().next() {
                    Some(delivery) => self.dispatch(delivery, permit).await,
                    None => return,
                },
                // Until the restart there is nothing more to be had; the queue has told the operator.
                Err(StorageError::Poisoned(_) | StorageError::Closed) => return,
                Err(error @ (StorageError::Failed(_) | StorageError::Full)) => {
                    drop(permit);
                    tracing::error!(function.name = %function, %error, "failed to receive events");
                    tokio::time::sleep(QUEUE_FAILURE_PAUSE).await;
                }
            }
        }
    }

    /// Waits until an event of the function may be taken from the queue: for the permit to run it, for a free
    /// provisioned environment, or, without either, because the function is turned off and its events are given up.
    /// `None` when the server stops.
    async fn turn(&self, function: &FunctionName) -> Option<Option<ConcurrencyPermit>> {
        let admitted = async {
            match self.shared.concurrency.admit_event(function).await? {
                Turn::Run(permit) => Some(Some(permit)),
                Turn::Off => Some(None),
            }
        };
        let Some(free) = self.shared.pool.free_bell(function) else { return admitted.await };
        if self.shared.pool.has_free(function) {
            return Some(None);
        }
        tokio::select! {
            biased;
            turn = admitted => turn,
            () = free.notified() => Some(None),
        }
    }

    /// Finds an event its function and a place to run, and starts the run.
    async fn dispatch(&self, delivery: Delivery, permit: Option<ConcurrencyPermit>) {
        if let Some(disposition) = self.expired(&delivery.event) {
            return self.settle(delivery, Settlement::without_run(disposition, self.now())).await;
        }
        let event = &delivery.event;
        // Now and not when the event was accepted: a queued event runs the code and the alias's share of this moment.
        let function = self.functions.find(event.function.as_str());
        if function.as_ref().is_some_and(|function| function.reserved_concurrency == Some(0)) {
            let given_up = Disposition::Failed(FailureCondition::ZeroReservedConcurrency);
            return self.settle(delivery, Settlement::without_run(given_up, self.now())).await;
        }
        let version = function
            .and_then(|function| function.resolve(event.qualifier.as_ref(), random()).map(Arc::clone));
        let Some(version) = version else {
            return self.decide_and_settle(delivery, AttemptResult::FunctionGone, None).await;
        };
        let invocation = self.invocation(event, &version);
        let (chosen, permit) = match self.shared.free_provisioned(&version).await {
            Some(Seat { environment, place, permit }) => (Chosen::Warm(environment, place), permit),
            None => {
                let permit = match permit {
                    Some(permit) => Ok(permit),
                    None => self.shared.concurrency.try_admit_event(&event.function),
                };
                match permit {
                    Ok(permit) => (self.choose(&invocation).await, permit),
                    // Somebody else was faster: the lane waits for the next one that comes back.
                    Err(NotAdmitted::Full(_)) if self.waits_for_provisioned(&version) => {
                        return self.release(delivery).await;
                    }
                    Err(error) => {
                        let refusal = self.shared.refusal(error);
                        return self.put_back(delivery, &invocation, &refusal).await;
                    }
                }
            }
        };
        let dispatcher = self.clone();
        self.shared.runs.spawn(async move { dispatcher.run(delivery, invocation, chosen, permit).await });
    }

    /// Whether the version has provisioned environments, all of them busy, and nothing else of its function is free:
    /// else the lane would come back with the same event at once.
    fn waits_for_provisioned(&self, version: &FunctionVersion) -> bool {
        self.shared.pool.is_kept(version) && !self.shared.pool.has_free(&version.configuration.name)
    }

    async fn release(&self, delivery: Delivery) {
        let request_id = delivery.event.request_id;
        if let Err(error) = self.queue.release(delivery).await {
            // It becomes ready again when its lease ends.
            tracing::error!(request.id = %request_id, %error, "failed to return an event to the queue");
        }
    }

    /// A warm environment, or the decision to start one: at once if the function has none, else after some patience.
    async fn choose(&self, invocation: &Invocation) -> Chosen {
        let patience = if self.processor.is_saturated() { PATIENCE_SATURATED } else { PATIENCE };
        let give_up = tokio::time::sleep(patience);
        tokio::pin!(give_up);
        loop {
            match self.shared.pool.checkout(&invocation.version, invocation.tenant_id.as_ref()) {
                Checkout::Warm(environment, place) => {
                    if let Some((environment, place)) = self.shared.take_seat(environment, place).await {
                        return Chosen::Warm(environment, place);
                    }
                }
                Checkout::Nothing => return self.new_seat(invocation),
                Checkout::Busy(returned) => tokio::select! {
                    biased;
                    () = returned.notified() => {}
                    () = &mut give_up => return self.new_seat(invocation),
                },
            }
        }
    }

    fn new_seat(&self, invocation: &Invocation) -> Chosen {
        let place = self.shared.pool.place(&invocation.version, invocation.tenant_id.as_ref());
        place.map_or(Chosen::Nowhere, Chosen::New)
    }

    async fn run(
        &self,
        delivery: Delivery,
        invocation: Invocation,
        chosen: Chosen,
        permit: ConcurrencyPermit,
    ) {
        let (mut environment, place) = match self.take(chosen, &invocation).await {
            Ok(seated) => seated,
            Err(refusal) => return self.put_back(delivery, &invocation, &refusal).await,
        };
        environment.prepare().await;
        // Starting an environment may have taken longer than the event had left (E3).
        if let Some(disposition) = self.expired(&delivery.event) {
            let _permit = self.shared.give_back(environment, place, permit);
            return self.settle(delivery, Settlement::without_run(disposition, self.now())).await;
        }
        let run = self.shared.run_in(&mut *environment, &place, &invocation, None).await;
        // Others may have the environment at once; the permit is kept until the outcome is stored, so that there are
        // never more outcomes waiting to be stored than may run.
        let _permit = self.shared.give_back(environment, place, permit);
        match run {
            Ok(run) => self.finish(delivery, &invocation.version, run).await,
            Err(refusal) => self.put_back(delivery, &invocation, &refusal).await,
        }
    }

    async fn take(
        &self,
        chosen: Chosen,
        invocation: &Invocation,
    ) -> Result<(Box<dyn ExecutionEnvironment>, Place), Refusal> {
        match chosen {
            Chosen::Warm(environment, place) => Ok((environment, place)),
            Chosen::New(place) => {
                let started =
                    self.shared.start_environment(&invocation.version, InitializationType::OnDemand);
                Ok((started.await?, place))
            }
            Chosen::Nowhere => Err(Refusal::Throttled(Throttle::Account)),
        }
    }

    /// It did not run, for no fault of the function's.
    async fn put_back(&self, delivery: Delivery, invocation: &Invocation, refusal: &Refusal) {
        let function = &invocation.version.configuration.name;
        tracing::warn!(function.name = %function, request.id = %invocation.request_id, %refusal, "put an event back");
        self.decide_and_settle(delivery, AttemptResult::PutBack, None).await;
    }

    /// Stations 11 and 12 for an event that has run.
    async fn finish(&self, mut delivery: Delivery, version: &FunctionVersion, run: Run) {
        let number = u32::try_from(delivery.event.attempts.len()).unwrap_or(u32::MAX).saturating_add(1);
        let attempt = attempt(number, version, &run);
        delivery.event.attempts.push(attempt.clone());
        self.decide_and_settle(delivery, AttemptResult::Ran(&run.outcome), Some(attempt)).await;
    }

    async fn decide_and_settle(
        &self,
        delivery: Delivery,
        result: AttemptResult<'_>,
        attempt: Option<Attempt>,
    ) {
        let options = &self.shared.workshop.options;
        let (now, jitter) = (self.now(), random());
        let config = self.config(&delivery.event);
        let disposition = decide(&config, &options.retries, &delivery.event, result, now, jitter);
        self.settle(delivery, Settlement::new(disposition, attempt, now)).await;
    }

    async fn settle(&self, delivery: Delivery, settlement: Settlement) {
        let request_id = delivery.event.request_id;
        let disposition = settlement.disposition;
        match self.queue.settle(delivery, settlement).await {
            Ok(()) => tracing::debug!(request.id = %request_id, ?disposition, "settled an event"),
            // The event is still on disk: it runs again when its lease ends or the server restarts.
            Err(error) => tracing::error!(request.id = %request_id, %error, "failed to settle an event"),
        }
    }

    fn invocation(&self, event: &Event, version: &Arc<FunctionVersion>) -> Invocation {
        let options = &self.shared.workshop.options;
        // The function may be another one of its name than when the event was accepted.
        let isolated = version.configuration.tenant_isolation == TenantIsolation::PerTenant;
        Invocation {
            request_id: event.request_id,
            version: Arc::clone(version),
            invoked_arn: FunctionArn {
                region: options.region.clone(),
                account: options.account.clone(),
                name: event.function.clone(),
                qualifier: event.qualifier.clone(),
            },
            payload: event.payload.clone(),
            trace: event.trace.clone(),
            client_context: None,
            tenant_id: event.tenant_id.clone().filter(|_| isolated),
        }
    }

    fn expired(&self, event: &Event) -> Option<Disposition> {
        expired(&self.config(event), event, self.now())
    }

    /// Read when something is decided, so that a change holds for events that wait already.
    fn config(&self, event: &Event) -> EventInvokeConfig {
        let function = self.functions.find(event.function.as_str());
        let defaults = &self.shared.workshop.options.events;
        EventInvokeConfig::of(function.as_deref(), event.qualifier.as_ref(), defaults)
    }

    fn now(&self) -> lambent_domain::time::Timestamp {
        self.shared.workshop.clock.now()
    }
}

fn attempt(number: u32, version: &FunctionVersion, run: &Run) -> Attempt {
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
