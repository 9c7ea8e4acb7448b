//! Aliases: names for versions, with an optional share of the calls for a second version.

use crate::qualifier::Version;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// A name for one version, or for two of which each takes its share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    /// Its name: not all digits.
    pub name: Arc<str>,
    /// The version it stands for.
    pub version: Version,
    /// Free text.
    #[serde(default)]
    pub description: String,
    /// The other version and its share.
    #[serde(default)]
    pub routing: Option<AliasRouting>,
    /// Changes with every change; the precondition of updates.
    pub revision_id: Uuid,
}

/// `RoutingConfig.AdditionalVersionWeights`, of which AWS takes one entry.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AliasRouting {
    /// The second version's number.
    pub version: u64,
    /// Its share of the calls: 0.0 to 1.0.
    pub weight: f64,
}

impl Alias {
    /// The version for one call. `chance` is uniform over all of `u32`.
    #[must_use]
    pub fn choose(&self, chance: u32) -> Version {
        match self.routing {
            Some(routing) if f64::from(chance) < routing.weight * (f64::from(u32::MAX) + 1.0) => {
                Version::Number(routing.version)
            }
            Some(_) | None => self.version,
        }
    }
}
