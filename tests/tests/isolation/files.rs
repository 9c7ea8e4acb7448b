//! What a function can read and write.

use crate::world::{CONFINED, PLAIN, USERS, World};
use lambent_tests::server::User;
use serde_json::{Value, json};

/// What an attacker would like to read: the data directory, another's code, the passwords, through the server's eyes too.
fn targets(world: &World) -> Vec<String> {
    let data = world.server.data_dir();
    let root = format!("/proc/{}/root", world.server.pid());
    let paths = [data.clone(), data.join("lock"), world.stored("victim.secret")];
    let mut targets: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    targets.extend(["/etc/shadow".to_owned(), format!("{root}/etc/shadow")]);
    targets
}

fn with_victim(world: &World) {
    world.deploy("victim", json!({}));
    world.deploy("spy", json!({}));
    world.attack("victim", &json!({}));
}

#[test]
fn nothing_of_the_servers_or_of_another_function_can_be_read() {
    for user in USERS {
        let world = World::confined(user);
        with_victim(&world);
        let targets = targets(&world);
        let data = world.server.data_dir();
        let folder = data.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let found = world
            .attack("spy", &json!({ "read": &targets, "find": ["victim.secret", "spy.secret", folder] }));
        for target in &targets {
            let answer = found["read"][target].as_str().unwrap();
            assert!(["ENOENT", "EACCES"].contains(&answer), "{user:?}: {target} is {answer}");
        }
        // The search sees its own code, so it would see another's.
        assert_eq!(found["find"], json!(["/var/task/spy.secret"]), "{user:?}");
    }
}

#[test]
fn without_isolation_the_same_probe_reads_everything() {
    let world = World::with(User::Own, &PLAIN, &[]);
    with_victim(&world);
    let targets: Vec<String> = targets(&world).into_iter().filter(|path| !path.ends_with("shadow")).collect();
    let found = world.attack("spy", &json!({ "read": &targets }));
    let victim = world.stored("victim.secret").display().to_string();
    assert_eq!(found["read"][&victim], "done", "{found}");
    assert_eq!(found["read"][world.server.data_dir().to_str().unwrap()], "done", "{found}");
}

#[test]
fn only_tmp_can_be_written() {
    for user in USERS {
        let world = World::confined(user);
        world.deploy("spy", json!({}));
        let files = [
            "/var/task/probe.py",
            "/etc/passwd",
            "/proc/sys/kernel/core_pattern",
            "/proc/sysrq-trigger",
            "/bin/sh",
        ];
        let found = world.attack("spy", &json!({ "create": null, "overwrite": files }));
        assert_eq!(found["create"], json!(["/tmp"]), "{user:?}");
        for file in files {
            let answer = found["overwrite"][file].as_str().unwrap();
            assert!(["ENOENT", "EACCES", "EROFS", "EPERM"].contains(&answer), "{user:?}: {file} is {answer}");
        }
    }
}

#[test]
fn tmp_belongs_to_one_environment() {
    for user in USERS {
        let world = World::with(user, &CONFINED, &[]);
        world.deploy("one", json!({}));
        world.deploy("other", json!({}));
        let found = world.attack("one", &json!({ "create_in": "/tmp", "read": ["/tmp/probe"] }));
        assert_eq!(found, json!({ "create_in": "done", "read": { "/tmp/probe": "done" } }), "{user:?}");
        let found = world.attack("other", &json!({ "read": ["/tmp/probe"] }));
        assert_eq!(found["read"]["/tmp/probe"], "ENOENT", "{user:?}");
    }
}

#[test]
fn without_isolation_the_data_directory_can_be_written() {
    let world = World::with(User::Own, &PLAIN, &[]);
    world.deploy("spy", json!({}));
    let found: Value = world.attack("spy", &json!({ "create_in": world.server.data_dir() }));
    assert_eq!(found["create_in"], "done");
}
