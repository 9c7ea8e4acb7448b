//! Keeps the registry as the files are: the command line changes them while the server runs.

use super::registry::Registry;
use lambent_store::access::{Access, AccessStore};
use std::sync::Arc;
use std::time::Duration;

/// How long a change of the files takes to count.
const INTERVAL: Duration = Duration::from_secs(1);

/// Looks at the files for ever. Whoever spawns it owns it.
pub async fn watch(registry: Registry, store: Arc<AccessStore>) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // While the directory can't be read what was known stays known, and is said once.
    let mut failing = false;
    loop {
        ticks.tick().await;
        let reader = Arc::clone(&store);
        let read = tokio::task::spawn_blocking(move || reader.refresh()).await;
        let failed = match read {
            Ok(Ok(None)) => None,
            Ok(Ok(Some(access))) => {
                registry.replace(&access);
                tracing::info!(
                    keys = access.keys.len(),
                    roles = access.roles.len(),
                    "access keys and roles were read"
                );
                report(&access);
                None
            }
            Ok(Err(error)) => Some(error.to_string()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(error) = failed.as_ref().filter(|_| !failing) {
            tracing::error!(error, "access keys and roles can't be read; those known before still count");
        }
        failing = failed.is_some();
    }
}

/// What is there and grants nothing, for the operator.
fn report(access: &Access) {
    for fault in &access.faults {
        tracing::error!(fault = %fault, "an access key or role can't be used");
    }
}
