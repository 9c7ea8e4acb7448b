//! The queue as the engine has it, with the model looking on.

use crate::model::short;
use crate::world::World;
use async_trait::async_trait;
use bytes::Bytes;
use lambent_domain::arn::FunctionName;
use lambent_domain::event::{Event, EventStatus};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use lambent_store::StorageError;
use lambent_store::embedded::EmbeddedQueue;
use lambent_store::queue::{
    Accepted, Backlog, Cancel, Delivery, EnqueueError, EventFilter, EventPage, EventQueue, IdempotencyKey,
    Position, QueueStats, Redrive, Settlement, Submission,
};
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) queue: Arc<EmbeddedQueue>,
    pub(crate) world: Arc<World>,
}

#[async_trait]
impl EventQueue for Watched {
    async fn enqueue(&self, event: Event) -> Result<(), EnqueueError> {
        self.queue.enqueue(event).await
    }

    async fn enqueue_once(&self, event: Event, key: IdempotencyKey) -> Result<Accepted, EnqueueError> {
        self.queue.enqueue_once(event, key).await
    }

    async fn enqueue_all(&self, events: Vec<Submission>) -> Vec<Result<Accepted, EnqueueError>> {
        self.queue.enqueue_all(events).await
    }

    async fn next_ready(&self) -> FunctionName {
        let name = self.queue.next_ready().await;
        self.world.step(|model| model.note(format_args!("{name} is ready")));
        name
    }

    async fn receive(
        &self,
        function: &FunctionName,
        max: usize,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Vec<Delivery>, StorageError> {
        let received = self.queue.receive(function, max, lease, now).await;
        self.world.step(|model| match &received {
            Ok(deliveries) if deliveries.is_empty() => model.note(format_args!("nothing for {function}")),
            Ok(deliveries) => deliveries.iter().for_each(|delivery| model.received(&delivery.event)),
            Err(error) => model.note(format_args!("receive for {function}: {error}")),
        });
        received
    }

    async fn settle(&self, delivery: Delivery, settlement: Settlement) -> Result<(), StorageError> {
        let (id, name) = (delivery.event.request_id, delivery.event.function.clone());
        let what = self.world.step(|model| model.decided(&delivery.event, &settlement));
        let settled = self.queue.settle(delivery, settlement.clone()).await;
        self.world.step(|model| match &settled {
            Ok(()) => model.settled(id, &name, what, &settlement),
            Err(error) => model.note(format_args!("settle {}: {error}", short(id))),
        });
        settled
    }

    async fn release(&self, delivery: Delivery) -> Result<(), StorageError> {
        self.world.step(|model| model.released(delivery.event.request_id));
        self.queue.release(delivery).await
    }

    async fn status(&self, request_id: RequestId) -> Result<Option<EventStatus>, StorageError> {
        self.queue.status(request_id).await
    }

    async fn list(
        &self,
        filter: &EventFilter,
        before: Option<Position>,
        limit: usize,
    ) -> Result<EventPage, StorageError> {
        self.queue.list(filter, before, limit).await
    }

    async fn payload(&self, request_id: RequestId) -> Result<Option<Bytes>, StorageError> {
        self.queue.payload(request_id).await
    }

    async fn result(&self, request_id: RequestId) -> Result<Option<Bytes>, StorageError> {
        self.queue.result(request_id).await
    }

    async fn cancel(&self, request_id: RequestId, now: Timestamp) -> Result<Cancel, StorageError> {
        self.queue.cancel(request_id, now).await
    }

    async fn redrive(
        &self,
        request_id: RequestId,
        again: RequestId,
        now: Timestamp,
    ) -> Result<Redrive, EnqueueError> {
        self.queue.redrive(request_id, again, now).await
    }

    async fn purge(&self, function: &FunctionName, now: Timestamp) -> Result<u64, StorageError> {
        self.queue.purge(function, now).await
    }

    async fn purge_dead_letters(&self, function: &FunctionName) -> Result<u64, StorageError> {
        self.queue.purge_dead_letters(function).await
    }

    fn backlog(&self, function: &FunctionName) -> Backlog {
        self.queue.backlog(function)
    }

    fn stats(&self) -> QueueStats {
        self.queue.stats()
    }

    fn health(&self) -> Result<(), StorageError> {
        self.queue.health()
    }

    async fn close(&self) -> Result<(), StorageError> {
        self.queue.close().await
    }
}
