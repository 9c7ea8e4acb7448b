//! The contract of the listing: filters, order and pages.

use crate::backend::{Backend, BackendExt, attempt, id, name, of};
use lambent_domain::attempt::{Attempt, AttemptOutcome};
use lambent_domain::disposition::Disposition;
use lambent_domain::event::EventState;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::{Clock, Timestamp};
use lambent_store::queue::EventFilter;
use std::time::Duration;

/// All pages of so many events.
async fn listed(store: &impl Backend, filter: &EventFilter, limit: usize) -> Vec<RequestId> {
    let (mut listed, mut before) = (Vec::new(), None);
    loop {
        let page = store.queue().list(filter, before, limit).await.unwrap();
        assert!(page.events.len() <= limit);
        listed.extend(page.events.iter().map(|status| status.request_id));
        before = page.next;
        if before.is_none() {
            return listed;
        }
    }
}

async fn expect(store: &impl Backend, what: &str, filter: EventFilter, numbers: &[u64]) {
    let expected: Vec<_> = numbers.iter().copied().map(id).collect();
    for limit in [1, 3, 100] {
        assert_eq!(listed(store, &filter, limit).await, expected, "{what}, {limit} at a time");
    }
}

fn in_state(state: EventState) -> EventFilter {
    EventFilter { state: Some(state), ..EventFilter::default() }
}

/// One event in each state, of two functions: 1 succeeded, 2 failed, 3 cancelled, 4 delayed, 5 runs, 6 queued.
async fn one_of_each(store: &mut impl Backend) {
    for (number, function) in (1..).zip(["f", "g", "f", "g", "f", "g"]) {
        store.enqueue(function, number).await;
    }
    let first = store.receive_one("f").await;
    store.succeed(first).await;
    store.fail("g", &[], true).await;
    assert!(store.queue().cancel(id(3), store.clock().now()).await.is_ok());
    let delayed = store.receive_one("g").await;
    let at = store.clock().now().plus(Duration::from_secs(9));
    let run = Attempt {
        error_type: Some("Some.KeyError".to_owned()),
        error_message: Some("the GRÜN light".to_owned()),
        ..attempt(1, AttemptOutcome::FunctionError)
    };
    store.settle(delayed, Disposition::RetryAt(at), Some(run)).await;
    drop(store.receive_one("f").await);
}

pub(crate) async fn every_state_is_found_over_all_functions(store: &mut impl Backend) {
    one_of_each(store).await;
    expect(store, "all", EventFilter::default(), &[6, 5, 4, 3, 2, 1]).await;
    for (state, number) in [
        (EventState::Succeeded, 1),
        (EventState::Failed, 2),
        (EventState::Cancelled, 3),
        (EventState::Delayed, 4),
        (EventState::Running, 5),
        (EventState::Queued, 6),
    ] {
        expect(store, "state", in_state(state), &[number]).await;
        let function = if number % 2 == 1 { "f" } else { "g" };
        expect(store, "state", EventFilter { state: Some(state), ..of(function) }, &[number]).await;
        let other = if number % 2 == 0 { "f" } else { "g" };
        expect(store, "state", EventFilter { state: Some(state), ..of(other) }, &[]).await;
    }
    store.reopen().await;
    expect(store, "queued again", in_state(EventState::Queued), &[6, 5]).await;
    expect(store, "failed", in_state(EventState::Failed), &[2]).await;
}

pub(crate) async fn errors_are_found_by_their_text(store: &mut impl Backend) {
    one_of_each(store).await;
    let with = |text: &str| EventFilter { error: Some(text.to_owned()), ..EventFilter::default() };
    expect(store, "type", with("keyerror"), &[4]).await;
    expect(store, "message", with("grün"), &[4]).await;
    expect(store, "both", with("Runtime.ExitError"), &[2]).await;
    expect(store, "nothing", with("no such text"), &[]).await;
    // It succeeds in the end: its last run has no error.
    store.clock().advance(Duration::from_secs(9));
    while let Some(delivery) = store.receive("g", 1).await.pop() {
        store.succeed(delivery).await;
    }
    expect(store, "after a success", with("keyerror"), &[]).await;
    expect(store, "failed still", in_state(EventState::Failed), &[2]).await;
}

pub(crate) async fn dead_letters_are_found_among_failures(store: &mut impl Backend) {
    for number in 1..=6 {
        let function = if number % 2 == 0 { "f" } else { "g" };
        store.enqueue(function, number).await;
        store.fail(function, &[], number < 5).await;
    }
    let letters = |filter| EventFilter { dead_letters_only: true, ..filter };
    expect(store, "all", letters(EventFilter::default()), &[4, 3, 2, 1]).await;
    expect(store, "of f", letters(of("f")), &[4, 2]).await;
    let now = store.clock().now();
    store.queue().redrive(id(3), id(7), now).await.unwrap();
    expect(store, "one less", letters(EventFilter::default()), &[4, 2, 1]).await;
    store.queue().purge_dead_letters(&name("f")).await.unwrap();
    expect(store, "none of f", letters(EventFilter::default()), &[1]).await;
    expect(store, "all failed", in_state(EventState::Failed), &[6, 5, 4, 3, 2, 1]).await;
}

pub(crate) async fn times_are_bounds_of_acceptance(store: &mut impl Backend) {
    let begin = store.clock().now();
    for number in 1..=30 {
        let function = ["f", "g", "h"][usize::try_from(number % 3).unwrap()];
        store.enqueue(function, number).await;
        if number % 2 == 0 {
            store.fail(function, &[], false).await;
        } else {
            let delivery = store.receive_one(function).await;
            store.succeed(delivery).await;
        }
        store.clock().advance(Duration::from_millis(10));
    }
    // The nth was accepted at (n - 1) * 10.
    let at = |millis: u64| Some(Timestamp::from_millis(begin.as_millis() + millis));
    let bounds =
        |from, before| EventFilter { accepted_from: from, accepted_before: before, ..EventFilter::default() };
    let reversed = |range: std::ops::RangeInclusive<u64>| range.rev().collect::<Vec<_>>();
    expect(store, "from", bounds(at(271), None), &reversed(29..=30)).await;
    expect(store, "from, exactly", bounds(at(270), None), &reversed(28..=30)).await;
    expect(store, "before", bounds(None, at(30)), &reversed(1..=3)).await;
    expect(store, "before, all", bounds(None, at(9_999)), &reversed(1..=30)).await;
    expect(store, "between", bounds(at(95), at(125)), &[13, 12, 11]).await;
    expect(store, "nothing", bounds(at(121), at(129)), &[]).await;
    expect(store, "too late", bounds(at(9_999), None), &[]).await;
    let failed = EventFilter { state: Some(EventState::Failed), ..bounds(at(95), at(145)) };
    expect(store, "failed between", failed, &[14, 12]).await;
    let of_f = EventFilter { accepted_from: at(100), accepted_before: at(200), ..of("f") };
    expect(store, "of one function", of_f, &[18, 15, 12]).await;
}

pub(crate) async fn a_listing_goes_on_where_it_stopped_while_events_come(store: &mut impl Backend) {
    for number in 1..=4 {
        store.enqueue("f", number).await;
    }
    let page = store.queue().list(&EventFilter::default(), None, 2).await.unwrap();
    assert_eq!(page.events.iter().map(|status| status.request_id).collect::<Vec<_>>(), [4, 3].map(id));
    store.enqueue("a", 5).await;
    let page = store.queue().list(&EventFilter::default(), page.next, 2).await.unwrap();
    assert_eq!(page.events.iter().map(|status| status.request_id).collect::<Vec<_>>(), [2, 1].map(id));
    assert_eq!(page.next, None);
}
