//! Whom a function can reach.

use crate::world::{CONFINED, USERS, World};
use lambent_tests::server::{User, wait_for};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::time::Duration;

const WAIT: Duration = Duration::from_secs(60);

#[test]
fn nobody_is_reached_but_the_two_addresses_of_its_own() {
    for user in USERS {
        let world = World::confined(user);
        world.deploy("spy", json!({}));
        let bystander = TcpListener::bind("127.0.0.1:0").unwrap();
        let strangers = [
            world.server.address().to_string(),
            bystander.local_addr().unwrap().to_string(),
            "169.254.169.254:80".to_owned(),
        ];
        let found =
            world.attack("spy", &json!({ "connect": &strangers, "listeners": null, "own_addresses": null }));
        for stranger in &strangers {
            let answer = found["connect"][stranger].as_str().unwrap();
            assert!(
                ["ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH"].contains(&answer),
                "{user:?}: {stranger} is {answer}"
            );
        }
        assert_eq!(found["listeners"]["all"], found["listeners"]["own"], "{user:?}");
        let own = found["own_addresses"].as_object().unwrap();
        assert!(own.len() == 2 && own.values().all(|answer| answer == "done"), "{user:?}: {found}");
    }
}

#[test]
fn with_the_hosts_network_the_same_probe_reaches_the_server() {
    let world = World::with(User::Own, &CONFINED, &[("LAMBENT_ENVIRONMENTS_NETWORK", "host")]);
    world.deploy("spy", json!({}));
    let address = world.server.address().to_string();
    let found = world.attack("spy", &json!({ "connect": [&address] }));
    assert_eq!(found["connect"][&address], "done");
}

#[test]
fn another_environments_invocation_cannot_be_answered() {
    for user in USERS {
        let world = World::confined(user);
        world.deploy("victim", json!({}));
        world.deploy("spy", json!({}));
        let id = world.server.invoke_async("victim", &json!({ "sleep": 3 }).to_string());
        wait_for(WAIT, "the victim to run", || (world.server.event(&id)["state"] == "running").then_some(()));
        let found = world.attack("spy", &json!({ "answer_for": &id }));
        // The spy's own invocation runs, so the state is right and the id is not.
        assert_eq!(found["answer_for"], 400, "{user:?}");
        let event: Value = world.server.settled(&id, WAIT);
        assert_eq!(event["state"], "succeeded", "{user:?}: {event}");
        assert!(
            event["attempts"][0]["durationMs"].as_u64().unwrap() >= 3_000,
            "the victim slept to its end: {event}"
        );
    }
}
