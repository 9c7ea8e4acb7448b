//! Which versions of a function are to have provisioned environments, and how many: pure.

use lambent_domain::configuration::TenantIsolation;
use lambent_domain::function::{AliasRouting, Function, FunctionVersion};
use lambent_domain::qualifier::{Qualifier, Version};
use std::sync::Arc;
use uuid::Uuid;

/// What a function's settings ask for.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Plan {
    /// In the order of their qualifiers.
    pub(super) settings: Vec<Setting>,
    /// All settings together, by version.
    pub(super) versions: Vec<(Arc<FunctionVersion>, usize)>,
}

/// One setting.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Setting {
    pub(super) qualifier: Qualifier,
    pub(super) requested: u32,
    /// How many of which revision: one, or the two of an alias with weights.
    pub(super) parts: Vec<(Uuid, usize)>,
}

impl Plan {
    /// Of a function with a reservation, no more than that are provisioned. Functions that keep their tenants apart have
    /// none, as in AWS.
    pub(super) fn of(function: &Function) -> Self {
        let mut plan = Self::default();
        let mut left = function.reserved_concurrency.unwrap_or(u32::MAX);
        for (qualifier, setting) in &function.provisioned {
            let granted = setting.requested.min(left);
            left -= granted;
            let mut parts = Vec::new();
            for (version, number) in split(function, qualifier, granted) {
                let Some(version) = function.version(version) else { continue };
                if version.configuration.tenant_isolation == TenantIsolation::PerTenant || number == 0 {
                    continue;
                }
                let number = usize::try_from(number).unwrap_or(usize::MAX);
                parts.push((version.revision_id, number));
                plan.add(version, number);
            }
            plan.settings.push(Setting { qualifier: qualifier.clone(), requested: setting.requested, parts });
        }
        plan
    }

    fn add(&mut self, version: &Arc<FunctionVersion>, number: usize) {
        let known = self.versions.iter_mut().find(|(known, _)| known.revision_id == version.revision_id);
        match known {
            Some((_, all)) => *all = all.saturating_add(number),
            None => self.versions.push((Arc::clone(version), number)),
        }
    }
}

/// The versions a setting is for. An alias with weights divides its number by them, rounded to the nearest, the rest
/// being the first version's.
fn split(function: &Function, qualifier: &Qualifier, number: u32) -> Vec<(Version, u32)> {
    match qualifier {
        Qualifier::Version(version) => vec![(Version::Number(*version), number)],
        Qualifier::Alias(name) => match function.aliases.get(name) {
            Some(alias) => match alias.routing {
                Some(AliasRouting { version, weight }) => {
                    let second = share(number, weight);
                    vec![(alias.version, number - second), (Version::Number(version), second)]
                }
                None => vec![(alias.version, number)],
            },
            None => Vec::new(),
        },
        // Only what is published can be provisioned.
        Qualifier::Latest | Qualifier::LatestPublished => Vec::new(),
    }
}

fn share(number: u32, weight: f64) -> u32 {
    // Per mille, so that no float has to become an integer that is too large for it.
    let per_mille =
        (0..=1_000_u32).find(|per_mille| f64::from(*per_mille) >= weight * 1_000.0).unwrap_or(1_000);
    let share = (u64::from(number) * u64::from(per_mille) + 500) / 1_000;
    u32::try_from(share).unwrap_or(u32::MAX).min(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambent_domain::arn::FunctionName;
    use lambent_domain::configuration::FunctionConfiguration;
    use lambent_domain::function::{Alias, CodePackage, CodeSha256, ProvisionedConcurrency};
    use lambent_domain::time::Timestamp;

    fn version(version: Version, revision: u128) -> FunctionVersion {
        FunctionVersion {
            configuration: FunctionConfiguration::new(FunctionName::new("f").unwrap()),
            version,
            code: CodePackage { sha256: CodeSha256::new([1; 32]), zip_bytes: 7 },
            revision_id: Uuid::from_u128(revision),
            last_modified: Timestamp::from_millis(1),
        }
    }

    /// Versions 1 and 2, `live` for 1.
    fn function(provisioned: &[(&str, u32)]) -> Function {
        let mut function = Function::new(version(Version::Latest, 100));
        for number in [1, 2] {
            let revision = u128::from(number);
            function.published.insert(number, Arc::new(version(Version::Number(number), revision)));
        }
        function.aliases.insert("live".into(), alias(1, None));
        for (qualifier, requested) in provisioned {
            let setting =
                ProvisionedConcurrency { requested: *requested, last_modified: Timestamp::from_millis(1) };
            function.provisioned.insert(Qualifier::from(*qualifier), setting);
        }
        function
    }

    fn alias(number: u64, routing: Option<(u64, f64)>) -> Alias {
        Alias {
            name: "live".into(),
            version: Version::Number(number),
            description: String::new(),
            routing: routing.map(|(version, weight)| AliasRouting { version, weight }),
            revision_id: Uuid::from_u128(9),
        }
    }

    fn planned(function: &Function) -> Vec<(u128, usize)> {
        let plan = Plan::of(function);
        plan.versions.iter().map(|(version, number)| (version.revision_id.as_u128(), *number)).collect()
    }

    #[test]
    fn versions_and_what_aliases_stand_for() {
        assert_eq!(planned(&function(&[])), []);
        assert_eq!(planned(&function(&[("2", 3)])), [(2, 3)]);
        assert_eq!(planned(&function(&[("live", 3)])), [(1, 3)]);
        assert_eq!(planned(&function(&[("1", 2), ("live", 3)])), [(1, 5)]);
        assert_eq!(planned(&function(&[("$LATEST", 2), ("gone", 1), ("7", 1)])), []);
        let mut moved = function(&[("live", 3)]);
        moved.aliases.insert("live".into(), alias(2, None));
        assert_eq!(planned(&moved), [(2, 3)]);
    }

    #[test]
    fn an_alias_with_weights_divides_its_number() {
        for (weight, number, parts) in [
            (0.1, 10, vec![(1, 9), (2, 1)]),
            (0.1, 3, vec![(1, 3)]),
            (0.5, 3, vec![(1, 1), (2, 2)]),
            (1.0, 3, vec![(2, 3)]),
            (0.0, 3, vec![(1, 3)]),
        ] {
            let mut function = function(&[("live", number)]);
            function.aliases.insert("live".into(), alias(1, Some((2, weight))));
            assert_eq!(planned(&function), parts, "{weight} of {number}");
        }
    }

    #[test]
    fn no_more_than_is_reserved_and_none_where_tenants_are_apart() {
        let mut reserved = function(&[("1", 2), ("live", 3)]);
        reserved.reserved_concurrency = Some(4);
        assert_eq!(planned(&reserved), [(1, 4)]);
        reserved.reserved_concurrency = Some(0);
        assert_eq!(planned(&reserved), []);
        assert_eq!(Plan::of(&reserved).settings.len(), 2, "the settings are still there");
        let mut apart = function(&[("1", 2)]);
        let mut one = version(Version::Number(1), 1);
        one.configuration.tenant_isolation = TenantIsolation::PerTenant;
        apart.published.insert(1, Arc::new(one));
        assert_eq!(planned(&apart), []);
    }
}
