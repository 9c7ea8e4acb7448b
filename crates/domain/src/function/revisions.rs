//! The revisions that owners see. AWS counts a change of permissions as a change of the version or alias they belong to:
//! its `RevisionId` is another afterwards (recorded). It is no change of what runs, though, so the version itself, by
//! whose revision execution environments are told apart, stays as it is; what the permissions added is kept beside it.

use super::{Function, FunctionVersion, Scope};
use crate::qualifier::{Qualifier, Version};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// The revision since the permissions of a version were last changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionRevision {
    /// The version's own revision then: once that is another, the version was changed later and has the last word.
    after: Uuid,
    /// The revision that is seen.
    seen: Uuid,
}

impl Function {
    /// The revision of the function as such, which is that of `$LATEST`, or of one of its versions or aliases; none if
    /// it is not there.
    #[must_use]
    pub fn revision(&self, scope: &Scope) -> Option<Uuid> {
        let version = match &scope.0 {
            None | Some(Qualifier::Latest) => Version::Latest,
            Some(Qualifier::LatestPublished) => Version::Number(*self.published.last_key_value()?.0),
            Some(Qualifier::Version(number)) => Version::Number(*number),
            Some(Qualifier::Alias(name)) => return self.aliases.get(name).map(|alias| alias.revision_id),
        };
        self.revision_of(version)
    }

    /// The revision of a version, as its owner sees it.
    #[must_use]
    pub fn revision_of(&self, version: Version) -> Option<Uuid> {
        let own = self.version(version)?.revision_id;
        let changed = self.permission_revisions.get(&version).filter(|changed| changed.after == own);
        Some(changed.map_or(own, |changed| changed.seen))
    }

    /// A version with the revision that its owner sees.
    #[must_use]
    pub fn as_seen(&self, version: &Arc<FunctionVersion>) -> Arc<FunctionVersion> {
        match self.revision_of(version.version) {
            Some(seen) if seen != version.revision_id => {
                Arc::new(FunctionVersion { revision_id: seen, ..FunctionVersion::clone(version) })
            }
            Some(_) | None => Arc::clone(version),
        }
    }

    /// Follows a change of permissions: what they belong to has another revision from now on.
    pub fn revise(&mut self, scope: &Scope, seen: Uuid) {
        let version = match &scope.0 {
            None | Some(Qualifier::Latest) => Version::Latest,
            Some(Qualifier::Version(number)) => Version::Number(*number),
            Some(Qualifier::LatestPublished) => return,
            Some(Qualifier::Alias(name)) => {
                if let Some(alias) = self.aliases.get_mut(name) {
                    alias.revision_id = seen;
                }
                return;
            }
        };
        if let Some(own) = self.version(version).map(|version| version.revision_id) {
            self.permission_revisions.insert(version, PermissionRevision { after: own, seen });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::tests::published;

    #[test]
    fn permissions_have_a_revision_of_their_own_until_the_version_is_changed() {
        let mut function = published([1]);
        let own = function.latest.revision_id;
        let (latest, first) = (Scope(None), Scope(Some(Qualifier::Version(1))));
        assert_eq!(function.revision(&latest), Some(own));

        function.revise(&latest, Uuid::from_u128(70));
        assert_eq!(function.revision(&latest), Some(Uuid::from_u128(70)));
        assert_eq!(function.revision_of(Version::Latest), Some(Uuid::from_u128(70)));
        assert_eq!(function.as_seen(&function.latest).revision_id, Uuid::from_u128(70));
        assert_eq!(function.latest.revision_id, own, "environments go on");
        assert_eq!(
            function.revision(&first),
            Some(function.published[&1].revision_id),
            "another has its own"
        );

        Arc::make_mut(&mut function.latest).revision_id = Uuid::from_u128(71);
        assert_eq!(function.revision(&latest), Some(Uuid::from_u128(71)), "the last change counts");

        function.revise(&first, Uuid::from_u128(72));
        assert_eq!(function.revision(&first), Some(Uuid::from_u128(72)));
        let absent = Scope(Some(Qualifier::Version(9)));
        function.revise(&absent, Uuid::from_u128(73));
        assert_eq!(function.revision(&absent), None);
    }
}
