//! Where on this host each resource can be limited by us: found by reading what is mounted and then trying.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The two generations of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    V2,
}

/// A directory below which we may make groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) dir: PathBuf,
    pub(crate) version: Version,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let version = match self.version {
            Version::V1 => 1,
            Version::V2 => 2,
        };
        write!(f, "version {version}, {}", self.dir.display())
    }
}

/// What was found, resource by resource.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hierarchies {
    pub(crate) memory: Option<Place>,
    pub(crate) pids: Option<Place>,
    pub(crate) cpu: Option<Place>,
    pub(crate) freezer: Option<Place>,
    pub(crate) cpu_time: Option<Place>,
}

/// The name of the group a server moves itself into, so that its own may pass controllers on.
const SERVER_GROUP: &str = "lambent-server";

impl Hierarchies {
    /// Looks at this process's own groups. Moves the process into a child group of its own if that is what a
    /// delegated version 2 group needs; the server calls this once, at its start.
    pub(crate) fn detect() -> Self {
        let (Ok(mounts), Ok(own)) =
            (fs::read_to_string("/proc/self/mountinfo"), fs::read_to_string("/proc/self/cgroup"))
        else {
            return Self::default();
        };
        let find =
            |controller: &str| locate(&mounts, &own, controller).filter(|place| is_writable(&place.dir));
        let unified = find("").map(leave_server_group);
        if let Some(place) = &unified {
            delegate_controllers(&place.dir);
        }
        let granted = unified.as_ref().map(|place| subtree_controllers(&place.dir)).unwrap_or_default();
        let pick = |controller: &str| {
            let v2 = unified.clone().filter(|_| granted.iter().any(|name| name == controller));
            v2.or_else(|| find(controller))
        };
        Self {
            memory: pick("memory"),
            pids: pick("pids"),
            cpu: pick("cpu"),
            // Version 2 freezes and counts CPU time without any controller, and a frozen group of it can be
            // killed; version 1's must be thawed first.
            freezer: unified.clone().or_else(|| find("freezer")),
            cpu_time: unified.clone().or_else(|| find("cpuacct")),
        }
    }

    /// Version 1's freezer even where version 2 would be preferred.
    #[cfg(test)]
    pub(crate) fn version_1_freezer() -> Option<Place> {
        let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
        let own = fs::read_to_string("/proc/self/cgroup").ok()?;
        locate(&mounts, &own, "freezer").filter(|place| is_writable(&place.dir))
    }

    /// Every place, each once.
    pub(crate) fn places(&self) -> Vec<&Place> {
        let mut places: Vec<&Place> = Vec::new();
        for place in
            [&self.memory, &self.pids, &self.cpu, &self.freezer, &self.cpu_time].into_iter().flatten()
        {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }
}

/// Our own group's directory in the hierarchy of a version 1 `controller`, or of version 2 if it is empty.
fn locate(mountinfo: &str, own: &str, controller: &str) -> Option<Place> {
    let version = if controller.is_empty() { Version::V2 } else { Version::V1 };
    let group = own.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (_id, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        controllers.split(',').any(|name| name == controller).then_some(path)
    })?;
    mountinfo.lines().find_map(|line| {
        let (left, right) = line.split_once(" - ")?;
        let mut right = right.split(' ');
        let (kind, options) = (right.next()?, right.nth(1)?);
        let matches = match version {
            Version::V2 => kind == "cgroup2",
            Version::V1 => kind == "cgroup" && options.split(',').any(|option| option == controller),
        };
        let mut left = left.split(' ').skip(3);
        let (root, mount_point) = (left.next()?, left.next()?);
        // The mount may show only a part of the hierarchy, as in a container.
        let inner = Path::new(group).strip_prefix(root).ok()?;
        matches.then(|| Place { dir: Path::new(mount_point).join(inner), version })
    })
}

/// Tried, not guessed: read-only mounts and missing rights look alike otherwise.
fn is_writable(dir: &Path) -> bool {
    let probe = dir.join(format!("lambent-probe-{}", std::process::id()));
    let made = match fs::create_dir(&probe) {
        Err(error) => error.kind() == io::ErrorKind::AlreadyExists,
        Ok(()) => true,
    };
    // Also the right to move processes, which delegation may leave out.
    let movable = made && fs::OpenOptions::new().write(true).open(probe.join("cgroup.procs")).is_ok();
    made && fs::remove_dir(&probe).is_ok() && movable
}

/// A server that found itself in [`SERVER_GROUP`] (it has been here before) works from the group above.
fn leave_server_group(place: Place) -> Place {
    match (place.dir.file_name(), place.dir.parent()) {
        (Some(name), Some(parent)) if name == SERVER_GROUP => {
            Place { dir: parent.to_path_buf(), version: place.version }
        }
        _ => place,
    }
}

fn subtree_controllers(dir: &Path) -> Vec<String> {
    let text = fs::read_to_string(dir.join("cgroup.subtree_control")).unwrap_or_default();
    text.split_whitespace().map(str::to_owned).collect()
}

/// Asks version 2 to pass its controllers on to our children. A group other than the root must have no
/// process of its own for that, so the server first steps down into a child; if it shares its group with
/// others that does not help, and it steps back.
fn delegate_controllers(dir: &Path) {
    let available = fs::read_to_string(dir.join("cgroup.controllers")).unwrap_or_default();
    let enabled = subtree_controllers(dir);
    let missing: Vec<String> = ["memory", "pids", "cpu"]
        .into_iter()
        .filter(|name| available.split_whitespace().any(|word| word == *name))
        .filter(|name| !enabled.iter().any(|word| word == name))
        .map(|name| format!("+{name}"))
        .collect();
    let control = dir.join("cgroup.subtree_control");
    if missing.is_empty() || fs::write(&control, missing.join(" ")).is_ok() {
        return;
    }
    let server = dir.join(SERVER_GROUP);
    let stepped_down = (server.is_dir() || fs::create_dir(&server).is_ok())
        && fs::write(server.join("cgroup.procs"), "0").is_ok();
    if stepped_down && fs::write(&control, missing.join(" ")).is_err() {
        // Best effort: to stay in the child group does no harm either.
        let _ = fs::write(dir.join("cgroup.procs"), "0");
        let _ = fs::remove_dir(&server);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
30 23 0:26 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
31 23 0:27 /outer /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
32 23 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct";
    const OWN: &str = "9:cpu,cpuacct:/slice\n4:memory:/outer/inner\n0::/user/scope";

    #[test]
    fn finds_own_groups_of_both_versions() {
        let dir = |controller| locate(MOUNTS, OWN, controller).map(|place| place.dir);
        assert_eq!(dir(""), Some("/sys/fs/cgroup/unified/user/scope".into()));
        assert_eq!(dir("memory"), Some("/sys/fs/cgroup/memory/inner".into()));
        assert_eq!(dir("cpu"), Some("/sys/fs/cgroup/cpu,cpuacct/slice".into()));
        assert_eq!(dir("pids"), None);
    }

    #[test]
    fn works_from_the_group_above_its_own() {
        let place = |dir: &str| Place { dir: dir.into(), version: Version::V2 };
        assert_eq!(leave_server_group(place("/cg/x/lambent-server")), place("/cg/x"));
        assert_eq!(leave_server_group(place("/cg/x")), place("/cg/x"));
    }
}
