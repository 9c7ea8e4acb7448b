//! The contract of `EventQueue` on the way in: delays, keys under which an event is accepted once, many events at once.

use crate::backend::{Backend, BackendExt, event, id, name};
use lambent_domain::disposition::Disposition;
use lambent_domain::event::{Event, EventState, Priority};
use lambent_domain::qualifier::Qualifier;
use lambent_domain::request_id::RequestId;
use lambent_domain::tenant::TenantId;
use lambent_domain::time::Clock;
use lambent_store::queue::{Accepted, Backlog, EnqueueError, IdempotencyKey, Submission};
use std::time::Duration;

const WINDOW: Duration = Duration::from_secs(3_600);

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey { key: text.to_owned(), window: WINDOW }
}

/// The `number`th event of the function, of which nothing else depends on its number.
fn with_payload(store: &impl Backend, function: &str, number: u64, payload: &'static str) -> Event {
    let event = event(function, number, store.clock().now());
    Event { payload: payload.into(), qualifier: None, tenant_id: None, trace: None, ..event }
}

/// Sends it under the key.
async fn send(
    store: &impl Backend,
    function: &str,
    number: u64,
    text: &str,
    payload: &'static str,
) -> Result<Accepted, EnqueueError> {
    let event = with_payload(store, function, number, payload);
    store.queue().enqueue_once(event, key(text)).await
}

async fn delay(store: &impl Backend, number: u64, by: Duration) -> Event {
    let at = store.clock().now().plus(by);
    let event = Event { not_before: Some(at), ..event("f", number, store.clock().now()) };
    store.queue().enqueue(event.clone()).await.unwrap();
    event
}

pub(crate) async fn a_delayed_event_waits_for_its_time(store: &mut impl Backend) {
    let delayed = delay(store, 1, Duration::from_secs(60)).await;
    store.enqueue("f", 2).await;
    for _ in 0..2 {
        let status = store.queue().status(id(1)).await.unwrap().unwrap();
        assert_eq!((status.state, status.next_attempt_at), (EventState::Delayed, delayed.not_before));
        let stats = store.queue().stats();
        assert_eq!((stats.received, stats.ready, stats.delayed), (2, 1, 1));
        let Backlog { events, running, delayed, .. } = store.queue().backlog(&name("f"));
        assert_eq!((events, running, delayed), (2, 0, 1));
        // Not lost by a restart, nor early because of one.
        store.reopen().await;
    }
    assert_eq!(store.receive("f", 9).await.len(), 1);
    store.clock().advance(Duration::from_millis(59_999));
    assert!(store.receive("f", 1).await.is_empty());
    store.clock().advance(Duration::from_millis(1));
    assert_eq!(store.state(1).await, Some(EventState::Queued));
    let delivery = store.receive_one("f").await;
    assert_eq!(delivery.event, delayed);
    assert_eq!((store.queue().stats().delayed, store.queue().stats().running), (0, 2));
    store.succeed(delivery).await;
    assert_eq!(store.state(1).await, Some(EventState::Succeeded));
}

pub(crate) async fn a_delayed_event_is_announced_when_its_time_has_come(store: &mut impl Backend) {
    delay(store, 1, Duration::from_secs(3)).await;
    delay(store, 2, Duration::from_secs(1)).await;
    assert_eq!(store.named().await, None);
    for number in [2, 1] {
        let waited = if number == 2 { 1_000 } else { 2_000 };
        store.pass(Duration::from_millis(waited - 1)).await;
        assert_eq!(store.named().await, None, "event {number} was announced before its time");
        store.pass(Duration::from_millis(1)).await;
        assert_eq!(store.queue().next_ready().await, name("f"));
        assert_eq!(store.receive_one("f").await.event.request_id, id(number));
        assert!(store.receive("f", 1).await.is_empty());
    }
}

pub(crate) async fn delays_keep_their_order_and_hold_up_nobody(store: &mut impl Backend) {
    for (number, seconds) in [(1, 30), (2, 10), (3, 20), (4, 10)] {
        delay(store, number, Duration::from_secs(seconds)).await;
    }
    store.enqueue("f", 5).await;
    assert_eq!(store.receive_one("f").await.event.request_id, id(5));
    store.clock().advance(Duration::from_secs(60));
    let received = store.receive("f", 9).await;
    let ids: Vec<_> = received.iter().map(|delivery| delivery.event.request_id).collect();
    assert_eq!(ids, [2, 4, 3, 1].map(id));
}

/// Enqueues events of either priority, in the order of their numbers.
async fn enqueue_with(store: &impl Backend, numbers: std::ops::RangeInclusive<u64>, priority: Priority) {
    for number in numbers {
        let event = Event { priority, ..event("f", number, store.clock().now()) };
        store.queue().enqueue(event).await.unwrap();
    }
}

async fn received(store: &impl Backend, max: usize) -> Vec<RequestId> {
    store.receive("f", max).await.iter().map(|delivery| delivery.event.request_id).collect()
}

pub(crate) async fn high_goes_ahead_of_normal_and_normal_does_not_starve(store: &mut impl Backend) {
    enqueue_with(&*store, 1..=6, Priority::Normal).await;
    enqueue_with(&*store, 11..=20, Priority::High).await;
    // A restart keeps both orders, and what is leased goes back into them.
    for _ in 0..2 {
        assert_eq!(received(&*store, 3).await, [11, 12, 13].map(id));
        store.reopen().await;
    }
    let order = [11, 12, 13, 14, 1, 15, 16, 17, 18, 2, 19, 20, 3, 4, 5, 6];
    assert_eq!(received(&*store, 99).await, order.map(id));
}

pub(crate) async fn a_high_event_waits_for_its_time_and_keeps_its_place(store: &mut impl Backend) {
    enqueue_with(&*store, 1..=2, Priority::Normal).await;
    let at = store.clock().now().plus(Duration::from_secs(9));
    let high = Event { priority: Priority::High, not_before: Some(at), ..event("f", 3, store.clock().now()) };
    store.queue().enqueue(high.clone()).await.unwrap();
    store.reopen().await;
    assert_eq!(store.state(3).await, Some(EventState::Delayed));
    assert_eq!(store.queue().stats().delayed, 1);
    let first = store.receive_one("f").await;
    assert_eq!(first.event.request_id, id(1));
    store.clock().advance(Duration::from_secs(9));
    let second = store.receive_one("f").await;
    assert_eq!(second.event, high);
    // A retry of it goes ahead as well; a release puts it back where it was.
    let retry = Disposition::RetryAt(store.clock().now());
    store.settle(second, retry, None).await;
    let second = store.receive_one("f").await;
    assert_eq!((second.event.request_id, second.event.put_backs), (id(3), 1));
    store.queue().release(second).await.unwrap();
    assert_eq!(received(&*store, 9).await, [3, 2].map(id));
    assert_eq!(store.queue().status(id(3)).await.unwrap().unwrap().priority, Priority::High);
}

pub(crate) async fn an_event_sent_twice_is_one(store: &mut impl Backend) {
    assert_eq!(send(store, "f", 1, "k", "a").await.unwrap(), Accepted::New);
    for number in 2..=3 {
        assert_eq!(send(store, "f", number, "k", "a").await.unwrap(), Accepted::Before(id(1)));
        store.reopen().await;
    }
    let reused = send(store, "f", 4, "k", "b").await;
    assert!(matches!(reused, Err(EnqueueError::KeyReused)), "{reused:?}");
    // Another key, and the same key of another function, are others.
    assert_eq!(send(store, "f", 5, "l", "a").await.unwrap(), Accepted::New);
    assert_eq!(send(store, "g", 6, "k", "b").await.unwrap(), Accepted::New);
    assert_eq!(store.queue().stats().received, 3);
    for number in 2..=4 {
        assert_eq!(store.state(number).await, None);
    }
    // What has become of the first one does not matter.
    let delivery = store.receive_one("f").await;
    store.succeed(delivery).await;
    assert_eq!(send(store, "f", 7, "k", "a").await.unwrap(), Accepted::Before(id(1)));
}

/// Whose event it is and which version it is for are part of what a key names, so that nobody gets another's event.
pub(crate) async fn a_key_is_apart_for_each_qualifier_and_tenant(store: &mut impl Backend) {
    let scopes = [
        (None, None),
        (Some("dev"), None),
        (Some("prod"), None),
        (None, Some("a")),
        (None, Some("b")),
        (Some("dev"), Some("a")),
        // Side by side these are the letters of the one before.
        (Some("de"), Some("va")),
    ];
    let scoped = |store: &_, number, qualifier: Option<&str>, tenant: Option<&str>| Event {
        qualifier: qualifier.map(Qualifier::from),
        tenant_id: tenant.map(|tenant| TenantId::parse(tenant).unwrap()),
        ..with_payload(store, "f", number, "a")
    };
    for round in 0..2 {
        for (number, (qualifier, tenant)) in (1..).zip(scopes) {
            let sent = scoped(&*store, number + round * 100, qualifier, tenant);
            let accepted = store.queue().enqueue_once(sent, key("k")).await.unwrap();
            let expected = if round == 0 { Accepted::New } else { Accepted::Before(id(number)) };
            assert_eq!(accepted, expected, "{qualifier:?} {tenant:?}");
        }
        store.reopen().await;
    }
    // Without a qualifier it is the same as with this one; and the server's own keys are no caller's.
    let latest = scoped(&*store, 300, Some("$LATEST"), None);
    assert_eq!(store.queue().enqueue_once(latest, key("k")).await.unwrap(), Accepted::Before(id(1)));
    let own = with_payload(&*store, "f", 301, "b");
    let own = store.queue().enqueue_once(own, IdempotencyKey::of_server("k", WINDOW)).await;
    assert_eq!(own.unwrap(), Accepted::New);
}

pub(crate) async fn a_key_is_forgotten_after_its_window(store: &mut impl Backend) {
    assert_eq!(send(store, "f", 1, "k", "a").await.unwrap(), Accepted::New);
    store.pass(WINDOW - Duration::from_millis(1)).await;
    assert_eq!(send(store, "f", 2, "k", "a").await.unwrap(), Accepted::Before(id(1)));
    store.pass(Duration::from_millis(1)).await;
    // For another payload too, and the window begins anew.
    assert_eq!(send(store, "f", 3, "k", "b").await.unwrap(), Accepted::New);
    store.pass(WINDOW - Duration::from_millis(1)).await;
    // Housekeeping comes by in between, and forgets the first use of the key but not the second.
    assert_eq!(store.named().await, Some(name("f")));
    store.reopen().await;
    assert_eq!(send(store, "f", 4, "k", "b").await.unwrap(), Accepted::Before(id(3)));
    store.pass(Duration::from_millis(1)).await;
    assert_eq!(send(store, "f", 5, "k", "b").await.unwrap(), Accepted::New);
}

pub(crate) async fn the_same_event_sent_many_times_at_once_is_one(store: &mut impl Backend) {
    let sent = (1..=20).map(|number| send(&*store, "f", number, "k", "a"));
    let answers = crate::backend::join_all(sent).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    let new = answers.iter().filter(|accepted| **accepted == Accepted::New).count();
    let first = answers.iter().zip(1..).find(|(accepted, _)| **accepted == Accepted::New).unwrap().1;
    assert_eq!(new, 1, "{answers:?}");
    assert!(
        answers
            .iter()
            .zip(1..)
            .all(|(accepted, number)| number == first || *accepted == Accepted::Before(id(first)))
    );
    assert_eq!(store.receive("f", 30).await.len(), 1);
}

pub(crate) async fn many_events_are_answered_one_by_one(store: &mut impl Backend) {
    assert!(store.queue().enqueue_all(Vec::new()).await.is_empty());
    let submission = |number, function, idempotency, payload| Submission {
        event: with_payload(store, function, number, payload),
        idempotency,
    };
    let answers = store
        .queue()
        .enqueue_all(vec![
            submission(1, "f", None, "a"),
            submission(2, "f", Some(key("k")), "a"),
            submission(3, "g", None, "a"),
            submission(4, "f", Some(key("k")), "a"),
            submission(5, "f", Some(key("k")), "b"),
            submission(6, "f", None, "a"),
        ])
        .await;
    let told: Vec<_> = answers.iter().map(|answer| answer.as_ref().ok().copied()).collect();
    let new = Some(Accepted::New);
    assert_eq!(told, [new, new, new, Some(Accepted::Before(id(2))), None, new]);
    assert!(matches!(answers[4], Err(EnqueueError::KeyReused)));
    store.reopen().await;
    let received = store.receive("f", 9).await;
    let ids: Vec<_> = received.iter().map(|delivery| delivery.event.request_id).collect();
    assert_eq!(ids, [1, 2, 6].map(id));
    assert_eq!((store.queue().stats().received, store.receive("g", 9).await.len()), (4, 1));
}

/// Many more than there is room for among those that wait.
pub(crate) async fn a_thousand_events_go_in_at_once(store: &mut impl Backend) {
    let now = store.clock().now();
    let events = (1..=1_000).map(|number| Submission { event: event("f", number, now), idempotency: None });
    let answers = store.queue().enqueue_all(events.collect()).await;
    assert!(answers.iter().all(|answer| matches!(answer, Ok(Accepted::New))));
    let received = store.receive("f", 2_000).await;
    let ids: Vec<_> = received.iter().map(|delivery| delivery.event.request_id).collect();
    assert_eq!(ids, (1..=1_000).map(id).collect::<Vec<_>>());
}

/// With room for three events of a function, or some bytes.
pub(crate) async fn a_full_backlog_refuses_and_makes_room_again(store: &mut impl Backend) {
    for number in 1..=3 {
        store.enqueue("f", number).await;
    }
    for _ in 0..2 {
        let refused = store.queue().enqueue(event("f", 4, store.clock().now())).await;
        assert!(matches!(refused, Err(EnqueueError::BacklogFull)), "{refused:?}");
        assert_eq!((store.state(4).await, store.queue().stats().received), (None, 3));
        store.reopen().await;
    }
    // Others are not touched, nor is what is taken already.
    store.enqueue("g", 10).await;
    let delivery = store.receive_one("f").await;
    let at = store.clock().now();
    store.settle(delivery, Disposition::RetryAt(at), None).await;
    assert_eq!(store.queue().backlog(&name("f")).events, 3);
    // What runs still counts; what is over does not.
    let delivery = store.receive_one("f").await;
    let refused = store.queue().enqueue(event("f", 5, store.clock().now())).await;
    assert!(matches!(refused, Err(EnqueueError::BacklogFull)), "{refused:?}");
    store.succeed(delivery).await;
    store.enqueue("f", 6).await;
    // In one batch the bound holds as well; what was sent before is answered even so.
    let now = store.clock().now();
    let many = (20..=24).map(|number| Submission { event: event("h", number, now), idempotency: None });
    let answers = store.queue().enqueue_all(many.collect()).await;
    let taken = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(taken, 3);
    assert!(answers.iter().skip(3).all(|answer| matches!(answer, Err(EnqueueError::BacklogFull))));
    assert_eq!(send(store, "i", 30, "k", "a").await.unwrap(), Accepted::New);
    for number in 31..=32 {
        store.enqueue("i", number).await;
    }
    assert_eq!(send(store, "i", 33, "k", "a").await.unwrap(), Accepted::Before(id(30)));
}

pub(crate) async fn bytes_are_bounded_as_well(store: &mut impl Backend) {
    let large = "x".repeat(3_000);
    let send = async |store: &_, number| {
        let event =
            Event { payload: large.clone().into(), ..event("f", number, Backend::clock(store).now()) };
        Backend::queue(store).enqueue(event).await
    };
    send(&*store, 1).await.unwrap();
    let bytes = store.queue().backlog(&name("f")).bytes;
    assert!((3_000..3_200).contains(&bytes), "{bytes}");
    assert!(matches!(send(&*store, 2).await, Err(EnqueueError::BacklogFull)));
    store.reopen().await;
    assert_eq!(store.queue().backlog(&name("f")).bytes, bytes);
    assert!(matches!(send(&*store, 3).await, Err(EnqueueError::BacklogFull)));
    let delivery = store.receive_one("f").await;
    store.succeed(delivery).await;
    assert_eq!(store.queue().backlog(&name("f")), Backlog::default());
    send(&*store, 4).await.unwrap();
}

/// With three keys at a time, two of them of one function.
pub(crate) async fn idempotency_keys_are_bounded(store: &mut impl Backend) {
    for (number, text) in [(1, "k"), (2, "l")] {
        assert_eq!(send(store, "f", number, text, "a").await.unwrap(), Accepted::New);
    }
    store.reopen().await;
    let refused = send(store, "f", 3, "m", "a").await;
    assert!(matches!(refused, Err(EnqueueError::Storage(lambent_store::StorageError::Full))), "{refused:?}");
    assert_eq!(send(store, "f", 4, "k", "a").await.unwrap(), Accepted::Before(id(1)));
    // A function that has used up its own room leaves that of others, and callers together that of the server.
    assert_eq!(send(store, "g", 201, "k", "a").await.unwrap(), Accepted::New);
    assert!(send(store, "h", 202, "k", "a").await.is_err());
    for number in 203..=205 {
        let own = IdempotencyKey::of_server(&number.to_string(), WINDOW);
        let event = with_payload(&*store, "i", number, "a");
        assert_eq!(store.queue().enqueue_once(event, own).await.unwrap(), Accepted::New);
    }
    store.reopen().await;
    store.pass(WINDOW).await;
    // Housekeeping forgets them within a tick or so.
    let mut forgotten = false;
    for number in 5..200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        forgotten = send(store, "f", number, "m", "a").await.is_ok();
        if forgotten {
            break;
        }
    }
    assert!(forgotten, "the keys are still remembered");
}

pub(crate) async fn totals_outlive_a_restart(store: &mut impl Backend) {
    for number in 1..=4 {
        store.enqueue("f", number).await;
    }
    let delivery = store.receive_one("f").await;
    store.succeed(delivery).await;
    for _ in 0..2 {
        store.reopen().await;
        let stats = store.queue().stats();
        assert_eq!((stats.received, stats.succeeded, stats.ready), (4, 1, 3));
    }
}
