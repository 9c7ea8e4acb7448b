//! What only the embedded queue promises: it refuses after a fault, reads nothing back, and forgets in order.

mod kept;
mod pieces;

use super::*;
use bytes::Bytes;
use lambent_domain::disposition::Disposition;
use lambent_domain::event::{EventState, Priority};
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Default)]
struct FakeClock(AtomicU64);

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

const LEASE: Duration = Duration::from_secs(60);

struct Fixture {
    dir: tempfile::TempDir,
    clock: Arc<FakeClock>,
    options: Options,
}

impl Fixture {
    fn new(options: Options) -> Self {
        Self { dir: tempfile::tempdir().unwrap(), clock: Arc::default(), options }
    }

    fn open(&self) -> EmbeddedQueue {
        let disk = Arc::new(Disk::open(self.dir.path()).unwrap());
        EmbeddedQueue::open(disk, self.options.clone(), self.clock.clone()).unwrap()
    }
}

fn name(text: &str) -> FunctionName {
    FunctionName::new(text).unwrap()
}

fn event(number: u8) -> Event {
    Event {
        request_id: RequestId::from_bytes([number; 16]),
        function: name("f"),
        qualifier: None,
        payload: Bytes::from(vec![number; 8]),
        trace: None,
        tenant_id: None,
        accepted_at: Timestamp::from_millis(u64::from(number)),
        attempts: Vec::new(),
        put_backs: 0,
        last_put_back: None,
        priority: Priority::Normal,
        not_before: None,
        last_response: None,
        redrive_of: None,
    }
}

fn of(function: &str) -> EventFilter {
    EventFilter { function: Some(name(function)), ..EventFilter::default() }
}

fn succeeded(millis: u64) -> Settlement {
    Settlement::without_run(Disposition::Succeeded, Timestamp::from_millis(millis))
}

async fn receive(queue: &EmbeddedQueue, max: usize) -> Vec<Delivery> {
    queue.receive(&name("f"), max, LEASE, Timestamp::from_millis(1_000)).await.unwrap()
}

#[tokio::test]
async fn after_a_failed_write_everything_is_refused_until_restart() {
    let fixture = Fixture::new(Options::default());
    let queue = fixture.open();
    queue.enqueue(event(1)).await.unwrap();
    queue.enqueue(event(2)).await.unwrap();
    let delivery = receive(&queue, 1).await.pop().unwrap();
    queue.shared.disk.inject_fault(true);
    assert!(matches!(queue.enqueue(event(3)).await, Err(EnqueueError::Storage(StorageError::Failed(_)))));
    // The fault is gone, but what is on the disk is still unknown.
    queue.shared.disk.inject_fault(false);
    assert!(matches!(queue.enqueue(event(4)).await, Err(EnqueueError::Storage(StorageError::Poisoned(_)))));
    assert!(matches!(queue.health(), Err(StorageError::Poisoned(_))));
    // The second event is in memory, but a run of it could not be settled.
    let received = queue.receive(&name("f"), 1, LEASE, Timestamp::from_millis(1_000)).await;
    assert!(matches!(received, Err(StorageError::Poisoned(_))), "{received:?}");
    assert!(matches!(queue.settle(delivery, succeeded(5)).await, Err(StorageError::Poisoned(_))));
    assert!(queue.close().await.is_err());

    drop(queue);
    let queue = fixture.open();
    assert_eq!(queue.health().ok(), Some(()));
    assert_eq!(queue.stats().ready, 2);
    queue.enqueue(event(5)).await.unwrap();
}

#[tokio::test]
async fn a_fault_of_background_work_shows_in_health_without_a_write() {
    let queue = Fixture::new(Options::default()).open();
    queue.shared.disk.inject_fault(true);
    for _ in 0..1_000 {
        if queue.health().is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("health stayed good");
}

#[tokio::test]
async fn a_panicking_committer_shows_in_health() {
    let queue = Fixture::new(Options::default()).open();
    let (requests, taken) = sync_channel(1);
    let kept = Kept::open(&queue.shared.disk, &Options::default(), &Counts::default()).unwrap();
    let shared = Arc::clone(&queue.shared);
    let committer = Committer::new(shared, taken, Counts::default(), kept, Admission::default());
    drop(requests);
    let panicked = std::thread::spawn(move || {
        let _committer = committer;
        panic!("as a bug would");
    });
    assert!(panicked.join().is_err());
    assert!(matches!(queue.health(), Err(StorageError::Poisoned(_))));
}

#[tokio::test]
async fn a_steady_flow_is_never_read_back() {
    let queue = Fixture::new(Options::default()).open();
    for number in 1..=100 {
        queue.enqueue(event(number)).await.unwrap();
        let now = Timestamp::from_millis(1_000);
        // Straight from the state: a refill would be needed for anything that is only on the disk.
        let received = queue.shared.lock().receive(&name("f"), 1, LEASE, now, Instant::now());
        let Received::Deliveries(mut deliveries) = received else {
            panic!("event {number} was to be read back")
        };
        queue.settle(deliveries.pop().unwrap(), succeeded(5)).await.unwrap();
    }
    assert_eq!((queue.stats().succeeded, queue.shared.lock().window_bytes()), (100, 0));
}

#[tokio::test]
async fn a_backlog_beyond_the_window_comes_back_in_order_and_memory_is_bounded() {
    let limits = QueueLimits { window_events: 4, refill_events: 3, ..QueueLimits::default() };
    let queue = Fixture::new(Options { limits, ..Options::default() }).open();
    for number in 1..=50 {
        queue.enqueue(event(number)).await.unwrap();
    }
    assert!(queue.shared.lock().window_bytes() <= 4 * 300);
    for number in 1..=50 {
        let delivery = receive(&queue, 1).await.pop().unwrap();
        assert_eq!(delivery.event, event(number));
        queue.settle(delivery, succeeded(5)).await.unwrap();
    }
    assert!(receive(&queue, 1).await.is_empty());
}

#[tokio::test]
async fn a_full_memory_still_lets_every_function_through() {
    let limits = QueueLimits { window_bytes_total: 0, ..QueueLimits::default() };
    let queue = Fixture::new(Options { limits, ..Options::default() }).open();
    for number in 1..=5 {
        queue.enqueue(event(number)).await.unwrap();
    }
    for number in 1..=5 {
        let delivery = receive(&queue, 1).await.pop().unwrap();
        assert_eq!(delivery.event, event(number));
        queue.settle(delivery, succeeded(5)).await.unwrap();
    }
}

#[tokio::test]
async fn outcomes_are_forgotten_by_count_and_by_age_oldest_first() {
    let retention = Retention { outcomes_max: 3, age_max: Duration::from_secs(1) };
    let fixture = Fixture::new(Options { retention, ..Options::default() });
    let queue = fixture.open();
    for number in 1..=5 {
        queue.enqueue(event(number)).await.unwrap();
    }
    for delivery in receive(&queue, 5).await {
        queue.settle(delivery, succeeded(100)).await.unwrap();
    }
    let remembered = async |number| queue.status(event(number).request_id).await.unwrap().is_some();
    wait_until(async || !remembered(2).await).await;
    assert_eq!([remembered(1).await, remembered(3).await, remembered(5).await], [false, true, true]);
    let listed = queue.list(&of("f"), None, 10).await.unwrap().events;
    assert_eq!(
        listed.iter().map(|status| status.request_id).collect::<Vec<_>>(),
        [5, 4, 3].map(|n| event(n).request_id)
    );
    assert!(listed.iter().all(|status| status.state == EventState::Succeeded));

    fixture.clock.0.store(1_101, Ordering::Relaxed);
    wait_until(async || !remembered(5).await).await;
    assert!(queue.list(&of("f"), None, 10).await.unwrap().events.is_empty());
}

#[tokio::test]
async fn below_the_floor_of_the_disk_nothing_new_is_taken() {
    for (disk_free_min_bytes, taken) in [(u64::MAX, false), (0, true), (1, true)] {
        let admission = Admission { disk_free_min_bytes, ..Admission::default() };
        let queue = Fixture::new(Options { admission, ..Options::default() }).open();
        let answer = queue.enqueue(event(1)).await;
        assert_eq!(answer.is_ok(), taken, "{disk_free_min_bytes}");
        if !taken {
            assert!(matches!(answer, Err(EnqueueError::DiskFull)), "{answer:?}");
            assert_eq!((queue.health().is_ok(), queue.stats().received), (true, 0));
        }
    }
}

/// As a version without totals and bytes wrote them: two numbers and a pair for each function.
#[tokio::test]
async fn counts_of_an_older_version_become_totals_that_add_up() {
    let fixture = Fixture::new(Options::default());
    let queue = fixture.open();
    for number in 1..=3 {
        queue.enqueue(event(number)).await.unwrap();
    }
    queue.settle(receive(&queue, 1).await.pop().unwrap(), succeeded(5)).await.unwrap();
    let bytes = queue.backlog(&name("f")).bytes;
    drop(queue);
    let disk = Disk::open(fixture.dir.path()).unwrap();
    let mut batch = disk.batch();
    batch.remove(&disk.counts, "$numbers");
    batch.insert(&disk.counts, "$sequence", 7_u64.to_be_bytes());
    batch.insert(&disk.counts, "$outcomes", 1_u64.to_be_bytes());
    batch.insert(&disk.counts, "f", 2_u128.rotate_left(64).to_be_bytes());
    disk.commit(batch, crate::embedded::disk::Durability::Power).unwrap();
    drop(disk);
    for _ in 0..2 {
        let queue = fixture.open();
        let stats = queue.stats();
        assert_eq!((stats.received, stats.succeeded, stats.ready), (2, 0, 2));
        assert_eq!(queue.backlog(&name("f")), Backlog { events: 2, bytes, running: 0, delayed: 0 });
    }
    let queue = fixture.open();
    queue.settle(receive(&queue, 1).await.pop().unwrap(), succeeded(6)).await.unwrap();
    queue.enqueue(event(9)).await.unwrap();
    drop(queue);
    let queue = fixture.open();
    let stats = queue.stats();
    assert_eq!((stats.received, stats.succeeded, stats.ready), (3, 1, 2));
    assert_eq!(queue.backlog(&name("f")).bytes, bytes);
    let accepted =
        receive(&queue, 2).await.iter().map(|delivery| delivery.event.request_id).collect::<Vec<_>>();
    assert_eq!(accepted, [3, 9].map(|number| event(number).request_id), "the sequence goes on");
}

async fn wait_until(mut reached: impl AsyncFnMut() -> bool) {
    for _ in 0..1_000 {
        if reached().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("waited five seconds");
}
