//! All the processes of the function, to signal and to end them.

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process, wait};

use crate::notice::Exit;
use crate::process_tree;
use crate::sys;

/// How they are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tree {
    /// Everything in this process namespace but us.
    Namespace,
    /// Everything below us, we being the one that orphans come to.
    Descendants,
}

impl Tree {
    /// Sends a signal to every process. One that is just being forked may miss it.
    pub(super) fn signal(self, signal: Signal) {
        match self {
            // Fails only when there is nobody.
            Self::Namespace => drop(sys::kill_everything(signal.as_raw())),
            Self::Descendants => {
                let pids = process_tree::descendants(std::process::id());
                let pids =
                    pids.into_iter().filter_map(|pid| i32::try_from(pid).ok()).filter_map(Pid::from_raw);
                for pid in pids {
                    // Gone already is as good.
                    let _ = kill_process(pid, signal);
                }
            }
        }
    }

    /// Kills and reaps until there is no process left, telling `ended` of each.
    pub(super) fn end(self, mut ended: impl FnMut(Pid, Exit)) {
        loop {
            self.signal(Signal::KILL);
            match wait(WaitOptions::empty()) {
                Ok(Some((pid, status))) => ended(pid, exit_of(status)),
                Ok(None) | Err(Errno::INTR) => {}
                Err(_no_child) => return,
            }
        }
    }
}

/// Reaps whoever has ended, without waiting.
pub(super) fn reap(mut ended: impl FnMut(Pid, Exit)) {
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        ended(pid, exit_of(status));
    }
}

fn exit_of(status: WaitStatus) -> Exit {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or_default()),
    }
}
