//! What an owner may do with aliases.

use super::{Alias, AliasRouting, Function, Scope};
use crate::qualifier::{Qualifier, Version};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Most aliases of a function. AWS names no number; a function is stored as a whole, so there has to be one.
pub const ALIASES_MAX: usize = 1_000;

/// What is set of an alias. A member that is absent leaves what was there; of a new alias that is `$LATEST`, no
/// description and no second version.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AliasSettings {
    /// `FunctionVersion`.
    pub version: Option<Qualifier>,
    /// `Description`.
    pub description: Option<String>,
    /// `RoutingConfig.AdditionalVersionWeights`; an empty map takes the second version away.
    pub weights: Option<BTreeMap<String, f64>>,
}

/// Why an alias was not made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AliasRefused {
    /// There is no such version to stand for.
    UnknownVersion(Qualifier),
    /// There is an alias of that name already.
    Exists,
    /// There is none of that name.
    NotFound,
    /// It is not at the revision that was expected.
    RevisionDiffers,
    /// More than one version besides the first.
    TooManyVersions,
    /// The second version is the first.
    SameVersion(u64),
    /// `$LATEST` cannot share its calls with another version.
    LatestShared,
    /// It has provisioned concurrency, which `$LATEST` cannot have.
    Unpublished,
    /// It has provisioned concurrency, and so has the version it is to stand for.
    ProvisionedVersion,
    /// There are [`ALIASES_MAX`] already.
    TooMany,
}

impl Function {
    /// Makes an alias.
    ///
    /// # Errors
    /// [`AliasRefused`]; nothing is changed then. The order of the complaints is recorded.
    pub fn create_alias(
        &mut self,
        name: &str,
        settings: &AliasSettings,
        revision_id: Uuid,
    ) -> Result<Alias, AliasRefused> {
        if let Some(version) = &settings.version {
            self.known(version)?;
        }
        if self.aliases.contains_key(name) {
            return Err(AliasRefused::Exists);
        }
        if self.aliases.len() >= ALIASES_MAX {
            return Err(AliasRefused::TooMany);
        }
        let alias = Alias {
            name: name.into(),
            version: Version::Latest,
            description: String::new(),
            routing: None,
            revision_id,
        };
        self.put_alias(alias, settings)
    }

    /// Changes an alias; one that stays as it was gets a new revision too, as AWS's do.
    ///
    /// # Errors
    /// [`AliasRefused`]; nothing is changed then.
    pub fn update_alias(
        &mut self,
        name: &str,
        settings: &AliasSettings,
        expected: Option<&str>,
        revision_id: Uuid,
    ) -> Result<Alias, AliasRefused> {
        let present = self.aliases.get(name).ok_or(AliasRefused::NotFound)?;
        let differs = |expected: &str| Uuid::try_parse(expected).ok() != Some(present.revision_id);
        if expected.is_some_and(differs) {
            return Err(AliasRefused::RevisionDiffers);
        }
        self.put_alias(Alias { revision_id, ..present.clone() }, settings)
    }

    /// Removes an alias and everything that was set for it; says whether there was one.
    pub fn remove_alias(&mut self, name: &str) -> bool {
        let qualifier = Qualifier::Alias(name.into());
        self.async_invoke.remove(&qualifier);
        self.provisioned.remove(&qualifier);
        let scope = Scope(Some(qualifier));
        self.urls.remove(&scope);
        self.policies.remove(&scope);
        self.aliases.remove(name).is_some()
    }

    fn put_alias(&mut self, mut alias: Alias, settings: &AliasSettings) -> Result<Alias, AliasRefused> {
        if let Some(version) = &settings.version {
            alias.version = self.known(version)?;
        }
        if let Some(description) = &settings.description {
            alias.description.clone_from(description);
        }
        let second = match &settings.weights {
            Some(weights) => second(weights)?,
            // What was there may not go with a new first version.
            None => alias.routing.map(|routing| (Qualifier::Version(routing.version), routing.weight)),
        };
        alias.routing =
            second.map(|(version, weight)| self.routing(alias.version, &version, weight)).transpose()?;
        if self.provisioned.contains_key(&Qualifier::Alias(alias.name.clone())) {
            match alias.version {
                Version::Latest => return Err(AliasRefused::Unpublished),
                Version::Number(number) if self.provisioned.contains_key(&Qualifier::Version(number)) => {
                    return Err(AliasRefused::ProvisionedVersion);
                }
                Version::Number(_) => {}
            }
        }
        self.aliases.insert(alias.name.clone(), alias.clone());
        Ok(alias)
    }

    fn routing(&self, first: Version, second: &Qualifier, weight: f64) -> Result<AliasRouting, AliasRefused> {
        match (first, second) {
            (Version::Number(first), Qualifier::Version(second)) if first == *second => {
                return Err(AliasRefused::SameVersion(first));
            }
            (Version::Latest, _) => return Err(AliasRefused::LatestShared),
            (Version::Number(_), _) => {}
        }
        match self.known(second)? {
            Version::Number(version) => Ok(AliasRouting { version, weight }),
            Version::Latest => Err(AliasRefused::LatestShared),
        }
    }

    /// A version that is there.
    fn known(&self, version: &Qualifier) -> Result<Version, AliasRefused> {
        match version {
            Qualifier::Latest => Ok(Version::Latest),
            Qualifier::Version(number) if self.published.contains_key(number) => Ok(Version::Number(*number)),
            // `$LATEST.PUBLISHED` is of functions on managed capacity only.
            Qualifier::Version(_) | Qualifier::LatestPublished | Qualifier::Alias(_) => {
                Err(AliasRefused::UnknownVersion(version.clone()))
            }
        }
    }
}

fn second(weights: &BTreeMap<String, f64>) -> Result<Option<(Qualifier, f64)>, AliasRefused> {
    if weights.len() > 1 {
        return Err(AliasRefused::TooManyVersions);
    }
    Ok(weights.iter().next().map(|(version, weight)| (Qualifier::from(version.as_str()), *weight)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::published;
    use super::super::{AsyncInvokeSettings, ProvisionedConcurrency, ResourcePolicy};
    use super::*;
    use crate::policy::{Policy, PolicyKind, RESOURCE_POLICY_BYTES_MAX};
    use crate::time::Timestamp;

    fn settings(version: &str, weights: &[(&str, f64)]) -> AliasSettings {
        AliasSettings {
            version: Some(Qualifier::from(version)),
            description: None,
            weights: Some(weights.iter().map(|(version, weight)| ((*version).to_owned(), *weight)).collect()),
        }
    }

    fn revision(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn provision(function: &mut Function, qualifier: &str) {
        let provisioned = ProvisionedConcurrency { requested: 1, last_modified: Timestamp::from_millis(1) };
        function.provisioned.insert(Qualifier::from(qualifier), provisioned);
    }

    #[test]
    fn what_an_alias_may_not_stand_for() {
        use AliasRefused as Refused;
        let unknown = |text: &str| Refused::UnknownVersion(Qualifier::from(text));
        let none = &[][..];
        for (version, weights, refused) in [
            ("10", none, unknown("10")),
            ("01", none, unknown("01")),
            ("$LATEST.PUBLISHED", none, unknown("$LATEST.PUBLISHED")),
            ("99999999999999999999", none, unknown("99999999999999999999")),
            // The version is looked for before the name is.
            ("10", &[("1", 0.5), ("2", 0.5)], unknown("10")),
            ("1", &[("1", 0.5), ("2", 0.5)], Refused::TooManyVersions),
            ("1", &[("1", 0.5)], Refused::SameVersion(1)),
            ("1", &[("10", 0.5)], unknown("10")),
            ("1", &[("02", 0.5)], unknown("02")),
            ("$LATEST", &[("1", 0.5)], Refused::LatestShared),
            ("1", &[("$LATEST", 0.5)], Refused::LatestShared),
        ] {
            let mut function = published([1, 2]);
            let made = function.create_alias("live", &settings(version, weights), revision(7));
            assert_eq!(made, Err(refused), "{version} {weights:?}");
            assert!(function.aliases.is_empty());
        }
    }

    #[test]
    fn an_alias_is_made_once_and_changed_in_part() {
        let mut function = published([1, 2, 3]);
        let made = function.create_alias("live", &settings("1", &[("2", 1.0)]), revision(7)).unwrap();
        assert_eq!(made.routing, Some(AliasRouting { version: 2, weight: 1.0 }));
        assert_eq!(
            function.create_alias("live", &settings("1", &[]), revision(8)),
            Err(AliasRefused::Exists)
        );
        assert_eq!(function.create_alias("live", &settings("9", &[]), revision(8)).err(), {
            Some(AliasRefused::UnknownVersion(Qualifier::Version(9)))
        });
        let mut update = |settings: AliasSettings, expected: Option<&str>, number| {
            function.update_alias("live", &settings, expected, revision(number))
        };
        let described = AliasSettings { description: Some("text".to_owned()), ..AliasSettings::default() };
        let stale = revision(6).to_string();
        for expected in [stale.as_str(), "", "not a revision"] {
            assert_eq!(update(described.clone(), Some(expected), 8), Err(AliasRefused::RevisionDiffers));
        }
        let changed = update(described, Some(&made.revision_id.to_string()), 8).unwrap();
        assert_eq!((changed.description.as_str(), changed.revision_id), ("text", revision(8)));
        assert_eq!((changed.version, changed.routing), (made.version, made.routing));
        let to =
            |version: &str| AliasSettings { version: Some(Qualifier::from(version)), ..Default::default() };
        assert_eq!(update(to("2"), None, 9), Err(AliasRefused::SameVersion(2)));
        assert_eq!(update(to("$LATEST"), None, 9), Err(AliasRefused::LatestShared));
        assert_eq!(update(to("3"), None, 9).unwrap().routing, made.routing);
        assert_eq!(update(settings("$LATEST", &[]), None, 10).unwrap().routing, None);
        assert_eq!(update(AliasSettings::default(), None, 11).unwrap().revision_id, revision(11));
        assert_eq!(function.update_alias("other", &to("1"), None, revision(9)), Err(AliasRefused::NotFound));
    }

    #[test]
    fn an_alias_with_provisioned_concurrency_stays_on_versions_without() {
        let mut function = published([1, 2, 3]);
        function.create_alias("live", &settings("1", &[]), revision(7)).unwrap();
        provision(&mut function, "live");
        provision(&mut function, "2");
        for (version, refused) in [
            ("2", Err(AliasRefused::ProvisionedVersion)),
            ("$LATEST", Err(AliasRefused::Unpublished)),
            ("3", Ok(())),
        ] {
            let moved = function.update_alias("live", &settings(version, &[]), None, revision(8));
            assert_eq!(moved.map(drop), refused, "{version}");
        }
    }

    #[test]
    fn there_is_a_most() {
        let mut function = published([1]);
        for number in 0..ALIASES_MAX {
            function.create_alias(&format!("a{number}"), &settings("1", &[]), revision(7)).unwrap();
        }
        let refused = function.create_alias("one-more", &settings("1", &[]), revision(7));
        assert_eq!(refused, Err(AliasRefused::TooMany));
    }

    #[test]
    fn a_removed_alias_takes_along_what_was_set_for_it_alone() {
        let mut function = published([1]);
        function.create_alias("live", &settings("1", &[]), revision(7)).unwrap();
        let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"lambda:*","Resource":"*"}]}"#;
        let policy = Policy::parse(text, PolicyKind::Resource, RESOURCE_POLICY_BYTES_MAX).unwrap();
        let policy = ResourcePolicy { policy, revision_id: revision(3) };
        for qualifier in ["live", "1"] {
            provision(&mut function, qualifier);
            let qualifier = Qualifier::from(qualifier);
            function.async_invoke.insert(qualifier.clone(), AsyncInvokeSettings::default());
            function.policies.insert(Scope(Some(qualifier)), policy.clone());
        }
        assert!(function.remove_alias("live") && !function.remove_alias("live"));
        let version = Qualifier::Version(1);
        assert_eq!(function.provisioned.keys().collect::<Vec<_>>(), [&version]);
        assert_eq!(function.async_invoke.keys().collect::<Vec<_>>(), [&version]);
        assert_eq!(function.policies.keys().collect::<Vec<_>>(), [&Scope(Some(version.clone()))]);
    }
}
