//! What the suite needs of an implementation, and the values it works with.

use bytes::Bytes;
use lambent_domain::arn::FunctionName;
use lambent_domain::attempt::{Attempt, AttemptOutcome, LogPointer};
use lambent_domain::disposition::{Disposition, FailureCondition};
use lambent_domain::event::{Event, EventState, EventStatus, Priority};
use lambent_domain::invocation_record::{InvocationRecord, OutgoingRecord, Purpose, RecordedResponse};
use lambent_domain::qualifier::{Qualifier, Version};
use lambent_domain::request_id::RequestId;
use lambent_domain::tenant::TenantId;
use lambent_domain::time::{Clock, Timestamp};
use lambent_store::embedded::{Admission, OutboxBound, QueueLimits};
use lambent_store::outbox::{DeliveryEnd, Outbox, RecordDelivery};
use lambent_store::queue::{Delivery, EventFilter, EventQueue, Settlement};
use lambent_store::resources::Resources;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A store that can be closed and opened again on the same data.
#[async_trait::async_trait]
pub(crate) trait Backend: Send + Sync {
    fn queue(&self) -> &dyn EventQueue;
    fn outbox(&self) -> &dyn Outbox;
    fn resources(&self) -> &Resources;
    fn clock(&self) -> &TestClock;
    /// Lets time pass by every clock: the wall clock, and the steady one that measures leases.
    async fn pass(&self, by: Duration);
    async fn reopen(&mut self);
}

/// A wall clock that stands still until it is moved.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicU64);

impl TestClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(1_000_000)))
    }

    /// Sets the wall clock forward; no time passes by it.
    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_millis().try_into().unwrap(), Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// So long that none is over before a test lets time pass, on however slow a machine.
pub(crate) const LEASE: Duration = Duration::from_secs(600);

/// So little that everything beyond a few events has to come from the disk.
pub(crate) fn little_memory() -> QueueLimits {
    QueueLimits {
        window_events: 2,
        window_bytes: 1 << 20,
        window_bytes_total: 4096,
        refill_events: 2,
        pending_bytes: 4096,
        outbox_bytes: 4096,
    }
}

/// Room for three events of a function and about one large one, and for three idempotency keys, two of them of a function.
pub(crate) fn little_room() -> Admission {
    Admission {
        backlog_events_max: 3,
        backlog_bytes_max: 4_000,
        idempotency_keys_max: 3,
        idempotency_function_keys_max: 2,
        ..Admission::default()
    }
}

/// Room for one record of a few bytes, and not for two.
pub(crate) fn one_record() -> OutboxBound {
    OutboxBound { bytes_max: 250 }
}

pub(crate) fn name(text: &str) -> FunctionName {
    FunctionName::new(text).unwrap()
}

/// All events of the function.
pub(crate) fn of(function: &str) -> EventFilter {
    EventFilter { function: Some(name(function)), ..EventFilter::default() }
}

pub(crate) fn id(number: u64) -> RequestId {
    RequestId::from_bytes(u128::from(number).to_be_bytes())
}

/// The `number`th event of the function, accepted now.
pub(crate) fn event(function: &str, number: u64, now: Timestamp) -> Event {
    Event {
        request_id: id(number),
        function: name(function),
        qualifier: number.is_multiple_of(2).then(|| Qualifier::from("prod")),
        payload: Bytes::from(format!("{{\"number\":{number}}}")),
        trace: number.is_multiple_of(3).then(|| format!("Root={number}")),
        tenant_id: number.is_multiple_of(5).then(|| TenantId::parse(&format!("tenant {number}")).unwrap()),
        accepted_at: now,
        attempts: Vec::new(),
        put_backs: 0,
        last_put_back: None,
        priority: Priority::Normal,
        not_before: None,
        last_response: None,
        redrive_of: None,
    }
}

pub(crate) fn attempt(number: u32, outcome: AttemptOutcome) -> Attempt {
    Attempt {
        number,
        started_at: Timestamp::from_millis(77),
        duration_ms: 12,
        executed_version: Version::Latest,
        outcome,
        error_type: Some("Runtime.ExitError".to_owned()),
        error_message: None,
        log: LogPointer {
            group: "/aws/lambda/f".to_owned(),
            stream: "stream".to_owned(),
            ..LogPointer::default()
        },
    }
}

/// What is told of a failed event; a target that begins with `dlq` is a dead-letter queue.
pub(crate) fn record(event: &Event, target: &str, settled_at: Timestamp) -> OutgoingRecord {
    let purpose = if target.starts_with("dlq") { Purpose::DeadLetterQueue } else { Purpose::OnFailure };
    let record = InvocationRecord {
        request_id: event.request_id,
        function: event.function.clone(),
        qualifier: event.qualifier.clone(),
        failure: Some(FailureCondition::RetriesExhausted),
        invoke_count: 1,
        request_payload: event.payload.clone(),
        response: Some(RecordedResponse {
            payload: Bytes::from_static(b"{}"),
            executed_version: Version::Latest,
            is_error: true,
        }),
        status: 200,
        error_message: Some("no".to_owned()),
        trace: event.trace.clone(),
        settled_at,
    };
    OutgoingRecord { purpose, target: target.to_owned(), record }
}

/// What the suite does again and again.
#[async_trait::async_trait]
pub(crate) trait BackendExt: Backend {
    async fn enqueue(&self, function: &str, number: u64) -> Event {
        let event = event(function, number, self.clock().now());
        self.queue().enqueue(event.clone()).await.unwrap();
        event
    }

    /// Receives again and again until there are `max` or nothing is ready: one `receive` may return fewer.
    async fn receive(&self, function: &str, max: usize) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        while deliveries.len() < max {
            let received = self.receive_once(function, max - deliveries.len()).await;
            if received.is_empty() {
                break;
            }
            deliveries.extend(received);
        }
        deliveries
    }

    async fn receive_once(&self, function: &str, max: usize) -> Vec<Delivery> {
        self.queue().receive(&name(function), max, LEASE, self.clock().now()).await.unwrap()
    }

    async fn receive_one(&self, function: &str) -> Delivery {
        self.receive(function, 1).await.pop().expect("an event is ready")
    }

    async fn settle(&self, delivery: Delivery, disposition: Disposition, attempt: Option<Attempt>) {
        let settlement = Settlement::new(disposition, attempt, self.clock().now());
        self.queue().settle(delivery, settlement).await.unwrap();
    }

    async fn succeed(&self, delivery: Delivery) {
        let number = u32::try_from(delivery.event.attempts.len()).unwrap() + 1;
        self.settle(delivery, Disposition::Succeeded, Some(attempt(number, AttemptOutcome::Succeeded))).await;
    }

    /// Receives the function's next event and gives it up, with a record for each target.
    async fn fail(&self, function: &str, targets: &[&str], dead_letter: bool) {
        let delivery = self.receive_one(function).await;
        let run = attempt(1, AttemptOutcome::FunctionError);
        let settled_at = self.clock().now();
        let disposition = Disposition::Failed(FailureCondition::RetriesExhausted);
        let records = targets.iter().map(|target| record(&delivery.event, target, settled_at)).collect();
        let response = Some(Bytes::from_static(b"{\"errorMessage\":\"no\"}"));
        let settlement = Settlement {
            response,
            records,
            dead_letter,
            ..Settlement::new(disposition, Some(run), settled_at)
        };
        self.queue().settle(delivery, settlement).await.unwrap();
    }

    /// The records that are due, or none after a good while.
    async fn records(&self, max: usize) -> Vec<RecordDelivery> {
        let receive = self.outbox().receive_records(max, LEASE);
        tokio::time::timeout(Duration::from_millis(200), receive).await.unwrap_or_default()
    }

    async fn deliver(&self, delivery: RecordDelivery) {
        let end = DeliveryEnd::Delivered { at: self.clock().now() };
        self.outbox().settle_record(delivery, end).await.unwrap();
    }

    async fn give_up(&self, delivery: RecordDelivery) {
        let end = DeliveryEnd::GivenUp { at: self.clock().now(), error: "gone".to_owned() };
        self.outbox().settle_record(delivery, end).await.unwrap();
    }

    async fn status(&self, number: u64) -> EventStatus {
        self.queue().status(id(number)).await.unwrap().expect("the event is known")
    }

    async fn state(&self, number: u64) -> Option<EventState> {
        self.queue().status(id(number)).await.unwrap().map(|status| status.state)
    }

    /// The next name, or none if nothing is named for a good while.
    async fn named(&self) -> Option<FunctionName> {
        tokio::time::timeout(Duration::from_millis(200), self.queue().next_ready()).await.ok()
    }
}

impl<T: Backend + ?Sized> BackendExt for T {}

/// Begins all of them before any is waited for; their results in order.
pub(crate) async fn join_all<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut all = true;
        for (future, result) in waiting.iter_mut().filter(|(_, result)| result.is_none()) {
            match future.as_mut().poll(context) {
                std::task::Poll::Ready(value) => *result = Some(value),
                std::task::Poll::Pending => all = false,
            }
        }
        if all { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    waiting.into_iter().filter_map(|(_, result)| result).collect()
}

/// Instantiates suites for an implementation: `suite!(open; module: case, case, …)`.
macro_rules! suite {
    ($open:expr; $module:ident: $($case:ident),+ $(,)?) => {
        mod $module {
            $(
                #[tokio::test]
                async fn $case() {
                    crate::$module::$case(&mut $open).await;
                }
            )+
        }
    };
}
pub(crate) use suite;
