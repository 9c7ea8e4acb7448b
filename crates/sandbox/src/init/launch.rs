//! Starting the runtime: the last lines of ours before the function's.
//!
//! To join a cgroup takes the kernel an RCU grace period, 4 ms on an idle machine and many on a busy one, spent
//! asleep. So the process that will be the runtime is forked early, joins while init builds the root, and
//! waits: a *seat*, taken by the next program. After a reset there is a new one. None is kept while a runtime
//! runs, which would see it.

use std::ffi::{CString, OsStr};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal};

use super::limits::Limits;
use super::tree::Tree;
use super::{Pipes, confine, landlock};
use crate::error::Step;
use crate::spec::{Program, TELEMETRY_FD};
use crate::sys;
use crate::wire::{Mode, Order, Setup};

/// What every start of a runtime needs, kept over resets.
#[derive(Debug)]
pub(super) struct Launcher {
    pub(super) tree: Tree,
    mode: Mode,
    seccomp: Arc<[Vec<u64>]>,
    pipes: Pipes,
    procs: Vec<File>,
    limits: Limits,
    seat: Option<Seat>,
}

/// A process that is in the cgroups already. It hears one byte when it may confine itself, then an encoded order
/// to start a program, and says nothing at all, by a successful `exec`, or why not.
#[derive(Debug)]
struct Seat {
    pid: Pid,
    order: File,
    failure: File,
}

/// What is left to do to a new process until it is as confined as a function must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rights {
    /// Forked from an init that still has all rights.
    All,
    /// Forked from a confined init: only Landlock is missing, which would keep init from signalling us.
    Confined,
    /// There are no walls.
    Plain,
}

/// A program in the form the kernel takes.
struct Image {
    path: CString,
    args: Vec<CString>,
    env: Vec<CString>,
    cwd: CString,
}

impl Launcher {
    pub(super) fn new(setup: &Setup, pipes: Pipes, procs: Vec<File>, tree: Tree) -> Self {
        let (mode, seccomp) = (setup.mode.clone(), Arc::clone(&setup.seccomp));
        Self { tree, mode, seccomp, pipes, procs, limits: Limits::new(setup), seat: None }
    }

    /// Forks the process that will be the next runtime, so that it can join the cgroups meanwhile.
    pub(super) fn make_seat(&mut self, rights: Rights) -> Result<(), String> {
        let pipe = || pipe_with(PipeFlags::CLOEXEC).step(|| "make a pipe for the runtime's start".to_owned());
        let ((their_order, order), (failure, their_failure)) = (pipe()?, pipe()?);
        let Some(pid) = sys::fork(0).step(|| "fork".to_owned())? else {
            // Our copy of the other end would keep the order from ending.
            drop((order, failure));
            let reason = self.sit(rights, their_order);
            let _ = File::from(their_failure).write_all(reason.as_bytes());
            sys::exit_now(127)
        };
        self.seat = Some(Seat { pid, order: order.into(), failure: failure.into() });
        Ok(())
    }

    /// The root is built: lets the waiting process give up its rights too.
    pub(super) fn confine_seat(&mut self) {
        if let Some(seat) = &mut self.seat {
            // If it is dead already it has said why, and `start` will read that.
            let _ = seat.order.write_all(b"!");
        }
    }

    /// Forgets the waiting process, which has been killed.
    pub(super) fn forget_seat(&mut self) {
        self.seat = None;
    }

    /// Starts `program` and returns when it runs, or says why it does not.
    pub(super) fn start(&mut self, program: &Program) -> Result<Pid, String> {
        if self.seat.is_none() {
            self.make_confined_seat()?;
        }
        let Some(Seat { pid, mut order, mut failure }) = self.seat.take() else {
            return Err("no process to start it in".to_owned());
        };
        // If the process is dead already it has said why.
        let _ = order.write_all(&Order::Start(program.clone()).encode());
        drop(order);
        // Ends without a word at a successful `exec`.
        let mut reason = String::new();
        failure.read_to_string(&mut reason).step(|| "watch the runtime's start".to_owned())?;
        if reason.is_empty() {
            return Ok(pid);
        }
        let _ = rustix::process::waitpid(Some(pid), rustix::process::WaitOptions::empty());
        Err(reason)
    }

    /// A seat forked from this init as it is now, after its own confinement.
    pub(super) fn make_confined_seat(&mut self) -> Result<(), String> {
        let rights = if self.tree == Tree::Namespace { Rights::Confined } else { Rights::Plain };
        self.make_seat(rights)?;
        self.confine_seat();
        Ok(())
    }

    /// The child's life. Returns only why it failed.
    fn sit(&self, rights: Rights, order: OwnedFd) -> String {
        match self.wait_for_program(rights, order).and_then(|program| self.become_runtime(&program)) {
            Ok(never) => match never {},
            Err(reason) => reason,
        }
    }

    fn wait_for_program(&self, rights: Rights, order: OwnedFd) -> Result<Program, String> {
        for mut procs in &self.procs {
            procs.write_all(b"0").step(|| "join a cgroup".to_owned())?;
        }
        let mut order = File::from(order);
        order.read_exact(&mut [0]).step(|| "wait for the root".to_owned())?;
        match rights {
            Rights::All => {
                confine::give_up_everything(&self.mode, &self.seccomp)?;
                landlock::restrict()?;
            }
            Rights::Confined => drop(landlock::restrict()?),
            Rights::Plain => {
                // Namespaces see to this otherwise.
                rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
                    .step(|| "ask for a signal at init's end".to_owned())?;
            }
        }
        let mut bytes = Vec::new();
        order.read_to_end(&mut bytes).step(|| "wait for a program".to_owned())?;
        match Order::decode(&bytes).step(|| "understand what to run".to_owned())? {
            Order::Start(program) => Ok(program),
            _ => Err("told something else than a program".to_owned()),
        }
    }

    fn become_runtime(&self, program: &Program) -> Result<std::convert::Infallible, String> {
        let image = Image::new(program)?;
        // No terminal, and signals of ours reach it alone.
        rustix::process::setsid().step(|| "make a session".to_owned())?;
        rustix::process::chdir(&image.cwd).step(|| format!("enter {}", image.cwd.to_string_lossy()))?;
        for (pipe, target) in self.pipes.iter().zip([1, 2, TELEMETRY_FD]) {
            sys::dup_to(pipe.as_fd(), target).step(|| format!("connect descriptor {target}"))?;
        }
        self.limits.apply()?;
        // Marks the pipe for failures too, which must stay open until `exec` succeeds.
        let first = TELEMETRY_FD.unsigned_abs() + 1;
        sys::close_on_exec_from(first).step(|| "close descriptors".to_owned())?;
        sys::reset_signals().step(|| "reset signals".to_owned())?;
        Err(sys::exec(&image.path, &image.args, &image.env))
            .step(|| format!("run {}", image.path.to_string_lossy()))
    }
}

impl Image {
    fn new(program: &Program) -> Result<Self, String> {
        let text = |value: &OsStr| {
            CString::new(value.as_bytes()).step(|| "an argument or variable has a zero byte".to_owned())
        };
        let variable = |(name, value): &(std::ffi::OsString, std::ffi::OsString)| {
            let mut pair = name.clone();
            pair.push("=");
            pair.push(value);
            text(&pair)
        };
        let path = text(program.path.as_os_str())?;
        let rest = program.args.iter().map(|arg| text(arg));
        Ok(Self {
            args: std::iter::once(Ok(path.clone())).chain(rest).collect::<Result<_, _>>()?,
            env: program.env.iter().map(variable).collect::<Result<_, _>>()?,
            cwd: text(program.cwd.as_os_str())?,
            path,
        })
    }
}
