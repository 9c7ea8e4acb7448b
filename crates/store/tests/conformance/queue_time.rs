//! The contract of `EventQueue` where time comes in: delays, leases, and being told when something is ready.

use crate::backend::{Backend, BackendExt, LEASE, attempt, id, name};
use lambent_domain::attempt::AttemptOutcome;
use lambent_domain::disposition::Disposition;
use lambent_domain::event::EventState;
use lambent_domain::time::Clock;
use std::collections::BTreeSet;
use std::time::Duration;

pub(crate) async fn a_retry_waits_for_its_time(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    let delivery = store.receive_one("f").await;
    let at = store.clock().now().plus(Duration::from_secs(60));
    store.settle(delivery, Disposition::RetryAt(at), Some(attempt(1, AttemptOutcome::Timeout))).await;
    let status = store.queue().status(id(1)).await.unwrap().unwrap();
    assert_eq!((status.state, status.next_attempt_at), (EventState::Delayed, Some(at)));
    assert_eq!(status.attempts, [attempt(1, AttemptOutcome::Timeout)]);

    store.clock().advance(Duration::from_millis(59_999));
    assert!(store.receive("f", 1).await.is_empty());
    store.clock().advance(Duration::from_millis(1));
    let delivery = store.receive_one("f").await;
    assert_eq!((delivery.event.attempts.len(), delivery.event.put_backs), (1, 0));
    store.succeed(delivery).await;
    let status = store.queue().status(id(1)).await.unwrap().unwrap();
    assert_eq!(status.attempts.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [1, 2]);
}

pub(crate) async fn a_put_back_counts_as_no_attempt(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    for put_backs in 0..3 {
        let delivery = store.receive_one("f").await;
        assert_eq!((delivery.event.put_backs, delivery.event.attempts.len()), (put_backs, 0));
        store.settle(delivery, Disposition::RetryAt(store.clock().now()), None).await;
    }
}

pub(crate) async fn a_delayed_event_does_not_hold_up_new_ones(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    let delivery = store.receive_one("f").await;
    let at = store.clock().now().plus(Duration::from_secs(60));
    store.settle(delivery, Disposition::RetryAt(at), None).await;
    for number in 2..=4 {
        store.enqueue("f", number).await;
        let delivery = store.receive_one("f").await;
        assert_eq!(delivery.event.request_id, id(number));
        store.succeed(delivery).await;
    }
}

pub(crate) async fn a_lease_runs_out_and_the_late_settlement_changes_nothing(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    let late = store.receive_one("f").await;
    store.pass(LEASE).await;
    let again = store.receive_one("f").await;
    assert_eq!(again.event, late.event);
    store.succeed(late).await;
    assert_eq!(store.state(1).await, Some(EventState::Running));
    store.succeed(again).await;
    assert_eq!(store.state(1).await, Some(EventState::Succeeded));
    assert_eq!(store.queue().stats().succeeded, 1);
}

/// As a time server does, or a laptop that wakes up: the run that the lease covers has not got any older.
pub(crate) async fn setting_the_wall_clock_ends_no_lease(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    let delivery = store.receive_one("f").await;
    store.clock().advance(LEASE * 100);
    assert!(store.receive("f", 1).await.is_empty());
    assert_eq!(store.state(1).await, Some(EventState::Running));
    store.succeed(delivery).await;
    assert_eq!((store.state(1).await, store.queue().stats().succeeded), (Some(EventState::Succeeded), 1));
}

pub(crate) async fn a_late_release_changes_nothing(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    let late = store.receive_one("f").await;
    store.pass(LEASE).await;
    let again = store.receive_one("f").await;
    store.queue().release(late).await.unwrap();
    assert!(store.receive("f", 1).await.is_empty());
    store.succeed(again).await;
}

pub(crate) async fn a_function_is_named_once_until_found_empty(store: &mut impl Backend) {
    assert_eq!(store.named().await, None);
    store.enqueue("f", 1).await;
    store.enqueue("f", 2).await;
    assert_eq!(store.named().await, Some(name("f")));
    assert_eq!(store.named().await, None);
    assert_eq!(store.receive_once("f", 9).await.len(), 2);
    store.enqueue("f", 3).await;
    assert_eq!(store.named().await, None);
    assert_eq!(store.receive_once("f", 9).await.len(), 1);
    assert!(store.receive_once("f", 9).await.is_empty());
    store.enqueue("f", 4).await;
    assert_eq!(store.named().await, Some(name("f")));
}

pub(crate) async fn whoever_waits_is_woken_by_an_enqueue(store: &mut impl Backend) {
    let (named, _) = tokio::join!(store.queue().next_ready(), store.enqueue("f", 1));
    assert_eq!(named, name("f"));
}

pub(crate) async fn a_due_retry_and_a_lost_lease_are_announced(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    assert_eq!(store.named().await, Some(name("f")));
    let delivery = store.receive_one("f").await;
    let at = store.clock().now().plus(Duration::from_millis(40));
    store.settle(delivery, Disposition::RetryAt(at), None).await;
    assert!(store.receive("f", 1).await.is_empty());
    store.clock().advance(Duration::from_millis(40));
    assert_eq!(store.queue().next_ready().await, name("f"));
    drop(store.receive_one("f").await);
    assert!(store.receive("f", 1).await.is_empty());
    assert_eq!(store.named().await, None);
    store.pass(LEASE).await;
    assert_eq!(store.queue().next_ready().await, name("f"));
    assert_eq!(store.receive("f", 1).await.len(), 1);
}

pub(crate) async fn a_start_names_every_function_with_events(store: &mut impl Backend) {
    for (number, function) in (1..).zip(["f", "g", "h", "g"]) {
        store.enqueue(function, number).await;
    }
    let done = store.receive_one("h").await;
    store.succeed(done).await;
    store.reopen().await;
    let mut named = BTreeSet::new();
    while let Some(function) = store.named().await {
        assert!(named.insert(function), "named twice");
    }
    assert_eq!(named, ["f", "g"].map(name).into());
}

pub(crate) async fn a_clock_that_steps_back_keeps_events_flowing_in_order(store: &mut impl Backend) {
    let earlier = store.clock().now();
    store.clock().advance(Duration::from_secs(3600));
    store.enqueue("f", 1).await;
    let mut before = crate::backend::event("f", 2, earlier);
    before.accepted_at = earlier;
    store.queue().enqueue(before).await.unwrap();
    let deliveries = store.queue().receive(&name("f"), 9, LEASE, earlier).await.unwrap();
    assert_eq!(
        deliveries.iter().map(|delivery| delivery.event.request_id).collect::<Vec<_>>(),
        [1, 2].map(id)
    );
}
