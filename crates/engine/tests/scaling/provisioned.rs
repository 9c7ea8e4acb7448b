//! Provisioned concurrency.

use crate::world::{World, provision, text, until};
use lambent_domain::arn::FunctionName;
use lambent_domain::function::{Alias, Function};
use lambent_domain::qualifier::{Qualifier, Version};
use lambent_engine::{ProvisionedState, Throttle};
use std::sync::Arc;
use uuid::Uuid;

/// Says how it was initialised, by which version, and how often it was called.
const SOURCE: &str = r#"
import os, time
calls = 0

def handler(event, context):
    global calls
    calls += 1
    time.sleep(float(os.environ.get("PAUSE", "0")))
    return f"{os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']} {context.function_version} {calls}"
"#;

/// Versions 1 and 2, and `live` for the first.
async fn function(
    world: &World,
    name: &str,
    pause: &str,
    change: impl FnOnce(&mut Function),
) -> FunctionName {
    let version = |version| {
        let mut version = world.version(name, version, SOURCE);
        version.configuration.environment.insert("PAUSE".to_owned(), pause.to_owned());
        version
    };
    let mut function = Function::new(version(Version::Latest));
    for number in [1, 2] {
        function.published.insert(number, Arc::new(version(Version::Number(number))));
    }
    function.last_published = 2;
    function.aliases.insert("live".into(), alias(1));
    change(&mut function);
    world.create(function).await
}

fn alias(number: u64) -> Alias {
    Alias {
        name: "live".into(),
        version: Version::Number(number),
        description: String::new(),
        routing: None,
        revision_id: Uuid::new_v4(),
    }
}

fn keep(function: &mut Function, qualifier: &str, requested: u32) {
    function.provisioned.insert(Qualifier::from(qualifier), provision(requested));
}

pub(crate) async fn calls_find_them_ready() {
    let world = World::new(10).await;
    let name = function(&world, "f", "0", |function| keep(function, "live", 2)).await;
    assert_eq!(world.provisioned(&name, "1"), None);
    let status = world.until_provisioned(&name, "live", ProvisionedState::Ready).await;
    assert_eq!((status.requested, status.allocated, status.available), (2, 2, 2));
    let started = world.engine.stats().environments_started;
    assert_eq!(started, 2);
    assert_eq!(world.engine.stats().concurrent_executions, 0, "they wait and run nothing");
    let completion = world.invoke(&name, "live", None).await.unwrap();
    assert_eq!(text(&completion), "provisioned-concurrency 1 1");
    assert_eq!(world.call(&name, "2").await, "on-demand 2 1");
    assert_eq!(world.call(&name, "1").await, "provisioned-concurrency 1 2", "the version is the alias's");
    let stats = world.engine.stats();
    assert_eq!((stats.environments_started, stats.provisioned_invocations), (3, 2));
    assert_eq!(stats.provisioned_spillovers, 0, "version 2 has none that could be busy");
}

pub(crate) async fn spill_over() {
    let world = World::new(10).await;
    let name = function(&world, "f", "1", |function| keep(function, "1", 2)).await;
    world.until_provisioned(&name, "1", ProvisionedState::Ready).await;
    let (one, two, three) = tokio::join!(
        world.invoke(&name, "1", None),
        world.invoke(&name, "1", None),
        world.invoke(&name, "1", None),
    );
    let mut said: Vec<String> = [one, two, three].map(|completion| text(&completion.unwrap())).into();
    said.sort();
    assert_eq!(said, ["on-demand 1 1", "provisioned-concurrency 1 1", "provisioned-concurrency 1 1"]);
    let stats = world.engine.stats();
    assert_eq!((stats.provisioned_invocations, stats.provisioned_spillovers), (2, 1));
    // With a reservation of no more than that there is nothing to spill over into.
    world.change(&name, |function| function.reserved_concurrency = Some(2)).await;
    let (one, two, three) = tokio::join!(
        world.invoke(&name, "1", None),
        world.invoke(&name, "1", None),
        world.invoke(&name, "1", None),
    );
    let refused: Vec<_> = [one, two, three].into_iter().filter_map(Result::err).collect();
    assert_eq!(refused, [lambent_engine::Refusal::Throttled(Throttle::ReservedConcurrency)]);
}

pub(crate) async fn move_and_go() {
    let world = World::new(10).await;
    let name = function(&world, "f", "0", |function| {
        function.reserved_concurrency = Some(2);
        keep(function, "live", 2);
    })
    .await;
    world.until_provisioned(&name, "live", ProvisionedState::Ready).await;
    world
        .change(&name, |function| {
            function.aliases.insert("live".into(), alias(2));
        })
        .await;
    // The places are the same two, so those of version 1 have gone.
    world.until_provisioned(&name, "live", ProvisionedState::Ready).await;
    assert_eq!(world.call(&name, "live").await, "provisioned-concurrency 2 1");
    world.change(&name, |function| keep(function, "live", 1)).await;
    until("one to go", async || (world.engine.stats().environments_idle == 1).then_some(())).await;
    world.change(&name, |function| function.provisioned.clear()).await;
    until("all to go", async || (world.engine.stats().environments_idle == 0).then_some(())).await;
    assert_eq!(world.provisioned(&name, "live"), None);
    assert_eq!(world.call(&name, "live").await, "on-demand 2 1");
}

pub(crate) async fn init_failure() {
    let world = World::new(10).await;
    let mut function = Function::new(world.version("f", Version::Latest, "raise ValueError('no')\n"));
    let published = world.version("f", Version::Number(1), "raise ValueError('no')\n");
    function.published.insert(1, Arc::new(published));
    keep(&mut function, "1", 2);
    let name = world.create(function).await;
    let failed = ProvisionedState::Failed { reason: "FUNCTION_ERROR_INIT_FAILURE" };
    let status = world.until_provisioned(&name, "1", failed).await;
    assert_eq!((status.requested, status.allocated, status.available), (2, 0, 0));
    // Two rounds of two with a pause between them: a loop would have started dozens by then.
    until("a second round", async || (world.engine.stats().environments_started >= 3).then_some(())).await;
    assert!(world.engine.stats().environments_started <= 4, "{:?}", world.engine.stats());
    world.change(&name, |function| function.provisioned.clear()).await;
    assert_eq!(world.provisioned(&name, "1"), None);
}

pub(crate) async fn replaced() {
    let world = World::new(10).await;
    let source = "import os\ndef handler(event, context):\n    os._exit(1)\n";
    let mut function = Function::new(world.version("f", Version::Latest, source));
    function.published.insert(1, Arc::new(world.version("f", Version::Number(1), source)));
    keep(&mut function, "1", 1);
    let name = world.create(function).await;
    world.until_provisioned(&name, "1", ProvisionedState::Ready).await;
    let completion = world.invoke(&name, "1", None).await.unwrap();
    assert!(matches!(completion.outcome, lambent_domain::outcome::Outcome::Failed(_)));
    until("another one", async || (world.engine.stats().environments_started == 2).then_some(())).await;
    world.until_provisioned(&name, "1", ProvisionedState::Ready).await;
}

pub(crate) async fn restart() {
    let mut world = World::new(10).await;
    let name = function(&world, "f", "0", |function| {
        function.reserved_concurrency = Some(1);
        keep(function, "live", 1);
    })
    .await;
    world.until_provisioned(&name, "live", ProvisionedState::Ready).await;
    world.restart(10).await;
    world.until_provisioned(&name, "live", ProvisionedState::Ready).await;
    assert_eq!(world.call(&name, "live").await, "provisioned-concurrency 1 1");
    let refused = world.invoke(&name, "$LATEST", None).await.unwrap_err();
    assert_eq!(refused, lambent_engine::Refusal::Throttled(Throttle::ReservedConcurrency));
}

pub(crate) async fn events() {
    let world = World::new(10).await;
    let name = function(&world, "f", "0.1", |function| {
        function.reserved_concurrency = Some(1);
        keep(function, "live", 1);
    })
    .await;
    world.until_provisioned(&name, "live", ProvisionedState::Ready).await;
    let mut events = Vec::new();
    for _ in 0..4 {
        events.push(world.enqueue(&name, "live").await);
    }
    for event in events {
        assert_eq!(world.settled(event).await.attempts.len(), 1);
    }
    let stats = world.engine.stats();
    assert_eq!((stats.provisioned_invocations, stats.environments_started), (4, 1));
}
