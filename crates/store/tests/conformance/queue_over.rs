//! The contract of `EventQueue` where the owner ends what waits: one event, or all of a function.

use crate::backend::{Backend, BackendExt, LEASE, attempt, event, id, name, of};
use lambent_domain::attempt::AttemptOutcome;
use lambent_domain::disposition::Disposition;
use lambent_domain::event::EventState;
use lambent_domain::time::Clock;
use lambent_store::queue::{Cancel, QueueStats};
use std::time::Duration;

async fn cancel(store: &impl Backend, number: u64) -> Cancel {
    store.queue().cancel(id(number), store.clock().now()).await.unwrap()
}

async fn purge(store: &impl Backend, function: &str) -> u64 {
    store.queue().purge(&name(function), store.clock().now()).await.unwrap()
}

async fn received(store: &impl Backend, function: &str) -> Vec<lambent_domain::request_id::RequestId> {
    store.receive(function, 100).await.iter().map(|delivery| delivery.event.request_id).collect()
}

pub(crate) async fn a_cancelled_event_does_not_run_wherever_it_waits(store: &mut impl Backend) {
    for number in 1..=9 {
        store.enqueue("f", number).await;
    }
    let delayed = store.receive_one("f").await;
    let at = store.clock().now().plus(Duration::from_secs(9));
    store.settle(delayed, Disposition::RetryAt(at), Some(attempt(1, AttemptOutcome::Timeout))).await;
    for number in [1, 2, 5, 9] {
        assert_eq!(cancel(store, number).await, Cancel::Cancelled, "{number}");
        assert_eq!(cancel(store, number).await, Cancel::Settled(EventState::Cancelled), "{number}");
        let status = store.status(number).await;
        assert_eq!((status.state, status.settled_at), (EventState::Cancelled, Some(store.clock().now())));
        assert_eq!(store.queue().payload(id(number)).await.unwrap(), None);
    }
    let expected = QueueStats { received: 9, cancelled: 4, ready: 5, delayed: 0, ..QueueStats::default() };
    assert_eq!(store.queue().stats(), expected);
    assert_eq!(store.status(1).await.attempts.len(), 1);
    store.clock().advance(Duration::from_secs(9));
    assert_eq!(received(store, "f").await, [3, 4, 6, 7, 8].map(id));
    store.reopen().await;
    assert_eq!(received(store, "f").await, [3, 4, 6, 7, 8].map(id));
    assert_eq!(store.state(5).await, Some(EventState::Cancelled));
}

pub(crate) async fn what_runs_or_is_over_is_not_cancelled(store: &mut impl Backend) {
    assert_eq!(cancel(store, 1).await, Cancel::Unknown);
    store.enqueue("f", 1).await;
    let delivery = store.receive_one("f").await;
    assert_eq!(cancel(store, 1).await, Cancel::Running);
    store.succeed(delivery).await;
    assert_eq!(cancel(store, 1).await, Cancel::Settled(EventState::Succeeded));
    store.enqueue("f", 2).await;
    let lost = store.receive_one("f").await;
    store.pass(LEASE).await;
    assert!(store.receive("g", 1).await.is_empty());
    store.queue().release(lost).await.unwrap();
    assert_eq!(cancel(store, 2).await, Cancel::Cancelled);
    assert!(store.receive("f", 1).await.is_empty());
}

/// However the two interleave, an event is delivered or cancelled and never both.
pub(crate) async fn a_cancellation_and_a_receive_exclude_each_other(store: &mut impl Backend) {
    for number in 1..=60 {
        store.enqueue("f", number).await;
    }
    let cancels = async {
        let mut cancelled = Vec::new();
        for number in 1..=60 {
            if cancel(store, number).await == Cancel::Cancelled {
                cancelled.push(id(number));
            }
        }
        cancelled
    };
    let receives = async {
        let mut all = Vec::new();
        for _ in 0..60 {
            all.extend(store.receive_once("f", 1).await.iter().map(|delivery| delivery.event.request_id));
            tokio::task::yield_now().await;
        }
        all
    };
    let (cancelled, mut delivered) = tokio::join!(cancels, receives);
    delivered.extend(received(store, "f").await);
    let mut all = [cancelled, delivered].concat();
    all.sort_unstable();
    assert_eq!(all, (1..=60).map(id).collect::<Vec<_>>());
}

pub(crate) async fn a_purge_ends_what_waits_and_nothing_else(store: &mut impl Backend) {
    for number in 1..=20 {
        store.enqueue("f", number).await;
    }
    store.enqueue("f-", 100).await;
    let mut running = store.receive("f", 3).await;
    let at = store.clock().now().plus(Duration::from_secs(5));
    store.settle(running.remove(0), Disposition::RetryAt(at), None).await;
    assert_eq!(purge(store, "f").await, 18);
    assert_eq!(purge(store, "f").await, 0);
    store.enqueue("f", 21).await;
    let expected = QueueStats { received: 22, cancelled: 18, ready: 2, running: 2, ..QueueStats::default() };
    assert_eq!(store.queue().stats(), expected);
    assert_eq!(store.state(1).await, Some(EventState::Cancelled));
    assert_eq!(store.state(20).await, Some(EventState::Cancelled));
    assert_eq!(store.state(2).await, Some(EventState::Running));
    // A run that a purge has spared goes its way: it is retried, or given back.
    store.settle(running.remove(0), Disposition::RetryAt(at), None).await;
    store.queue().release(running.remove(0)).await.unwrap();
    assert_eq!(received(store, "f").await, [3, 21].map(id));
    store.reopen().await;
    store.clock().advance(Duration::from_secs(5));
    assert_eq!(received(store, "f").await, [3, 21, 2].map(id));
    assert_eq!(received(store, "f-").await, [id(100)]);
    for number in [1, 4, 20] {
        assert_eq!(store.state(number).await, Some(EventState::Cancelled), "{number}");
    }
}

pub(crate) async fn a_purge_behind_a_purge_ends_what_the_first_had_spared(store: &mut impl Backend) {
    for number in 1..=5 {
        store.enqueue("f", number).await;
    }
    let spared = store.receive_one("f").await;
    assert_eq!(purge(store, "f").await, 4);
    store.queue().release(spared).await.unwrap();
    store.enqueue("f", 6).await;
    assert_eq!(purge(store, "f").await, 2);
    store.reopen().await;
    assert!(store.receive("f", 9).await.is_empty());
    let stats = store.queue().stats();
    assert_eq!((stats.ready, stats.delayed, stats.running), (0, 0, 0));
    let listed = store.queue().list(&of("f"), None, 9).await.unwrap().events;
    assert!(listed.len() == 6 && listed.iter().all(|status| status.state == EventState::Cancelled));
}

/// New events flow while a refill that began before the purge may still be reading.
pub(crate) async fn events_flow_through_a_purge(store: &mut impl Backend) {
    let mut number = 0;
    for round in 0..10 {
        for _ in 0..20 {
            number += 1;
            store.queue().enqueue(event("f", number, store.clock().now())).await.unwrap();
        }
        let now = store.clock().now();
        let function = name("f");
        let (deliveries, purged) =
            tokio::join!(store.receive_once("f", 5), store.queue().purge(&function, now));
        assert_eq!(u64::try_from(deliveries.len()).unwrap() + purged.unwrap(), 20, "round {round}");
        for delivery in deliveries {
            store.succeed(delivery).await;
        }
        assert!(store.receive("f", 1).await.is_empty());
    }
    let stats = store.queue().stats();
    assert_eq!((stats.received, stats.succeeded + stats.cancelled), (200, 200));
}
