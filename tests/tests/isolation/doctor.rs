//! `lambent doctor` tells the truth: what it says is compared with what other programs find out.

use crate::world::{USERS, World, doctor};
use lambent_tests::server::User;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

fn mechanism<'a>(report: &'a Value, name: &str) -> &'a Value {
    let mechanisms = report["isolation"]["mechanisms"].as_array().unwrap();
    mechanisms.iter().find(|found| found["name"] == name).unwrap_or_else(|| panic!("no {name} in {report}"))
}

fn said(user: User, script: &str) -> String {
    let output = user.shell(script).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn works(user: User, script: &str) -> bool {
    user.shell(script).output().unwrap().status.success()
}

#[test]
fn who_it_is_and_what_there_is() {
    for user in USERS {
        let report = doctor(user);
        assert_eq!(report["user"]["id"].to_string(), said(user, "id -u"));
        assert_eq!(report["user"]["root"], said(user, "id -u") == "0");
        assert_eq!(report["limits"]["cores"].to_string(), said(user, "nproc"));
        assert_eq!(report["limits"]["openFiles"].to_string(), said(user, "ulimit -Sn"));
        assert_eq!(report["limits"]["openFilesMax"].to_string(), said(user, "ulimit -Hn"));
        let total: u64 = said(user, "awk '/^MemTotal/ { print $2 }' /proc/meminfo").parse().unwrap();
        let memory = report["limits"]["memoryBytes"].as_u64().unwrap();
        assert!(memory > 0 && memory <= total * 1_024, "{memory} of {total} KiB");
        for runtime in report["runtimes"].as_array().unwrap() {
            let (program, version) =
                (runtime["program"].as_str().unwrap(), runtime["version"].as_str().unwrap());
            let words = said(user, &format!("{program} --version"));
            assert!(words.ends_with(version), "{user:?}: {program} says {words}, doctor {version}");
        }
    }
}

/// Every namespace is tried with another program, the one that others use for it.
#[test]
fn the_namespaces_it_finds_are_those_unshare_gets() {
    let table = [
        ("mount namespaces", "--mount"),
        ("process namespaces", "--pid --fork"),
        ("network namespaces", "--net"),
    ];
    for user in USERS {
        let report = doctor(user);
        let user_namespace = works(user, "unshare --user true");
        assert_eq!(mechanism(&report, "user namespaces")["available"], user_namespace, "{user:?}");
        for (name, flags) in table {
            let with = if user_namespace { "--user --map-root-user " } else { "" };
            let available = works(user, &format!("unshare {with}{flags} true"));
            assert_eq!(mechanism(&report, name)["available"], available, "{user:?}: {name}");
        }
    }
}

#[test]
fn landlock_is_what_the_kernel_says() {
    // landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION)
    let script = "import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1))";
    let output =
        Command::new(lambent_tests::prepared("LAMBENT_TEST_PYTHON")).args(["-c", script]).output().unwrap();
    let version: i64 = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
    for user in USERS {
        let report = doctor(user);
        assert_eq!(mechanism(&report, "Landlock")["available"], version > 0, "{user:?}: {version}");
    }
}

/// A controller counts as there if a group can be made where doctor says.
#[test]
fn the_cgroups_it_finds_are_writable_and_the_others_are_not() {
    for user in USERS {
        let report = doctor(user);
        for name in ["memory", "pids", "cpu", "freezer"] {
            let found = mechanism(&report, &format!("cgroup {name}"));
            if found["available"] == true {
                let detail = found["detail"].as_str().unwrap();
                let place = detail.split_once(", ").unwrap().1;
                assert!(Path::new(place).is_dir(), "{user:?}: {detail}");
                assert!(works(user, &format!("test -w {place}")), "{user:?}: {detail}");
            } else {
                let writable = said(user, "find /sys/fs/cgroup -maxdepth 3 -type d -writable 2>/dev/null");
                assert!(
                    !writable.contains(name),
                    "{user:?}: cgroup {name} is denied, and there is {writable}"
                );
                assert!(!found["remedy"].as_str().unwrap().is_empty(), "{user:?}: {found}");
            }
        }
    }
}

/// The verdict is the one thing that counts: where it is good, a server that insists on it starts and runs functions.
#[test]
fn where_it_says_confined_functions_are() {
    for user in USERS {
        assert_eq!(doctor(user)["isolation"]["confined"], true, "{user:?}");
        let world = World::confined(user);
        world.deploy("spy", json!({}));
        assert_eq!(
            world.attack("spy", &json!({ "read": ["/etc/shadow"] }))["read"]["/etc/shadow"],
            "ENOENT",
            "{user:?}"
        );
    }
}
