//! Tries the mechanisms of isolation one by one, each in a process of its own, and prints what came of it: the
//! child's half of [`crate::probe`].

use std::ffi::CString;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};
use rustix::pipe::{PipeFlags, pipe_with};

use super::mounts::{Bind, HARDENED, Use};
use super::{identity, landlock, seccomp};
use crate::error::Step;
use crate::sys;
use crate::wire::Mode;

/// The argument, behind those for a sandbox, that asks for this instead.
pub(crate) const ARGUMENT: &str = "--try-mechanisms";

/// One thing to try: its name, the namespaces to try it in, and what to do there. The text says what was found.
struct Trial {
    name: &'static str,
    namespaces: i32,
    run: fn() -> Result<String, String>,
}

const TRIALS: [Trial; 9] = [
    Trial { name: "user namespaces", namespaces: libc::CLONE_NEWUSER, run: || Ok(String::new()) },
    Trial { name: "mount namespaces", namespaces: libc::CLONE_NEWNS, run: make_private },
    Trial { name: "process namespaces", namespaces: libc::CLONE_NEWPID, run: is_first },
    Trial { name: "network namespaces", namespaces: libc::CLONE_NEWNET, run: loopback },
    Trial { name: "restricted mounts", namespaces: libc::CLONE_NEWNS, run: restricted_mount },
    Trial { name: "own /proc", namespaces: libc::CLONE_NEWNS | libc::CLONE_NEWPID, run: own_proc },
    Trial { name: "seccomp", namespaces: 0, run: filter },
    Trial { name: "Landlock", namespaces: 0, run: landlock_rules },
    Trial { name: "overlay file system", namespaces: libc::CLONE_NEWNS, run: overlay },
];

/// Tries everything. One line each on standard output: name, tab, `ok` or `no`, tab, what was found.
pub(super) fn main() -> ExitCode {
    let lines: String = TRIALS.iter().map(|trial| trial.line()).collect();
    match std::io::stdout().write_all(lines.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

impl Trial {
    fn line(&self) -> String {
        let (word, text) = match self.outcome() {
            Ok(text) => ("ok", text),
            Err(text) => ("no", text),
        };
        format!("{}\t{word}\t{}\n", self.name, text.replace(['\n', '\t'], " "))
    }

    /// Tries it in a fork, which says `+` or `-` and a text through a pipe.
    fn outcome(&self) -> Result<String, String> {
        let (ours, theirs) = pipe_with(PipeFlags::CLOEXEC).step(|| "make a pipe".to_owned())?;
        let user = if rustix::process::geteuid().is_root() || self.namespaces == 0 {
            0
        } else {
            libc::CLONE_NEWUSER
        };
        let mode = Mode::Rootless {
            uid: rustix::process::geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
        };
        let Some(pid) = sys::fork(self.namespaces | user).step(|| "make the namespace".to_owned())? else {
            let mapped = if (self.namespaces | user) & libc::CLONE_NEWUSER == 0 {
                Ok(())
            } else {
                identity::map_user(&mode)
            };
            let said = match mapped.and_then(|()| (self.run)()) {
                Ok(text) => format!("+{text}"),
                Err(text) => format!("-{text}"),
            };
            let _ = File::from(theirs).write_all(said.as_bytes());
            sys::exit_now(0)
        };
        drop(theirs);
        let mut said = String::new();
        File::from(ours).read_to_string(&mut said).step(|| "hear the trial".to_owned())?;
        let _ = rustix::process::waitpid(Some(pid), rustix::process::WaitOptions::empty());
        match said.split_at_checked(1) {
            Some(("+", text)) => Ok(text.to_owned()),
            Some(("-", text)) => Err(text.to_owned()),
            _ => Err("the trial died".to_owned()),
        }
    }
}

fn make_private() -> Result<String, String> {
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).step(|| "make mounts private".to_owned()).map(|()| String::new())
}

fn is_first() -> Result<String, String> {
    if std::process::id() == 1 {
        Ok(String::new())
    } else {
        Err("the first process is not process 1".to_owned())
    }
}

fn loopback() -> Result<String, String> {
    sys::raise_loopback(crate::SANDBOX_ADDRESS)
        .step(|| "bring loopback up".to_owned())
        .map(|()| String::new())
}

fn restricted_mount() -> Result<String, String> {
    make_private()?;
    Bind::new(Path::new("/usr"), "/usr", Use::ReadOnly).map(|_| String::new())
}

fn own_proc() -> Result<String, String> {
    make_private()?;
    let flags = HARDENED | MountFlags::NOEXEC | MountFlags::RDONLY;
    mount("proc", "/proc", "proc", flags, None).step(|| "mount /proc".to_owned()).map(|()| String::new())
}

fn filter() -> Result<String, String> {
    let programs = seccomp::compile().step(|| "compile".to_owned())?;
    rustix::thread::set_no_new_privs(true).step(|| "set no_new_privs".to_owned())?;
    seccomp::install(&programs)?;
    let instructions: usize = programs.iter().map(Vec::len).sum();
    Ok(format!("{instructions} instructions"))
}

fn landlock_rules() -> Result<String, String> {
    match landlock::restrict()? {
        Some(abi) => Ok(format!("{abi:?}")),
        None => Err("this kernel does not have it, or has it switched off".to_owned()),
    }
}

fn overlay() -> Result<String, String> {
    make_private()?;
    let options = CString::new("lowerdir=/usr/bin:/usr/lib").step(|| "write options".to_owned())?;
    mount("overlay", "/tmp", "overlay", HARDENED | MountFlags::RDONLY, Some(options.as_c_str()))
        .step(|| "mount an overlay".to_owned())
        .map(|()| String::new())
}
