//! One small file, read with suspicion and written whole.

use super::{AccessStore, Fault};
use std::fs::{DirBuilder, File, Metadata, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Bytes of one file: a policy with every character escaped, and the rest.
const FILE_BYTES_MAX: u64 = 256 * 1024;
/// How files are called that are not finished yet.
pub(super) const UNFINISHED: &str = ".new-";

/// Why a change was not made, or nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// There is none.
    #[error("there is no {kind} `{which}`")]
    Missing {
        /// `key` or `role`.
        kind: &'static str,
        /// What was asked for.
        which: String,
    },
    /// The name is another key's.
    #[error("there is a key `{0}` already")]
    NameTaken(String),
    /// Its bound is reached.
    #[error("there are {max} {kind}s already, which is as many as there may be")]
    TooMany {
        /// `key` or `role`.
        kind: &'static str,
        /// How many there may be.
        max: usize,
    },
    /// Somebody else changes something at this moment.
    #[error("another command is changing keys or roles at this moment")]
    Busy,
    /// One of the files that would have to be changed, or might have the same name, can't be read.
    #[error("{0}")]
    Faulty(#[from] Fault),
    /// The file system or the random number generator refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl AccessError {
    /// A fault of none of these kinds.
    pub fn other(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Io { path: PathBuf::from("access"), source: io::Error::other(source) }
    }

    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// What is wrong with JSON, without quoting it: it may be a secret.
pub(super) fn not_json(error: &serde_json::Error) -> String {
    format!("is not what such a file holds, at line {} column {}", error.line(), error.column())
}

/// Why a file gives nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unfit {
    /// For what it is; that stays so until it changes.
    Itself(String),
    /// For something that may pass, such as too many open files.
    Unread(String),
}

impl From<String> for Unfit {
    fn from(why: String) -> Self {
        Self::Itself(why)
    }
}

/// Reads a file that must be a plain one, small, and closed to everybody but its owner.
pub(super) fn read(path: &Path, dir_owner: u32) -> Result<Vec<u8>, Unfit> {
    let failed = |error: io::Error| Unfit::Unread(format!("can't be read: {error}"));
    let file = File::options()
        .read(true)
        // A link could lead anywhere, and opening a pipe would wait for its other end.
        .custom_flags((rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits().cast_signed())
        .open(path)
        .map_err(failed)?;
    check(&file.metadata().map_err(failed)?, dir_owner)?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(too_large().into());
    }
    Ok(bytes)
}

fn check(metadata: &Metadata, dir_owner: u32) -> Result<(), String> {
    let mode = metadata.mode() & 0o7777;
    if !metadata.is_file() {
        return Err("is not a plain file".to_owned());
    }
    if mode & 0o077 != 0 {
        return Err(format!("is open to other users (mode {mode:03o}): close it with chmod 600"));
    }
    // Root may have made it for the server's user.
    if metadata.uid() != dir_owner && metadata.uid() != 0 {
        return Err(format!("belongs to user {}, and its directory to user {dir_owner}", metadata.uid()));
    }
    if metadata.len() > FILE_BYTES_MAX { Err(too_large()) } else { Ok(()) }
}

fn too_large() -> String {
    format!("is larger than {FILE_BYTES_MAX} bytes")
}

/// The right to change something, which one process has at a time; and what an earlier one left unfinished is removed.
pub(super) fn begin(store: &AccessStore) -> Result<File, AccessError> {
    let data_dir = store.dir.parent().unwrap_or(&store.dir);
    for dir in [&store.dir, &store.keys_dir(), &store.roles_dir()] {
        make_dir(dir, data_dir).map_err(AccessError::at(dir))?;
    }
    let path = store.dir.join("LOCK");
    let lock = File::options().write(true).create(true).truncate(false).mode(0o600).open(&path);
    let lock = lock.map_err(AccessError::at(&path))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(AccessError::Busy),
        Err(TryLockError::Error(source)) => return Err(AccessError::Io { path, source }),
    }
    give_to_owner_of(data_dir, &lock).map_err(AccessError::at(&path))?;
    for dir in [store.keys_dir(), store.roles_dir()] {
        remove_unfinished(&dir).map_err(AccessError::at(&dir))?;
    }
    Ok(lock)
}

fn make_dir(dir: &Path, data_dir: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => {
            give_to_owner_of(data_dir, &File::open(dir)?)?;
            sync_dir(dir.parent().unwrap_or(dir))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// What root makes in the directory of a server that runs as somebody else must be that server's to read.
fn give_to_owner_of(directory: &Path, file: &File) -> io::Result<()> {
    let (theirs, ours) = (std::fs::metadata(directory)?, file.metadata()?);
    if (theirs.uid(), theirs.gid()) == (ours.uid(), ours.gid()) || !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    std::os::unix::fs::fchown(file, Some(theirs.uid()), Some(theirs.gid()))
}

fn remove_unfinished(dir: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes()) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Writes a file as a whole: whoever reads sees what was there before or all of this, also after a crash.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = path.parent().ok_or_else(|| io::Error::other("a file without a directory"))?;
    // Made with mode 0600.
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(dir)?;
    file.write_all(bytes)?;
    give_to_owner_of(dir, file.as_file())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_dir(dir)
}

/// Removes a file for good.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)?;
    sync_dir(path.parent().unwrap_or(path))
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
