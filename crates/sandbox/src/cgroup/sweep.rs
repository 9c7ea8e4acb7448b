//! Clearing up after a server that died without its wardens, which takes a `kill -9` of both.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::group::end_group;
use super::hierarchy::Hierarchies;
use super::owner::{Life, Owner};

/// How long the processes of one dead group may take to go.
const GROUP_TIMEOUT: Duration = Duration::from_secs(2);

/// Kills and removes every group, and removes every scratch directory, whose server is dead. Returns how many
/// directories went.
pub(crate) fn sweep(hierarchies: &Hierarchies, scratch_dir: &Path) -> usize {
    let groups = hierarchies.places().into_iter().flat_map(|place| orphans(&place.dir));
    let removed = groups.filter(|dir| end_and_remove(dir)).count();
    removed + orphans(scratch_dir).into_iter().filter(|dir| fs::remove_dir_all(dir).is_ok()).count()
}

/// Directories in `parent` that bear the name of a dead server. Another container's may be alive, for all that
/// can be told from here.
fn orphans(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let is_orphan = |name: &str| Owner::of(name).is_some_and(|owner| owner.life() == Life::Dead);
    entries.filter(|entry| entry.file_name().to_str().is_some_and(is_orphan)).map(|e| e.path()).collect()
}

fn end_and_remove(dir: &Path) -> bool {
    let deadline = Instant::now() + GROUP_TIMEOUT;
    end_group(dir);
    loop {
        // Version 1 has no `cgroup.kill`. A number read here belongs to a process in the group, and to kill
        // it again until the group is empty is what makes this safe against forking.
        let members = fs::read_to_string(dir.join("cgroup.procs")).unwrap_or_default();
        for pid in
            members.lines().filter_map(|line| line.parse().ok()).filter_map(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        if fs::remove_dir(dir).is_ok() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::yield_now();
    }
}
