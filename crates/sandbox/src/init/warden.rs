//! The outer process: keeps the server's rights, does nothing with them but wait, and clears up.
//!
//! It alone survives a server that is killed, for the moment it takes to thaw and kill the tree and remove the
//! cgroups. It never reads what init's side says, so nothing a function could get init to do reaches it.

use std::fs::{self, File};
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, WaitOptions, pidfd_open, pidfd_send_signal, waitid,
    waitpid,
};

use super::{Control, Pipes, confine};
use crate::Network;
use crate::cgroup::end_group;
use crate::error::Step;
use crate::sys;
use crate::wire::{Mode, Setup};

/// How long the removal of a cgroup is tried, whose last process is just leaving it.
const REMOVE_TIMEOUT: Duration = Duration::from_secs(2);

/// Arranges to hear of the server's end: the kernel sends `SIGTERM` when the thread that started us ends. The
/// end of the control socket says the same; either alone would do.
pub(super) fn listen_for_the_end() -> Result<OwnedFd, String> {
    let signals = sys::signal_fd(&[libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGCHLD])
        .step(|| "make a signal descriptor".to_owned())?;
    rustix::process::set_parent_process_death_signal(Some(Signal::TERM))
        .step(|| "ask for a signal at the server's end".to_owned())?;
    Ok(signals)
}

/// Forks init and waits for its end or the server's.
pub(super) fn run(
    control: &mut Control,
    signals: &OwnedFd,
    setup: &Setup,
    pipes: Pipes,
    procs: Vec<File>,
) -> Result<(), String> {
    let Some(init) = sys::fork(namespaces(setup)).step(|| "make namespaces".to_owned())? else {
        confine::init_main(control, setup, pipes, procs)
    };
    // What is left open here would keep the function's pipes from ending.
    drop((pipes, procs));
    let waited = wait_for_the_end(control, signals, init);
    let killed = end(init, &setup.cgroups);
    waited.and(killed)
}

fn namespaces(setup: &Setup) -> i32 {
    let mut flags = libc::CLONE_NEWNS
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWCGROUP;
    if setup.network == Network::None {
        flags |= libc::CLONE_NEWNET;
    }
    if matches!(setup.mode, Mode::Rootless { .. }) {
        flags |= libc::CLONE_NEWUSER;
    }
    flags
}

fn wait_for_the_end(control: &Control, signals: &OwnedFd, init: Pid) -> Result<(), String> {
    let pidfd = pidfd_open(init, PidfdFlags::empty()).step(|| "watch init".to_owned())?;
    loop {
        let mut fds = [
            // Not `IN`: orders are for init to read. The end of the stream shows without it.
            PollFd::from_borrowed_fd(control.socket.as_fd(), PollFlags::RDHUP),
            PollFd::new(&pidfd, PollFlags::IN),
            PollFd::new(signals, PollFlags::IN),
        ];
        match poll(&mut fds, None) {
            Ok(_) if is_only_a_child(&fds, signals) => {}
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(format!("wait for the end: {errno}")),
        }
    }
}

/// Whether nothing woke us but `SIGCHLD`, which the descriptor of init covers.
fn is_only_a_child(fds: &[PollFd<'_>; 3], signals: &OwnedFd) -> bool {
    let [control, init, _] = fds;
    control.revents().is_empty() && init.revents().is_empty() && !terminated(signals)
}

/// Empties the signal descriptor; whether it held anything but `SIGCHLD`.
pub(super) fn terminated(signals: &OwnedFd) -> bool {
    let mut info = [0_u8; size_of::<libc::signalfd_siginfo>()];
    let mut terminated = false;
    while let Ok(length) = rustix::io::read(signals, &mut info)
        && length > 0
    {
        // The number of the signal is the first field, four bytes in the machine's order.
        let number = info.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes));
        terminated |= number != Some(libc::SIGCHLD.unsigned_abs());
    }
    terminated
}

/// Kills init, and with it the kernel kills its whole namespace; waits until all of that is gone.
fn end(init: Pid, cgroups: &[PathBuf]) -> Result<(), String> {
    // First, because a process frozen by version 1 cannot die, and init waits for all of them.
    cgroups.iter().for_each(|dir| end_group(dir));
    if let Ok(pidfd) = pidfd_open(init, PidfdFlags::empty()) {
        let _ = pidfd_send_signal(&pidfd, Signal::KILL);
        let _ = waitid(WaitId::PidFd(pidfd.as_fd()), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
    }
    waitpid(Some(init), WaitOptions::empty()).step(|| "wait for init".to_owned())?;
    remove_cgroups(cgroups)
}

/// Removes the sandbox's cgroups, all of whose processes are dead or dying.
pub(super) fn remove_cgroups(cgroups: &[PathBuf]) -> Result<(), String> {
    let deadline = Instant::now() + REMOVE_TIMEOUT;
    for dir in cgroups {
        loop {
            match fs::remove_dir(dir) {
                Ok(()) => break,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
                Err(error) if Instant::now() >= deadline => {
                    return Err(format!("remove {}: {error}", dir.display()));
                }
                Err(_) => std::thread::yield_now(),
            }
        }
    }
    Ok(())
}
