//! The server's handle on one sandbox.

use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::cgroup::Group;
use crate::notice::Notices;
use crate::process_tree;
use crate::spawner::Inner;
use crate::spec::Program;
use crate::uids::UidLease;
use crate::wire::{Order, send_frame_timed};
use crate::{Level, SandboxError};

/// A sandbox that is built and runs nothing yet.
#[derive(Debug)]
pub struct Spawned {
    /// Steers it. Dropping this ends the sandbox.
    pub sandbox: Sandbox,
    /// What happens in it.
    pub notices: Notices,
    /// The listeners in the order of [`Sandbox::addresses`]; non-blocking.
    pub listeners: Vec<TcpListener>,
    /// What the function writes.
    pub output: Output,
}

/// The read ends of the function's pipes, blocking. They end when the whole sandbox has, not with the runtime:
/// after a reset the next one writes to the same.
#[derive(Debug)]
pub struct Output {
    /// Descriptor 1 of the runtime.
    pub stdout: OwnedFd,
    /// Descriptor 2 of the runtime.
    pub stderr: OwnedFd,
    /// Descriptor [`crate::TELEMETRY_FD`] of the runtime.
    pub telemetry: OwnedFd,
}

/// Where things are as the function sees them: AWS's own places when confined, host paths when not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The code, `/var/task`.
    pub task_root: PathBuf,
    /// The layers, `/opt`. Absent only in a plain sandbox without layers.
    pub opt_dir: Option<PathBuf>,
    /// The runtime's files, `/var/runtime`.
    pub runtime_dir: PathBuf,
    /// The only place to write, `/tmp`.
    pub tmp: PathBuf,
}

/// What a sandbox has used so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// The most memory ever in use at once, in bytes. With a cgroup that is the whole tree and its `/tmp`;
    /// without one it is the largest resident size of any one living process.
    pub memory_peak_bytes: Option<u64>,
    /// CPU time used. Without a cgroup, processes whose parent died before them are not counted.
    pub cpu_time: Option<Duration>,
}

/// One confined process tree. Every call is short and safe from an asynchronous task: at worst an order waits
/// for the child to read the one before, within the spawner's timeout.
#[derive(Debug)]
pub struct Sandbox {
    pub(crate) id: String,
    pub(crate) level: Level,
    pub(crate) control: Arc<UnixStream>,
    pub(crate) group: Group,
    pub(crate) warden_pid: u32,
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) paths: Paths,
    pub(crate) timeout: Duration,
    pub(crate) frozen: AtomicBool,
    /// Keeps the id from the next sandbox until this handle is gone.
    pub(crate) uid: Option<UidLease>,
    /// Keeps the spawner's thread: when it ends the kernel ends its sandboxes.
    pub(crate) _spawner: Arc<Inner>,
}

impl Sandbox {
    /// The id from the specification.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it has namespaces of its own.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The host user that is this sandbox's alone, for as long as it lives: with [`crate::peer_uid`] it tells the
    /// function's own connections from others' where the network is the host's. `None` where the sandbox has the
    /// server's user, as under a server that is not root, or without isolation.
    pub fn host_uid(&self) -> Option<u32> {
        self.uid.as_ref().map(UidLease::uid)
    }

    /// Where the function reaches each listener.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Where things are for the function.
    pub fn paths(&self) -> &Paths {
        &self.paths
    }

    /// Starts the runtime. [`crate::Notice::Started`] or [`crate::Notice::StartFailed`] follows. Only one
    /// runtime runs at a time: while one does, another is refused with `StartFailed`. Thaws first.
    ///
    /// # Errors
    /// The sandbox is gone or does not read its orders.
    pub fn start(&self, program: &Program) -> Result<(), SandboxError> {
        self.thaw()?;
        self.order(&Order::Start(program.clone()))
    }

    /// Kills everything the function started; mounts, `/tmp` and listeners stay. [`crate::Notice::Exited`] (if
    /// a runtime was running) and then [`crate::Notice::ResetDone`] follow. Thaws first.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn reset(&self) -> Result<(), SandboxError> {
        self.thaw()?;
        self.order(&Order::Reset)
    }

    /// Sends a signal to the runtime's first process, if it runs.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn signal_runtime(&self, signal: i32) -> Result<(), SandboxError> {
        self.order(&Order::Signal(signal))
    }

    /// Stops every process of the function, until [`Self::thaw`]. Complete a moment after this returns.
    ///
    /// # Errors
    /// The cgroup, or the sandbox, is gone.
    pub fn freeze(&self) -> Result<(), SandboxError> {
        self.frozen.store(true, Ordering::Relaxed);
        if self.group.can_freeze() { self.group.set_frozen(true) } else { self.order(&Order::Stop) }
    }

    /// Lets them run again, if they are frozen.
    ///
    /// # Errors
    /// As [`Self::freeze`].
    pub fn thaw(&self) -> Result<(), SandboxError> {
        if !self.frozen.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        if self.group.can_freeze() { self.group.set_frozen(false) } else { self.order(&Order::Continue) }
    }

    /// Limits CPU to thousandths of a core, or lifts the limit. Without a CPU cgroup it does nothing, which
    /// [`crate::Spawner::missing`] says.
    ///
    /// # Errors
    /// The cgroup is gone.
    pub fn set_cpu(&self, millis: Option<u32>) -> Result<(), SandboxError> {
        self.group.set_cpu(millis)
    }

    /// What it has used so far; all `None` once it is gone.
    pub fn usage(&self) -> Usage {
        let members = || process_tree::descendants(self.warden_pid).into_iter();
        let cpu_time = || members().filter_map(process_tree::cpu_time).reduce(|a, b| a + b);
        Usage {
            memory_peak_bytes: self.memory_peak_bytes(),
            cpu_time: self.group.cpu_time().or_else(cpu_time),
        }
    }

    /// The memory of [`Self::usage`] alone. Without a cgroup it looks through all processes of the machine.
    pub fn memory_peak_bytes(&self) -> Option<u64> {
        let largest = || {
            let members = process_tree::descendants(self.warden_pid).into_iter();
            members.filter_map(process_tree::memory_peak).max()
        };
        self.group.memory_peak().or_else(largest)
    }

    /// Forgets the memory peak so far, so that [`Self::usage`] tells that of one invocation. Where the kernel
    /// cannot, the peak stays that of the sandbox.
    pub fn reset_memory_peak(&self) {
        self.group.reset_memory_peak();
    }

    /// How many processes were killed for want of memory since the sandbox was built; `None` where nobody
    /// counts, because there is no memory cgroup: there allocations fail instead.
    pub fn oom_kills(&self) -> Option<u64> {
        self.group.oom_kills()
    }

    /// Ends the sandbox: the whole tree is killed, frozen or not, and the cgroups removed, by the warden. At
    /// once and without waiting; [`crate::Notice::Gone`] says when it is done. Again is no error.
    pub fn kill(&self) {
        // The warden sees the end of the stream. Our reading side stays open to hear the end of everything.
        let _ = self.control.shutdown(std::net::Shutdown::Write);
    }

    fn order(&self, order: &Order) -> Result<(), SandboxError> {
        send_frame_timed(self.control.as_fd(), &order.encode(), &[], self.timeout).map_err(
            |error| match error.kind() {
                std::io::ErrorKind::TimedOut => SandboxError::TimedOut(self.timeout),
                _ => SandboxError::io("give the sandbox an order", error),
            },
        )
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.kill();
    }
}
