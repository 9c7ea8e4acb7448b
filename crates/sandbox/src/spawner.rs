//! Makes sandboxes: the thread that starts their processes, and the handshake with each.
//!
//! `PR_SET_PDEATHSIG` is delivered when the *thread* that started a process ends, so that thread must live as
//! long as the server: it is ours, named, and does nothing else but start processes and reap them. Building
//! goes on in the calling threads, so sandboxes are built side by side.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use crate::cgroup::{self, Group, Hierarchies, Owner};
use crate::init::seccomp;
use crate::launches::{self, Launch, Launches, Requests};
use crate::level::missing_controllers;
use crate::notice::Notices;
use crate::sandbox::{Paths, Sandbox, Spawned};
use crate::spec::{FIRST_PORT, Network, SANDBOX_ADDRESS, SandboxSpec};
use crate::uids::UidRange;
use crate::{Level, Options, SandboxError};

/// How often the thread reaps ended wardens when nothing else wakes it.
const REAP_INTERVAL: Duration = Duration::from_secs(1);

/// Makes sandboxes. Cheap to clone; the thread ends with the last clone and the last sandbox.
#[derive(Debug, Clone)]
pub struct Spawner {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug, Clone)]
pub(crate) struct Inner {
    pub(crate) launches: Launches,
    pub(crate) options: Options,
    pub(crate) owner: Owner,
    pub(crate) hierarchies: Hierarchies,
    pub(crate) level: Level,
    pub(crate) missing: Vec<String>,
    pub(crate) seccomp: Arc<[Vec<u64>]>,
    /// Present when the server is root.
    pub(crate) uids: Option<Arc<UidRange>>,
}

impl Spawner {
    /// Starts the thread, finds the cgroups, clears up after dead servers and builds a sandbox to see that it
    /// works. Blocks for some milliseconds.
    ///
    /// # Errors
    /// [`SandboxError::Unsupported`] if what the isolation option demands cannot be had; otherwise the thread
    /// or the seccomp program could not be made.
    pub fn new(options: Options) -> Result<Self, SandboxError> {
        let (launches, requests) = launches::queue();
        let (program, args) = (options.program.clone(), options.args.clone());
        let command = move || {
            let mut command = Command::new(&program);
            command.args(&args).env_clear().current_dir("/");
            command
        };
        std::thread::Builder::new()
            .name("sandbox-spawner".to_owned())
            .spawn(move || run(&requests, &command))
            .map_err(|error| SandboxError::io("start the sandbox spawner's thread", error))?;
        let hierarchies = Hierarchies::detect();
        cgroup::sweep(&hierarchies, &options.scratch_dir);
        let uids = rustix::process::geteuid().is_root().then(|| UidRange::new(&options)).transpose()?;
        let mut inner = Inner {
            launches,
            owner: Owner::current().map_err(|error| SandboxError::io("read our own start time", error))?,
            missing: missing_controllers(&hierarchies),
            hierarchies,
            level: Level::Confined,
            seccomp: seccomp::compile()?,
            uids,
            options,
        };
        inner.choose()?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What sandboxes of this spawner are.
    pub fn level(&self) -> Level {
        self.inner.level
    }

    /// What this host lacks, each as a sentence for the operator's log. Empty is the best.
    pub fn missing(&self) -> &[String] {
        &self.inner.missing
    }

    /// Builds a sandbox. Blocks for milliseconds, at most for the timeout of the options, so an asynchronous
    /// caller uses a thread for it. On an error nothing is left behind.
    ///
    /// # Errors
    /// See [`SandboxError`].
    pub fn spawn(&self, spec: &SandboxSpec) -> Result<Spawned, SandboxError> {
        spec.validate()?;
        let inner = &self.inner;
        let deadline = Instant::now() + inner.options.timeout;
        let uid = inner
            .uids
            .as_ref()
            .filter(|_| inner.level == Level::Confined)
            .map(UidRange::lease)
            .transpose()?;
        let name = inner.owner.name(&spec.id);
        let group = Group::create(&inner.hierarchies, &name)?;
        let built = inner.build(spec, &name, &group, uid.as_ref(), deadline);
        let built = built.inspect_err(|_| group.remove())?;
        let paths = inner.paths(spec, &name);
        let notices = Notices::new(Arc::clone(&built.control), built.reader);
        let sandbox = Sandbox {
            id: spec.id.clone(),
            level: inner.level,
            control: built.control,
            group,
            warden_pid: built.warden_pid,
            addresses: inner.addresses(spec.network, &built.listeners)?,
            paths,
            timeout: inner.options.timeout,
            frozen: AtomicBool::new(false),
            uid,
            _spawner: Arc::clone(inner),
        };
        Ok(Spawned { sandbox, notices, listeners: built.listeners, output: built.output })
    }
}

impl Inner {
    fn addresses(
        &self,
        network: Network,
        listeners: &[TcpListener],
    ) -> Result<Vec<SocketAddr>, SandboxError> {
        if self.level == Level::Confined && network == Network::None {
            let ports = FIRST_PORT..;
            return Ok(listeners.iter().zip(ports).map(|(_, port)| (SANDBOX_ADDRESS, port).into()).collect());
        }
        let address = |listener: &TcpListener| listener.local_addr();
        let addresses: io::Result<_> = listeners.iter().map(address).collect();
        addresses.map_err(|error| SandboxError::io("read a listener's address", error))
    }

    fn paths(&self, spec: &SandboxSpec, name: &str) -> Paths {
        match self.level {
            Level::Confined => Paths {
                task_root: "/var/task".into(),
                opt_dir: Some("/opt".into()),
                runtime_dir: "/var/runtime".into(),
                tmp: "/tmp".into(),
            },
            Level::Plain => {
                let scratch = self.options.scratch_dir.join(name);
                Paths {
                    task_root: spec.task_dir.clone(),
                    opt_dir: spec.opt_dir.clone(),
                    runtime_dir: scratch.join("runtime"),
                    tmp: scratch.join("tmp"),
                }
            }
        }
    }
}

/// The thread: starts and reaps until every handle is gone.
fn run(requests: &Requests, command: &dyn Fn() -> Command) {
    let mut children: Vec<Child> = Vec::new();
    loop {
        match requests.receive((!children.is_empty()).then_some(REAP_INTERVAL)) {
            Ok(Launch { control, started }) => {
                // Standard error stays the server's: the last words of an init that cannot reach the socket.
                let spawned = command().stdin(control).stdout(Stdio::null()).process_group(0).spawn();
                let answer = spawned.map(|child| {
                    let pid = child.id();
                    children.push(child);
                    pid
                });
                // A caller that gave up has dropped its end of the socket too, which ends the process.
                let _ = started.try_send(answer);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        children.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
    }
    // Their sockets are closed, or the handles would not be gone.
    for mut child in children {
        let _ = child.wait();
    }
}
