//! What this machine has: memory, cores, descriptors, disk and interpreters.

use crate::environment::Environment;
use crate::package::Language;
use lambent_domain::runtime::{Runtime, RuntimeFamily};
use lambent_engine::concurrency;
use lambent_engine::runtimes::{Options, Runtimes};
use std::path::{Path, PathBuf};

/// Files that say how much memory we may have, where control groups limit it: version 2, then version 1.
const MEMORY_LIMIT_FILES: [&str; 2] =
    ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

/// Memory in bytes: the machine's, or what our control group may have of it.
pub(crate) fn memory_bytes() -> u64 {
    let machine = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| memory_total(&text));
    let limits = MEMORY_LIMIT_FILES.iter().filter_map(|path| {
        let text = std::fs::read_to_string(path).ok()?;
        text.trim().parse::<u64>().ok()
    });
    machine.into_iter().chain(limits).min().unwrap_or(0)
}

fn memory_total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// Processors this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Invocations that run at a time unless somebody says otherwise.
pub(crate) fn default_concurrency() -> usize {
    concurrency::default_limit(memory_bytes(), cores())
}

/// How many files this process may have open: now, and if it asks for more. None is no limit.
pub(crate) fn descriptors() -> (Option<u64>, Option<u64>) {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    (limit.current, limit.maximum)
}

/// Asks for as many open files as this process may have: environments, connections and the store all need some.
pub(crate) fn raise_descriptors() {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = rustix::process::setrlimit(rustix::process::Resource::Nofile, raised) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

/// Bytes free for this user on the file system that holds a path, or will: the nearest directory that is there counts.
pub(crate) fn disk_free_bytes(path: &Path) -> Option<u64> {
    let path = std::path::absolute(path).ok()?;
    let there = path.ancestors().find(|ancestor| ancestor.exists())?;
    let found = rustix::fs::statvfs(there).ok()?;
    found.f_bavail.checked_mul(found.f_frsize)
}

/// The interpreters of this host.
pub(crate) fn runtimes(environment: &Environment, extra: &[PathBuf]) -> Runtimes {
    Runtimes::discover(Options {
        path: environment.get("PATH").unwrap_or_default().into(),
        home: environment.get("HOME").filter(|home| !home.is_empty()).map(PathBuf::from),
        extra: extra.to_vec(),
    })
}

/// The newest of some runtimes that speaks a language.
pub(crate) fn newest<'a>(identifiers: impl Iterator<Item = &'a str>, language: Language) -> Option<String> {
    let spoken =
        identifiers.filter(|identifier| age_rank(identifier).is_some_and(|(spoken, _)| spoken == language));
    spoken.max_by_key(|identifier| age_rank(identifier)).map(str::to_owned)
}

/// Orders runtimes by language, and within it by number rather than by letter.
pub(crate) fn age_rank(identifier: &str) -> Option<(Language, u8)> {
    match Runtime::new(identifier).family() {
        RuntimeFamily::Python { minor } => Some((Language::Python, minor)),
        RuntimeFamily::Node { major } => Some((Language::Node, major)),
        RuntimeFamily::Provided | RuntimeFamily::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_by_number_and_not_by_letter() {
        let all = ["python3.9", "nodejs9.x", "python3.11", "provided.al2", "nodejs20.x"];
        assert_eq!(newest(all.into_iter(), Language::Python).as_deref(), Some("python3.11"));
        assert_eq!(newest(all.into_iter(), Language::Node).as_deref(), Some("nodejs20.x"));
        assert_eq!(newest(["provided"].into_iter(), Language::Python), None);
    }

    #[test]
    fn memory_is_read_in_the_kernels_spelling() {
        assert_eq!(memory_total("MemTotal:       24683444 kB\nMemFree: 1 kB\n"), Some(24_683_444 * 1024));
        assert_eq!(memory_total("MemFree: 1 kB\n"), None);
        assert!(memory_bytes() > 0);
    }

    #[test]
    fn disk_space_is_that_of_the_nearest_directory_there_is() {
        let directory = tempfile::tempdir().unwrap();
        let missing = directory.path().join("a/b/c");
        assert!(disk_free_bytes(&missing).unwrap() > 0);
    }
}
