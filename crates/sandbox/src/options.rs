//! How this server makes sandboxes: chosen once, when it starts.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// How much isolation the operator asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// The strongest level the host allows; [`crate::Spawner::missing`] says what it lacks.
    Auto,
    /// Namespaces, private root, no capabilities and seccomp, or nothing starts. Cgroups and Landlock are
    /// used where the host has them, with resource limits (`setrlimit`) in their place otherwise.
    Required,
    /// Plain processes with the server's own identity and file system. Their limits hold and the whole tree
    /// still dies with the sandbox, but nothing keeps the function from the host's files.
    None,
}

/// The level that sandboxes of a [`crate::Spawner`] really have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Namespaces of their own.
    Confined,
    /// Plain processes.
    Plain,
}

/// How to make sandboxes.
#[derive(Debug, Clone)]
pub struct Options {
    /// How much isolation.
    pub isolation: Isolation,
    /// The program to re-execute as a sandbox's first process. It must call [`crate::sandbox_init_main`]
    /// before anything else when it sees `args`.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Where plain sandboxes ([`Level::Plain`]) get their runtime files and `/tmp`. Must be private to the
    /// server. Confined ones need no directory.
    pub scratch_dir: PathBuf,
    /// How long a sandbox may take until its listeners are there, and to take an order.
    pub timeout: Duration,
    /// The first of the host user ids, and group ids, that belong to sandboxes when the server is root. None
    /// of them may be used by anything else. The default lies above what `/etc/subuid` files usually give to
    /// users and what systemd gives to containers, whose owners could otherwise signal a function.
    pub uid_first: u32,
    /// How many there are: the most sandboxes at a time when the server is root.
    pub uid_count: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            isolation: Isolation::Auto,
            program: PathBuf::from("/proc/self/exe"),
            args: vec![OsString::from("sandbox-init")],
            scratch_dir: PathBuf::from("/tmp"),
            timeout: Duration::from_secs(10),
            uid_first: 1_900_000_000,
            uid_count: 65_536,
        }
    }
}
