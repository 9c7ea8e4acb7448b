//! Which processes a function can see and signal.

use crate::world::{CONFINED, PLAIN, USERS, World};
use lambent_tests::server::{User, descendants, is_alive};
use serde_json::json;

const SECRET: (&str, &str) = ("ISOLATION_TEST_SECRET", "a-variable-of-the-servers-own");

#[test]
fn the_servers_variables_and_other_processes_are_out_of_reach() {
    for user in USERS {
        let world = World::with(user, &CONFINED, &[SECRET]);
        world.deploy("victim", json!({}));
        world.deploy("spy", json!({}));
        // The number of seconds is found again in the command line.
        world.attack("victim", &json!({ "daemon": "600.1234567" }));
        let family = descendants(world.server.pid());
        let pids: Vec<u32> = family.iter().map(|(pid, _)| *pid).chain([world.server.pid()]).collect();
        assert!(pids.len() > 2, "a server with environments has children: {pids:?}");

        let found = world.attack("spy", &json!({ "search_processes": SECRET.1, "signal": &pids }));
        assert_eq!(found["search_processes"], json!([]), "{user:?}");
        for pid in &pids {
            assert_eq!(found["signal"][pid.to_string()], "ESRCH", "{user:?}: process {pid} in {found}");
        }
        let found = world.attack("spy", &json!({ "search_processes": "600.1234567" }));
        assert_eq!(found["search_processes"], json!([]), "{user:?}");
        assert!(
            family.iter().any(|process| is_alive(*process)),
            "{user:?}: the victim is there all the time"
        );
    }
}

#[test]
fn a_function_finds_its_own_processes() {
    for user in USERS {
        let world = World::confined(user);
        world.deploy("spy", json!({}));
        let found =
            world.attack("spy", &json!({ "daemon": "600.7654321", "search_processes": "600.7654321" }));
        // Before or after the daemon has become `sleep`, that the race decides.
        assert_eq!(found["daemon"], "done", "{user:?}");
        let found = world.attack("spy", &json!({ "search_processes": "600.7654321" }));
        assert_eq!(found["search_processes"], json!(["cmdline"]), "{user:?}");
    }
}

#[test]
fn without_isolation_the_same_probe_finds_the_server() {
    let world = World::with(User::Own, &PLAIN, &[SECRET]);
    world.deploy("spy", json!({}));
    let pid = world.server.pid();
    let found = world.attack("spy", &json!({ "search_processes": SECRET.1, "signal": [pid] }));
    assert!(found["search_processes"].as_array().unwrap().contains(&json!("environ")), "{found}");
    assert_eq!(found["signal"][pid.to_string()], "done");
}
