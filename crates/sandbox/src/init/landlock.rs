//! A second, independent statement of what may be touched, where the kernel has Landlock: should a mount ever
//! be wrong, this still holds. It also keeps abstract Unix sockets and signals inside.

use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, Scope,
};

use crate::error::Step;

/// The newest rules this is written for. An older kernel gets what it knows of them.
const NEWEST: ABI = ABI::V6;

/// Restricts this process and all it will start.
pub(super) fn restrict() -> Result<(), String> {
    let open = |path: &str| PathFd::new(path).step(|| format!("open {path} for Landlock"));
    let everything = AccessFs::from_all(NEWEST);
    let device = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::IoctlDev;
    let rules: [(_, BitFlags<AccessFs>); 4] = [
        (open("/")?, AccessFs::from_read(NEWEST)),
        (open("/tmp")?, everything),
        (open("/dev")?, device),
        (open("/dev/shm")?, everything),
    ];
    apply(rules).step(|| "restrict with Landlock".to_owned())
}

fn apply(rules: [(PathFd, BitFlags<AccessFs>); 4]) -> Result<(), RulesetError> {
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?;
    for (path, access) in rules {
        ruleset = ruleset.add_rule(PathBeneath::new(path, access))?;
    }
    ruleset.restrict_self().map(drop)
}
