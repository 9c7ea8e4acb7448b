//! The courier over a real outbox on a disk in memory.

use super::*;
use crate::options::{FileOptions, Services};
use bytes::Bytes;
use lambent_domain::arn::{AccountId, FunctionName, Region};
use lambent_domain::disposition::{Disposition, FailureCondition};
use lambent_domain::event::{Event, EventStatus, Priority};
use lambent_domain::invocation_record::{DeliveryState, InvocationRecord, Purpose};
use lambent_domain::request_id::RequestId;
use lambent_store::embedded::simulation::{MemoryDisk, SimulatedStore};
use lambent_store::queue::Settlement;
use std::sync::atomic::{AtomicU64, Ordering};

const ID: RequestId = RequestId::from_bytes([7; 16]);

#[derive(Debug)]
struct SetClock(AtomicU64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

fn event(now: Timestamp) -> Event {
    Event {
        request_id: ID,
        function: FunctionName::new("f").unwrap(),
        qualifier: None,
        payload: Bytes::from_static(b"{}"),
        trace: None,
        tenant_id: None,
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

/// Stores an event that failed, and what a target that nobody knows is to be told of it.
async fn fail(queue: &dyn EventQueue, now: Timestamp) {
    let event = event(now);
    queue.enqueue(event.clone()).await.unwrap();
    let lease = Duration::from_secs(60);
    let delivery = queue.receive(&event.function, 1, lease, now).await.unwrap().pop().unwrap();
    let failure = FailureCondition::RetriesExhausted;
    let record = InvocationRecord {
        request_id: ID,
        function: event.function,
        qualifier: None,
        failure: Some(failure),
        invoke_count: 0,
        request_payload: event.payload,
        response: None,
        status: 200,
        error_message: None,
        trace: None,
        settled_at: now,
    };
    let records = vec![OutgoingRecord { purpose: Purpose::OnFailure, target: "nobody".to_owned(), record }];
    let settlement = Settlement { records, ..Settlement::without_run(Disposition::Failed(failure), now) };
    queue.settle(delivery, settlement).await.unwrap();
}

/// What became of the record, once it is given up.
async fn given_up_after(age: Duration) -> EventStatus {
    let clock = Arc::new(SetClock(AtomicU64::new(1_000_000)));
    let disk = MemoryDisk::new(0);
    let store =
        SimulatedStore::open(&disk, lambent_store::embedded::Options::default(), clock.clone()).unwrap();
    let committer = Tasks::new();
    committer.spawn(store.committer);
    fail(store.events.as_ref(), clock.now()).await;
    clock.0.fetch_add(age.as_millis().try_into().unwrap(), Ordering::Relaxed);
    let options = Options {
        region: Region::new("eu-central-1").unwrap(),
        account: AccountId::new("123456789012").unwrap(),
        schedule: DeliverySchedule { age_max: Duration::from_secs(60), ..DeliverySchedule::default() },
        concurrency: 2,
        timeout: Duration::from_secs(1),
        services: Services::default(),
        tls: None,
        routes: Vec::new(),
        webhook_secret: None,
        files: FileOptions { directory: "unused".into(), bytes_max: 1, kept_max: 0 },
        nats: None,
    };
    let courier = Courier::start(
        options,
        Parts {
            outbox: store.events.clone(),
            queue: store.events.clone(),
            functions: store.resources.functions.clone(),
            clock,
            deliveries: Arc::default(),
        },
    );
    let is_over = async {
        loop {
            let status = store.events.status(ID).await.unwrap().unwrap();
            if status.deliveries[0].state == DeliveryState::Failed {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let status = timeout(Duration::from_secs(30), is_over).await.unwrap();
    courier.stop(Duration::from_secs(1)).await;
    status
}

#[tokio::test(start_paused = true)]
async fn a_record_over_its_age_is_given_up_without_a_try() {
    let young = given_up_after(Duration::from_secs(60)).await;
    assert_eq!(young.deliveries[0].attempts, 1);
    let old = given_up_after(Duration::from_secs(61)).await;
    let delivery = &old.deliveries[0];
    assert_eq!((delivery.attempts, delivery.last_attempt_at, old.dead_letter), (0, None, true));
    assert_eq!(delivery.last_error.as_deref(), Some("not delivered within 60 s"));
}
