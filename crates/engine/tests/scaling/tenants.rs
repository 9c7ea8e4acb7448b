//! Tenant isolation.

use crate::world::{World, text};
use lambent_domain::configuration::TenantIsolation;
use lambent_domain::function::Function;
use lambent_domain::qualifier::Version;
use std::collections::{HashMap, HashSet};

const SOURCE: &str = "import uuid\nME = str(uuid.uuid4())\ndef handler(event, context):\n    return ME\n";

pub(crate) async fn two_tenants_never_share_a_process() {
    let world = World::new(10).await;
    let mut version = world.version("isolated", Version::Latest, SOURCE);
    version.configuration.tenant_isolation = TenantIsolation::PerTenant;
    let isolated = world.create(Function::new(version)).await;
    let shared = world.create(Function::new(world.version("shared", Version::Latest, SOURCE))).await;
    let mut processes: HashMap<&str, HashSet<String>> = HashMap::new();
    for tenant in ["blue", "green", "blue", "green", "blue"] {
        let completion = world.invoke(&isolated, "$LATEST", Some(tenant)).await.unwrap();
        processes.entry(tenant).or_default().insert(text(&completion));
    }
    assert!(processes["blue"].is_disjoint(&processes["green"]), "{processes:?}");
    assert!(
        processes.values().all(|of_tenant| of_tenant.len() == 1),
        "each comes back to its own: {processes:?}"
    );
    let calls = [world.call(&shared, "$LATEST").await, world.call(&shared, "$LATEST").await];
    assert_eq!(calls[0], calls[1], "without isolation the environment is used again");
}
