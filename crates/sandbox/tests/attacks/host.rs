//! What is said about the host is true, where the mechanisms are there and where they are not.

use lambent_sandbox::{Level, Options, probe};

use crate::Attack;
use crate::world::{World, attack};

pub(crate) const ATTACKS: &[(&str, Attack)] = &[
    ("the_probe_finds_what_is_there", the_probe_finds_what_is_there),
    ("the_probe_misses_what_is_not", the_probe_misses_what_is_not),
];

fn the_probe_finds_what_is_there(world: &World) {
    let report = probe(&Options::default()).unwrap();
    assert_eq!(report.confined, Ok(()));
    assert!(report.build_time.is_some());
    for mechanism in &report.mechanisms {
        assert!(mechanism.available || !mechanism.necessary, "{mechanism}");
        assert_eq!(mechanism.available, mechanism.remedy.is_empty(), "{mechanism}");
        // The same answer as the spawner's, which came by another way.
        let missed = world.spawner.missing().iter().any(|text| text.starts_with(&mechanism.name));
        assert!(!(missed && mechanism.available), "{mechanism}");
    }
    assert_eq!(world.spawner.level(), Level::Confined);
}

/// A sandbox is a host without namespaces: a server in it must notice, refuse, or say that it makes do.
fn the_probe_misses_what_is_not(world: &World) {
    let seen = world.run(&attack(&["nest"])).success();
    for name in ["user namespaces", "mount namespaces", "process namespaces", "network namespaces"] {
        let refused = format!("no  {name}; make the namespace: Operation not permitted (os error 1); ");
        assert!(seen.contains(&refused), "{name}: {seen}");
    }
    assert!(seen.contains("\nyes seccomp") && seen.contains("\nno  cgroup memory"), "{seen}");
    assert!(
        seen.contains("\nconfined false\nrequired false\nauto Plain; namespaces: functions run with"),
        "{seen}"
    );
}
