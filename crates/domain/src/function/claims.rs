//! How the server's concurrency is shared out: what is reserved to functions, what is kept ready for versions, and what
//! is left for everybody.

use super::Function;
use crate::qualifier::{Qualifier, Version};

/// Most of the server's concurrency that is kept for functions without a reservation.
const UNRESERVED_MIN_MAX: u32 = 100;

/// What there is to share out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedConcurrency {
    /// Most invocations at a time.
    pub limit: u32,
    /// What all other functions have claimed.
    pub claimed_by_others: u32,
}

/// Why concurrency was not reserved or provisioned. The numbers are those the owner is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimRefused {
    /// Less than this would be left for everybody.
    UnreservedTooLow(u32),
    /// It is less than what is provisioned for the function's versions together.
    BelowProvisioned(u32),
    /// `$LATEST` cannot have it.
    Unpublished,
    /// All of the function's versions together would have more than is reserved.
    AboveReserved,
    /// There is not as much; this is what there is.
    AboveUnreserved(u32),
    /// The alias's version has it already.
    OfProvisionedVersion,
    /// An alias that stands for the version has it already.
    OfProvisionedAlias,
}

impl SharedConcurrency {
    /// What has to stay unreserved. AWS keeps 100 of an account's 1,000. A machine may run far fewer than 1,000
    /// invocations at a time, and with 100 kept back nothing could ever be reserved there; so the same tenth is kept,
    /// never more than AWS does and always something.
    #[must_use]
    pub fn unreserved_min(&self) -> u32 {
        (self.limit / 10).clamp(1, UNRESERVED_MIN_MAX)
    }

    fn left_after(&self, claim: u32) -> u32 {
        self.limit.saturating_sub(self.claimed_by_others).saturating_sub(claim)
    }
}

impl Function {
    /// How much of the server's concurrency is taken away from all others.
    #[must_use]
    pub fn claimed_concurrency(&self) -> u32 {
        // What is provisioned is part of what is reserved.
        self.reserved_concurrency.unwrap_or_else(|| self.provisioned_concurrency(None))
    }

    /// Whether so much may be reserved for it.
    ///
    /// # Errors
    /// [`ClaimRefused`], in the order that is recorded.
    pub fn may_reserve(&self, wanted: u32, shared: &SharedConcurrency) -> Result<(), ClaimRefused> {
        let min = shared.unreserved_min();
        // Taking back is always possible, even on a machine that has become smaller.
        if wanted > self.claimed_concurrency() && shared.left_after(wanted) < min {
            return Err(ClaimRefused::UnreservedTooLow(min));
        }
        let provisioned = self.provisioned_concurrency(None);
        if provisioned > wanted {
            return Err(ClaimRefused::BelowProvisioned(provisioned));
        }
        Ok(())
    }

    /// Whether so many environments of a version or alias, which is there, may be kept ready.
    ///
    /// # Errors
    /// [`ClaimRefused`], in the order that is recorded.
    pub fn may_provision(
        &self,
        qualifier: &Qualifier,
        wanted: u32,
        shared: &SharedConcurrency,
    ) -> Result<(), ClaimRefused> {
        if self.resolve(Some(qualifier), u32::MAX).is_none_or(|version| version.version == Version::Latest) {
            return Err(ClaimRefused::Unpublished);
        }
        let others = self.provisioned_concurrency(Some(qualifier));
        if let Some(reserved) = self.reserved_concurrency {
            if others.saturating_add(wanted) > reserved {
                return Err(ClaimRefused::AboveReserved);
            }
        } else {
            let (unreserved, min) = (shared.left_after(others), shared.unreserved_min());
            if wanted > unreserved {
                return Err(ClaimRefused::AboveUnreserved(unreserved));
            }
            if unreserved - wanted < min {
                return Err(ClaimRefused::UnreservedTooLow(min));
            }
        }
        self.provisioned_once(qualifier)
    }

    /// An alias and the version it stands for cannot both have it.
    fn provisioned_once(&self, qualifier: &Qualifier) -> Result<(), ClaimRefused> {
        match qualifier {
            Qualifier::Alias(name) => {
                let version = self.aliases.get(name).map(|alias| alias.version);
                let has = |number| self.provisioned.contains_key(&Qualifier::Version(number));
                match version {
                    Some(Version::Number(number)) if has(number) => Err(ClaimRefused::OfProvisionedVersion),
                    Some(_) | None => Ok(()),
                }
            }
            Qualifier::Version(number) => {
                let mut pointing =
                    self.aliases.values().filter(|alias| alias.version == Version::Number(*number));
                if pointing.any(|alias| self.provisioned.contains_key(&Qualifier::Alias(alias.name.clone())))
                {
                    return Err(ClaimRefused::OfProvisionedAlias);
                }
                Ok(())
            }
            Qualifier::Latest | Qualifier::LatestPublished => Ok(()),
        }
    }

    fn provisioned_concurrency(&self, except: Option<&Qualifier>) -> u32 {
        let counted = self.provisioned.iter().filter(|(qualifier, _)| Some(*qualifier) != except);
        counted.fold(0, |sum, (_, provisioned)| sum.saturating_add(provisioned.requested))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::published;
    use super::super::{AliasSettings, ProvisionedConcurrency};
    use super::*;
    use crate::time::Timestamp;
    use uuid::Uuid;

    fn shared(limit: u32, claimed_by_others: u32) -> SharedConcurrency {
        SharedConcurrency { limit, claimed_by_others }
    }

    fn function(reserved: Option<u32>, provisioned: &[(&str, u32)]) -> Function {
        let mut function = published([1, 2]);
        for (name, version) in [("live", "1"), ("next", "2"), ("edit", "$LATEST")] {
            let settings = AliasSettings { version: Some(Qualifier::from(version)), ..Default::default() };
            function.create_alias(name, &settings, Uuid::from_u128(1)).unwrap();
        }
        function.reserved_concurrency = reserved;
        for (qualifier, requested) in provisioned {
            let provisioned =
                ProvisionedConcurrency { requested: *requested, last_modified: Timestamp::from_millis(1) };
            function.provisioned.insert(Qualifier::from(*qualifier), provisioned);
        }
        function
    }

    #[test]
    fn a_tenth_stays_unreserved_but_no_more_than_aws_keeps() {
        for (limit, min) in
            [(0, 1), (2, 1), (10, 1), (99, 9), (128, 12), (1_000, 100), (1_001, 100), (50_000, 100)]
        {
            assert_eq!(shared(limit, 0).unreserved_min(), min, "{limit}");
        }
    }

    #[test]
    fn what_is_reserved_leaves_enough_for_the_others() {
        use ClaimRefused::{BelowProvisioned, UnreservedTooLow};
        let (none, nothing) = (None, &[][..]);
        for (reserved, provisioned, wanted, others, expected) in [
            (none, nothing, 900, 0, Ok(())),
            (none, nothing, 901, 0, Err(UnreservedTooLow(100))),
            (none, nothing, u32::MAX, 0, Err(UnreservedTooLow(100))),
            (none, nothing, 400, 501, Err(UnreservedTooLow(100))),
            (none, nothing, 0, 900, Ok(())),
            // What it has already is given back by setting it anew.
            (Some(500), nothing, 900, 0, Ok(())),
            (none, &[("1", 2)][..], 1, 0, Err(BelowProvisioned(2))),
            (Some(9), &[("1", 2), ("2", 3)][..], 4, 0, Err(BelowProvisioned(5))),
            (Some(9), &[("1", 2), ("2", 3)][..], 5, 0, Ok(())),
            // Others have more than there is since the machine was made smaller.
            (Some(9), nothing, 0, 2_000, Ok(())),
            (Some(9), nothing, 8, 2_000, Ok(())),
            (Some(9), nothing, 10, 2_000, Err(UnreservedTooLow(100))),
        ] {
            let said = function(reserved, provisioned).may_reserve(wanted, &shared(1_000, others));
            assert_eq!(said, expected, "{reserved:?} {provisioned:?} {wanted} {others}");
        }
    }

    #[test]
    fn what_is_provisioned_is_there_and_only_once() {
        use ClaimRefused as Refused;
        let (none, nothing) = (None, &[][..]);
        for (reserved, provisioned, qualifier, wanted, others, expected) in [
            (none, nothing, "$LATEST", 1, 0, Err(Refused::Unpublished)),
            (none, nothing, "edit", 1, 0, Err(Refused::Unpublished)),
            (none, nothing, "1", 900, 0, Ok(())),
            (none, nothing, "1", 901, 0, Err(Refused::UnreservedTooLow(100))),
            (none, nothing, "1", 1_001, 0, Err(Refused::AboveUnreserved(1_000))),
            (none, nothing, "1", 301, 700, Err(Refused::AboveUnreserved(300))),
            (none, &[("2", 5)][..], "1", 896, 0, Err(Refused::UnreservedTooLow(100))),
            // Its own former number does not count.
            (none, &[("1", 5)][..], "1", 900, 0, Ok(())),
            (Some(4), nothing, "1", 5, 0, Err(Refused::AboveReserved)),
            (Some(4), &[("2", 2)][..], "1", 3, 0, Err(Refused::AboveReserved)),
            (Some(4), &[("2", 2)][..], "1", 2, 0, Ok(())),
            // What is reserved is there, whatever others have.
            (Some(4), nothing, "1", 4, 996, Ok(())),
            (none, &[("1", 1)][..], "live", 1, 0, Err(Refused::OfProvisionedVersion)),
            (none, &[("live", 1)][..], "1", 1, 0, Err(Refused::OfProvisionedAlias)),
            (none, &[("live", 1)][..], "2", 1, 0, Ok(())),
            (none, &[("1", 1)][..], "next", 1, 0, Ok(())),
        ] {
            let said = function(reserved, provisioned).may_provision(
                &Qualifier::from(qualifier),
                wanted,
                &shared(1_000, others),
            );
            assert_eq!(said, expected, "{reserved:?} {provisioned:?} {qualifier} {wanted} {others}");
        }
    }

    #[test]
    fn what_is_provisioned_is_part_of_what_is_reserved() {
        assert_eq!(function(None, &[]).claimed_concurrency(), 0);
        assert_eq!(function(None, &[("1", 2), ("next", 3)]).claimed_concurrency(), 5);
        assert_eq!(function(Some(9), &[("1", 2)]).claimed_concurrency(), 9);
        assert_eq!(function(Some(0), &[]).claimed_concurrency(), 0);
    }
}
