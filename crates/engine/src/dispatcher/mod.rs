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
//!
//! A lane whose function's queue is paused waits at its beginning and holds nothing. What it would find, it finds when
//! the queue is resumed: events grow older meanwhile.

mod end;
mod run;
mod seating;

use crate::chance::random;
use crate::concurrency::{ConcurrencyPermit, NotAdmitted, Turn};
use crate::engine::Shared;
use crate::processor::Processor;
use crate::seats::Seat;
use crate::tasks::Tasks;
use lambent_domain::arn::FunctionName;
use lambent_domain::disposition::{Disposition, EventInvokeConfig, FailureCondition, PutBack, before_run};
use lambent_domain::event::Event;
use lambent_domain::function::Function;
use lambent_domain::time::Timestamp;
use lambent_store::StorageError;
use lambent_store::queue::{Delivery, EventQueue};
use lambent_store::resources::FunctionStore;
use lambent_store::sabotage::{Sabotage, strikes};
use seating::Chosen;
use std::sync::Arc;
use std::time::Duration;

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
        loop {
            self.shared.pauses.resumed(&function).await;
            self.slow_down(&function).await;
            let Some(permit) = self.turn(&function).await else { return };
            // It may have been paused while it waited for its turn.
            if self.shared.pauses.is_paused(&function) {
                continue;
            }
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

    /// Lets a function wait whose events fail while many of them wait.
    async fn slow_down(&self, function: &FunctionName) {
        let crowding = self.shared.failures.crowding(function, || self.queue.backlog(function));
        let pause = crowding.reading_pause(self.shared.workshop.options.retries.function_error_base);
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
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
        let event = &delivery.event;
        // Now and not when the event was accepted: a queued event runs the code and the alias's share of this moment.
        let function = self.functions.find(event.function.as_str());
        let entered = self.enter(event);
        let config = self.config(function.as_deref(), event);
        let kept = before_run(function.as_deref(), &config, event, entered.is_recursion(), self.now());
        if let Some(disposition) = kept.filter(is_heeded) {
            return self.give_up(delivery, function.as_deref(), disposition).await;
        }
        let version =
            function.as_ref().and_then(|function| function.resolve(event.qualifier.as_ref(), random()));
        let Some(version) = version.map(Arc::clone) else {
            // The version or alias that it was sent to is gone, and may be made anew, as by a deployment: its function is
            // there, so the event is not lost with it.
            return self.put_back_for(delivery, PutBack::SystemError, "its version or alias is gone").await;
        };
        let invocation = self.invocation(event, &version, entered.context);
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
                        return self.put_back(delivery, &refusal).await;
                    }
                }
            }
        };
        let dispatcher = self.clone();
        self.shared.runs.spawn(async move { dispatcher.run(delivery, invocation, chosen, permit).await });
    }

    async fn release(&self, delivery: Delivery) {
        let request_id = delivery.event.request_id;
        if let Err(error) = self.queue.release(delivery).await {
            // It becomes ready again when its lease ends.
            tracing::error!(request.id = %request_id, %error, "failed to return an event to the queue");
        }
    }

    /// The settings for an event, read when something is decided, so that a change holds for events that wait already.
    fn config(&self, function: Option<&Function>, event: &Event) -> EventInvokeConfig {
        let defaults = &self.shared.workshop.options.events;
        let mut config = EventInvokeConfig::of(function, event.qualifier.as_ref(), defaults);
        if strikes(Sabotage::RetriesPastAge) {
            config.event_age_max = Duration::MAX;
        }
        if strikes(Sabotage::RetriesTooOften) {
            config.retry_attempts_max += 1;
        }
        config
    }

    fn now(&self) -> Timestamp {
        self.shared.workshop.clock.now()
    }
}

/// Whether what keeps an event from running does so: always, unless a bug is planted.
fn is_heeded(kept: &Disposition) -> bool {
    *kept != Disposition::Failed(FailureCondition::EventAgeExceeded) || !strikes(Sabotage::RunsExpiredEvents)
}
