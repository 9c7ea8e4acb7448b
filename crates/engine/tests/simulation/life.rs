//! One life of the server: from the opening of the store to a power failure, a kill, an orderly stop, or peace.

use crate::clients::{Outside, pause};
use crate::courier::carry;
use crate::owners::peace_max;
use crate::seed::Fixture;
use crate::watched::Watched;
use crate::world::World;
use lambent_domain::arn::{AccountId, Region};
use lambent_engine::simulation::SimulatedParts;
use lambent_engine::{Engine, EngineOptions};
use lambent_sandbox::Network;
use lambent_store::embedded::simulation::{Faults, SimulatedStore};
use lambent_store::outbox::Outbox;
use lambent_store::queue::EventQueue;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// Most clients at a time.
const CLIENTS_MAX: usize = 12;

/// How a life is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    PowerFails,
    Killed,
    Stopped,
    /// The last one: everything is left in peace until it is settled.
    Peace,
}

/// Lives. The runtime that this runs on is to be dropped afterwards, with all that is left on it, and then the engine is
/// to be ended.
pub(crate) async fn live(world: &Arc<World>, fixture: &Fixture, ending: Ending) -> Engine {
    world.clock.begin_life();
    world.disk.set_faults(Faults::default());
    let store = SimulatedStore::open(&world.disk, world.shape.store.clone(), world.clock.clone()).unwrap();
    let SimulatedStore { resources, events, committer, .. } = store;
    let mut server = JoinSet::new();
    server.spawn(committer);
    look_after_restart(world, &events).await;
    server.spawn(carry(Arc::clone(world), Arc::clone(&events)));
    let functions = Arc::clone(&resources.functions);
    world.step(|model| model.begin_life(Arc::clone(&functions), ending));
    let parts = SimulatedParts {
        resources,
        queue: Arc::new(Watched { queue: Arc::clone(&events), world: Arc::clone(world) }),
        code: Arc::clone(&fixture.code),
        logs: fixture.logs.clone(),
        runtimes: Arc::clone(&fixture.runtimes),
        clock: world.clock.clone(),
        script: world.clone(),
    };
    let engine = Engine::simulated(options(world), parts);
    engine.dispatch();
    let outside = Outside { world: Arc::clone(world), queue: events, engine, functions };
    tokio::select! {
        biased;
        () = told_to_end(world) => {}
        () = be_busy(&outside, ending) => {}
    }
    world.step(|model| model.note(format_args!("the end: {ending:?}")));
    world.clock.end_life();
    outside.engine
}

async fn told_to_end(world: &World) {
    while !world.model().life_is_to_end() {
        world.end.notified().await;
    }
}

fn options(world: &World) -> EngineOptions {
    EngineOptions {
        region: Region::new("us-east-1").unwrap(),
        account: AccountId::new("000000000000").unwrap(),
        concurrency_limit: world.shape.concurrency_limit,
        idle_timeout: world.shape.idle_timeout,
        lifetime_max: world.shape.lifetime_max,
        network: Network::None,
        retries: world.shape.retries,
        events: world.shape.events,
        stream_bytes_per_second: None,
    }
}

async fn look_after_restart(world: &World, events: &Arc<lambent_store::embedded::EmbeddedQueue>) {
    let ids = world.model().ids();
    for id in ids {
        let status = events.status(id).await.unwrap();
        world.step(|model| model.found(id, status.as_ref()));
    }
}

async fn be_busy(outside: &Outside, ending: Ending) {
    if ending == Ending::Peace {
        return be_in_peace(outside).await;
    }
    let world = &outside.world;
    if world.shape.disk_fails || !world.shape.disk_latency.is_zero() {
        let permille = if world.shape.disk_fails { 4 } else { 0 };
        world.disk.set_faults(Faults {
            failing_writes_permille: permille,
            failing_flushes_permille: permille,
            latency_max: world.shape.disk_latency,
            ..Faults::default()
        });
    }
    outside.create().await;
    let mut clients = JoinSet::new();
    for _ in 0..world.shape.acts {
        sleep(pause(world)).await;
        while clients.try_join_next().is_some() {}
        if clients.len() < CLIENTS_MAX {
            clients.spawn(outside.clone().act());
        }
        look(outside);
    }
    if ending == Ending::Stopped {
        outside.engine.drain(Duration::from_secs(20)).await;
        let _ = outside.queue.close().await;
    }
}

async fn be_in_peace(outside: &Outside) {
    outside.make_peace().await;
    let until = Instant::now() + peace_max(&outside.world.shape);
    while Instant::now() < until && outside.world.model().unsettled() > 0 {
        sleep(Duration::from_secs(1)).await;
        look(outside);
    }
    // Longer than a client may wait for its function.
    sleep(Duration::from_secs(30)).await;
    look(outside);
    let (stats, outbox) = (outside.queue.stats(), outside.queue.outbox_stats());
    outside.world.step(|model| {
        model.add_up(&stats);
        model.judge_outbox(&outbox);
    });
    let ids = outside.world.model().ids();
    for id in ids {
        let status = outside.queue.status(id).await.unwrap();
        outside.world.step(|model| model.judge_end(id, status.as_ref()));
    }
}

fn look(outside: &Outside) {
    let (stats, healthy) = (outside.queue.stats(), outside.queue.health().is_ok());
    outside.world.step(|model| model.look(&stats, healthy));
}
