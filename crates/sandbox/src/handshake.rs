//! Building one sandbox, from the server's side: its process, its set-up, and its first answer.

use std::io;
use std::net::TcpListener;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Instant;

use rustix::event::PollFlags;
use rustix::pipe::{PipeFlags, pipe_with};

use crate::cgroup::Group;
use crate::launches::Launch;
use crate::sandbox::Output;
use crate::spawner::Inner;
use crate::spec::SandboxSpec;
use crate::uids::UidLease;
use crate::wire::{FrameReader, Mode, Order, Received, Report, Setup, Wait, send_frame_timed, wait_for};
use crate::{Level, SandboxError};

/// A build that has no memory cgroup lets a process allocate this much more than the limit, for thread stacks
/// and the like that are reserved and never touched.
const DATA_SLACK_BYTES: u64 = 256 * 1024 * 1024;

/// What the handshake brought.
pub(crate) struct Built {
    pub(crate) control: Arc<UnixStream>,
    pub(crate) reader: FrameReader,
    pub(crate) warden_pid: u32,
    pub(crate) listeners: Vec<TcpListener>,
    pub(crate) output: Output,
}

impl Inner {
    /// Limits the group, starts the process, tells it what to be and waits until it is.
    pub(crate) fn build(
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
        self.launches.send(Launch { control, started }, deadline)?;
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
