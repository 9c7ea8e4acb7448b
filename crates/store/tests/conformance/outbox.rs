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

pub(crate) async fn a_target_that_is_held_stays_away_until_then(store: &mut impl Backend) {
    for (number, target) in [(1, "dead"), (2, "alive")] {
        store.enqueue("f", number).await;
        store.fail("f", &[target], false).await;
    }
    let (alive, dead): (Vec<_>, Vec<_>) = {
        let mut records = store.records(1).await;
        records.extend(store.records(1).await);
        records.into_iter().partition(|delivery| delivery.outgoing.target == "alive")
    };
    assert_eq!((alive.len(), dead.len()), (1, 1));
    let dead = dead.into_iter().next().unwrap();
    store.outbox().hold(dead, store.clock().now().plus(Duration::from_secs(30)));
    store.enqueue("f", 3).await;
    store.fail("f", &["dead"], false).await;
    assert!(store.records(9).await.is_empty());
    store.pass(Duration::from_secs(30)).await;
    let dead = store.records(9).await.pop().unwrap();
    assert_eq!((dead.outgoing.target.as_str(), dead.attempts), ("dead", 0));
    assert_eq!(store.status(1).await.deliveries[0].attempts, 0);
    store.outbox().hold(dead, store.clock().now().plus(Duration::from_secs(30)));
    assert!(store.records(9).await.is_empty());
    store.outbox().resume("dead");
    // Whether it is well is asked with one.
    assert_eq!(store.records(9).await.len(), 1);
    assert_eq!(store.records(9).await.len(), 1);
}

pub(crate) async fn targets_take_turns(store: &mut impl Backend) {
    for number in 1..=6 {
        store.enqueue("f", number).await;
        store.fail("f", &[if number < 6 { "many" } else { "one" }], false).await;
    }
    store.reopen().await;
    let mut taken = store.records(1).await;
    taken.extend(store.records(1).await);
    let mut targets: Vec<_> = taken.iter().map(|delivery| delivery.outgoing.target.as_str()).collect();
    targets.sort_unstable();
    assert_eq!(targets, ["many", "one"]);
}

pub(crate) async fn a_record_that_is_too_old_was_not_tried_and_makes_a_dead_letter(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    store.fail("f", &["dead"], false).await;
    let delivery = store.records(1).await.pop().unwrap();
    let end = DeliveryEnd::Expired { at: store.clock().now(), error: "too old".to_owned() };
    store.outbox().settle_record(delivery, end).await.unwrap();
    let status = store.status(1).await;
    let told = &status.deliveries[0];
    assert_eq!((told.state, told.attempts, told.last_attempt_at), (DeliveryState::Failed, 0, None));
    assert_eq!((told.last_error.as_deref(), status.dead_letter), (Some("too old"), true));
    assert_eq!(store.outbox().outbox_stats().destinations_failed, 1);
}

/// Room is for one record, and not for two.
pub(crate) async fn a_record_without_room_has_failed_and_its_event_is_a_dead_letter(
    store: &mut impl Backend,
) {
    for number in 1..=2 {
        store.enqueue("f", number).await;
        store.fail("f", &["arn:queue"], false).await;
    }
    let stats = store.outbox().outbox_stats();
    assert_eq!((stats.waiting, stats.destinations_failed), (1, 1));
    let (kept, refused) = (store.status(1).await, store.status(2).await);
    assert_eq!((kept.deliveries[0].state, kept.dead_letter), (DeliveryState::Pending, false));
    let told = &refused.deliveries[0];
    assert_eq!((told.state, told.attempts, refused.dead_letter), (DeliveryState::Failed, 0, true));
    assert!(told.last_error.as_ref().is_some_and(|error| error.contains("outbox_max_bytes")), "{told:?}");
    store.reopen().await;
    let payload = store.queue().payload(id(2)).await.unwrap();
    assert_eq!(payload, Some(Bytes::from_static(b"{\"number\":2}")));
    assert_eq!(store.outbox().outbox_stats(), stats);
    let delivery = store.records(9).await.pop().unwrap();
    store.deliver(delivery).await;
    // There is room again.
    store.enqueue("f", 3).await;
    store.fail("f", &["arn:queue"], false).await;
    assert_eq!(store.status(3).await.deliveries[0].state, DeliveryState::Pending);
}

pub(crate) async fn two_records_of_one_event_end_on_their_own(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    store.fail("f", &["a", "dlq"], false).await;
    let deliveries = store.records(9).await;
    let mut deliveries: Vec<_> = [deliveries, store.records(9).await].into_iter().flatten().collect();
    deliveries.sort_by(|a, b| a.outgoing.target.cmp(&b.outgoing.target));
    let mut deliveries = deliveries.into_iter();
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
