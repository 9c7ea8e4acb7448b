//! What a sandbox is to be: everything the engine decides, in plain data.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::SandboxError;

/// The descriptor, in the runtime, of the pipe for framed log records (`_LAMBDA_TELEMETRY_LOG_FD`).
pub const TELEMETRY_FD: i32 = 3;

/// The address of the sandbox's own loopback at which its listeners are reached, as recorded from AWS.
pub const SANDBOX_ADDRESS: std::net::Ipv4Addr = std::net::Ipv4Addr::new(169, 254, 100, 1);

/// The port of the first listener inside a network of the sandbox's own; the others follow.
pub const FIRST_PORT: u16 = 9001;

/// The most listeners one sandbox gets.
pub const LISTENERS_MAX: usize = 4;

/// Which network the function sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// A network namespace of its own with nothing but loopback: the listeners and nothing else.
    None,
    /// The host's network. Listeners are on `127.0.0.1` with ports the kernel chooses, so other local
    /// processes can reach them; the price of leaving the namespace out.
    Host,
}

/// One file of ours that appears, read-only, in the runtime directory (`/var/runtime`).
#[derive(Debug, Clone)]
pub struct RuntimeFile {
    /// A plain file name, or a relative path below the runtime directory.
    pub name: String,
    /// The bytes.
    pub contents: Arc<[u8]>,
    /// Whether it gets mode 755 rather than 644.
    pub executable: bool,
}

/// What to build. Nothing of the host is visible inside but what is named here, the system's programs and
/// libraries, and a few files of `/etc`.
#[derive(Debug, Clone)]
pub struct SandboxSpec {
    /// Names the sandbox in cgroups and directories: 1 to 64 of `[A-Za-z0-9_-]`. For people: nothing breaks if it
    /// is not unique.
    pub id: String,
    /// Which network the function sees.
    pub network: Network,
    /// The unpacked code: `/var/task`, read-only. May lie under directories only the server can enter, but this
    /// one and what is in it must be readable by everybody: under a root server the function has its own user.
    pub task_dir: PathBuf,
    /// The merged layers: `/opt`, read-only. An empty directory if absent.
    pub opt_dir: Option<PathBuf>,
    /// Files of ours for `/var/runtime`.
    pub runtime_files: Arc<[RuntimeFile]>,
    /// Host directories that appear read-only at the same absolute path, such as an interpreter's tree
    /// outside `/usr`.
    pub read_only_trees: Vec<PathBuf>,
    /// Size of `/tmp` in bytes.
    pub tmp_bytes: u64,
    /// Memory of the whole tree in bytes, `/tmp` contents included, no swap. They outlive a reset: after an OOM kill
    /// because of them the next runtime is killed too, so a sandbox whose runtime cannot start again is spent.
    pub memory_bytes: u64,
    /// Processes and threads together.
    pub pids_max: u32,
    /// Open files per process.
    pub nofile_max: u64,
    /// CPU from the start in thousandths of a core; `None` is no limit. See [`crate::Sandbox::set_cpu`].
    pub cpu_millis: Option<u32>,
    /// How many TCP listeners to make inside: the Runtime API first, the private Lambent API second.
    pub listeners: usize,
}

/// The program to run: exactly these arguments and exactly this environment.
#[derive(Clone)]
pub struct Program {
    /// The executable's path as the sandbox sees it.
    pub path: PathBuf,
    /// Arguments after the zeroth, which is `path`.
    pub args: Vec<OsString>,
    /// The whole environment; nothing is inherited.
    pub env: Vec<(OsString, OsString)>,
    /// Working directory as the sandbox sees it.
    pub cwd: PathBuf,
}

impl std::fmt::Debug for Program {
    /// Variables are the owner's secrets, and the function's own key is among them: only their number is shown.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { path, args, env, cwd } = self;
        out.debug_struct("Program")
            .field("path", path)
            .field("args", args)
            .field("variables", &env.len())
            .field("cwd", cwd)
            .finish()
    }
}

impl SandboxSpec {
    /// Refuses what could not work or would reach outside the sandbox's own names.
    pub(crate) fn validate(&self) -> Result<(), SandboxError> {
        let invalid = |text: String| Err(SandboxError::InvalidSpec(text));
        let id_ok = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if self.id.is_empty() || self.id.len() > 64 || !self.id.bytes().all(id_ok) {
            return invalid(format!("id {:?} is not 1 to 64 letters, digits, '-' or '_'", self.id));
        }
        if self.listeners > LISTENERS_MAX {
            return invalid(format!("{} listeners are more than {LISTENERS_MAX}", self.listeners));
        }
        if self.pids_max == 0 || self.memory_bytes == 0 || self.nofile_max < 16 || self.tmp_bytes == 0 {
            return invalid("a limit is zero, or fewer than 16 open files".to_owned());
        }
        let trees = self.read_only_trees.iter().map(PathBuf::as_path);
        for path in trees.chain([self.task_dir.as_path()]).chain(self.opt_dir.as_deref()) {
            if !is_plain_absolute(path) {
                return invalid(format!("{} is not a plain absolute path", path.display()));
            }
        }
        for file in self.runtime_files.iter() {
            let mut parts = Path::new(&file.name).components().peekable();
            if parts.peek().is_none() || !parts.all(|c| matches!(c, Component::Normal(_))) {
                return invalid(format!("runtime file name {:?} is not a plain relative path", file.name));
            }
        }
        Ok(())
    }
}

/// Absolute, not the root itself, and without `..`.
fn is_plain_absolute(path: &Path) -> bool {
    let mut parts = path.components();
    parts.next() == Some(Component::RootDir)
        && path.parent().is_some()
        && parts.all(|part| matches!(part, Component::Normal(_)))
}
