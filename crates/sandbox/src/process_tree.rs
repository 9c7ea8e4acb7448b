//! The processes below one, as `/proc` lists them: for hosts where no cgroup and no namespace holds them.

use std::fs;
use std::time::Duration;

/// The kernel's unit of process times as `/proc` shows them; fixed at 100 Hz for user space on Linux.
const TICK: Duration = Duration::from_millis(10);

/// Every descendant of `root`, parents before children. A moment's view: a process may fork after it was
/// looked at, so whoever must have them all asks again until there is none.
pub(crate) fn descendants(root: u32) -> Vec<u32> {
    let mut found = children(root);
    let mut next = 0;
    while let Some(&pid) = found.get(next) {
        found.extend(children(pid));
        next += 1;
    }
    found
}

fn children(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    tasks
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| text.split_whitespace().filter_map(|word| word.parse().ok()).collect::<Vec<u32>>())
        .collect()
}

/// The largest resident size the process ever had, in bytes.
pub(crate) fn memory_peak(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// CPU time of the process and of its children that it has reaped.
pub(crate) fn cpu_time(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold anything; utime, stime, cutime and cstime are fields 14 to 17.
    let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(4);
    let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
    u32::try_from(ticks).ok().map(|ticks| TICK * ticks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_a_child_and_itself() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let below = descendants(std::process::id());
        assert!(below.contains(&child.id()), "{below:?}");
        assert!(memory_peak(std::process::id()).unwrap() > 1 << 20);
        assert!(cpu_time(std::process::id()).is_some());
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
