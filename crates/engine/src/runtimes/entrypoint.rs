//! The `bootstrap` of `provided.*` runtimes: the package's own, or a layer's.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::Roots;

const NAME: &str = "bootstrap";

/// Neither the package nor a layer has an executable `bootstrap`: the failure `Runtime.InvalidEntrypoint`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Couldn't find valid bootstrap(s): [{}]", .places.iter().map(|place| place.display().to_string()).collect::<Vec<_>>().join(" "))]
pub struct InvalidEntrypoint {
    /// Where one was looked for, as the function would see it.
    pub places: Vec<PathBuf>,
}

/// The program to start, as the function sees it. `task` and `opt` are where code and layers lie on the host.
///
/// Reads the disk, so call it where blocking is allowed.
///
/// # Errors
/// [`InvalidEntrypoint`] if there is none, or none that may be executed.
pub fn find_entrypoint(
    task: &Path,
    opt: Option<&Path>,
    inside: &Roots,
) -> Result<PathBuf, InvalidEntrypoint> {
    let places = [(Some(task), &inside.task), (opt, &inside.opt)];
    let found = places.iter().find(|(host, _)| host.is_some_and(|host| is_executable(&host.join(NAME))));
    match found {
        Some((_, seen)) => Ok(seen.join(NAME)),
        None => Err(InvalidEntrypoint { places: places.map(|(_, seen)| seen.join(NAME)).to_vec() }),
    }
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(directory: &Path, mode: u32) {
        let path = directory.join(NAME);
        fs::write(&path, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_package_comes_before_the_layers_and_must_be_executable() {
        let (task, opt) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let find = || find_entrypoint(task.path(), Some(opt.path()), &Roots::sandboxed());
        let missing = find().unwrap_err();
        assert_eq!(
            missing.to_string(),
            "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
        );
        place(task.path(), 0o644);
        assert!(find().is_err());
        place(opt.path(), 0o755);
        assert_eq!(find().unwrap(), Path::new("/opt/bootstrap"));
        place(task.path(), 0o755);
        assert_eq!(find().unwrap(), Path::new("/var/task/bootstrap"));
    }

    #[test]
    fn a_directory_is_no_entrypoint() {
        let task = tempfile::tempdir().unwrap();
        fs::create_dir(task.path().join(NAME)).unwrap();
        assert!(find_entrypoint(task.path(), None, &Roots::sandboxed()).is_err());
    }
}
