//! Starting the runtime: the last lines of ours before the function's.

use std::ffi::{CString, OsStr};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal};

use super::Pipes;
use super::limits::Limits;
use super::tree::Tree;
use crate::error::Step;
use crate::spec::{Program, TELEMETRY_FD};
use crate::sys;
use crate::wire::Setup;

/// What every start of a runtime needs, kept over resets.
#[derive(Debug)]
pub(super) struct Launcher {
    pub(super) tree: Tree,
    pipes: Pipes,
    procs: Vec<File>,
    limits: Limits,
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
        Self { tree, pipes, procs, limits: Limits::new(setup) }
    }

    /// Starts `program` and returns when it runs, or says why it does not.
    pub(super) fn start(&self, program: &Program) -> Result<Pid, String> {
        let image = Image::new(program)?;
        let (ours, theirs) =
            pipe_with(PipeFlags::CLOEXEC).step(|| "make a pipe for the runtime's start".to_owned())?;
        let Some(pid) = sys::fork(0).step(|| "fork".to_owned())? else {
            let reason = self.become_runtime(&image);
            let _ = File::from(theirs).write_all(reason.as_bytes());
            sys::exit_now(127)
        };
        drop(theirs);
        // Closed without a word by a successful `exec`.
        let mut reason = String::new();
        File::from(ours).read_to_string(&mut reason).step(|| "watch the runtime's start".to_owned())?;
        if reason.is_empty() {
            return Ok(pid);
        }
        let _ = rustix::process::waitpid(Some(pid), rustix::process::WaitOptions::empty());
        Err(reason)
    }

    /// Returns only why it failed.
    fn become_runtime(&self, image: &Image) -> String {
        match self.prepare(image) {
            Ok(()) => {
                format!(
                    "run {}: {}",
                    image.path.to_string_lossy(),
                    sys::exec(&image.path, &image.args, &image.env)
                )
            }
            Err(reason) => reason,
        }
    }

    fn prepare(&self, image: &Image) -> Result<(), String> {
        // No terminal, and signals of ours reach it alone.
        rustix::process::setsid().step(|| "make a session".to_owned())?;
        for mut procs in &self.procs {
            procs.write_all(b"0").step(|| "join a cgroup".to_owned())?;
        }
        if self.tree == Tree::Descendants {
            // Namespaces see to this otherwise.
            rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
                .step(|| "ask for a signal at init's end".to_owned())?;
        }
        rustix::process::chdir(&image.cwd).step(|| format!("enter {}", image.cwd.to_string_lossy()))?;
        for (pipe, target) in self.pipes.iter().zip([1, 2, TELEMETRY_FD]) {
            sys::dup_to(pipe.as_fd(), target).step(|| format!("connect descriptor {target}"))?;
        }
        self.limits.apply()?;
        // Marks the error pipe too, which must stay open until `exec` succeeds.
        let first = TELEMETRY_FD.unsigned_abs() + 1;
        sys::close_on_exec_from(first).step(|| "close descriptors".to_owned())?;
        sys::reset_signals().step(|| "reset signals".to_owned())
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
