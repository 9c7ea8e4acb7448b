//! The root file system: a small read-only tmpfs with read-only pieces of the host in it.
//!
//! Nothing is hidden here; things are absent. What is not named below, in `etc` or in the set-up does not
//! exist inside: no `/home`, `/root`, `/sys`, no host `/etc/passwd`, no data directory.

use std::fs;
use std::os::fd::AsFd;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, open};
use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_change};
use rustix::process::pivot_root;

use super::etc;
use super::mounts::{Bind, HARDENED, Use, tmpfs};
use crate::error::Step;
use crate::sys;
use crate::wire::Setup;

/// What the sandbox calls itself.
pub(super) const HOST_NAME: &str = "sandbox";

/// The host's programs and libraries. On most hosts all but the first are links into it.
const SYSTEM_DIRS: [&str; 7] = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"];

/// The devices of the sandbox's `/dev`.
const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];

/// Links in `/dev` that programs expect.
const DEVICE_LINKS: [(&str, &str); 4] = [
    ("/proc/self/fd", "fd"),
    ("/proc/self/fd/0", "stdin"),
    ("/proc/self/fd/1", "stdout"),
    ("/proc/self/fd/2", "stderr"),
];

/// Files of `/proc` that tell about, or act on, the whole host. An unprivileged user can do little with them;
/// inside nobody needs them.
const PROC_MASKED: [&str; 6] = ["kcore", "keys", "key-users", "kmsg", "sysrq-trigger", "timer_list"];

/// One inode of `/tmp` for each of so many bytes: small files cannot use more memory than their size says.
const TMP_BYTES_PER_INODE: u64 = 4096;

/// Builds the root and makes it this process's. Afterwards the host's root is out of reach.
pub(super) fn build(setup: &Setup) -> Result<(), String> {
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).step(|| "make mounts private".to_owned())?;
    // Sources are opened while their paths mean what they mean on the host, behind directories only the
    // server can enter, and through whatever links there are.
    let binds = binds(setup)?;
    let links = system_links()?;
    let etc_files = etc::files(setup);
    enter_new_root(setup)?;
    lay_out(setup, &links, &etc_files)?;
    for bind in binds {
        bind.attach()?;
    }
    leave_old_root()?;
    let root =
        open("/", OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).step(|| "open the root".to_owned())?;
    sys::restrict_mount(root.as_fd(), libc::MOUNT_ATTR_RDONLY, false).step(|| "seal the root".to_owned())
}

fn binds(setup: &Setup) -> Result<Vec<Bind>, String> {
    let mut binds = Vec::new();
    for name in SYSTEM_DIRS {
        let source = Path::new("/").join(name);
        if source.symlink_metadata().is_ok_and(|meta| meta.is_dir()) {
            binds.push(Bind::new(&source, source.clone(), Use::ReadOnly)?);
        }
    }
    for path in etc::SHARED {
        binds.extend(Bind::if_present(Path::new(path), *path, Use::ReadOnly)?);
    }
    for name in DEVICES {
        let path = Path::new("/dev").join(name);
        binds.push(Bind::new(&path, path.clone(), Use::Device)?);
    }
    // Shorter paths first, so that a tree inside another is seen to be there already.
    let mut trees: Vec<&PathBuf> = setup.read_only_trees.iter().collect();
    trees.sort();
    for tree in trees {
        if !binds.iter().any(|bind: &Bind| tree.starts_with(bind.target())) {
            binds.push(Bind::new(tree, tree.clone(), Use::ReadOnly)?);
        }
    }
    binds.push(Bind::new(&setup.task_dir, "/var/task", Use::ReadOnly)?);
    if let Some(dir) = &setup.opt_dir {
        binds.push(Bind::new(dir, "/opt", Use::ReadOnly)?);
    }
    Ok(binds)
}

/// The host's links at the root, such as `/bin` to `usr/bin`.
fn system_links() -> Result<Vec<(PathBuf, PathBuf)>, String> {
    let paths = SYSTEM_DIRS.iter().map(|name| Path::new("/").join(name)).filter(|path| path.is_symlink());
    paths.map(|path| Ok((fs::read_link(&path).step(|| format!("read {}", path.display()))?, path))).collect()
}

/// Makes a tmpfs the root and keeps the old one, for what is only possible while it is there, at `/.host`.
fn enter_new_root(setup: &Setup) -> Result<(), String> {
    let file_bytes: usize = setup.runtime_files.iter().map(|file| file.contents.len()).sum();
    let size = 1024 * 1024 + 2 * file_bytes;
    // A directory every Linux has. The sources are open already, so nothing is lost below it.
    tmpfs("/tmp", MountFlags::empty(), &format!("mode=755,size={size},nr_inodes=4096"))?;
    fs::create_dir("/tmp/.host").step(|| "make room for the old root".to_owned())?;
    pivot_root("/tmp", "/tmp/.host").step(|| "change the root".to_owned())?;
    rustix::process::chdir("/").step(|| "enter the new root".to_owned())
}

fn lay_out(setup: &Setup, links: &[(PathBuf, PathBuf)], etc_files: &[(&str, String)]) -> Result<(), String> {
    for dir in ["/dev", "/etc", "/opt", "/proc", "/tmp", "/var/runtime", "/var/task"] {
        fs::create_dir_all(dir).step(|| format!("make {dir}"))?;
    }
    for (to, at) in links {
        symlink(to, at).step(|| format!("link {}", at.display()))?;
    }
    for (path, text) in etc_files {
        fs::write(path, text).step(|| format!("write {path}"))?;
    }
    write_runtime_files(setup, Path::new("/var/runtime"))?;
    for (to, name) in DEVICE_LINKS {
        symlink(to, Path::new("/dev").join(name)).step(|| format!("link /dev/{name}"))?;
    }
    let inodes = (setup.tmp_bytes / TMP_BYTES_PER_INODE).max(256);
    tmpfs("/tmp", MountFlags::empty(), &format!("mode=1777,size={},nr_inodes={inodes}", setup.tmp_bytes))?;
    mount_proc()
}

/// Writes our files for the runtime.
pub(super) fn write_runtime_files(setup: &Setup, dir: &Path) -> Result<(), String> {
    for file in setup.runtime_files.iter() {
        let path = dir.join(&file.name);
        let describe = || format!("write {}", path.display());
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).step(describe)?;
        }
        fs::write(&path, &file.contents).step(describe)?;
        let mode = if file.executable { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).step(describe)?;
    }
    Ok(())
}

/// A `/proc` of the own process namespace. Below a user namespace the kernel only allows it while a whole one
/// is still mounted, so this comes before the old root goes.
fn mount_proc() -> Result<(), String> {
    let flags = HARDENED | MountFlags::NOEXEC | MountFlags::RDONLY;
    mount("proc", "/proc", "proc", flags, None).step(|| "mount /proc".to_owned())?;
    for name in PROC_MASKED {
        let target = Path::new("/proc").join(name);
        if target.exists() {
            Bind::new(Path::new("/.host/dev/null"), target, Use::Device)?.attach()?;
        }
    }
    Ok(())
}

fn leave_old_root() -> Result<(), String> {
    rustix::mount::unmount("/.host", UnmountFlags::DETACH).step(|| "let go of the old root".to_owned())?;
    fs::remove_dir("/.host").step(|| "remove the old root's place".to_owned())
}
