//! A daemon that has left its session, its parents and the default signals behind does not outlive its environment.

use crate::world::{USERS, World};
use lambent_tests::server::{descendants, is_alive, wait_for};
use serde_json::json;
use std::fs;
use std::time::Duration;

const WAIT: Duration = Duration::from_secs(30);

/// How an environment ends.
#[derive(Debug, Clone, Copy)]
enum End {
    Deletion,
    Timeout,
    Stop,
    Kill,
}

#[test]
fn a_daemon_ends_with_its_environment() {
    for user in USERS {
        for (number, end) in [End::Deletion, End::Timeout, End::Stop, End::Kill].into_iter().enumerate() {
            let mut world = World::confined(user);
            world.deploy("spy", json!({ "Timeout": 3 }));
            // A duration nobody else sleeps: the process that runs these tests is part of it.
            let seconds = format!("{}.{number}", 1_000_000 + std::process::id());
            world.attack("spy", &json!({ "daemon": &seconds }));
            let daemon = wait_for(WAIT, "the daemon", || sleeping(world.server.pid(), &seconds));
            assert!(is_alive(daemon), "{user:?}: it lives while its environment does");
            match end {
                End::Deletion => {
                    let reply = world.server.request("DELETE", "/2015-03-31/functions/spy", &[], b"");
                    assert_eq!(reply.status, 204, "{}", reply.text());
                }
                End::Timeout => {
                    let reply = world.invoke("spy", &json!({ "sleep": 60 }));
                    assert!(reply.text().contains("Task timed out after 3.00 seconds"), "{}", reply.text());
                }
                End::Stop => assert_eq!(world.server.terminate(), 0),
                End::Kill => world.server.kill(),
            }
            wait_for(WAIT, &format!("the daemon to end after {end:?} as {user:?}"), || {
                (!is_alive(daemon)).then_some(())
            });
        }
    }
}

/// The descendant that sleeps for so long.
fn sleeping(server: u32, seconds: &str) -> Option<(u32, u64)> {
    descendants(server).into_iter().find(|(pid, _)| {
        fs::read(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|line| line == format!("sleep\0{seconds}\0").as_bytes())
    })
}
