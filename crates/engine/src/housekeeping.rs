//! What is done from time to time: idle environments end, old logs and code that nobody names any more go.
//!
//! Each on a task of its own, so that a slow disk keeps nothing but itself waiting.

use crate::engine::Shared;
use crate::tasks::Tasks;
use lambent_store::resources::Resources;
use std::sync::Arc;
use std::time::Duration;

/// How often idle environments are looked at.
const REAP_INTERVAL: Duration = Duration::from_secs(1);
/// How often old logs are removed.
const LOG_INTERVAL: Duration = Duration::from_secs(60);
/// How often unused code is removed. A package goes at the second look in a row that finds it unused, so this must be
/// longer than anybody may take from finding a function to holding its package.
const CODE_INTERVAL: Duration = Duration::from_secs(600);

/// Starts what happens in memory; it ends with `tasks`.
pub(crate) fn start(tasks: &Tasks, shared: &Arc<Shared>) {
    tasks.spawn_until_stopped(reap_environments(Arc::clone(shared)));
}

/// Starts what happens on the disk; it ends with `tasks`.
pub(crate) fn start_on_disk(tasks: &Tasks, shared: &Arc<Shared>, resources: Resources) {
    tasks.spawn_until_stopped(remove_old_logs(Arc::clone(shared)));
    tasks.spawn_until_stopped(remove_unused_code(Arc::clone(shared), resources));
}

async fn reap_environments(shared: Arc<Shared>) {
    let mut ticks = tokio::time::interval(REAP_INTERVAL);
    loop {
        ticks.tick().await;
        shared.pool.reap(shared.workshop.options.idle_timeout);
    }
}

async fn remove_old_logs(shared: Arc<Shared>) {
    let mut ticks = tokio::time::interval(LOG_INTERVAL);
    loop {
        ticks.tick().await;
        let (logs, now) = (shared.workshop.logs.clone(), shared.workshop.clock.now());
        if let Err(error) = tokio::task::spawn_blocking(move || logs.enforce(now)).await {
            tracing::warn!(%error, "failed to remove old logs");
        }
    }
}

async fn remove_unused_code(shared: Arc<Shared>, resources: Resources) {
    let mut ticks = tokio::time::interval(CODE_INTERVAL);
    loop {
        ticks.tick().await;
        let in_use = resources.packages_in_use();
        let code = Arc::clone(&shared.workshop.code);
        match tokio::task::spawn_blocking(move || code.collect(&in_use)).await {
            Ok(Ok(0)) => {}
            Ok(Ok(packages)) => tracing::info!(packages, "removed code that no function uses"),
            Ok(Err(error)) => tracing::warn!(%error, "failed to remove unused code"),
            Err(error) => tracing::warn!(%error, "failed to remove unused code"),
        }
    }
}
