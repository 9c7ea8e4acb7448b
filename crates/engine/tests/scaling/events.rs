//! The life of an event as recorded on AWS, with shorter pauses (facts: async-invocation §5 to §8).

use crate::world::{World, until};
use lambent_domain::arn::{AccountId, FunctionArn, FunctionName, Region};
use lambent_domain::disposition::{FailureCondition, RetrySchedule};
use lambent_domain::event::EventState;
use lambent_domain::function::{Alias, AsyncInvokeSettings, Function, RecursiveLoop};
use lambent_domain::invocation_record::{OutgoingRecord, Purpose};
use lambent_domain::lineage::{CHAIN_MAX, FunctionHash, enter};
use lambent_domain::outcome::Outcome;
use lambent_domain::qualifier::{Qualifier, Version};
use lambent_domain::request_id::RequestId;
use lambent_domain::retry_policy::RetryPolicy;
use lambent_engine::Refusal;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

const FAILS: &str = "def handler(event, context):\n    raise ValueError('it broke')\n";
const QUICK: &str = "def handler(event, context):\n    return 'done'\n";

fn target(name: &str) -> String {
    format!("arn:aws:sqs:us-east-1:000000000000:{name}")
}

fn schedule(base: Duration) -> RetrySchedule {
    RetrySchedule { function_error_base: base, ..RetrySchedule::default() }
}

/// A function whose ends are told to two destinations and, if it fails, to a dead-letter queue.
async fn telling(world: &World, name: &str, source: &str, set: impl FnOnce(&mut Function)) -> FunctionName {
    let mut version = world.version(name, Version::Latest, source);
    version.configuration.dead_letter_target = Some(target("dead"));
    let mut function = Function::new(version);
    let settings = AsyncInvokeSettings {
        on_success: Some(target("good")),
        on_failure: Some(target("bad")),
        ..AsyncInvokeSettings::default()
    };
    function.async_invoke.insert(Qualifier::Latest, settings);
    set(&mut function);
    world.create(function).await
}

/// The record of a destination as it will arrive, without its timestamp.
fn shown(outgoing: &OutgoingRecord) -> Value {
    let (region, account) = (Region::new("us-east-1").unwrap(), AccountId::new("000000000000").unwrap());
    let mut record: Value = serde_json::from_str(&outgoing.record.to_json(&region, &account)).unwrap();
    assert!(record.as_object_mut().unwrap().remove("timestamp").is_some());
    record
}

fn context(name: &FunctionName, event: RequestId, condition: &str, runs: u32) -> Value {
    json!({
        "requestId": event,
        "functionArn": format!("arn:aws:lambda:us-east-1:000000000000:function:{name}:$LATEST"),
        "condition": condition,
        "approximateInvokeCount": runs,
    })
}

/// Both are told of a failure: the destination and the queue. They may come in either order.
async fn told(world: &World) -> (OutgoingRecord, OutgoingRecord) {
    let mut records = world.records(2).await;
    records.sort_by_key(|record| record.purpose);
    let [bad, dead] = <[OutgoingRecord; 2]>::try_from(records).unwrap();
    assert_eq!((bad.purpose, bad.target.as_str()), (Purpose::OnFailure, &*target("bad")));
    assert_eq!((dead.purpose, dead.target.as_str()), (Purpose::DeadLetterQueue, &*target("dead")));
    (bad, dead)
}

pub(crate) async fn three_runs_and_then_everybody_is_told() {
    let base = Duration::from_millis(500);
    let world = World::with_retries(10, schedule(base)).await;
    let name = telling(&world, "f", FAILS, |_| ()).await;
    let event = world.enqueue(&name, "$LATEST").await;
    let status = world.settled(event).await;
    assert_eq!(
        (status.state, status.condition),
        (EventState::Failed, Some(FailureCondition::RetriesExhausted))
    );
    let [first, second, third] = &status.attempts[..] else { panic!("{:?}", status.attempts) };
    for (before, after, factor) in [(first, second, 1), (second, third, 2)] {
        let pause = after.started_at.since(before.started_at);
        assert!(pause >= base * factor, "{pause:?}");
        assert_eq!(after.error_type.as_deref(), Some("ValueError"));
        // Where it ran, and from where on the log tells of it.
        assert!(after.log.stream.ends_with(after.log.environment.as_deref().unwrap()), "{after:?}");
        assert_eq!(
            (after.log.position, before.log.position),
            (Some(after.started_at), Some(before.started_at))
        );
    }
    assert!(!status.dead_letter, "somebody is told");
    let (bad, dead) = told(&world).await;
    let record = shown(&bad);
    assert_eq!(record["requestContext"], context(&name, event, "RetriesExhausted", 3));
    let response = json!({ "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled" });
    assert_eq!((&record["responseContext"], &record["requestPayload"]), (&response, &json!({})));
    assert_eq!(record["responsePayload"]["errorType"], "ValueError");
    let attributes = dead.record.dead_letter_attributes();
    assert_eq!((attributes.request_id, attributes.error_code), (event, 200));
    assert_eq!(attributes.error_message.as_deref(), Some("it broke"));
    assert_eq!(&dead.record.request_payload[..], b"{}");
    let stats = world.engine.stats();
    assert_eq!((stats.async_event_age.count(), stats.async_events_dropped), (3, 1));
}

/// Recorded: an age of 60 s leaves no room for a retry after 60 s, and nobody waits for it; 90 s leave room for one.
pub(crate) async fn age() {
    let world = World::with_retries(10, schedule(Duration::from_secs(4))).await;
    for (name, age_secs, runs) in [("short", 4, 1), ("long", 6, 2)] {
        let name = telling(&world, name, FAILS, |function| {
            let settings = function.async_invoke.get_mut(&Qualifier::Latest).unwrap();
            settings.event_age_max_secs = Some(age_secs);
        })
        .await;
        // Starting an environment must not eat up the age.
        let warm = world.invoke(&name, "$LATEST", None).await.unwrap();
        assert!(matches!(warm.outcome, Outcome::Failed(_)));
        let event = world.enqueue(&name, "$LATEST").await;
        let status = world.settled(event).await;
        assert_eq!(status.condition, Some(FailureCondition::EventAgeExceeded), "{status:?}");
        assert_eq!(status.attempts.len(), usize::try_from(runs).unwrap(), "{status:?}");
        let last = status.attempts.last().unwrap();
        let waited = status.settled_at.unwrap().since(last.started_at);
        assert!(waited < Duration::from_secs(4), "{waited:?}");
        let record = shown(&told(&world).await.0);
        assert_eq!(record["requestContext"], context(&name, event, "EventAgeExceeded", runs));
        assert_eq!(record["responseContext"]["functionError"], "Unhandled");
        assert_eq!(record["responsePayload"]["errorMessage"], "it broke");
    }
}

pub(crate) async fn off() {
    let world = World::new(10).await;
    let name = telling(&world, "f", QUICK, |function| function.reserved_concurrency = Some(0)).await;
    let event = world.enqueue(&name, "$LATEST").await;
    world.settled(event).await;
    let (bad, dead) = told(&world).await;
    let whole = json!({
        "version": "1.0",
        "requestContext": context(&name, event, "ZeroReservedConcurrency", 0),
        "requestPayload": {},
    });
    assert_eq!(shown(&bad), whole);
    assert_eq!(dead.record.dead_letter_attributes().error_code, 429);
}

/// Recorded: events that were queued before an update ran with the new code.
pub(crate) async fn what_waits_over_a_code_update_runs_the_new_code() {
    const OLD: &str = "import time\ndef handler(event, context):\n    time.sleep(2)\n    return 'old'\n";
    const NEW: &str = "def handler(event, context):\n    return 'new'\n";
    let world = World::new(10).await;
    let name = telling(&world, "f", OLD, |function| function.reserved_concurrency = Some(1)).await;
    let first = world.enqueue(&name, "$LATEST").await;
    until("the old code to run", async || {
        (world.status(first).await.state == EventState::Running).then_some(())
    })
    .await;
    for _ in 0..2 {
        world.enqueue(&name, "$LATEST").await;
    }
    let new = world.version("f", Version::Latest, NEW);
    world.change(&name, |function| function.latest = Arc::new(new)).await;
    let ran: Vec<_> = world
        .records(3)
        .await
        .iter()
        .map(|record| {
            assert_eq!(record.purpose, Purpose::OnSuccess);
            (record.record.request_id == first, shown(record)["responsePayload"].clone())
        })
        .collect();
    assert_eq!(ran, [(true, json!("old")), (false, json!("new")), (false, json!("new"))]);
}

pub(crate) async fn policy() {
    let world = World::new(10).await;
    let policy =
        r#"{"maximumAttempts":4,"initialSeconds":0.05,"errors":[{"errorType":"Key*","maximumAttempts":1}]}"#;
    let policy: RetryPolicy = serde_json::from_str(policy).unwrap();
    let raises_key = FAILS.replace("ValueError", "KeyError");
    for (name, source, runs) in [("value", FAILS, 4), ("key", &*raises_key, 1)] {
        let mut function = Function::new(world.version(name, Version::Latest, source));
        function.retry_policy = Some(policy.clone());
        let name = world.create(function).await;
        let event = world.enqueue(&name, "$LATEST").await;
        let status = world.settled(event).await;
        assert_eq!(status.condition, Some(FailureCondition::RetriesExhausted));
        assert_eq!((status.attempts.len(), status.dead_letter), (runs, true), "nobody is told of {name}");
    }
}

/// A deployment that deletes an alias and creates it again loses nothing; one that only deletes it leaves a record.
pub(crate) async fn an_alias_that_is_made_anew_finds_its_events() {
    let retries = RetrySchedule { put_back_base: Duration::from_millis(100), ..RetrySchedule::default() };
    let world = World::with_retries(10, retries).await;
    let gone = Qualifier::from("gone");
    let name = telling(&world, "f", QUICK, |function| {
        let settings = function.async_invoke.get(&Qualifier::Latest).unwrap().clone();
        function
            .async_invoke
            .insert(gone, AsyncInvokeSettings { event_age_max_secs: Some(1), ..settings.clone() });
        function.async_invoke.insert(Qualifier::from("live"), settings);
    })
    .await;
    let event = world.enqueue(&name, "live").await;
    let lost = world.enqueue(&name, "gone").await;
    until("the event to be put back", async || {
        (world.status(event).await.state == EventState::Delayed).then_some(())
    })
    .await;
    world
        .change(&name, |function| {
            let alias = Alias {
                name: "live".into(),
                version: Version::Latest,
                description: String::new(),
                routing: None,
                revision_id: Uuid::new_v4(),
            };
            function.aliases.insert("live".into(), alias);
        })
        .await;
    let status = world.settled(event).await;
    assert_eq!((status.state, status.attempts.len()), (EventState::Succeeded, 1), "{status:?}");
    let status = world.settled(lost).await;
    assert_eq!(
        (status.state, status.condition),
        (EventState::Failed, Some(FailureCondition::EventAgeExceeded))
    );
    let mut records = world.records(3).await;
    records.retain(|record| record.record.request_id == lost);
    let status: Vec<_> = records.iter().map(|record| (record.purpose, record.record.status)).collect();
    assert_eq!(status, [(Purpose::OnFailure, 500), (Purpose::DeadLetterQueue, 500)]);
}

pub(crate) async fn a_paused_queue_waits_and_calls_go_on() {
    let world = World::new(10).await;
    let mut function = Function::new(world.version("f", Version::Latest, QUICK));
    function.queue_paused = true;
    let name = world.create(function).await;
    let event = world.enqueue(&name, "$LATEST").await;
    // A synchronous call takes longer than an event needs to be found.
    assert_eq!(world.call(&name, "$LATEST").await, "done");
    assert_eq!(world.call(&name, "$LATEST").await, "done");
    assert_eq!(world.status(event).await.state, EventState::Queued);
    world.change(&name, |function| function.queue_paused = false).await;
    assert_eq!(world.settled(event).await.state, EventState::Succeeded);
    // Also one whose lane has gone.
    world.change(&name, |function| function.queue_paused = true).await;
    let event = world.enqueue(&name, "$LATEST").await;
    world.change(&name, |function| function.queue_paused = false).await;
    assert_eq!(world.settled(event).await.state, EventState::Succeeded);
}

pub(crate) async fn recursion() {
    let world = World::new(10).await;
    let name = telling(&world, "f", QUICK, |_| ()).await;
    let arn = FunctionArn {
        region: Region::new("us-east-1").unwrap(),
        account: AccountId::new("000000000000").unwrap(),
        name: name.clone(),
        qualifier: None,
    };
    let mut chain = "Root=1-5759e988-bd862e3fe1be46a994272793".to_owned();
    for _ in 1..CHAIN_MAX {
        chain = enter(Some(&chain), FunctionHash::of(&arn)).context;
    }
    // The sixteenth runs.
    let last = world.enqueue_in(&name, "$LATEST", Some(&chain)).await;
    assert_eq!(world.settled(last).await.state, EventState::Succeeded);
    world.records(1).await;
    let chain = enter(Some(&chain), FunctionHash::of(&arn)).context;
    let refused = world.invoke_in(&name, "$LATEST", None, Some(&chain)).await.unwrap_err();
    assert_eq!(refused, Refusal::Recursion(CHAIN_MAX));
    let event = world.enqueue_in(&name, "$LATEST", Some(&chain)).await;
    let status = world.settled(event).await;
    assert_eq!((status.condition, status.attempts.len()), (Some(FailureCondition::Recursion), 0));
    let (bad, dead) = told(&world).await;
    assert_eq!(shown(&bad)["requestContext"], context(&name, event, "RecursiveInvocationDetected", 0));
    assert_eq!(dead.record.dead_letter_attributes().error_code, 400);
    assert_eq!(world.engine.stats().recursive_invocations_dropped, 2);
    world.change(&name, |function| function.recursive_loop = RecursiveLoop::Allow).await;
    let event = world.enqueue_in(&name, "$LATEST", Some(&chain)).await;
    assert_eq!(world.settled(event).await.state, EventState::Succeeded);
    world.invoke_in(&name, "$LATEST", None, Some(&chain)).await.unwrap();
    assert_eq!(world.engine.stats().recursive_invocations_dropped, 2);
}
