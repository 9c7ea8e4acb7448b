//! What is kept of events that are over, and for how long.

use super::*;
use crate::outbox::{DeliveryEnd, Outbox};
use crate::queue::{Cancel, Redrive};
use lambent_domain::disposition::FailureCondition;
use lambent_domain::invocation_record::{InvocationRecord, OutgoingRecord, Purpose};

fn record(event: &Event) -> OutgoingRecord {
    let record = InvocationRecord {
        request_id: event.request_id,
        function: event.function.clone(),
        qualifier: None,
        failure: Some(FailureCondition::RetriesExhausted),
        invoke_count: 0,
        request_payload: event.payload.clone(),
        response: None,
        status: 200,
        error_message: None,
        trace: None,
        settled_at: Timestamp::from_millis(100),
    };
    OutgoingRecord { purpose: Purpose::OnFailure, target: "t".to_owned(), record }
}

fn failed(millis: u64) -> Settlement {
    let failed = Disposition::Failed(FailureCondition::RetriesExhausted);
    Settlement::without_run(failed, Timestamp::from_millis(millis))
}

async fn fail(queue: &EmbeddedQueue, number: u8, settlement: Settlement) {
    queue.enqueue(event(number)).await.unwrap();
    queue.settle(receive(queue, 1).await.pop().unwrap(), settlement).await.unwrap();
}

async fn succeed(queue: &EmbeddedQueue, number: u8, response: &[u8]) {
    let response = Some(Bytes::copy_from_slice(response));
    fail(queue, number, Settlement { response, ..succeeded(100) }).await;
}

fn id(number: u8) -> RequestId {
    event(number).request_id
}

/// Outcomes are forgotten after a second.
fn fixture(options: Options) -> Fixture {
    let retention = Retention { age_max: Duration::from_secs(1), ..Retention::default() };
    Fixture::new(Options { retention, ..options })
}

#[tokio::test]
async fn a_dead_letter_outlives_the_outcome_and_takes_it_along() {
    let dead_letters = DeadLetterRetention { age_max: Duration::from_secs(60), ..Default::default() };
    let fixture = fixture(Options { dead_letters, ..Options::default() });
    let queue = fixture.open();
    fail(&queue, 1, Settlement { dead_letter: true, ..failed(100) }).await;
    fail(&queue, 2, failed(100)).await;
    fixture.clock.0.store(50_000, Ordering::Relaxed);
    wait_until(async || queue.status(id(2)).await.unwrap().is_none()).await;
    assert!(queue.status(id(1)).await.unwrap().unwrap().dead_letter);
    assert_eq!(queue.payload(id(1)).await.unwrap(), Some(event(1).payload));
    let letters = EventFilter { dead_letters_only: true, ..EventFilter::default() };
    assert_eq!(queue.list(&letters, None, 9).await.unwrap().events.len(), 1);
    drop(queue);
    let queue = fixture.open();
    fixture.clock.0.store(60_101, Ordering::Relaxed);
    wait_until(async || queue.status(id(1)).await.unwrap().is_none()).await;
    assert_eq!((queue.stats().dead_letters, queue.stats().dead_letter_bytes), (0, 0));
    assert_eq!(queue.list(&letters, None, 9).await.unwrap().events, []);
    for keyspace in [&queue.shared.disk.letters, &queue.shared.disk.letters_line, &queue.shared.disk.failures]
    {
        assert_eq!(keyspace.iter().count(), 0);
    }
}

#[tokio::test]
async fn a_redriven_event_whose_outcome_was_only_held_says_so_for_another_retention() {
    let fixture = fixture(Options::default());
    let queue = fixture.open();
    fail(&queue, 1, Settlement { dead_letter: true, ..failed(100) }).await;
    fail(&queue, 2, failed(100)).await;
    fixture.clock.0.store(50_000, Ordering::Relaxed);
    wait_until(async || queue.status(id(2)).await.unwrap().is_none()).await;
    let now = Timestamp::from_millis(50_000);
    assert_eq!(queue.redrive(id(1), id(3), now).await.unwrap(), Redrive::Redriven);
    assert_eq!(queue.redrive(id(1), id(4), now).await.unwrap(), Redrive::Already(id(3)));
    fixture.clock.0.store(51_001, Ordering::Relaxed);
    wait_until(async || queue.status(id(1)).await.unwrap().is_none()).await;
    assert!(queue.status(id(3)).await.unwrap().is_some());
}

#[tokio::test]
async fn beyond_its_bytes_the_oldest_leave_the_dead_letter_list() {
    let dead_letters = DeadLetterRetention { bytes_max: 250, ..Default::default() };
    let queue = fixture(Options { dead_letters, ..Options::default() }).open();
    for number in 1..=9 {
        fail(&queue, number, Settlement { dead_letter: true, ..failed(100) }).await;
    }
    wait_until(async || queue.stats().dead_letter_bytes <= 250).await;
    let kept = async |number| queue.status(id(number)).await.unwrap().unwrap().dead_letter;
    assert!(kept(9).await && !kept(1).await);
    let (mut number, mut count) = (9, 0);
    while kept(number).await {
        (number, count) = (number - 1, count + 1);
    }
    assert_eq!(queue.stats().dead_letters, count);
    assert_eq!(queue.status(id(1)).await.unwrap().unwrap().state, EventState::Failed);
}

#[tokio::test]
async fn an_outcome_is_not_forgotten_while_a_record_of_it_waits() {
    let fixture = fixture(Options::default());
    let queue = fixture.open();
    fail(&queue, 1, Settlement { records: vec![record(&event(1))], ..failed(100) }).await;
    fail(&queue, 2, failed(100)).await;
    fixture.clock.0.store(50_000, Ordering::Relaxed);
    wait_until(async || queue.status(id(2)).await.unwrap().is_none()).await;
    let delivery = queue.receive_records(1, LEASE).await.pop().unwrap();
    assert_eq!(queue.status(id(1)).await.unwrap().unwrap().deliveries.len(), 1);
    queue.settle_record(delivery, DeliveryEnd::Delivered { at: Timestamp::from_millis(1) }).await.unwrap();
    assert_eq!(queue.status(id(1)).await.unwrap(), None);
    let disk = &queue.shared.disk;
    for keyspace in [&disk.ids, &disk.history, &disk.failures, &disk.outbox, &disk.outgoing, &disk.settled] {
        assert_eq!(keyspace.iter().count(), 0);
    }
}

#[tokio::test]
async fn a_damaged_record_is_not_sent_and_holds_up_no_other() {
    let fixture = fixture(Options::default());
    fixture.clock.0.store(200, Ordering::Relaxed);
    let queue = fixture.open();
    for number in 1..=2 {
        fail(&queue, number, Settlement { records: vec![record(&event(number))], ..failed(100) }).await;
    }
    let disk = &queue.shared.disk;
    let (key, _) = disk.outgoing.iter().next().unwrap().unwrap();
    let mut batch = disk.batch();
    batch.insert(&disk.outgoing, key, b"noise".to_vec());
    disk.commit(batch, super::super::super::disk::Durability::Process).unwrap();
    let deliveries = queue.receive_records(9, LEASE).await;
    assert_eq!(
        deliveries.iter().map(|delivery| delivery.outgoing.record.request_id).collect::<Vec<_>>(),
        [id(2)]
    );
    assert_eq!(queue.outbox_stats().waiting, 2);
}

#[tokio::test]
async fn results_are_kept_as_far_as_is_asked_for() {
    for (keep, bytes, kept) in [
        (KeepResults::Off, None, None),
        (KeepResults::Metadata, Some(4), None),
        (KeepResults::Payload, Some(4), Some(Bytes::from_static(b"done"))),
    ] {
        let results = Results { keep, ..Results::default() };
        let fixture = fixture(Options { results, ..Options::default() });
        let queue = fixture.open();
        succeed(&queue, 1, b"done").await;
        drop(queue);
        let queue = fixture.open();
        let status = queue.status(id(1)).await.unwrap().unwrap();
        assert_eq!((status.result_bytes, status.result_kept), (bytes, kept.is_some()), "{keep:?}");
        assert_eq!(queue.result(id(1)).await.unwrap(), kept, "{keep:?}");
        fixture.clock.0.store(50_000, Ordering::Relaxed);
        wait_until(async || queue.status(id(1)).await.unwrap().is_none()).await;
        assert_eq!(queue.result(id(1)).await.unwrap(), None);
        assert_eq!(queue.shared.disk.results_line.iter().count(), 0);
    }
}

#[tokio::test]
async fn beyond_their_bytes_the_oldest_results_are_given_up_and_their_events_say_so() {
    let results = Results { keep: KeepResults::Payload, bytes_max: 10 };
    let queue = fixture(Options { results, ..Options::default() }).open();
    for number in 1..=3 {
        succeed(&queue, number, b"done").await;
    }
    succeed(&queue, 4, b"larger than all").await;
    wait_until(async || queue.result(id(1)).await.unwrap().is_none()).await;
    let status = async |number| queue.status(id(number)).await.unwrap().unwrap();
    assert_eq!((status(1).await.result_bytes, status(1).await.result_kept), (Some(4), false));
    assert_eq!((status(3).await.result_bytes, status(3).await.result_kept), (Some(4), true));
    assert_eq!((status(4).await.result_bytes, status(4).await.result_kept), (Some(15), false));
}

#[tokio::test]
async fn failures_from_before_the_index_are_found_too() {
    let fixture = fixture(Options::default());
    let queue = fixture.open();
    fail(&queue, 1, failed(100)).await;
    let disk = Arc::clone(&queue.shared.disk);
    let mut batch = disk.batch();
    for entry in disk.failures.iter() {
        batch.remove(&disk.failures, entry.unwrap().0);
    }
    batch.remove(&disk.counts, "$indexed_from");
    disk.commit(batch, super::super::super::disk::Durability::Process).unwrap();
    drop((queue, disk));
    let queue = fixture.open();
    succeed(&queue, 2, b"").await;
    fail(&queue, 3, failed(100)).await;
    let failures = EventFilter { state: Some(EventState::Failed), ..EventFilter::default() };
    let listed = queue.list(&failures, None, 9).await.unwrap().events;
    assert_eq!(listed.iter().map(|status| status.request_id).collect::<Vec<_>>(), [id(3), id(1)]);
}

#[tokio::test]
async fn a_purge_goes_on_after_a_restart_and_its_outcomes_obey_the_retention() {
    let retention = Retention { outcomes_max: 100, ..Retention::default() };
    let fixture = Fixture::new(Options { retention, ..Options::default() });
    let queue = fixture.open();
    let number = |number: u32| RequestId::from_bytes(u128::from(number).to_be_bytes());
    let enqueue = async |queue: &EmbeddedQueue, range: std::ops::Range<u32>| {
        for chunk in range.collect::<Vec<_>>().chunks(500) {
            let events = chunk.iter().map(|n| Event { request_id: number(*n), ..event(1) });
            let mut waiting: Vec<_> = events.map(|event| Box::pin(queue.enqueue(event))).collect();
            std::future::poll_fn(|context| {
                waiting.retain_mut(|enqueue| enqueue.as_mut().poll(context).map(Result::unwrap).is_pending());
                if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
            })
            .await;
        }
    };
    enqueue(&queue, 0..3_000).await;
    let running = receive(&queue, 2).await;
    assert_eq!(queue.purge(&name("f"), Timestamp::from_millis(2_000)).await.unwrap(), 2_998);
    assert_eq!((queue.stats().cancelled, queue.stats().ready, queue.stats().running), (2_998, 0, 2));
    enqueue(&queue, 3_000..3_003).await;
    drop(queue);
    let queue = fixture.open();
    assert_eq!(queue.stats().ready, 5);
    let purged = queue.status(number(2_999)).await.unwrap().unwrap();
    assert_eq!(
        (purged.state, purged.settled_at),
        (EventState::Cancelled, Some(Timestamp::from_millis(2_000)))
    );
    assert_eq!(
        queue.cancel(number(2_999), Timestamp::from_millis(3)).await.unwrap(),
        Cancel::Settled(EventState::Cancelled)
    );
    let again: Vec<_> = receive(&queue, 9).await.iter().map(|delivery| delivery.event.request_id).collect();
    let spared: Vec<_> = running.iter().map(|delivery| delivery.event.request_id).collect();
    assert_eq!(again, [spared, [3_000, 3_001, 3_002].map(number).to_vec()].concat());
    let disk = Arc::clone(&queue.shared.disk);
    wait_until(async || disk.purges.iter().count() == 0 && disk.settled.iter().count() <= 228).await;
    assert_eq!(disk.events.iter().count(), 5);
    assert!(disk.ids.iter().count() <= 228 + 5);
}
