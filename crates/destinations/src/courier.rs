//! The courier: takes records that are due, and sees each through one try.
//!
//! ```text
//! receive_records ─▶ age ─▶ circuit of its target ─▶ a place ─▶ route ─▶ send, under the deadline ─▶ settle_record
//!                     │              │ open or busy                                 │ answered
//!                     │              └──▶ hold: untried, nothing written            └──▶ resume
//!                     └ too old ──▶ settle_record
//! ```

use crate::circuit::{Admission, Circuits, Pass, Sign};
use crate::fault::Fault;
use crate::http::Http;
use crate::message::{Identity, Message};
use crate::options::Options;
use crate::routes::Routes;
use lambent_domain::delivery::{DeliveryFailure, DeliverySchedule, DeliveryVerdict};
use lambent_domain::invocation_record::OutgoingRecord;
use lambent_domain::time::{Clock, Timestamp};
use lambent_engine::deliveries::{Deliveries, TargetKind, Tried};
use lambent_engine::tasks::Tasks;
use lambent_store::outbox::{DeliveryEnd, Outbox, RecordDelivery};
use lambent_store::queue::EventQueue;
use lambent_store::resources::FunctionStore;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

/// Most records that are taken at a time; they and those under way are all that is in memory.
const BATCH_MAX: usize = 16;
/// What a lease has on top of a try's deadline.
const LEASE_MARGIN: Duration = Duration::from_secs(60);

/// What the courier works with.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Where the records are.
    pub outbox: Arc<dyn Outbox>,
    /// For targets that are functions of this server.
    pub queue: Arc<dyn EventQueue>,
    /// The same.
    pub functions: Arc<FunctionStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where it counts.
    pub deliveries: Arc<Deliveries>,
}

/// Sends records until it is stopped. Owns every task that it takes for that.
#[derive(Debug)]
pub struct Courier {
    /// Receives and starts tries; stopped first.
    receiving: Tasks,
    /// Tries under way: they end by themselves, within their deadline.
    tries: Tasks,
    /// Connections, which the tries use.
    connections: Tasks,
}

#[derive(Debug)]
struct Shared {
    outbox: Arc<dyn Outbox>,
    clock: Arc<dyn Clock>,
    deliveries: Arc<Deliveries>,
    identity: Identity,
    routes: Routes,
    circuits: Arc<Circuits>,
    places: Arc<Semaphore>,
    schedule: DeliverySchedule,
    deadline: Duration,
    tries: Tasks,
}

impl Courier {
    /// Starts to deliver.
    #[must_use]
    pub fn start(options: Options, parts: Parts) -> Self {
        let (receiving, tries, connections) = (Tasks::new(), Tasks::new(), Tasks::new());
        let concurrency = options.concurrency.max(1);
        let shared = Arc::new(Shared {
            outbox: Arc::clone(&parts.outbox),
            clock: Arc::clone(&parts.clock),
            deliveries: Arc::clone(&parts.deliveries),
            identity: Identity { region: options.region.clone(), account: options.account.clone() },
            circuits: Circuits::new(concurrency.div_ceil(2), options.schedule),
            places: Arc::new(Semaphore::new(concurrency)),
            schedule: options.schedule,
            deadline: options.timeout,
            tries: tries.clone(),
            routes: Routes::new(&options, &parts, &Http::new(options.tls.clone(), connections.clone())),
        });
        receiving.spawn_until_stopped(async move { shared.receive().await });
        Self { receiving, tries, connections }
    }

    /// Takes no more records, and gives the tries under way `at_most` to end. What has not ended then stays in the outbox
    /// and is sent again after the next start. Says whether all ended.
    pub async fn stop(&self, at_most: Duration) -> bool {
        self.receiving.stop();
        let deadline = Instant::now() + at_most;
        let left = || deadline.saturating_duration_since(Instant::now());
        let received = self.receiving.finished(left()).await;
        let ended = self.tries.finished(left()).await;
        self.connections.stop();
        received && ended
    }
}

impl Shared {
    async fn receive(self: Arc<Self>) {
        loop {
            // At least one place is free before a record is taken from the outbox.
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { return };
            let max = self.places.available_permits().saturating_add(1).min(BATCH_MAX);
            drop(place);
            for delivery in self.outbox.receive_records(max, self.deadline + LEASE_MARGIN).await {
                self.begin(delivery).await;
            }
        }
    }

    /// Starts a try if its target lets it.
    async fn begin(self: &Arc<Self>, delivery: RecordDelivery) {
        let now = self.clock.now();
        if self.schedule.is_too_old(delivery.stored_at, now) {
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { return };
            let shared = Arc::clone(self);
            self.tries.spawn(async move { shared.expire(delivery, now, place).await });
            return;
        }
        match self.circuits.admit(&delivery.outgoing.target, Instant::now()) {
            Admission::Go(pass) => {
                let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { return };
                let shared = Arc::clone(self);
                self.tries.spawn(async move { shared.attempt(delivery, pass, place).await });
            }
            Admission::Open(wait) | Admission::Busy(wait) => {
                self.outbox.hold(delivery, self.clock.now().plus(wait));
            }
        }
    }

    /// Gives a record up that has waited too long, be it for its first try.
    async fn expire(&self, delivery: RecordDelivery, now: Timestamp, _place: OwnedSemaphorePermit) {
        let error = format!("not delivered within {} s", self.schedule.age_max.as_secs());
        tracing::warn!(
            request.id = %delivery.outgoing.record.request_id,
            function.name = %delivery.outgoing.record.function,
            destination.target = delivery.outgoing.target,
            delivery.attempts = delivery.attempts,
            error,
            "a record is too old and is given up"
        );
        self.settle(delivery, DeliveryEnd::Expired { at: now, error }).await;
    }

    async fn settle(&self, delivery: RecordDelivery, end: DeliveryEnd) {
        let target = delivery.outgoing.target.clone();
        if let Err(error) = self.outbox.settle_record(delivery, end).await {
            // The record is still there and is sent again.
            tracing::error!(destination.target = target, %error, "failed to store what came of a delivery");
        }
    }

    async fn attempt(&self, delivery: RecordDelivery, pass: Pass, _place: OwnedSemaphorePermit) {
        let (kind, sent) = self.send(&delivery.outgoing).await;
        let sign = match &sent {
            Ok(()) => Sign::Alive,
            Err(fault) => match fault.failure {
                DeliveryFailure::Unavailable => Sign::Silent,
                DeliveryFailure::Refused => Sign::Alive,
                DeliveryFailure::Unsendable => Sign::None,
            },
        };
        let chance = chance();
        if pass.report(sign, Instant::now(), chance) {
            tracing::warn!(
                destination.target = delivery.outgoing.target,
                "a destination does not answer: its records wait, and it is tried now and then"
            );
        }
        drop(pass);
        if sign == Sign::Alive {
            self.outbox.resume(&delivery.outgoing.target);
        }
        let now = self.clock.now();
        let (tried, end) = match sent {
            Ok(()) => (Tried::Delivered, DeliveryEnd::Delivered { at: now }),
            Err(fault) => self.decide(&delivery, kind, fault, now, chance),
        };
        self.deliveries.count(kind, tried);
        self.settle(delivery, end).await;
    }

    async fn send(&self, outgoing: &OutgoingRecord) -> (TargetKind, Result<(), Fault>) {
        let sender = match self.routes.find(&outgoing.target) {
            Ok(sender) => sender,
            Err(fault) => return (TargetKind::Unknown, Err(fault)),
        };
        let kind = sender.kind();
        let message = Message::compose(outgoing, &self.identity);
        let sent = timeout(self.deadline, sender.send(&message)).await;
        let late = || Fault::unavailable(format!("no answer within {} s", self.deadline.as_secs()));
        (kind, sent.unwrap_or_else(|_| Err(late())))
    }

    fn decide(
        &self,
        delivery: &RecordDelivery,
        kind: TargetKind,
        fault: Fault,
        now: Timestamp,
        chance: u32,
    ) -> (Tried, DeliveryEnd) {
        let attempts = delivery.attempts.saturating_add(1);
        let OutgoingRecord { target, record, .. } = &delivery.outgoing;
        let Fault { failure, text: error } = fault;
        match self.schedule.decide(failure, attempts, delivery.stored_at, now, chance) {
            DeliveryVerdict::RetryAt(due) => {
                tracing::debug!(
                    request.id = %record.request_id,
                    destination.target = target,
                    delivery.attempt = attempts,
                    error,
                    "a record was not delivered and is tried again"
                );
                (Tried::Failed, DeliveryEnd::RetryAt { due, at: now, error })
            }
            DeliveryVerdict::GiveUp => {
                tracing::warn!(
                    request.id = %record.request_id,
                    function.name = %record.function,
                    destination.target = target,
                    destination.kind = kind.as_str(),
                    delivery.attempt = attempts,
                    error,
                    "a record could not be delivered and is given up"
                );
                (Tried::GivenUp, DeliveryEnd::GivenUp { at: now, error })
            }
        }
    }
}

/// Uniform over all of `u32`.
fn chance() -> u32 {
    Uuid::new_v4().as_fields().0
}

#[cfg(test)]
mod tests;
