//! A function as it can be run: configuration and code of one version.

use super::CodePackage;
use crate::configuration::FunctionConfiguration;
use crate::qualifier::Version;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An immutable snapshot of configuration and code. A change of `$LATEST` makes a new one with a new
/// [`FunctionVersion::revision_id`]; an execution environment serves one snapshot ever (X2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionVersion {
    /// What the owner set.
    pub configuration: FunctionConfiguration,
    /// `$LATEST` or a number.
    pub version: Version,
    /// The package.
    pub code: CodePackage,
    /// Changes with every change; the precondition of updates.
    pub revision_id: Uuid,
    /// When it was last changed.
    pub last_modified: Timestamp,
}

impl FunctionVersion {
    /// Whether publishing this would say anything that `published` does not say already: the description, the names
    /// and the times aside, nothing but code and configuration counts.
    #[must_use]
    pub fn is_published_as(&self, published: &Self) -> bool {
        let described = FunctionConfiguration {
            description: self.configuration.description.clone(),
            ..published.configuration.clone()
        };
        self.code.sha256 == published.code.sha256 && self.configuration == described
    }

    /// The packages it needs: its own and those of its layers.
    pub fn packages(&self) -> impl Iterator<Item = &CodePackage> {
        std::iter::once(&self.code).chain(self.configuration.layers.iter().map(|layer| &layer.code))
    }
}
