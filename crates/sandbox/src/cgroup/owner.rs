//! Which server a cgroup or scratch directory belongs to, as part of its name.
//!
//! A process id alone comes round again, so the name also has the time the process started.

use std::fs;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

const PREFIX: &str = "lambent-";

/// A server process, told apart from any later one with the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    pid: u32,
    start_ticks: u64,
}

impl Owner {
    /// This process.
    pub(crate) fn current() -> io::Result<Self> {
        let pid = std::process::id();
        let start_ticks = start_ticks(pid)?;
        Ok(Self { pid, start_ticks })
    }

    /// A name that nothing else has for what this server makes for the sandbox `id`, even if another of that
    /// id is just coming to its end.
    pub(crate) fn name(&self, id: &str) -> String {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        format!("{PREFIX}{}-{}-{number}-{id}", self.pid, self.start_ticks)
    }

    /// Whose name this is, or `None` if it is no name of ours.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let (pid, rest) = name.strip_prefix(PREFIX)?.split_once('-')?;
        let (start_ticks, _id) = rest.split_once('-')?;
        Some(Self { pid: pid.parse().ok()?, start_ticks: start_ticks.parse().ok()? })
    }

    /// Whether that server still runs. What cannot be told counts as running: its things are left alone.
    pub(crate) fn is_alive(&self) -> bool {
        match start_ticks(self.pid) {
            Ok(ticks) => ticks == self.start_ticks,
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        }
    }
}

/// Field 22 of `/proc/<pid>/stat`. The second field is a name that may hold spaces and brackets, so counting
/// begins behind its last bracket.
fn start_ticks(pid: u32) -> io::Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    stat.rsplit_once(')')
        .and_then(|(_, fields)| fields.split_whitespace().nth(19))
        .and_then(|field| field.parse().ok())
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("/proc/{pid}/stat is malformed")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_owner() {
        let owner = Owner::current().unwrap();
        assert_eq!(Owner::of(&owner.name("a-b_c")), Some(owner));
        assert!(owner.is_alive());
        assert!(!Owner { start_ticks: owner.start_ticks + 1, ..owner }.is_alive());
        assert_eq!(Owner::of("lambent-server"), None);
        assert_eq!(Owner::of("system.slice"), None);
    }
}
