//! A server with the function that attacks in it.

use lambent_tests::server::User;
use lambent_tests::{Package, Reply, Server};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub(crate) const USERS: [User; 2] = [User::Own, User::Ordinary];
/// Confinement or nothing: a host that cannot must fail these tests.
pub(crate) const CONFINED: [&str; 2] = ["--isolation", "required"];
pub(crate) const PLAIN: [&str; 2] = ["--isolation", "none"];

pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) user: User,
}

impl World {
    pub(crate) fn confined(user: User) -> Self {
        Self::with(user, &CONFINED, &[])
    }

    pub(crate) fn with(user: User, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self { server: Server::start_as(user, arguments, variables), user }
    }

    /// Deploys the function that attacks.
    pub(crate) fn deploy(&self, name: &str, extra: Value) {
        let mut package = Package::of("probe.py", include_str!("../../functions/python/probe.py"));
        // Lets tests find this function's code on the disk, and an attacker nothing.
        package.add(&format!("{name}.secret"), b"secret", 0o644);
        let mut settings = json!({ "Timeout": 60 });
        settings.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        self.server.create_function(name, python_for(self.user), "probe.handler", package, settings);
    }

    pub(crate) fn invoke(&self, name: &str, event: &Value) -> Reply {
        let reply = self.server.invoke(name, &event.to_string());
        assert_eq!(reply.status, 200, "{:?}: {}", self.user, reply.text());
        reply
    }

    /// What the attack found out.
    pub(crate) fn attack(&self, name: &str, event: &Value) -> Value {
        let reply = self.invoke(name, event);
        assert_eq!(reply.header("x-amz-function-error"), None, "{:?}: {}", self.user, reply.text());
        reply.json()
    }

    /// The only file of this name in the data directory.
    pub(crate) fn stored(&self, name: &str) -> PathBuf {
        let found = find(&self.server.data_dir(), name);
        found.unwrap_or_else(|| panic!("no {name} in the data directory"))
    }
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let path = entry.path();
        if entry.file_name() == name {
            return Some(path);
        }
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) { find(&path, name) } else { None }
    })
}

/// What `doctor` says as this user.
pub(crate) fn doctor(user: User) -> Value {
    let folder = tempfile::TempDir::new().unwrap();
    let output = user.command(&folder).args(["doctor", "--output", "json"]).output().unwrap();
    assert!(output.status.success(), "{user:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The newest Python that this user can reach: an ordinary one does not see what lies in root's home.
fn python_for(user: User) -> &'static str {
    static FOUND: [OnceLock<String>; 2] = [OnceLock::new(), OnceLock::new()];
    let found = if user == User::Own { &FOUND[0] } else { &FOUND[1] };
    found.get_or_init(|| {
        let report = doctor(user);
        let names = report["runtimes"].as_array().unwrap().iter();
        let python =
            names.filter_map(|found| found["identifier"].as_str()).rfind(|name| name.starts_with("python"));
        python.unwrap_or_else(|| panic!("no Python for {user:?}: {report}")).to_owned()
    })
}
