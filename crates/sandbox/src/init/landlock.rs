//! A second, independent statement of what may be touched, where the kernel has Landlock: should a mount ever
//! be wrong, this still holds. It also keeps abstract Unix sockets and signals inside.

use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, LandlockStatus, PathBeneath, PathFd,
    RestrictionStatus, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};

use crate::error::Step;

/// The newest rules this is written for. An older kernel gets what it knows of them.
const NEWEST: ABI = ABI::V6;

/// Restricts this process and all it will start. Returns how much of it this kernel does; `None` is nothing.
pub(super) fn restrict() -> Result<Option<ABI>, String> {
    let open = |path: &str| PathFd::new(path).step(|| format!("open {path} for Landlock"));
    let everything = AccessFs::from_all(NEWEST);
    let device = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::IoctlDev;
    let rules: [(_, BitFlags<AccessFs>); 3] =
        [(open("/")?, AccessFs::from_read(NEWEST)), (open("/tmp")?, everything), (open("/dev")?, device)];
    let status = apply(rules).step(|| "restrict with Landlock".to_owned())?;
    Ok(match (status.ruleset, status.landlock) {
        (RulesetStatus::NotEnforced, _) => None,
        (_, LandlockStatus::Available { effective_abi, .. }) => Some(effective_abi),
        _ => None,
    })
}

fn apply(rules: [(PathFd, BitFlags<AccessFs>); 3]) -> Result<RestrictionStatus, RulesetError> {
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?;
    for (path, access) in rules {
        ruleset = ruleset.add_rule(PathBeneath::new(path, access))?;
    }
    ruleset.restrict_self()
}
