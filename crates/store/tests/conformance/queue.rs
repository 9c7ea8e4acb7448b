//! The contract of `EventQueue`: accepting, receiving, settling, surviving.

use crate::backend::{Backend, BackendExt, attempt, event, id, of};
use lambent_domain::attempt::AttemptOutcome;
use lambent_domain::disposition::{Disposition, FailureCondition};
use lambent_domain::event::EventState;
use lambent_domain::time::Clock;
use lambent_store::StorageError;
use lambent_store::queue::{EnqueueError, QueueStats};
use std::collections::BTreeSet;
use std::time::Duration;

pub(crate) async fn an_event_is_received_as_it_was_enqueued(store: &mut impl Backend) {
    for number in 1..=6 {
        let enqueued = store.enqueue("f", number).await;
        assert_eq!(store.state(number).await, Some(EventState::Queued));
        let delivery = store.receive_one("f").await;
        assert_eq!(delivery.event, enqueued);
        assert_eq!(store.state(number).await, Some(EventState::Running));
    }
    assert!(store.receive("f", 1).await.is_empty());
    assert_eq!(store.state(7).await, None);
}

pub(crate) async fn functions_are_separate_and_in_order(store: &mut impl Backend) {
    // `f` is a prefix of `ff`: their keys must not run into each other.
    for (number, function) in (1..).zip(["f", "ff", "f", "f-", "ff", "f"]) {
        store.enqueue(function, number).await;
    }
    for (function, numbers) in [("f", vec![1, 3, 6]), ("ff", vec![2, 5]), ("f-", vec![4]), ("g", vec![])] {
        let received = store.receive(function, 10).await;
        let ids: Vec<_> = received.iter().map(|delivery| delivery.event.request_id).collect();
        assert_eq!(ids, numbers.into_iter().map(id).collect::<Vec<_>>(), "{function}");
    }
}

pub(crate) async fn receive_keeps_to_its_maximum(store: &mut impl Backend) {
    for number in 1..=5 {
        store.enqueue("f", number).await;
    }
    assert!(store.receive_once("f", 0).await.is_empty());
    assert!(store.receive_once("f", 1).await.len() <= 1);
    assert_eq!(store.receive("f", 2).await.len(), 2);
    assert_eq!(store.receive("f", 10).await.len(), 2);
}

pub(crate) async fn a_success_ends_it_and_is_remembered(store: &mut impl Backend) {
    let enqueued = store.enqueue("f", 2).await;
    let delivery = store.receive_one("f").await;
    store.clock().advance(Duration::from_secs(5));
    store.succeed(delivery).await;
    assert!(store.receive("f", 1).await.is_empty());
    let status = store.queue().status(id(2)).await.unwrap().unwrap();
    assert_eq!((status.state, status.condition), (EventState::Succeeded, None));
    assert_eq!((status.function, status.qualifier), (enqueued.function, enqueued.qualifier));
    assert_eq!((status.accepted_at, status.settled_at), (enqueued.accepted_at, Some(store.clock().now())));
    assert_eq!(status.attempts, [attempt(1, AttemptOutcome::Succeeded)]);
    assert_eq!(status.next_attempt_at, None);
}

pub(crate) async fn giving_up_keeps_the_reason(store: &mut impl Backend) {
    for (number, disposition, state, condition) in [
        (
            1,
            Disposition::Failed(FailureCondition::EventAgeExceeded),
            EventState::Failed,
            Some(FailureCondition::EventAgeExceeded),
        ),
        (
            2,
            Disposition::Failed(FailureCondition::RetriesExhausted),
            EventState::Failed,
            Some(FailureCondition::RetriesExhausted),
        ),
        (3, Disposition::Cancelled, EventState::Cancelled, None),
    ] {
        store.enqueue("f", number).await;
        let delivery = store.receive_one("f").await;
        store.settle(delivery, disposition, None).await;
        let status = store.queue().status(id(number)).await.unwrap().unwrap();
        assert_eq!((status.state, status.condition, status.attempts.len()), (state, condition, 0));
    }
    assert!(store.receive("f", 1).await.is_empty());
}

pub(crate) async fn a_release_puts_it_back_in_its_place(store: &mut impl Backend) {
    for number in 1..=3 {
        store.enqueue("f", number).await;
    }
    let first = store.receive_one("f").await;
    store.queue().release(first).await.unwrap();
    assert_eq!(store.state(1).await, Some(EventState::Queued));
    let again = store.receive("f", 3).await;
    assert_eq!(again.iter().map(|delivery| delivery.event.request_id).collect::<Vec<_>>(), [1, 2, 3].map(id));
    assert_eq!(again[0].event.put_backs, 0);
}

pub(crate) async fn a_restart_returns_what_is_unsettled_with_its_attempts(store: &mut impl Backend) {
    for number in 1..=4 {
        store.enqueue("f", number).await;
    }
    let mut deliveries = store.receive("f", 3).await;
    let (leased, retried, done) = (deliveries.remove(0), deliveries.remove(0), deliveries.remove(0));
    let at = store.clock().now().plus(Duration::from_secs(30));
    store.settle(retried, Disposition::RetryAt(at), Some(attempt(1, AttemptOutcome::FunctionError))).await;
    store.succeed(done).await;
    drop(leased);
    store.reopen().await;

    assert_eq!(store.state(3).await, Some(EventState::Succeeded));
    assert_eq!(store.state(2).await, Some(EventState::Delayed));
    let ids: Vec<_> = store.receive("f", 9).await.iter().map(|delivery| delivery.event.request_id).collect();
    assert_eq!(ids, [1, 4].map(id));
    store.clock().advance(Duration::from_secs(30));
    let retried = store.receive_one("f").await;
    assert_eq!(retried.event.request_id, id(2));
    assert_eq!(retried.event.attempts, [attempt(1, AttemptOutcome::FunctionError)]);
}

pub(crate) async fn a_restart_keeps_the_order(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    store.reopen().await;
    store.enqueue("f", 2).await;
    store.reopen().await;
    store.enqueue("f", 3).await;
    let ids: Vec<_> = [store.receive("f", 9).await, store.receive("f", 9).await]
        .iter()
        .flatten()
        .map(|delivery| delivery.event.request_id)
        .collect();
    assert_eq!(ids, [1, 2, 3].map(id));
}

pub(crate) async fn the_listing_is_newest_first_and_paged_through_every_state(store: &mut impl Backend) {
    for number in 1..=5 {
        store.enqueue("f", number).await;
        store.enqueue("other", 100 + number).await;
    }
    let mut deliveries = store.receive("f", 3).await;
    store.succeed(deliveries.remove(0)).await;
    let at = store.clock().now().plus(Duration::from_secs(9));
    store.settle(deliveries.remove(0), Disposition::RetryAt(at), None).await;
    let mut listed = Vec::new();
    let mut before = None;
    loop {
        let page = store.queue().list(&of("f"), before, 2).await.unwrap();
        assert!(page.events.len() <= 2);
        listed.extend(page.events.iter().map(|status| (status.request_id, status.state)));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    let expected = [
        (5, EventState::Queued),
        (4, EventState::Queued),
        (3, EventState::Running),
        (2, EventState::Delayed),
        (1, EventState::Succeeded),
    ];
    assert_eq!(listed, expected.map(|(number, state)| (id(number), state)));
    assert!(store.queue().list(&of("g"), None, 9).await.unwrap().events.is_empty());
}

pub(crate) async fn the_counts_add_up(store: &mut impl Backend) {
    for number in 1..=6 {
        store.enqueue("f", number).await;
    }
    let mut deliveries = store.receive("f", 5).await;
    store.succeed(deliveries.remove(0)).await;
    store.settle(deliveries.remove(0), Disposition::Failed(FailureCondition::RetriesExhausted), None).await;
    store.settle(deliveries.remove(0), Disposition::Cancelled, None).await;
    let at = store.clock().now().plus(Duration::from_secs(60));
    store.settle(deliveries.remove(0), Disposition::RetryAt(at), None).await;
    let expected = QueueStats {
        received: 6,
        succeeded: 1,
        failed: 1,
        cancelled: 1,
        ready: 1,
        delayed: 1,
        running: 1,
        ..QueueStats::default()
    };
    assert_eq!(store.queue().stats(), expected);
    drop(deliveries);
    store.reopen().await;
    // The two that ran are ready again, and nothing is forgotten.
    assert_eq!(store.queue().stats(), QueueStats { ready: 2, running: 0, ..expected });
}

pub(crate) async fn many_callers_at_once_lose_nothing(store: &mut impl Backend) {
    let now = store.clock().now();
    let events =
        (1..=200_u64).map(|number| event(["f", "g", "h"][usize::try_from(number % 3).unwrap()], number, now));
    let queue = store.queue();
    for enqueued in crate::backend::join_all(events.map(|event| queue.enqueue(event))).await {
        enqueued.unwrap();
    }
    store.reopen().await;
    let mut seen = BTreeSet::new();
    for function in ["f", "g", "h"] {
        loop {
            let deliveries = store.receive(function, 100).await;
            if deliveries.is_empty() {
                break;
            }
            seen.extend(deliveries.iter().map(|delivery| delivery.event.request_id));
        }
    }
    assert_eq!(seen, (1..=200).map(id).collect());
}

pub(crate) async fn a_closed_queue_takes_nothing_and_closes_again(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    store.queue().close().await.unwrap();
    let refused = store.queue().enqueue(event("f", 2, store.clock().now())).await;
    assert!(matches!(refused, Err(EnqueueError::Storage(StorageError::Closed))));
    store.queue().close().await.unwrap();
    store.reopen().await;
    assert_eq!(store.state(1).await, Some(EventState::Queued));
    assert_eq!(store.state(2).await, None);
}

pub(crate) async fn large_payloads_come_back_whole(store: &mut impl Backend) {
    let payload: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
    for number in 1..=40 {
        let event = event("f", number, store.clock().now());
        store
            .queue()
            .enqueue(lambent_domain::event::Event { payload: payload.clone().into(), ..event })
            .await
            .unwrap();
    }
    for number in 1..=40 {
        let delivery = store.receive_one("f").await;
        assert_eq!(delivery.event.request_id, id(number));
        assert!(delivery.event.payload == payload, "payload of event {number} differs");
    }
}
