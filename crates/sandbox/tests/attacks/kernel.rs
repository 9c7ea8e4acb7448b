//! The system calls that lead out.

use crate::Attack;
use crate::world::{World, attack, sh};

pub(crate) const ATTACKS: &[(&str, Attack)] = &[
    ("forbidden_calls_are_refused", forbidden_calls_are_refused),
    ("cannot_open_namespaces_or_devices", cannot_open_namespaces_or_devices),
];

fn forbidden_calls_are_refused(world: &World) {
    let seen = world.run(&attack(&["calls"])).success();
    assert_eq!(seen.lines().count(), 42, "{seen}");
    for line in seen.lines() {
        let expected = if line.starts_with("clone3") { "ENOSYS" } else { "EPERM" };
        assert!(line.ends_with(expected), "{line}");
    }
}

fn cannot_open_namespaces_or_devices(world: &World) {
    let script = "unshare -Ur true 2>/dev/null && echo UNSHARED; nsenter -t 1 -m true 2>/dev/null && echo ENTERED; \
                  mount -t tmpfs x /tmp 2>/dev/null && echo MOUNTED; mknod /tmp/m c 1 1 2>/dev/null && echo NODE; \
                  ls /dev | tr '\\n' ' '; cut -d: -f3 /proc/self/cgroup | sort -u; hostname";
    let seen = world.run(&sh(script)).success();
    let (devices, rest) = seen.split_once("urandom zero ").unwrap();
    assert_eq!(devices, "fd full null random stderr stdin stdout ");
    assert!(!seen.contains("MOUNTED") && !seen.contains("UNSHARED"), "{seen}");
    assert!(!seen.contains("ENTERED") && !seen.contains("NODE"), "{seen}");
    assert!(rest.ends_with("sandbox\n"), "{seen}");
}
