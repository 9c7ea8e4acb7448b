//! The contract of `Outbox`: a record is stored with the disposition, and is told of until it has arrived or is given up.

use crate::backend::{Backend, BackendExt, LEASE, id, record};
use bytes::Bytes;
use lambent_domain::disposition::{Disposition, FailureCondition};
use lambent_domain::event::{Event, EventState};
use lambent_domain::invocation_record::{DeliveryState, Purpose};
use lambent_domain::time::Clock;
use lambent_store::outbox::{DeliveryEnd, OutboxStats};
use lambent_store::queue::Settlement;
use std::time::Duration;

pub(crate) async fn a_record_is_stored_with_the_disposition_and_told_until_it_arrives(
    store: &mut impl Backend,
) {
    let event = store.enqueue("f", 6).await;
    assert!(store.records(1).await.is_empty());
    store.fail("f", &["arn:queue"], false).await;
    let waiting = store.status(6).await;
    assert_eq!((waiting.state, waiting.dead_letter), (EventState::Failed, false));
    assert_eq!((waiting.deliveries[0].state, waiting.deliveries[0].attempts), (DeliveryState::Pending, 0));
    let stats = store.outbox().outbox_stats();
    assert!((stats.waiting, stats.waiting_bytes > 20) == (1, true), "{stats:?}");
    store.reopen().await;
    assert_eq!(store.outbox().outbox_stats(), stats);

    let delivery = store.records(9).await.pop().unwrap();
    assert_eq!(delivery.outgoing, record(&event, "arn:queue", event.accepted_at));
    assert_eq!((delivery.attempts, delivery.stored_at), (0, event.accepted_at));
    let at = store.clock().now();
    let end =
        DeliveryEnd::RetryAt { due: at.plus(Duration::from_secs(9)), at, error: "refused".repeat(1_000) };
    store.outbox().settle_record(delivery, end).await.unwrap();
    assert!(store.records(1).await.is_empty());
    let told = store.status(6).await.deliveries.remove(0);
    assert_eq!((told.purpose, told.target.as_str()), (Purpose::OnFailure, "arn:queue"));
    assert_eq!((told.state, told.attempts, told.last_attempt_at), (DeliveryState::Pending, 1, Some(at)));
    assert_eq!(told.last_error.map(|error| error.len()), Some(1024));

    store.pass(Duration::from_secs(9)).await;
    let again = store.records(9).await.pop().unwrap();
    assert_eq!((again.attempts, again.stored_at), (1, event.accepted_at));
    store.deliver(again).await;
    let told = store.status(6).await.deliveries.remove(0);
    assert_eq!((told.state, told.attempts, told.last_error), (DeliveryState::Delivered, 2, None));
    let stats = OutboxStats { delivered: 1, ..OutboxStats::default() };
    assert_eq!(store.outbox().outbox_stats(), stats);
    store.reopen().await;
    assert_eq!(store.outbox().outbox_stats(), stats);
    assert!(store.records(1).await.is_empty());
}

pub(crate) async fn records_come_in_the_order_in_which_they_are_due(store: &mut impl Backend) {
    for number in 1..=5 {
        store.enqueue("f", number).await;
        store.fail("f", &["a"], false).await;
        store.clock().advance(Duration::from_millis(1));
    }
    let mut taken = Vec::new();
    while let Some(delivery) = store.records(1).await.pop() {
        let number = delivery.outgoing.record.request_id;
        taken.push(number);
        if number == id(2) && delivery.attempts == 0 {
            let at = store.clock().now();
            let end = DeliveryEnd::RetryAt { due: at, at, error: "no".to_owned() };
            store.outbox().settle_record(delivery, end).await.unwrap();
        } else {
            store.deliver(delivery).await;
        }
    }
    assert_eq!(taken, [1, 2, 3, 4, 5, 2].map(id));
}

pub(crate) async fn a_lost_lease_and_a_restart_return_a_record(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    store.fail("f", &["a"], false).await;
    let lost = store.records(1).await.pop().unwrap();
    assert!(store.records(1).await.is_empty());
    store.pass(LEASE).await;
    let again = store.records(1).await.pop().unwrap();
    assert_eq!((again.attempts, &again.outgoing), (0, &lost.outgoing));
    // Too late: the record is somebody else's now.
    store.give_up(lost).await;
    assert_eq!(store.outbox().outbox_stats().destinations_failed, 0);
    drop(again);
    store.reopen().await;
    let returned = store.records(1).await.pop().unwrap();
    store.deliver(returned).await;
    assert_eq!(store.outbox().outbox_stats().delivered, 1);
}

pub(crate) async fn a_record_that_is_put_off_stays_away_until_then(store: &mut impl Backend) {
    for (number, target) in [(1, "dead"), (2, "alive")] {
        store.enqueue("f", number).await;
        store.fail("f", &[target], false).await;
    }
    let dead = store.records(1).await.pop().unwrap();
    assert_eq!(dead.outgoing.target, "dead");
    store.outbox().put_off(dead, store.clock().now().plus(Duration::from_secs(30)));
    let alive = store.records(9).await;
    assert_eq!(alive.len(), 1);
    assert_eq!(alive[0].outgoing.target, "alive");
    store.pass(Duration::from_secs(30)).await;
    let dead = store.records(9).await.pop().unwrap();
    assert_eq!((dead.outgoing.target.as_str(), dead.attempts), ("dead", 0));
    assert_eq!(store.status(1).await.deliveries[0].attempts, 0);
}

pub(crate) async fn two_records_of_one_event_end_on_their_own(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    store.fail("f", &["a", "dlq"], false).await;
    let deliveries = store.records(9).await;
    let mut deliveries = [deliveries, store.records(9).await].into_iter().flatten();
    let (first, second) = (deliveries.next().unwrap(), deliveries.next().unwrap());
    let at = store.clock().now();
    let (delivered, given_up) = tokio::join!(
        store.outbox().settle_record(first, DeliveryEnd::Delivered { at }),
        store.outbox().settle_record(second, DeliveryEnd::GivenUp { at, error: "no such queue".to_owned() }),
    );
    assert!(delivered.is_ok() && given_up.is_ok());
    let status = store.status(1).await;
    let states: Vec<_> = status.deliveries.iter().map(|delivery| delivery.state).collect();
    assert_eq!(states, [DeliveryState::Delivered, DeliveryState::Failed]);
    let expected = OutboxStats { delivered: 1, dead_letters_failed: 1, ..OutboxStats::default() };
    assert_eq!(store.outbox().outbox_stats(), expected);
}

pub(crate) async fn a_second_settlement_of_a_record_changes_nothing(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    let delivery = store.receive_one("f").await;
    let event = delivery.event.clone();
    store.pass(LEASE).await;
    let again = store.receive_one("f").await;
    for delivery in [again, delivery] {
        let now = store.clock().now();
        let failed = Disposition::Failed(FailureCondition::EventAgeExceeded);
        let settlement =
            Settlement { records: vec![record(&event, "a", now)], ..Settlement::without_run(failed, now) };
        store.queue().settle(delivery, settlement).await.unwrap();
    }
    assert_eq!(store.outbox().outbox_stats().waiting, 1);
    assert_eq!(store.records(9).await.len(), 1);
}

pub(crate) async fn large_records_come_one_after_another(store: &mut impl Backend) {
    let payload = Bytes::from(vec![7; 1 << 20]);
    for number in 1..=40 {
        let event = crate::backend::event("f", number, store.clock().now());
        store.queue().enqueue(Event { payload: payload.clone(), ..event }).await.unwrap();
        store.fail("f", &["a"], false).await;
    }
    let mut taken = 0;
    while taken < 40 {
        let deliveries = store.outbox().receive_records(100, LEASE).await;
        assert!(deliveries.len() < 40, "all 40 MiB were in memory");
        for delivery in deliveries {
            assert!(delivery.outgoing.record.request_payload == payload);
            store.deliver(delivery).await;
            taken += 1;
        }
    }
    assert_eq!((taken, store.outbox().outbox_stats().waiting_bytes), (40, 0));
}

pub(crate) async fn whoever_waits_for_a_record_is_woken(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    let (records, ()) =
        tokio::join!(store.outbox().receive_records(1, LEASE), store.fail("f", &["a"], false));
    assert_eq!(records.len(), 1);
}
