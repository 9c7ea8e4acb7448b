//! Mounts as this crate makes them: found by descriptor while the host's root is still there, restricted
//! before anybody can reach them, attached later.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::CWD;
use rustix::mount::{MountFlags, MoveMountFlags, OpenTreeFlags, mount, move_mount, open_tree};

use crate::error::Step;
use crate::sys;

/// What every mount gets: no set-uid programs, no device files.
pub(super) const HARDENED: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV);

/// A part of the host's file system on its way to a place in the sandbox.
#[derive(Debug)]
pub(super) struct Bind {
    tree: OwnedFd,
    is_dir: bool,
    target: PathBuf,
}

/// What may be done through a bind mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Read files and run programs.
    ReadOnly,
    /// Use the device that the file is.
    Device,
}

impl Bind {
    /// Takes `source`, with everything mounted below it, as the host resolves it now.
    pub(super) fn new(source: &Path, target: impl Into<PathBuf>, r#use: Use) -> Result<Self, String> {
        let describe = || format!("take {} into the sandbox", source.display());
        let is_dir = fs::metadata(source).step(describe)?.is_dir();
        let flags =
            OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
        let tree = open_tree(CWD, source, flags).step(describe)?;
        let attributes = libc::MOUNT_ATTR_NOSUID
            | match r#use {
                Use::ReadOnly => libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NODEV,
                Use::Device => libc::MOUNT_ATTR_NOEXEC,
            };
        sys::restrict_mount(tree.as_fd(), attributes, true).step(describe)?;
        Ok(Self { tree, is_dir, target: target.into() })
    }

    /// The same if there is such a source, or nothing.
    pub(super) fn if_present(
        source: &Path,
        target: impl Into<PathBuf>,
        r#use: Use,
    ) -> Result<Option<Self>, String> {
        if source.exists() { Self::new(source, target, r#use).map(Some) } else { Ok(None) }
    }

    /// Where it goes.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Attaches it, making the place for it.
    pub(super) fn attach(self) -> Result<(), String> {
        let target = &self.target;
        let describe = || format!("mount {}", target.display());
        if self.is_dir {
            fs::create_dir_all(target).step(describe)?;
        } else {
            make_file_place(target).step(describe)?;
        }
        let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
        move_mount(&self.tree, "", CWD, target, flags).step(describe)
    }
}

fn make_file_place(target: &Path) -> io::Result<()> {
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    // Append creates what is missing and leaves alone what is there, such as a file of `/proc`.
    if target.exists() { Ok(()) } else { File::options().append(true).create(true).open(target).map(drop) }
}

/// Mounts a new tmpfs over an existing directory.
pub(super) fn tmpfs(target: &str, extra: MountFlags, options: &str) -> Result<(), String> {
    let options = std::ffi::CString::new(options).step(|| "write tmpfs options".to_owned())?;
    mount("tmpfs", target, "tmpfs", HARDENED | extra, Some(options.as_c_str()))
        .step(|| format!("mount a tmpfs on {target}"))
}
