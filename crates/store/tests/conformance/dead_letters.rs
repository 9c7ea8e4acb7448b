//! The contract where an event fails for good: the dead-letter list, and the ways out of it.

use crate::backend::{Backend, BackendExt, attempt, id, name};
use bytes::Bytes;
use lambent_domain::attempt::AttemptOutcome;
use lambent_domain::disposition::Disposition;
use lambent_domain::event::{Event, EventState};
use lambent_domain::time::Clock;
use lambent_store::queue::{Redrive, Settlement};
use std::time::Duration;

pub(crate) async fn a_failed_event_nobody_is_told_of_is_kept_whole(store: &mut impl Backend) {
    let event = store.enqueue("f", 1).await;
    store.fail("f", &[], true).await;
    for _ in 0..2 {
        let status = store.status(1).await;
        assert_eq!((status.state, status.dead_letter), (EventState::Failed, true));
        assert_eq!(store.queue().payload(id(1)).await.unwrap(), Some(event.payload.clone()));
        let stats = store.queue().stats();
        assert!((stats.dead_letters, stats.dead_letter_bytes > 10) == (1, true), "{stats:?}");
        store.reopen().await;
    }
}

pub(crate) async fn a_success_is_no_dead_letter(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    let delivery = store.receive_one("f").await;
    let response = Some(Bytes::from_static(b"\"done\""));
    let settlement = Settlement {
        response,
        dead_letter: true,
        ..Settlement::new(
            Disposition::Succeeded,
            Some(attempt(1, AttemptOutcome::Succeeded)),
            store.clock().now(),
        )
    };
    store.queue().settle(delivery, settlement).await.unwrap();
    let status = store.status(1).await;
    assert_eq!((status.dead_letter, status.result_bytes, status.result_kept), (false, Some(6), false));
    assert_eq!(store.queue().payload(id(1)).await.unwrap(), None);
    assert_eq!(store.queue().result(id(1)).await.unwrap(), None);
    assert_eq!(store.queue().stats().dead_letters, 0);
}

pub(crate) async fn a_record_that_is_given_up_makes_a_dead_letter(store: &mut impl Backend) {
    // The thirtieth has a qualifier, a trace and a tenant.
    let event = store.enqueue("f", 30).await;
    store.fail("f", &["a", "dlq"], false).await;
    while let Some(delivery) = store.records(1).await.pop() {
        store.give_up(delivery).await;
    }
    let stats = store.outbox().outbox_stats();
    assert_eq!((stats.destinations_failed, stats.dead_letters_failed, stats.waiting), (1, 1, 0));
    assert_eq!(store.queue().stats().dead_letters, 1);
    store.reopen().await;
    assert!(store.status(30).await.dead_letter);
    assert_eq!(store.queue().payload(id(30)).await.unwrap(), Some(event.payload.clone()));
    let now = store.clock().now();
    assert_eq!(store.queue().redrive(id(30), id(31), now).await.unwrap(), Redrive::Redriven);
    let again = store.receive_one("f").await;
    assert_eq!(again.event, Event { request_id: id(31), redrive_of: Some(id(30)), ..event });
}

pub(crate) async fn a_record_given_up_after_a_success_makes_none(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    let delivery = store.receive_one("f").await;
    let now = store.clock().now();
    let records = vec![crate::backend::record(&delivery.event, "a", now)];
    let settlement = Settlement { records, ..Settlement::without_run(Disposition::Succeeded, now) };
    store.queue().settle(delivery, settlement).await.unwrap();
    let record = store.records(1).await.pop().unwrap();
    store.give_up(record).await;
    assert!(!store.status(1).await.dead_letter);
    assert_eq!(store.queue().stats().dead_letters, 0);
}

pub(crate) async fn the_last_answer_of_a_failed_run_stays_with_the_event(store: &mut impl Backend) {
    store.enqueue("f", 1).await;
    let small = Bytes::from_static(b"{\"errorMessage\":\"first\"}");
    let large = Bytes::from(vec![b' '; (256 << 10) + 1]);
    let cut = Bytes::from_static(
        br#"{"errorMessage":null,"errorType":"Runtime.ExitError","truncated":"The answer of 262145 bytes was not kept over the retry; this is its error."}"#,
    );
    let runs = [
        (Some(small.clone()), true, Some(small.clone())),
        // A put-back says nothing of the function.
        (None, false, Some(small.clone())),
        // Half of it would not be what the function said, and nothing would read as if it had returned nothing.
        (Some(large), true, Some(cut)),
        (Some(small.clone()), true, Some(small)),
        (None, true, None),
    ];
    for (response, ran, kept) in runs {
        let delivery = store.receive_one("f").await;
        let run = ran.then(|| attempt(1, AttemptOutcome::FunctionError));
        let now = store.clock().now();
        let settlement = Settlement { response, ..Settlement::new(Disposition::RetryAt(now), run, now) };
        store.queue().settle(delivery, settlement).await.unwrap();
        store.reopen().await;
        let delivery = store.receive_one("f").await;
        assert_eq!(delivery.event.last_response, kept);
        store.queue().release(delivery).await.unwrap();
    }
}

pub(crate) async fn a_redriven_event_is_new_and_the_old_one_says_so(store: &mut impl Backend) {
    let trace = Some("Root=1;Lineage=1:0a0b0c0d:15".to_owned());
    let event = Event { trace, ..crate::backend::event("f", 1, store.clock().now()) };
    store.queue().enqueue(event.clone()).await.unwrap();
    store.fail("f", &[], true).await;
    store.clock().advance(Duration::from_secs(100));
    let now = store.clock().now();
    assert_eq!(store.queue().redrive(id(1), id(2), now).await.unwrap(), Redrive::Redriven);
    assert_eq!(store.queue().redrive(id(1), id(3), now).await.unwrap(), Redrive::Already(id(2)));
    let stats = store.queue().stats();
    assert_eq!((stats.dead_letters, stats.dead_letter_bytes, stats.ready), (0, 0, 1));
    store.reopen().await;
    let old = store.status(1).await;
    assert_eq!((old.redriven_as, old.dead_letter, old.state), (Some(id(2)), false, EventState::Failed));
    assert_eq!(store.queue().payload(id(1)).await.unwrap(), None);
    let new = store.status(2).await;
    assert_eq!((new.redrive_of, new.accepted_at, new.attempts.len()), (Some(id(1)), now, 0));
    assert_eq!(store.state(3).await, None);
    let delivery = store.receive_one("f").await;
    // It is no part of the old one's chain of calls.
    let trace = Some("Root=1".to_owned());
    let expected = Event { request_id: id(2), accepted_at: now, redrive_of: Some(id(1)), trace, ..event };
    assert_eq!(delivery.event, expected);
    store.queue().release(delivery).await.unwrap();
    store.fail("f", &[], true).await;
    assert_eq!(store.queue().redrive(id(2), id(4), now).await.unwrap(), Redrive::Redriven);
}

pub(crate) async fn what_is_not_kept_is_not_redriven(store: &mut impl Backend) {
    let now = store.clock().now();
    let redrive = async |store: &mut _, number| {
        let store: &mut dyn Backend = store;
        store.queue().redrive(id(number), id(99), now).await.unwrap()
    };
    assert_eq!(redrive(store, 1).await, Redrive::Unknown);
    store.enqueue("f", 1).await;
    assert_eq!(redrive(store, 1).await, Redrive::NotKept(EventState::Queued));
    let delivery = store.receive_one("f").await;
    assert_eq!(redrive(store, 1).await, Redrive::NotKept(EventState::Running));
    store.settle(delivery, Disposition::RetryAt(now.plus(Duration::from_secs(9))), None).await;
    assert_eq!(redrive(store, 1).await, Redrive::NotKept(EventState::Delayed));
    store.clock().advance(Duration::from_secs(9));
    store.fail("f", &["a"], false).await;
    assert_eq!(redrive(store, 1).await, Redrive::NotKept(EventState::Failed));
    assert_eq!(store.state(99).await, None);
}

pub(crate) async fn purging_the_list_leaves_the_events_known(store: &mut impl Backend) {
    for number in 1..=300 {
        let function = if number % 100 == 0 { "g" } else { "f" };
        store.enqueue(function, number).await;
        store.fail(function, &[], true).await;
    }
    assert_eq!(store.queue().stats().dead_letters, 300);
    assert_eq!(store.queue().purge_dead_letters(&name("f")).await.unwrap(), 297);
    assert_eq!(store.queue().purge_dead_letters(&name("f")).await.unwrap(), 0);
    assert_eq!(store.queue().stats().dead_letters, 3);
    store.reopen().await;
    assert_eq!(store.queue().stats().dead_letters, 3);
    let status = store.status(1).await;
    assert_eq!((status.state, status.dead_letter), (EventState::Failed, false));
    assert!(store.status(100).await.dead_letter);
    assert_eq!(store.queue().payload(id(1)).await.unwrap(), None);
}

pub(crate) async fn a_dead_letter_leaves_the_list_once_however_many_ask(store: &mut impl Backend) {
    for number in 1..=6 {
        let function = if number > 4 { "g" } else { "f" };
        store.enqueue(function, number).await;
        store.fail(function, &[], true).await;
    }
    let now = store.clock().now();
    let queue = store.queue();
    let function = name("f");
    let purge = || queue.purge_dead_letters(&function);
    let (redriven, first, second) = tokio::join!(queue.redrive(id(1), id(11), now), purge(), purge());
    let redriven = u64::from(redriven.unwrap() == Redrive::Redriven);
    assert_eq!(redriven + first.unwrap() + second.unwrap(), 4);
    for _ in 0..2 {
        let stats = store.queue().stats();
        assert!((stats.dead_letters, stats.dead_letter_bytes > 10) == (2, true), "{stats:?}");
        store.reopen().await;
    }
    assert_eq!(store.queue().purge_dead_letters(&name("g")).await.unwrap(), 2);
    let stats = store.queue().stats();
    assert_eq!((stats.dead_letters, stats.dead_letter_bytes), (0, 0));
}
