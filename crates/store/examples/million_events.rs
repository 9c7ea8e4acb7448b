//! How long looking, cancelling and purging take over very many events, and what a purge costs those who enqueue.
//! `cargo run --release -p lambent-store --example million_events [--events 1000000]`

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "a measuring program: it reads the wall clock, prints, and stops at the first fault"
)]

use bytes::Bytes;
use lambent_domain::arn::FunctionName;
use lambent_domain::disposition::{Disposition, FailureCondition};
use lambent_domain::event::{Event, EventState, Priority};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::{Clock, Timestamp};
use lambent_store::embedded::{EmbeddedQueue, EmbeddedStore, Options};
use lambent_store::queue::{EventFilter, EventQueue, Settlement, Submission};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const FUNCTIONS: u64 = 4;
const FAILURES: u64 = 20;
const BATCH: u64 = 1_000;

#[derive(Debug)]
struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp::from_millis(since.as_millis() as u64)
    }
}

fn name(number: u64) -> FunctionName {
    FunctionName::new(&format!("f{number}")).unwrap()
}

fn id(number: u64) -> RequestId {
    // Scattered like a random UUID, as request ids are.
    let id = u128::from(number + 1).wrapping_mul(0xA076_1D64_78BD_642F_E703_7ED1_A0B4_28DB);
    RequestId::from_bytes(id.to_be_bytes())
}

/// All but one in ten are of the first function.
fn event(number: u64) -> Event {
    Event {
        request_id: id(number),
        function: name(if number.is_multiple_of(10) { 1 + number / 10 % (FUNCTIONS - 1) } else { 0 }),
        qualifier: None,
        payload: Bytes::from(vec![b' '; 512]),
        trace: None,
        tenant_id: None,
        accepted_at: WallClock.now(),
        attempts: Vec::new(),
        put_backs: 0,
        last_put_back: None,
        priority: Priority::Normal,
        not_before: None,
        last_response: None,
        redrive_of: None,
    }
}

fn open(dir: &Path) -> Arc<EmbeddedQueue> {
    let begin = Instant::now();
    let store = EmbeddedStore::open(dir, Options::default(), Arc::new(WallClock)).unwrap();
    println!("open                          {:>9.1?}", begin.elapsed());
    store.events
}

async fn fill(queue: &EmbeddedQueue, from: u64, to: u64) {
    let mut number = from;
    while number < to {
        let next = (number + BATCH).min(to);
        let events = (number..next).map(|number| Submission { event: event(number), idempotency: None });
        for taken in queue.enqueue_all(events.collect()).await {
            taken.unwrap();
        }
        number = next;
    }
}

async fn fail_some(queue: &EmbeddedQueue) {
    let now = WallClock.now();
    let deliveries = queue.receive(&name(0), FAILURES as usize, Duration::from_secs(60), now).await.unwrap();
    for delivery in deliveries {
        let failed = Disposition::Failed(FailureCondition::EventAgeExceeded);
        let settlement = Settlement { dead_letter: true, ..Settlement::without_run(failed, now) };
        queue.settle(delivery, settlement).await.unwrap();
    }
}

async fn look(queue: &EmbeddedQueue, what: &str, filter: EventFilter) {
    let begin = Instant::now();
    let page = queue.list(&filter, None, 100).await.unwrap();
    let (took, events, more) = (begin.elapsed(), page.events.len(), page.next.is_some());
    println!("list {what:<24} {took:>9.1?}  {events} events, more: {more}");
}

async fn look_all(queue: &EmbeddedQueue, middle: Timestamp) {
    let all = EventFilter::default;
    look(queue, "everything", all()).await;
    look(queue, "one function", EventFilter { function: Some(name(1)), ..all() }).await;
    for state in [
        EventState::Queued,
        EventState::Delayed,
        EventState::Running,
        EventState::Succeeded,
        EventState::Failed,
        EventState::Cancelled,
    ] {
        look(queue, &format!("{state:?}"), EventFilter { state: Some(state), ..all() }).await;
    }
    look(queue, "dead letters", EventFilter { dead_letters_only: true, ..all() }).await;
    look(queue, "an error", EventFilter { error: Some("no such".to_owned()), ..all() }).await;
    look(queue, "before the middle", EventFilter { accepted_before: Some(middle), ..all() }).await;
    look(queue, "from the middle", EventFilter { accepted_from: Some(middle), ..all() }).await;
}

/// How long single enqueues take: the middle one of many, and the slowest.
async fn enqueue_beside(queue: &EmbeddedQueue, what: &str, from: u64) {
    let mut took = Vec::new();
    for number in from..from + 200 {
        let begin = Instant::now();
        queue.enqueue(event(number * 10)).await.unwrap();
        took.push(begin.elapsed());
    }
    took.sort_unstable();
    println!("enqueue {what:<21} {:>9.1?}  slowest {:.1?}", took[100], took[199]);
}

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let events = match (args.next().as_deref(), args.next()) {
        (Some("--events"), Some(number)) => number.parse().unwrap(),
        _ => 1_000_000,
    };
    let dir = tempfile::tempdir().unwrap();
    let queue = open(dir.path());
    let begin = Instant::now();
    fill(&queue, 0, events / 2).await;
    fail_some(&queue).await;
    let middle = WallClock.now();
    fill(&queue, events / 2, events).await;
    println!("{events} events accepted       {:>9.1?}", begin.elapsed());
    look_all(&queue, middle).await;
    for (what, number) in [("oldest", events / 4), ("newest", events - 1)] {
        let begin = Instant::now();
        let cancelled = queue.cancel(id(number), WallClock.now()).await.unwrap();
        println!("cancel the {what:<18} {:>9.1?}  {cancelled:?}", begin.elapsed());
    }
    queue.close().await.unwrap();
    drop(queue);
    let queue = open(dir.path());
    enqueue_beside(&queue, "beside nothing", events).await;
    let begin = Instant::now();
    let purged = queue.purge(&name(0), WallClock.now()).await.unwrap();
    println!("purge                         {:>9.1?}  {purged} events", begin.elapsed());
    enqueue_beside(&queue, "beside a purge", events * 2).await;
    look_all(&queue, middle).await;
    let stats = queue.stats();
    assert_eq!(stats.received, stats.failed + stats.cancelled + stats.ready);
    drop(queue);
    // In the middle of the purge.
    let queue = open(dir.path());
    let begin = Instant::now();
    fill(&queue, events * 40, events * 40 + 10).await;
    let now = WallClock.now();
    let received = queue.receive(&name(0), 1, Duration::from_secs(60), now).await.unwrap();
    println!("first event behind a purge    {:>9.1?}  {} received", begin.elapsed(), received.len());
}
