//! Init's way from full rights to none.

use std::fs::File;
use std::os::fd::AsFd;

use rustix::process::{DumpableBehavior, Signal};

use super::launch::{Launcher, Rights};
use super::tree::Tree;
use super::{Control, Pipes, identity, listen, root, seccomp, supervise};
use crate::error::Step;
use crate::sys;
use crate::wire::{Mode, Report, Setup};
use crate::{Network, SANDBOX_ADDRESS};

/// Process 1 of the namespaces. Ends when the server does, and everything else with it.
pub(super) fn init_main(control: &mut Control, setup: &Setup, pipes: Pipes, procs: Vec<File>) -> ! {
    let status = match become_init(control, setup, pipes, procs) {
        Ok(()) => 0,
        Err(text) => {
            let _ = control.report(&Report::Failed(text), &[]);
            1
        }
    };
    sys::exit_now(status)
}

/// The order of these lines is the order that security needs; see the module above.
fn become_init(control: &mut Control, setup: &Setup, pipes: Pipes, procs: Vec<File>) -> Result<(), String> {
    let signals = sys::signal_fd(&[libc::SIGCHLD]).step(|| "make a signal descriptor".to_owned())?;
    identity::map_user(&setup.mode)?;
    prefer_for_oom_killer();
    let mut launcher = Launcher::new(setup, pipes, procs, Tree::Namespace);
    launcher.make_seat(Rights::All)?;
    if setup.network == Network::None {
        sys::raise_loopback(SANDBOX_ADDRESS).step(|| "bring loopback up".to_owned())?;
    }
    rustix::system::sethostname(root::HOST_NAME.as_bytes()).step(|| "set the host name".to_owned())?;
    root::build(setup)?;
    launcher.confine_seat();
    let listeners = listen::listen(setup)?;
    give_up_everything(&setup.mode, &setup.seccomp)?;

    let fds: Vec<_> = listeners.iter().map(AsFd::as_fd).collect();
    control.report(&Report::Ready, &fds)?;
    drop(listeners);
    supervise::supervise(control, &signals, &mut launcher)
}

/// From all rights to none. Of Landlock only what the function needs is left for later (see [`Rights`]).
pub(super) fn give_up_everything(mode: &Mode, seccomp: &[Vec<u64>]) -> Result<(), String> {
    identity::give_up_rights(mode)?;
    // A change of user clears this request, so it comes after.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .step(|| "ask for a signal at the parent's end".to_owned())?;
    // So that the function, whose user this is, can look into neither our memory nor our descriptors. Its own
    // `exec` undoes it for itself.
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .step(|| "hide our memory".to_owned())?;
    rustix::thread::set_no_new_privs(true).step(|| "set no_new_privs".to_owned())?;
    seccomp::install(seccomp)
}

/// If the whole host is short of memory a function goes before the server. Not worth failing for.
fn prefer_for_oom_killer() {
    let _ = std::fs::write("/proc/self/oom_score_adj", "500");
}
