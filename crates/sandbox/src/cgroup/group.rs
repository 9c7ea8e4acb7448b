//! One sandbox's control groups: limits, freezing, counters, and their end.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::hierarchy::{Hierarchies, Place, Version};
use crate::SandboxError;

/// The period over which a CPU quota is counted, the kernel's own default.
const CPU_PERIOD_MICROS: u64 = 100_000;

/// The groups of one sandbox, each with the place it is in.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    own: Hierarchies,
}

impl Group {
    /// Makes the directories. On an error whatever was made is removed again.
    pub(crate) fn create(hierarchies: &Hierarchies, name: &str) -> Result<Self, SandboxError> {
        let below = |place: &Option<Place>| {
            place.as_ref().map(|place| Place { dir: place.dir.join(name), version: place.version })
        };
        let own = Hierarchies {
            memory: below(&hierarchies.memory),
            pids: below(&hierarchies.pids),
            cpu: below(&hierarchies.cpu),
            freezer: below(&hierarchies.freezer),
            cpu_time: below(&hierarchies.cpu_time),
        };
        let group = Self { own };
        for dir in group.dirs() {
            if let Err(error) = fs::create_dir(&dir) {
                group.remove();
                return Err(SandboxError::io(format!("make the cgroup {}", dir.display()), error));
            }
        }
        Ok(group)
    }

    /// The directories, each once.
    pub(crate) fn dirs(&self) -> Vec<PathBuf> {
        self.own.places().into_iter().map(|place| place.dir.clone()).collect()
    }

    pub(crate) fn limits_memory(&self) -> bool {
        self.own.memory.is_some()
    }

    pub(crate) fn limits_pids(&self) -> bool {
        self.own.pids.is_some()
    }

    pub(crate) fn can_freeze(&self) -> bool {
        self.own.freezer.is_some()
    }

    /// Limits memory, without swap.
    pub(crate) fn set_memory(&self, bytes: u64) -> Result<(), SandboxError> {
        let Some(place) = &self.own.memory else { return Ok(()) };
        let value = bytes.to_string();
        match place.version {
            Version::V2 => {
                write(place, "memory.max", &value)?;
                // Absent without swap accounting; then there is usually no swap either.
                let _ = write(place, "memory.swap.max", "0");
            }
            Version::V1 => {
                write(place, "memory.limit_in_bytes", &value)?;
                let _ = write(place, "memory.memsw.limit_in_bytes", &value);
                let _ = write(place, "memory.swappiness", "0");
            }
        }
        Ok(())
    }

    /// Limits processes and threads together.
    pub(crate) fn set_pids(&self, max: u32) -> Result<(), SandboxError> {
        self.own.pids.as_ref().map_or(Ok(()), |place| write(place, "pids.max", &max.to_string()))
    }

    /// Limits CPU to thousandths of a core, or not at all.
    pub(crate) fn set_cpu(&self, millis: Option<u32>) -> Result<(), SandboxError> {
        let Some(place) = &self.own.cpu else { return Ok(()) };
        // The kernel refuses quotas below a millisecond.
        let quota = millis.map(|millis| (u64::from(millis) * CPU_PERIOD_MICROS / 1000).max(1000));
        match place.version {
            Version::V2 => {
                let quota = quota.map_or("max".to_owned(), |quota| quota.to_string());
                write(place, "cpu.max", &format!("{quota} {CPU_PERIOD_MICROS}"))
            }
            Version::V1 => {
                write(place, "cpu.cfs_quota_us", &quota.map_or("-1".to_owned(), |quota| quota.to_string()))
            }
        }
    }

    /// Stops, or continues, every process in it. Freezing is complete a moment after this returns.
    pub(crate) fn set_frozen(&self, frozen: bool) -> Result<(), SandboxError> {
        let Some(place) = &self.own.freezer else { return Ok(()) };
        match (place.version, frozen) {
            (Version::V2, true) => write(place, "cgroup.freeze", "1"),
            (Version::V2, false) => write(place, "cgroup.freeze", "0"),
            (Version::V1, true) => write(place, "freezer.state", "FROZEN"),
            (Version::V1, false) => write(place, "freezer.state", "THAWED"),
        }
    }

    /// How many processes the OOM killer has taken from it; `None` where that is not counted.
    pub(crate) fn oom_kills(&self) -> Option<u64> {
        let place = self.own.memory.as_ref()?;
        let file = match place.version {
            Version::V2 => "memory.events",
            Version::V1 => "memory.oom_control",
        };
        field(&read(place, file)?, "oom_kill")
    }

    /// The most memory it ever used, in bytes.
    pub(crate) fn memory_peak(&self) -> Option<u64> {
        let place = self.own.memory.as_ref()?;
        let file = match place.version {
            Version::V2 => "memory.peak",
            Version::V1 => "memory.max_usage_in_bytes",
        };
        read(place, file)?.trim().parse().ok()
    }

    /// Forgets the peak so far, where the kernel can.
    pub(crate) fn reset_memory_peak(&self) {
        if let Some(place) = self.own.memory.as_ref().filter(|place| place.version == Version::V1) {
            let _ = write(place, "memory.max_usage_in_bytes", "0");
        }
    }

    /// CPU time of all its processes, living and dead.
    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        let place = self.own.cpu_time.as_ref()?;
        match place.version {
            Version::V2 => field(&read(place, "cpu.stat")?, "usage_usec").map(Duration::from_micros),
            Version::V1 => read(place, "cpuacct.usage")?.trim().parse().ok().map(Duration::from_nanos),
        }
    }

    /// Removes the directories, which must be empty of processes. What is not there is no error.
    pub(crate) fn remove(&self) {
        for dir in self.dirs() {
            let _ = fs::remove_dir(dir);
        }
    }
}

/// Lets a group's processes run again so that they can die, and kills them. Works from the directory alone,
/// for the warden and the sweep.
pub(crate) fn end_group(dir: &Path) {
    // Each file exists in one kind of hierarchy only; writing the others fails, and that is all right.
    let _ = overwrite(&dir.join("freezer.state"), "THAWED");
    let _ = overwrite(&dir.join("cgroup.kill"), "1");
    let _ = overwrite(&dir.join("cgroup.freeze"), "0");
}

fn write(place: &Place, file: &str, value: &str) -> Result<(), SandboxError> {
    let path = place.dir.join(file);
    overwrite(&path, value)
        .map_err(|error| SandboxError::io(format!("write {value} to {}", path.display()), error))
}

/// Writes without creating or truncating, which cgroup files need not allow.
fn overwrite(path: &Path, value: &str) -> io::Result<()> {
    use std::io::Write;
    fs::OpenOptions::new().write(true).open(path)?.write_all(value.as_bytes())
}

fn read(place: &Place, file: &str) -> Option<String> {
    fs::read_to_string(place.dir.join(file)).ok()
}

/// The value behind a name in a flat keyed file.
fn field(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cgroup::Owner;

    #[test]
    fn reads_flat_keyed_files() {
        let text = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n";
        assert_eq!(field(text, "oom_kill"), Some(3));
        assert_eq!(field(text, "under"), None);
    }

    /// A frozen group of version 1 cannot be killed before it thaws, which is why `end_group` does that first.
    #[test]
    fn a_version_1_group_freezes_thaws_and_ends() {
        let Some(freezer) = Hierarchies::version_1_freezer() else {
            eprintln!("SKIPPED: no writable freezer hierarchy of version 1");
            return;
        };
        let hierarchies = Hierarchies { freezer: Some(freezer), ..Hierarchies::default() };
        let name = Owner::current().unwrap().name("freezer-test");
        let group = Group::create(&hierarchies, &name).unwrap();
        let dir = group.dirs().pop().unwrap();
        let mut child = std::process::Command::new("sleep").arg("600").spawn().unwrap();
        overwrite(&dir.join("cgroup.procs"), &child.id().to_string()).unwrap();
        group.set_frozen(true).unwrap();
        let state = || fs::read_to_string(dir.join("freezer.state")).unwrap();
        let deadline = std::time::Instant::now() + Duration::from_secs(30);
        while state().trim() != "FROZEN" {
            assert!(std::time::Instant::now() < deadline, "{}", state());
        }
        child.kill().unwrap();
        assert!(child.try_wait().unwrap().is_none(), "it died frozen");
        end_group(&dir);
        child.wait().unwrap();
        group.remove();
        assert!(!dir.exists());
    }
}
