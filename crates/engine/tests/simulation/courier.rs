//! Destinations, and who brings records to them: what the courier of a server owes the outbox, over targets that take
//! their time, refuse, and are told twice.

use crate::model::{Brought, short};
use crate::world::World;
use lambent_domain::time::Clock;
use lambent_store::embedded::EmbeddedQueue;
use lambent_store::outbox::{DeliveryEnd, Outbox, RecordDelivery};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Records that are brought at a time.
const RECORDS_MAX: usize = 6;
/// How long the courier may take for one.
const LEASE: Duration = Duration::from_secs(20);
/// A record is given up after as many tries.
const TRIES_MAX: u32 = 4;

/// Brings records for as long as it is polled.
pub(crate) async fn carry(world: Arc<World>, queue: Arc<EmbeddedQueue>) {
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() >= RECORDS_MAX {
            under_way.join_next().await;
        }
        while under_way.try_join_next().is_some() {}
        for delivery in queue.receive_records(RECORDS_MAX - under_way.len(), LEASE).await {
            under_way.spawn(bring(Arc::clone(&world), Arc::clone(&queue), delivery));
        }
    }
}

async fn bring(world: Arc<World>, queue: Arc<EmbeddedQueue>, delivery: RecordDelivery) {
    let brought = Brought {
        id: delivery.outgoing.record.request_id,
        purpose: delivery.outgoing.purpose,
        target: delivery.outgoing.target.clone(),
    };
    let calm = world.step(|model| model.brings(&brought, &delivery.outgoing.record));
    let (takes, luck) = {
        let mut chance = world.chance();
        let takes = if !calm && chance.percent(3) { 30_000 } else { 800 };
        (chance.millis(1, takes), if calm { 0 } else { chance.between(0, 99) })
    };
    sleep(takes).await;
    // It may arrive without anybody being told.
    if luck < 80 {
        world.step(|model| model.arrives(&brought));
    }
    let (at, error) = (world.clock.now(), "it says no".to_owned());
    let end = if luck < 72 {
        DeliveryEnd::Delivered { at }
    } else if delivery.attempts + 1 >= TRIES_MAX {
        DeliveryEnd::GivenUp { at, error }
    } else {
        let pause = world.chance().millis(1, 6_000);
        DeliveryEnd::RetryAt { due: at.plus(pause), at, error }
    };
    if matches!(end, DeliveryEnd::GivenUp { .. }) {
        world.step(|model| model.gives_up(&brought));
    }
    let settled = queue.settle_record(delivery, end).await;
    world.step(|model| model.note(format_args!("brought {}: {}", short(brought.id), settled.is_ok())));
}
