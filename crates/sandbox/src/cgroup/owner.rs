//! Which server a cgroup or scratch directory belongs to, as part of its name.
//!
//! A process id alone comes round again, so the name also has the time the process started; and it means nothing
//! in another container, so the name has the process namespace too.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::{AtomicU64, Ordering};

const PREFIX: &str = "lambent-";

/// A server process, told apart from any later one with the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    namespace: u64,
    pid: u32,
    start_ticks: u64,
}

/// What can be said about a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    Alive,
    Dead,
    /// It is, or was, in another process namespace.
    Elsewhere,
}

impl Owner {
    /// This process.
    pub(crate) fn current() -> io::Result<Self> {
        let pid = std::process::id();
        Ok(Self { namespace: namespace()?, pid, start_ticks: start_ticks(pid)? })
    }

    /// A name that nothing else has for what this server makes for the sandbox `id`, even if another of that
    /// id is just coming to its end.
    pub(crate) fn name(&self, id: &str) -> String {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        format!("{PREFIX}{}-{}-{}-{number}-{id}", self.namespace, self.pid, self.start_ticks)
    }

    /// Whose name this is, or `None` if it is no name of ours.
    pub(super) fn of(name: &str) -> Option<Self> {
        let mut parts = name.strip_prefix(PREFIX)?.splitn(5, '-');
        let (namespace, pid) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let start_ticks = parts.next()?.parse().ok()?;
        let (_number, _id) = (parts.next()?.parse::<u64>().ok()?, parts.next()?);
        Some(Self { namespace, pid, start_ticks })
    }

    /// Whether that server still runs. What cannot be told counts as running: its things are left alone.
    pub(super) fn life(&self) -> Life {
        match (namespace(), start_ticks(self.pid)) {
            (Ok(namespace), _) if namespace != self.namespace => Life::Elsewhere,
            (Ok(_), Ok(ticks)) if ticks != self.start_ticks => Life::Dead,
            (Ok(_), Err(error)) if error.kind() == io::ErrorKind::NotFound => Life::Dead,
            _ => Life::Alive,
        }
    }
}

/// What the kernel numbers our process namespace by.
fn namespace() -> io::Result<u64> {
    fs::metadata("/proc/self/ns/pid").map(|meta| meta.ino())
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
        assert_eq!(owner.life(), Life::Alive);
        assert_eq!(Owner { start_ticks: owner.start_ticks + 1, ..owner }.life(), Life::Dead);
        assert_eq!(Owner { namespace: 1, ..owner }.life(), Life::Elsewhere);
        assert_eq!(Owner::of("lambent-server"), None);
        assert_eq!(Owner::of("system.slice"), None);
    }
}
