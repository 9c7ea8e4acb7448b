//! The embedded store on the disk in memory, under the suite and under what only this disk can do: lose its power.

use crate::backend::{
    Backend, BackendExt, LEASE, TestClock, event, id, little_memory, little_room, name, one_record, record,
};
use crate::suites::{bounds_suite, queue_suites, random_histories, resource_suites};
use lambent_domain::disposition::{Disposition, FailureCondition};
use lambent_domain::event::EventState;
use lambent_domain::time::Clock;
use lambent_store::embedded::simulation::{Faults, MemoryDisk, SimulatedStore};
use lambent_store::embedded::{EmbeddedQueue, Options};
use lambent_store::outbox::Outbox;
use lambent_store::queue::{Accepted, EnqueueError, EventQueue, IdempotencyKey, Settlement, Submission};
use lambent_store::resources::Resources;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

pub(crate) struct Simulated {
    disk: MemoryDisk,
    events: Arc<EmbeddedQueue>,
    resources: Resources,
    committer: JoinSet<()>,
    options: Options,
    clock: Arc<TestClock>,
}

impl Simulated {
    /// Time stands still from here on, except when everybody waits for it.
    fn open(options: Options, seed: u64) -> Self {
        tokio::time::pause();
        let (disk, clock) = (MemoryDisk::new(seed), TestClock::new());
        let store = SimulatedStore::open(&disk, options.clone(), Arc::<TestClock>::clone(&clock)).unwrap();
        let mut committer = JoinSet::new();
        committer.spawn(store.committer);
        Self { disk, events: store.events, resources: store.resources, committer, options, clock }
    }

    fn by_default() -> Self {
        Self::open(Options::default(), 0)
    }

    fn with_little_room() -> Self {
        Self::open(Options { admission: little_room(), outbox: one_record(), ..Options::default() }, 0)
    }

    fn with_little_memory() -> Self {
        Self::open(Options { limits: little_memory(), ..Options::default() }, 0)
    }

    async fn open_again(&mut self) {
        self.committer.shutdown().await;
        let clock = Arc::<TestClock>::clone(&self.clock);
        let store = SimulatedStore::open(&self.disk, self.options.clone(), clock).unwrap();
        self.committer.spawn(store.committer);
        self.events = store.events;
        self.resources = store.resources;
    }

    async fn crash(&mut self) {
        self.disk.crash();
        self.open_again().await;
    }
}

#[async_trait::async_trait]
impl Backend for Simulated {
    fn queue(&self) -> &dyn EventQueue {
        self.events.as_ref()
    }

    fn outbox(&self) -> &dyn Outbox {
        self.events.as_ref()
    }

    fn resources(&self) -> &Resources {
        &self.resources
    }

    fn clock(&self) -> &TestClock {
        &self.clock
    }

    async fn pass(&self, by: Duration) {
        self.clock.advance(by);
        tokio::time::advance(by).await;
    }

    async fn reopen(&mut self) {
        self.disk.kill();
        self.open_again().await;
    }
}

random_histories!(super::Simulated::with_little_memory(), cases: 64);
resource_suites!(super::Simulated::by_default());
bounds_suite!(super::super::Simulated::with_little_room());
queue_suites!(by_default, super::super::Simulated::by_default());
queue_suites!(little_memory, super::super::Simulated::with_little_memory());

#[tokio::test]
async fn a_target_with_very_many_records_holds_up_no_other_while_it_does_not_answer() {
    let mut store = Simulated::by_default();
    for number in 1..=65 {
        store.enqueue("f", number).await;
        let delivery = store.receive_one("f").await;
        let now = store.clock().now();
        let failed = Disposition::Failed(FailureCondition::RetriesExhausted);
        let records = vec![record(&delivery.event, "dead", now); 1_000];
        let settlement = Settlement { records, ..Settlement::without_run(failed, now) };
        store.queue().settle(delivery, settlement).await.unwrap();
    }
    store.reopen().await;
    for round in 0..3 {
        let number = 100 + round;
        store.enqueue("g", number).await;
        store.fail("g", &["alive"], false).await;
        let (mut alive, mut dead) = (0, 0);
        loop {
            let records = store.records(16).await;
            if records.is_empty() {
                break;
            }
            for delivery in records {
                if delivery.outgoing.target == "alive" {
                    alive += 1;
                    store.deliver(delivery).await;
                } else {
                    dead += 1;
                    store.outbox().hold(delivery, store.clock().now().plus(Duration::from_secs(30)));
                }
            }
        }
        // The first time nobody knows yet that it does not answer.
        assert!(alive == 1 && dead <= if round == 0 { 16 } else { 1 }, "{round}: {alive}, {dead}");
        store.pass(Duration::from_secs(30)).await;
    }
    assert_eq!(store.outbox().outbox_stats().waiting, 65_000);
}

#[tokio::test]
async fn what_was_accepted_survives_a_power_loss_and_what_was_settled_may_run_again() {
    let mut store = Simulated::by_default();
    let (mut settled, mut again) = (0, 0);
    for round in 0..20 {
        let numbers = round * 10 + 1..=round * 10 + 6;
        for number in numbers.clone() {
            store.enqueue("f", number).await;
        }
        for delivery in store.receive("f", 3).await {
            store.succeed(delivery).await;
            settled += 1;
        }
        store.crash().await;
        for number in numbers {
            let state = store.state(number).await;
            assert!(matches!(state, Some(EventState::Queued | EventState::Succeeded)), "{number}: {state:?}");
        }
        for delivery in store.receive("f", 9).await {
            again += 1;
            store.succeed(delivery).await;
        }
        assert_eq!(store.queue().stats().ready, 0);
    }
    let unsettled = 3 * 20;
    assert!(again > unsettled && again < unsettled + settled, "{again} of {settled} ran again");
}

#[tokio::test]
async fn what_the_outside_was_told_of_an_event_outlives_the_power() {
    for seed in 0..20 {
        let mut store = Simulated::open(Options::default(), seed);
        for number in 1..=4 {
            store.enqueue("f", number).await;
            store.fail("f", &["a"], false).await;
            // The destination has it: from here on it may tell others.
            let told = store.records(1).await.pop().unwrap();
            assert_eq!(told.outgoing.record.request_id, id(number));
            store.crash().await;
            assert_eq!(store.state(number).await, Some(EventState::Failed), "seed {seed}");
            assert_eq!(store.receive("f", 1).await.len(), 0, "seed {seed}");
            // What came of the sending was lost; it is sent again, and says the same.
            let again = store.records(1).await.pop().unwrap();
            assert_eq!(again.outgoing, told.outgoing);
            store.deliver(again).await;
        }
        tokio::time::resume();
    }
}

#[tokio::test]
async fn what_a_killed_server_had_written_is_flushed_before_the_next_one_tells_of_it() {
    for seed in 0..20 {
        let mut store = Simulated::open(Options::default(), seed);
        store.enqueue("f", 1).await;
        // It is written, and then the process ends: a flush that says it is done and is not stands for one that was not
        // reached.
        store.disk.set_faults(Faults { flushes_lie: true, ..Faults::default() });
        store.fail("f", &["a"], false).await;
        store.disk.set_faults(Faults::default());
        store.reopen().await;
        store.records(1).await.pop().unwrap();
        store.crash().await;
        assert_eq!(store.state(1).await, Some(EventState::Failed), "seed {seed}");
        tokio::time::resume();
    }
}

#[tokio::test]
async fn many_keys_of_one_caller_do_not_hold_up_another() {
    let store = Simulated::by_default();
    let now = store.clock().now();
    let many = || {
        (1..=1_000).map(|number| Submission {
            event: event("f", number, now),
            idempotency: Some(IdempotencyKey {
                key: format!("key {number}"),
                window: Duration::from_secs(60),
            }),
        })
    };
    let mut all = store.queue().enqueue_all(many().collect());
    tokio::select! {
        biased;
        _ = &mut all => panic!("all keys were looked up first"),
        accepted = store.queue().enqueue(event("g", 2_000, now)) => accepted.unwrap(),
    }
    assert!(all.await.iter().all(|taken| matches!(taken, Ok(Accepted::New))));
    let again = store.queue().enqueue_all(many().collect()).await;
    assert_eq!(again.len(), 1_000);
    for (number, taken) in (1..).zip(again) {
        assert!(matches!(taken, Ok(Accepted::Before(first)) if first == id(number)), "{number}: {taken:?}");
    }
}

#[tokio::test]
async fn after_a_fault_a_restart_finds_every_event_that_was_accepted() {
    for seed in 0..40 {
        let mut store = Simulated::open(Options::default(), seed);
        store.disk.set_faults(Faults {
            failing_writes_permille: 100,
            failing_flushes_permille: 100,
            ..Faults::default()
        });
        let mut accepted = Vec::new();
        for number in 1..=40 {
            let event = event("f", number, store.clock().now());
            match store.queue().enqueue(event).await {
                Ok(()) => accepted.push(number),
                Err(_) if number.is_multiple_of(2) => store.crash().await,
                Err(_) => store.reopen().await,
            }
        }
        store.disk.set_faults(Faults::default());
        store.crash().await;
        for number in accepted {
            assert_eq!(store.state(number).await, Some(EventState::Queued), "seed {seed}, event {number}");
        }
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_full_disk_refuses_new_events_until_there_is_space_again() {
    let mut store = Simulated::by_default();
    store.enqueue("f", 1).await;
    store.disk.set_faults(Faults { free_bytes: Some(1 << 20), ..Faults::default() });
    // The committer looks once a second.
    tokio::time::sleep(Duration::from_secs(2)).await;
    for _ in 0..2 {
        let refused = store.queue().enqueue(event("f", 2, store.clock().now())).await;
        assert!(matches!(refused, Err(EnqueueError::DiskFull)), "{refused:?}");
        store.reopen().await;
    }
    // What was taken is brought to its end.
    let delivery = store.receive_one("f").await;
    store.succeed(delivery).await;
    store.disk.set_faults(Faults::default());
    tokio::time::sleep(Duration::from_secs(2)).await;
    store.enqueue("f", 3).await;
}

/// Callers that get in each other's way, on a disk that takes its time and fails.
async fn run(seed: u64) -> Vec<String> {
    let mut store = Simulated::open(Options { limits: little_memory(), ..Options::default() }, seed);
    // Time was stopped between two ticks of the timers; from here on it stands on a tick.
    tokio::time::sleep(Duration::from_millis(1)).await;
    let begun = tokio::time::Instant::now();
    let mut said = Vec::new();
    for life in 0..4 {
        store.disk.set_faults(Faults {
            failing_writes_permille: 10,
            latency_max: Duration::from_millis(9),
            ..Faults::default()
        });
        let mut callers = JoinSet::new();
        for caller in 0..8_u64 {
            let (events, clock) = (Arc::clone(&store.events), Arc::clone(&store.clock));
            callers.spawn(async move {
                let function = ["f", "g", "h"][usize::try_from(caller % 3).unwrap()];
                let mut said = Vec::new();
                for number in 0..6 {
                    let number = life * 1_000 + caller * 10 + number;
                    let accepted = events.enqueue(event(function, number, clock.now())).await.is_ok();
                    said.push(format!("{number} {accepted} {:?}", begun.elapsed()));
                    let received = events.receive(&name(function), 2, LEASE, clock.now()).await;
                    for delivery in received.unwrap_or_default() {
                        said.push(format!("{caller} has {}", delivery.event.request_id));
                        let settlement = Settlement::without_run(Disposition::Succeeded, clock.now());
                        let _ = events.settle(delivery, settlement).await;
                    }
                }
                said
            });
        }
        while let Some(own) = callers.join_next().await {
            said.extend(own.unwrap());
        }
        said.push(format!("{:?}", store.queue().stats()));
        store.disk.set_faults(Faults::default());
        store.crash().await;
        said.push(format!("{:?} {:?}", store.queue().stats(), store.state(1).await));
    }
    said
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let again = |seed| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(seed))
    };
    let (first, second) = (again(1), again(1));
    let differs = first.iter().zip(&second).find(|(first, second)| first != second);
    assert_eq!((differs, first.len()), (None, second.len()));
    assert!(first != again(2), "the seed changes nothing");
}
