//! Whom a server runs as.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::process::Command;
use tempfile::TempDir;

/// The user and group that own nothing, by their numbers on every Linux.
const NOBODY: u32 = 65_534;

/// Whom a server runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum User {
    /// Whoever runs the tests.
    Own,
    /// One without any privilege. Where the tests are run by such a user it is that one.
    Ordinary,
}

impl User {
    /// The binary under test, to be run as this user, who may write into the directory.
    #[must_use]
    pub fn command(self, directory: &TempDir) -> Command {
        let binary = crate::server::binary();
        if !self.must_change() {
            return Command::new(binary);
        }
        // The build's folder may lie in a home directory, which others cannot enter.
        let reachable = directory.path().join("lambent");
        if !reachable.exists() {
            fs::copy(binary, &reachable).expect("a copy of the binary");
        }
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(directory.path(), open.clone()).expect("a directory to enter");
        fs::set_permissions(&reachable, open).expect("a binary to run");
        chown(directory.path(), Some(NOBODY), Some(NOBODY)).expect("a directory of its own");
        let mut command = as_nobody();
        command.arg(reachable).current_dir(directory.path());
        command
    }

    /// A shell's command, run as this user.
    #[must_use]
    pub fn shell(self, script: &str) -> Command {
        let mut command = if self.must_change() { as_nobody() } else { Command::new("env") };
        command.args(["sh", "-c", script]).current_dir("/");
        command
    }

    fn must_change(self) -> bool {
        self == Self::Ordinary && is_root()
    }
}

fn as_nobody() -> Command {
    let (user, group) = (format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"));
    let mut command = Command::new("setpriv");
    command.args([user.as_str(), &group, "--clear-groups"]).env("HOME", "/");
    command
}

/// The owner of our own process's folder is who we are.
fn is_root() -> bool {
    fs::metadata("/proc/self").expect("a process has its folder").uid() == 0
}
