//! Reserved concurrency.

use crate::world::{World, text};
use lambent_domain::disposition::FailureCondition;
use lambent_domain::function::Function;
use lambent_domain::qualifier::Version;
use lambent_engine::{Refusal, Throttle};

const SLOW: &str = "import time\ndef handler(event, context):\n    time.sleep(1)\n    return 'done'\n";
const QUICK: &str = "def handler(event, context):\n    return 'done'\n";

async fn function(
    world: &World,
    name: &str,
    source: &str,
    reserved: Option<u32>,
) -> lambent_domain::arn::FunctionName {
    let mut function = Function::new(world.version(name, Version::Latest, source));
    function.reserved_concurrency = reserved;
    world.create(function).await
}

pub(crate) async fn no_more_run() {
    let world = World::new(10).await;
    let own = function(&world, "own", SLOW, Some(2)).await;
    let other = function(&world, "other", QUICK, None).await;
    let (one, two, three, beside) = tokio::join!(
        world.invoke(&own, "$LATEST", None),
        world.invoke(&own, "$LATEST", None),
        world.invoke(&own, "$LATEST", None),
        world.invoke(&other, "$LATEST", None),
    );
    let refused: Vec<Refusal> = [one, two, three].into_iter().filter_map(Result::err).collect();
    assert_eq!(refused, [Refusal::Throttled(Throttle::ReservedConcurrency)]);
    assert_eq!(text(&beside.unwrap()), "done");
    assert_eq!(world.engine.stats().throttles, 1);
    // A change counts for what starts afterwards.
    world.change(&own, |function| function.reserved_concurrency = None).await;
    let calls = tokio::join!(
        world.invoke(&own, "$LATEST", None),
        world.invoke(&own, "$LATEST", None),
        world.invoke(&own, "$LATEST", None),
    );
    assert!(calls.0.is_ok() && calls.1.is_ok() && calls.2.is_ok());
}

pub(crate) async fn events_wait() {
    let world = World::new(10).await;
    let own = function(&world, "own", SLOW, Some(1)).await;
    let mut events = Vec::new();
    for _ in 0..3 {
        events.push(world.enqueue(&own, "$LATEST").await);
    }
    let mut ran = Vec::new();
    for event in events {
        let status = world.settled(event).await;
        assert_eq!(status.condition, None);
        let [attempt] = &status.attempts[..] else { panic!("{:?}", status.attempts) };
        let started_at = attempt.started_at.as_millis();
        ran.push(started_at..started_at + attempt.duration_ms);
    }
    ran.sort_by_key(|run| run.start);
    for pair in ran.windows(2) {
        assert!(pair[0].end <= pair[1].start + 1, "two ran at a time: {ran:?}");
    }
}

pub(crate) async fn off() {
    let world = World::new(10).await;
    let name = function(&world, "f", QUICK, Some(0)).await;
    let refused = world.invoke(&name, "$LATEST", None).await.unwrap_err();
    assert_eq!(refused, Refusal::Throttled(Throttle::ReservedConcurrency));
    let event = world.enqueue(&name, "$LATEST").await;
    let status = world.settled(event).await;
    assert_eq!(status.condition, Some(FailureCondition::ZeroReservedConcurrency));
    assert!(status.attempts.is_empty());
    // No reservation is something else than one of nothing.
    world.change(&name, |function| function.reserved_concurrency = None).await;
    assert_eq!(world.call(&name, "$LATEST").await, "done");
    let event = world.enqueue(&name, "$LATEST").await;
    assert_eq!(world.settled(event).await.attempts.len(), 1);
}
