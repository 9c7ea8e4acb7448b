//! The environments of one version and, where tenants are kept apart, of one tenant.

use super::Place;
use crate::isolation::ExecutionEnvironment;
use lambent_domain::arn::FunctionName;
use lambent_domain::configuration::TenantIsolation;
use lambent_domain::function::FunctionVersion;
use lambent_domain::tenant::TenantId;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::time::Instant;
use uuid::Uuid;

/// What an environment belongs to for all its life: nobody else is ever run in it (X2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ShelfKey {
    pub(super) revision: Uuid,
    pub(super) tenant: Option<TenantId>,
}

impl ShelfKey {
    /// The tenant counts where the function keeps its tenants apart.
    pub(super) fn of(version: &FunctionVersion, tenant: Option<&TenantId>) -> Self {
        let tenant = match version.configuration.tenant_isolation {
            TenantIsolation::None => None,
            TenantIsolation::PerTenant => tenant.cloned(),
        };
        Self { revision: version.revision_id, tenant }
    }
}

/// See the module's text.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) function: FunctionName,
    pub(super) idle: Vec<Idle>,
    /// Its idle provisioned environments.
    pub(super) provisioned: Vec<Idle>,
    /// Its share of all places, provisioned ones included.
    pub(super) places: usize,
    /// Places of provisioned environments: idle, busy, or being built.
    pub(super) kept: usize,
    /// Those of them that have been initialised.
    pub(super) ready: usize,
    /// How many there are to be.
    pub(super) wanted: usize,
    pub(super) returned: Arc<Notify>,
    /// Its revision is no longer current: environments that come back are ended.
    pub(super) retired: bool,
}

#[derive(Debug)]
pub(super) struct Idle {
    // Dropped in this order: the sandbox is told to end before its place is free.
    pub(super) environment: Box<dyn ExecutionEnvironment>,
    pub(super) place: Place,
    pub(super) since: Instant,
}

impl Shelf {
    pub(super) fn new(function: FunctionName) -> Self {
        Self {
            function,
            idle: Vec::new(),
            provisioned: Vec::new(),
            places: 0,
            kept: 0,
            ready: 0,
            wanted: 0,
            returned: Arc::new(Notify::new()),
            retired: false,
        }
    }

    /// Environments that run on demand.
    pub(super) fn on_demand(&self) -> usize {
        self.places.saturating_sub(self.kept)
    }

    /// Takes an environment that was lent; gives it back if it is one provisioned too many.
    pub(super) fn take_back(&mut self, idle: Idle) -> Option<Idle> {
        if !idle.place.is_provisioned() {
            self.idle.push(idle);
            self.returned.notify_one();
            return None;
        }
        if self.kept > self.wanted {
            return Some(idle);
        }
        self.provisioned.push(idle);
        None
    }

    /// Takes away idle provisioned environments until there are no more than are wanted.
    pub(super) fn trim(&mut self) -> Vec<Idle> {
        let surplus = self.kept.saturating_sub(self.wanted).min(self.provisioned.len());
        self.provisioned.drain(..surplus).collect()
    }
}
