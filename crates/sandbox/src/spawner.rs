//! Makes sandboxes: the thread that starts their processes, and the handshake with each.
//!
//! `PR_SET_PDEATHSIG` is delivered when the *thread* that started a process ends, so that thread must live as
//! long as the server: it is ours, named, and does nothing else but start processes and reap them. Building
//! goes on in the calling threads, so sandboxes are built side by side.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::pipe::{PipeFlags, pipe_with};

use crate::cgroup::{self, Group, Hierarchies, Owner};
use crate::init::seccomp;
use crate::notice::Notices;
use crate::sandbox::{Output, Paths, Sandbox, Spawned};
use crate::spec::{FIRST_PORT, Network, SANDBOX_ADDRESS, SandboxSpec};
use crate::uids::{UidLease, UidRange};
use crate::wire::{FrameReader, Mode, Order, Received, Report, Setup, Wait, send_frame_timed, wait_for};
use crate::{Isolation, Level, Options, SandboxError};

/// Requests that may wait for the thread.
const QUEUE_MAX: usize = 64;

/// How often the thread reaps ended wardens when nothing else wakes it.
const REAP_INTERVAL: Duration = Duration::from_secs(1);

/// A build that has no memory cgroup lets a process allocate this much more than the limit, for thread stacks
/// and the like that are reserved and never touched.
const DATA_SLACK_BYTES: u64 = 256 * 1024 * 1024;

/// Makes sandboxes. Cheap to clone; the thread ends with the last clone and the last sandbox.
#[derive(Debug, Clone)]
pub struct Spawner {
    inner: Arc<Inner>,
}

#[derive(Debug, Clone)]
pub(crate) struct Inner {
    launches: SyncSender<Launch>,
    options: Options,
    owner: Owner,
    hierarchies: Hierarchies,
    level: Level,
    missing: Vec<String>,
    seccomp: Arc<[Vec<u64>]>,
    /// Present when the server is root.
    uids: Option<Arc<UidRange>>,
}

/// One process to start, with its end of the control socket as standard input.
#[derive(Debug)]
struct Launch {
    control: OwnedFd,
    started: SyncSender<io::Result<u32>>,
}

impl Spawner {
    /// Starts the thread, finds the cgroups, clears up after dead servers and, unless isolation is off, builds
    /// one confined sandbox to see that it works. Blocks for some milliseconds.
    ///
    /// # Errors
    /// [`SandboxError::Unsupported`] if `Isolation::Required` cannot be had; otherwise the thread or the
    /// seccomp program could not be made.
    pub fn new(options: Options) -> Result<Self, SandboxError> {
        let (launches, requests) = sync_channel(QUEUE_MAX);
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
        if inner.options.isolation == Isolation::None {
            inner.level = Level::Plain;
        } else if let Err(error) = inner.try_confined() {
            if inner.options.isolation == Isolation::Required {
                return Err(SandboxError::Unsupported(error.to_string()));
            }
            inner.level = Level::Plain;
            inner.missing.insert(
                0,
                format!("namespaces: functions run with the server's own rights, because {error}"),
            );
        }
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
            frozen: std::sync::atomic::AtomicBool::new(false),
            _uid: uid,
            _spawner: Arc::clone(inner),
        };
        Ok(Spawned { sandbox, notices, listeners: built.listeners, output: built.output })
    }
}

/// What the handshake brought.
struct Built {
    control: Arc<UnixStream>,
    reader: FrameReader,
    warden_pid: u32,
    listeners: Vec<TcpListener>,
    output: Output,
}

impl Inner {
    /// Builds one confined sandbox and ends it.
    fn try_confined(&self) -> Result<(), SandboxError> {
        Spawner { inner: Arc::new(self.clone()) }.spawn(&trial_spec()).map(drop)
    }

    fn build(
        &self,
        spec: &SandboxSpec,
        name: &str,
        group: &Group,
        uid: Option<&UidLease>,
        deadline: Instant,
    ) -> Result<Built, SandboxError> {
        group.set_memory(spec.memory_bytes)?;
        group.set_pids(spec.pids_max)?;
        group.set_cpu(spec.cpu_millis)?;
        let (output, ends) = pipes().map_err(|error| SandboxError::io("make the output pipes", error))?;
        let (control, theirs) =
            UnixStream::pair().map_err(|e| SandboxError::io("make the control socket", e))?;
        control
            .set_nonblocking(true)
            .map_err(|error| SandboxError::io("set up the control socket", error))?;
        let warden_pid = self.launch(theirs.into(), deadline)?;
        let order = Order::Setup(Box::new(self.setup(spec, name, group, uid))).encode();
        let fds: Vec<_> = ends.iter().map(AsFd::as_fd).collect();
        let left = deadline.saturating_duration_since(Instant::now());
        // If the child is gone already it has said why, so what it said is read in any case.
        let sent = send_frame_timed(control.as_fd(), &order, &fds, left);
        let mut reader = FrameReader::default();
        let listeners = self.await_ready(&control, &mut reader, deadline)?;
        sent.map_err(|error| SandboxError::io("send the sandbox its set-up", error))?;
        if listeners.len() != spec.listeners {
            return Err(SandboxError::Setup(format!("{} listeners came back", listeners.len())));
        }
        Ok(Built { control: Arc::new(control), reader, warden_pid, listeners, output })
    }

    /// Has the thread start a process; its id.
    fn launch(&self, control: OwnedFd, deadline: Instant) -> Result<u32, SandboxError> {
        let (started, answer) = sync_channel(1);
        self.launches.try_send(Launch { control, started }).map_err(|error| match error {
            TrySendError::Full(_) => SandboxError::Busy,
            TrySendError::Disconnected(_) => SandboxError::Stopped,
        })?;
        let left = deadline.saturating_duration_since(Instant::now());
        match answer.recv_timeout(left) {
            Ok(Ok(pid)) => Ok(pid),
            Ok(Err(error)) => Err(SandboxError::io(format!("run {}", self.options.program.display()), error)),
            Err(RecvTimeoutError::Timeout) => Err(SandboxError::TimedOut(self.options.timeout)),
            Err(RecvTimeoutError::Disconnected) => Err(SandboxError::Stopped),
        }
    }

    fn setup(&self, spec: &SandboxSpec, name: &str, group: &Group, uid: Option<&UidLease>) -> Setup {
        let mode = match (self.level, uid) {
            (Level::Plain, _) => Mode::Plain { scratch: self.options.scratch_dir.join(name) },
            (Level::Confined, Some(lease)) => Mode::Rooted { uid: lease.uid(), gid: lease.uid() },
            (Level::Confined, None) => Mode::Rootless {
                uid: rustix::process::geteuid().as_raw(),
                gid: rustix::process::getegid().as_raw(),
            },
        };
        // The kernel counts processes per user and user namespace, which for a plain sandbox is everything
        // the server's user runs: a limit there would hit the wrong ones. Init counts as one where it does.
        let counts_own = mode_has_own_user(&mode);
        Setup {
            mode,
            network: spec.network,
            task_dir: spec.task_dir.clone(),
            opt_dir: spec.opt_dir.clone(),
            runtime_files: Arc::clone(&spec.runtime_files),
            read_only_trees: spec.read_only_trees.clone(),
            tmp_bytes: spec.tmp_bytes,
            nofile_max: spec.nofile_max,
            nproc_max: (counts_own && !group.limits_pids()).then(|| u64::from(spec.pids_max) + 1),
            data_bytes_max: (!group.limits_memory())
                .then(|| spec.memory_bytes.saturating_add(DATA_SLACK_BYTES)),
            listeners: spec.listeners as u64,
            cgroups: group.dirs(),
            seccomp: Arc::clone(&self.seccomp),
        }
    }

    fn await_ready(
        &self,
        control: &UnixStream,
        reader: &mut FrameReader,
        deadline: Instant,
    ) -> Result<Vec<TcpListener>, SandboxError> {
        let failed = |error: io::Error| SandboxError::io("read the sandbox's answer", error);
        loop {
            match reader.receive(control.as_fd(), Wait::No).map_err(failed)? {
                Received::Frame(frame, fds) => match Report::decode(&frame).map_err(failed)? {
                    Report::Ready => return fds.into_iter().map(|fd| listener(fd).map_err(failed)).collect(),
                    Report::Failed(text) => return Err(SandboxError::Setup(text)),
                    report => return Err(SandboxError::Setup(format!("an untimely report, {report:?}"))),
                },
                Received::End => {
                    return Err(SandboxError::Setup("its process ended without a word".to_owned()));
                }
                Received::Nothing => {
                    wait_for(control.as_fd(), PollFlags::IN, deadline)
                        .map_err(|_| SandboxError::TimedOut(self.options.timeout))?;
                }
            }
        }
    }

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
fn run(requests: &Receiver<Launch>, command: &dyn Fn() -> Command) {
    let mut children: Vec<Child> = Vec::new();
    loop {
        let request = if children.is_empty() {
            requests.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            requests.recv_timeout(REAP_INTERVAL)
        };
        match request {
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

fn mode_has_own_user(mode: &Mode) -> bool {
    match mode {
        Mode::Plain { .. } => false,
        Mode::Rootless { .. } | Mode::Rooted { .. } => true,
    }
}

fn pipes() -> io::Result<(Output, [OwnedFd; 3])> {
    let pipe = || pipe_with(PipeFlags::CLOEXEC);
    let ((stdout, a), (stderr, b), (telemetry, c)) = (pipe()?, pipe()?, pipe()?);
    Ok((Output { stdout, stderr, telemetry }, [a, b, c]))
}

fn listener(fd: OwnedFd) -> io::Result<TcpListener> {
    let listener = TcpListener::from(fd);
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// The least that goes through every step.
pub(crate) fn trial_spec() -> SandboxSpec {
    SandboxSpec {
        id: "trial".to_owned(),
        network: Network::None,
        task_dir: "/usr".into(),
        opt_dir: None,
        runtime_files: Arc::new([]),
        read_only_trees: Vec::new(),
        tmp_bytes: 1024 * 1024,
        memory_bytes: 64 * 1024 * 1024,
        pids_max: 4,
        nofile_max: 64,
        cpu_millis: None,
        listeners: 1,
    }
}

fn missing_controllers(hierarchies: &Hierarchies) -> Vec<String> {
    let have = [
        ("memory", hierarchies.memory.is_some(), "allocations fail at a limit per process instead"),
        ("pids", hierarchies.pids.is_some(), "processes are counted per user instead"),
        ("cpu", hierarchies.cpu.is_some(), "a function may use every core"),
        (
            "freezer",
            hierarchies.freezer.is_some(),
            "idle functions are stopped with SIGSTOP, which they can see",
        ),
    ];
    have.into_iter()
        .filter(|(_, present, _)| !present)
        .map(|(name, _, instead)| format!("cgroup {name}: {instead}"))
        .collect()
}
