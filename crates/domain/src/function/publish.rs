//! Versions come and go: published from `$LATEST`, and removed with what was set for them.

use super::{Function, FunctionVersion, Scope};
use crate::qualifier::{Qualifier, Version};
use std::sync::Arc;
use uuid::Uuid;

/// What a publication is given besides `$LATEST`.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The version's description; none for that of `$LATEST`.
    pub description: Option<String>,
    /// The version's revision, if there is to be one.
    pub version_revision: Uuid,
    /// The revision that `$LATEST` gets by it.
    pub latest_revision: Uuid,
}

/// Why a version was not removed: these aliases name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedByAliases(pub Vec<Arc<str>>);

impl Function {
    /// Publishes `$LATEST`: its next version, or the last one if nothing has changed since it was published. Says too
    /// whether the version is new.
    ///
    /// A description that changed in `$LATEST` is a change (R `test_version_lifecycle`); one that was only given to the
    /// version is none.
    pub fn publish(&mut self, publication: &Publication) -> (Arc<FunctionVersion>, bool) {
        let said = &self.latest.configuration.description;
        if let Some(last) = self.published.get(&self.last_published)
            && self.latest.is_published_as(last)
            && self.last_published_description.as_ref() == Some(said)
        {
            return (Arc::clone(last), false);
        }
        self.last_published_description = Some(said.clone());
        self.last_published += 1;
        let mut version = FunctionVersion::clone(&self.latest);
        version.version = Version::Number(self.last_published);
        version.revision_id = publication.version_revision;
        if let Some(description) = &publication.description {
            version.configuration.description.clone_from(description);
        }
        let version = Arc::new(version);
        self.published.insert(self.last_published, Arc::clone(&version));
        Arc::make_mut(&mut self.latest).revision_id = publication.latest_revision;
        (version, true)
    }

    /// Removes a version and everything that was set for it; says whether there was one. Its number is not used again.
    ///
    /// # Errors
    /// [`NamedByAliases`] when an alias stands for it, wholly or in part.
    pub fn remove_version(&mut self, number: u64) -> Result<bool, NamedByAliases> {
        let names = |alias: &&super::Alias| {
            alias.version == Version::Number(number)
                || alias.routing.is_some_and(|routing| routing.version == number)
        };
        let aliases: Vec<_> =
            self.aliases.values().filter(names).map(|alias| Arc::clone(&alias.name)).collect();
        if !aliases.is_empty() {
            return Err(NamedByAliases(aliases));
        }
        let qualifier = Qualifier::Version(number);
        self.async_invoke.remove(&qualifier);
        self.provisioned.remove(&qualifier);
        self.runtime_management.remove(&Version::Number(number));
        self.permission_revisions.remove(&Version::Number(number));
        let scope = Scope(Some(qualifier));
        self.urls.remove(&scope);
        self.policies.remove(&scope);
        Ok(self.published.remove(&number).is_some())
    }
}
