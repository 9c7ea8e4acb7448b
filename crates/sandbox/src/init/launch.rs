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
use rustix::process::{Pid, Signal, WaitOptions, waitpid};

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
/// to start a program, and says [`ABOUT_TO_RUN`] and then nothing, by a successful `exec`, or why not. Being in
/// the cgroups it can be killed at any time: whoever dies without a word has not run the program.
#[derive(Debug)]
struct Seat {
    pid: Pid,
    order: File,
    answer: File,
}

/// The last word before `exec`. No reason for a failure begins with it.
const ABOUT_TO_RUN: u8 = 0;

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
        self.seat = Some(self.fork_seat(rights)?);
        Ok(())
    }

    fn fork_seat(&self, rights: Rights) -> Result<Seat, String> {
        let pipe = || pipe_with(PipeFlags::CLOEXEC).step(|| "make a pipe for the runtime's start".to_owned());
        let ((their_order, order), (answer, their_answer)) = (pipe()?, pipe()?);
        let Some(pid) = sys::fork(0).step(|| "fork".to_owned())? else {
            // Our copy of the other end would keep the order from ending.
            drop((order, answer));
            let mut answer = File::from(their_answer);
            let reason = self.sit(rights, their_order, &mut answer);
            let _ = answer.write_all(reason.as_bytes());
            sys::exit_now(127)
        };
        Ok(Seat { pid, order: order.into(), answer: answer.into() })
    }

    /// The root is built: lets the waiting process give up its rights too.
    pub(super) fn confine_seat(&mut self) {
        if let Some(seat) = &mut self.seat {
            seat.confine();
        }
    }

    /// Forgets the waiting process, which has been killed.
    pub(super) fn forget_seat(&mut self) {
        self.seat = None;
    }

    /// Hears of a process that has been reaped. If it is the waiting one, as when the OOM killer took it, the
    /// next start makes another; its number may be somebody else's from now on.
    pub(super) fn reaped(&mut self, pid: Pid) {
        self.seat.take_if(|seat| seat.pid == pid);
    }

    /// Starts `program` and returns when it runs, or says why it does not. A process killed before that counts
    /// as one that ran, so that its end is heard of like any other's: but not if it is the waiting one, whose
    /// death may be of long ago and is made good by a new one.
    pub(super) fn start(&mut self, program: &Program) -> Result<Pid, String> {
        if let Some(seat) = self.seat.take() {
            let pid = seat.pid;
            if seat.run(program)? {
                return Ok(pid);
            }
            let _ = waitpid(Some(pid), WaitOptions::empty());
        }
        let mut seat = self.fork_seat(self.rights_after_confinement())?;
        seat.confine();
        let pid = seat.pid;
        seat.run(program)?;
        Ok(pid)
    }

    /// A seat forked from this init as it is now, after its own confinement.
    pub(super) fn make_confined_seat(&mut self) -> Result<(), String> {
        self.make_seat(self.rights_after_confinement())?;
        self.confine_seat();
        Ok(())
    }

    fn rights_after_confinement(&self) -> Rights {
        if self.tree == Tree::Namespace { Rights::Confined } else { Rights::Plain }
    }

    /// The child's life. Returns only why it failed.
    fn sit(&self, rights: Rights, order: OwnedFd, answer: &mut File) -> String {
        let program = self.wait_for_program(rights, order);
        match program.and_then(|program| self.become_runtime(&program, answer)) {
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

    fn become_runtime(
        &self,
        program: &Program,
        answer: &mut File,
    ) -> Result<std::convert::Infallible, String> {
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
        answer.write_all(&[ABOUT_TO_RUN]).step(|| "answer init".to_owned())?;
        Err(sys::exec(&image.path, &image.args, &image.env))
            .step(|| format!("run {}", image.path.to_string_lossy()))
    }
}

impl Seat {
    /// Lets it give up its rights. If it is dead already, [`Self::run`] will see that.
    fn confine(&mut self) {
        let _ = self.order.write_all(b"!");
    }

    /// Tells it what to become and waits until it is, or has failed, which reaps it, or is dead and silent,
    /// which is `false`.
    fn run(mut self, program: &Program) -> Result<bool, String> {
        // If it is dead already the answer shows it.
        let _ = self.order.write_all(&Order::Start(program.clone()).encode());
        drop(self.order);
        let mut answer = Vec::new();
        self.answer.read_to_end(&mut answer).step(|| "watch the runtime's start".to_owned())?;
        let reason = match answer.as_slice() {
            [] => return Ok(false),
            [ABOUT_TO_RUN] => return Ok(true),
            [ABOUT_TO_RUN, reason @ ..] | reason => String::from_utf8_lossy(reason).into_owned(),
        };
        let _ = waitpid(Some(self.pid), WaitOptions::empty());
        Err(reason)
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
