//! The data directory: private to the server's user, held by one server at a time, of a known format.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What this build writes. Raised when an older build could not read the directory any more.
const FORMAT: u32 = 1;
/// Longest text read back from our own small files, in bytes.
const NOTE_BYTES_MAX: u64 = 64;

/// A data directory that is this process's own until dropped.
#[derive(Debug)]
pub(super) struct DataDir {
    path: PathBuf,
    /// Holds the advisory lock; the kernel releases it when the process ends, however it ends.
    _lock: File,
}

/// Why a data directory can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another server works on it.
    #[error("data directory {path} is in use by process {holder}")]
    InUse {
        /// The directory.
        path: PathBuf,
        /// The other server's process id, as it wrote it.
        holder: String,
    },
    /// A newer Lambent has written it.
    #[error("data directory {path} has format {found}, newer than {FORMAT}, which this version knows")]
    FormatNewer {
        /// The directory.
        path: PathBuf,
        /// The number found.
        found: u32,
    },
    /// The format file is there but holds no number.
    #[error("data directory {path} has an unreadable FORMAT file")]
    FormatUnreadable {
        /// The directory.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("open data directory {path}: {source}")]
    Io {
        /// The directory.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl DataDir {
    /// Makes the directory if it is missing (mode 0700), locks it and checks its format.
    pub(super) fn open(path: &Path) -> Result<Self, DataDirError> {
        let failed = |source| DataDirError::Io { path: path.to_owned(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
        let mut lock = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join("LOCK"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(DataDirError::InUse { path: path.to_owned(), holder: holder(&mut lock) });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        write_holder(&mut lock).map_err(failed)?;
        check_format(path)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

fn holder(lock: &mut File) -> String {
    let mut text = String::new();
    let read = Read::by_ref(lock).take(NOTE_BYTES_MAX).read_to_string(&mut text);
    match (read, text.trim()) {
        (Ok(_), holder) if !holder.is_empty() => holder.to_owned(),
        _ => "unknown".to_owned(),
    }
}

fn write_holder(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.seek(SeekFrom::Start(0))?;
    writeln!(lock, "{}", std::process::id())
}

fn check_format(path: &Path) -> Result<(), DataDirError> {
    let failed = |source| DataDirError::Io { path: path.to_owned(), source };
    let file = path.join("FORMAT");
    match fs::read_to_string(&file) {
        Ok(text) => match text.trim().parse::<u32>() {
            Ok(found) if found > FORMAT => Err(DataDirError::FormatNewer { path: path.to_owned(), found }),
            Ok(_) => Ok(()),
            Err(_) => Err(DataDirError::FormatUnreadable { path: path.to_owned() }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // Written aside and renamed: a crash leaves either no format file or a whole one.
            let fresh = path.join("FORMAT.new");
            let mut note = File::create(&fresh).map_err(failed)?;
            writeln!(note, "{FORMAT}").and_then(|()| note.sync_all()).map_err(failed)?;
            fs::rename(&fresh, &file).map_err(failed)?;
            File::open(path).and_then(|dir| dir.sync_all()).map_err(failed)
        }
        Err(source) => Err(failed(source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_new_directory_is_private_and_survives_a_second_opening() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/data");
        drop(DataDir::open(&path).unwrap());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        drop(DataDir::open(&path).unwrap());
    }

    #[test]
    fn a_second_server_is_told_who_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let _first = DataDir::open(dir.path()).unwrap();
        let message = DataDir::open(dir.path()).unwrap_err().to_string();
        assert!(message.contains(&format!("in use by process {}", std::process::id())), "{message}");
    }

    #[test]
    fn a_newer_or_broken_format_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("FORMAT"), "2\n").unwrap();
        assert!(matches!(DataDir::open(dir.path()), Err(DataDirError::FormatNewer { found: 2, .. })));
        fs::write(dir.path().join("FORMAT"), "soup").unwrap();
        assert!(matches!(DataDir::open(dir.path()), Err(DataDirError::FormatUnreadable { .. })));
    }
}
