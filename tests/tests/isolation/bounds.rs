//! How much a function can take.

use crate::world::{USERS, World, doctor};
use lambent_tests::server::User;
use serde_json::json;

/// Processes and threads of one environment, as documented by AWS.
const PIDS_MAX: u64 = 1_024;

#[test]
fn forks_are_counted() {
    for user in USERS {
        let world = World::confined(user);
        // Enough memory for so many processes.
        world.deploy("spy", json!({ "MemorySize": 4_096 }));
        let found = world.attack("spy", &json!({ "fork": null }));
        let children = found["fork"]["children"].as_u64().unwrap();
        assert_eq!(found["fork"]["error"], "EAGAIN", "{user:?}: {found}");
        assert!((PIDS_MAX / 2..PIDS_MAX).contains(&children), "{user:?}: {found}");
    }
}

#[test]
fn memory_is_bounded() {
    for user in USERS {
        let world = World::confined(user);
        world.deploy("small", json!({ "MemorySize": 128 }));
        world.deploy("large", json!({ "MemorySize": 1_024 }));
        let event = json!({ "allocate": 512 });
        assert_eq!(world.attack("large", &event)["allocate"], "done", "{user:?}");
        let reply = world.invoke("small", &event);
        assert_eq!(reply.header("x-amz-function-error"), Some("Unhandled"), "{user:?}: {}", reply.text());
        // A memory cgroup ends the process; without one the allocation fails in it.
        let expected = if has_memory_cgroup(user) { "signal: killed" } else { "MemoryError" };
        assert!(reply.text().contains(expected), "{user:?}: {}", reply.text());
        assert_eq!(world.attack("small", &json!({ "allocate": 16 }))["allocate"], "done", "{user:?}");
    }
}

fn has_memory_cgroup(user: User) -> bool {
    let report = doctor(user);
    let mechanisms = report["isolation"]["mechanisms"].as_array().unwrap();
    mechanisms.iter().any(|found| found["name"] == "cgroup memory" && found["available"] == true)
}
