//! A sandbox without walls: warden and init in one process of the host, which orphans come to, so that the
//! whole tree can still be found and ended.

use std::fs::{self, File};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use super::launch::Launcher;
use super::tree::Tree;
use super::{Control, Pipes, listen, root, supervise, warden};
use crate::cgroup::end_group;
use crate::error::Step;
use crate::wire::{Report, Setup};

/// Makes the directories, says it is ready, supervises, and clears up.
pub(super) fn run(
    control: &mut Control,
    signals: &OwnedFd,
    setup: &Setup,
    scratch: &Path,
    pipes: Pipes,
    procs: Vec<File>,
) -> Result<(), String> {
    let result = supervise_plain(control, signals, setup, scratch, pipes, procs);
    setup.cgroups.iter().for_each(|dir| end_group(dir));
    Tree::Descendants.end(|_, _| {});
    let removed = fs::remove_dir_all(scratch).step(|| format!("remove {}", scratch.display()));
    result.and(warden::remove_cgroups(&setup.cgroups)).and(removed)
}

fn supervise_plain(
    control: &mut Control,
    signals: &OwnedFd,
    setup: &Setup,
    scratch: &Path,
    pipes: Pipes,
    procs: Vec<File>,
) -> Result<(), String> {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
        .step(|| "adopt orphans".to_owned())?;
    rustix::thread::set_no_new_privs(true).step(|| "set no_new_privs".to_owned())?;
    let mut launcher = Launcher::new(setup, pipes, procs, Tree::Descendants);
    launcher.make_confined_seat()?;
    let (runtime, tmp) = (scratch.join("runtime"), scratch.join("tmp"));
    for dir in [scratch, &runtime, &tmp] {
        let made = fs::DirBuilder::new().mode(0o700).create(dir);
        made.step(|| format!("make {}", dir.display()))?;
    }
    fs::set_permissions(&runtime, fs::Permissions::from_mode(0o755))
        .step(|| format!("open {}", runtime.display()))?;
    root::write_runtime_files(setup, &runtime)?;
    let listeners = listen::listen(setup)?;
    let fds: Vec<_> = listeners.iter().map(AsFd::as_fd).collect();
    control.report(&Report::Ready, &fds)?;
    drop(listeners);
    supervise::supervise(control, signals, &mut launcher)
}
