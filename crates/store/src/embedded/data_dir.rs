//! The data directory: private to the server's user, held by one server at a time, of a known format.

use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What this build writes. Raised when an older build could not read the directory any more.
const FORMAT: u32 = 3;
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
    /// Others may enter it, and it is not ours to close.
    #[error(
        "data directory {path} is open to other users (mode {mode:03o}) and belongs to user {owner}: \
         give it to the server's own user or close it (chmod 700)"
    )]
    NotOurs {
        /// The directory.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
        /// Its owner.
        owner: u32,
    },
    /// Others may enter it, and closing it could take more from them than Lambent's data.
    #[error(
        "data directory {path} is open to other users (mode {mode:03o}) and holds something else: \
         name an empty directory, or close this one (chmod 700)"
    )]
    HoldsOther {
        /// The directory.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
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
    /// Makes the directory if it is missing (mode 0700) or closes it to others, locks it and checks its format.
    pub(super) fn open(path: &Path) -> Result<Self, DataDirError> {
        let failed = |source| DataDirError::Io { path: path.to_owned(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
        close_to_others(path)?;
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

/// Events, logs and code are for the server's user alone (X5). Somebody may have made the directory with the usual
/// permissions, or have widened them.
fn close_to_others(path: &Path) -> Result<(), DataDirError> {
    let failed = |source| DataDirError::Io { path: path.to_owned(), source };
    // One descriptor for the look and the change: a name could come to mean another directory in between.
    let dir = File::open(path).map_err(failed)?;
    let metadata = dir.metadata().map_err(failed)?;
    let (mode, owner) = (metadata.mode() & 0o7777, metadata.uid());
    if mode & 0o077 == 0 {
        return Ok(());
    }
    if owner != rustix::process::geteuid().as_raw() {
        return Err(DataDirError::NotOurs { path: path.to_owned(), mode, owner });
    }
    // A home directory or `/tmp`, named by mistake, must not be locked away.
    let is_empty = fs::read_dir(path).map_err(failed)?.next().is_none();
    if !is_empty && !path.join("FORMAT").exists() {
        return Err(DataDirError::HoldsOther { path: path.to_owned(), mode });
    }
    dir.set_permissions(Permissions::from_mode(0o700)).map_err(failed)?;
    tracing::warn!(path = %path.display(), mode = %format_args!("{mode:03o}"), "closed the data directory to other users");
    Ok(())
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
            // Older records are read as they are and written anew when they change.
            Ok(found) if found < FORMAT => write_format(path, &file).map_err(failed),
            Ok(_) => Ok(()),
            Err(_) => Err(DataDirError::FormatUnreadable { path: path.to_owned() }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => write_format(path, &file).map_err(failed),
        Err(source) => Err(failed(source)),
    }
}

/// Written aside and renamed: a crash leaves either the file that was there or a whole new one.
fn write_format(path: &Path, file: &Path) -> io::Result<()> {
    let fresh = path.join("FORMAT.new");
    let mut note = File::create(&fresh)?;
    writeln!(note, "{FORMAT}").and_then(|()| note.sync_all())?;
    fs::rename(&fresh, file)?;
    File::open(path).and_then(|dir| dir.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    fn with_mode(mode: u32) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(mode)).unwrap();
        dir
    }

    #[test]
    fn a_new_directory_is_private_and_survives_a_second_opening() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/data");
        drop(DataDir::open(&path).unwrap());
        assert_eq!(mode(&path), 0o700);
        drop(DataDir::open(&path).unwrap());
    }

    #[test]
    fn a_directory_others_may_enter_is_closed_to_them() {
        for open in [0o755, 0o750, 0o701, 0o2770] {
            let dir = with_mode(open);
            drop(DataDir::open(dir.path()).unwrap());
            assert_eq!(mode(dir.path()), 0o700, "was {open:o}");
            fs::set_permissions(dir.path(), Permissions::from_mode(open)).unwrap();
            drop(DataDir::open(dir.path()).unwrap());
            assert_eq!(mode(dir.path()), 0o700, "was {open:o} with data in it");
        }
    }

    #[test]
    fn a_directory_with_other_things_in_it_is_not_taken_from_others() {
        let dir = with_mode(0o755);
        fs::write(dir.path().join("thesis.tex"), "").unwrap();
        let refusal = DataDir::open(dir.path()).unwrap_err();
        assert!(refusal.to_string().contains("(mode 755) and holds something else"), "{refusal}");
        assert_eq!(mode(dir.path()), 0o755);
        assert!(!dir.path().join("LOCK").exists());
        fs::set_permissions(dir.path(), Permissions::from_mode(0o700)).unwrap();
        DataDir::open(dir.path()).unwrap();
    }

    #[test]
    fn an_open_directory_of_somebody_else_is_refused() {
        // Root's own, unless the test runs as root: then one that it gives away.
        let dir = with_mode(0o755);
        let given = std::os::unix::fs::chown(dir.path(), Some(12_345), None).is_ok();
        let path = if given { dir.path() } else { Path::new("/") };
        assert!(matches!(DataDir::open(path), Err(DataDirError::NotOurs { .. })));
        if given {
            fs::set_permissions(path, Permissions::from_mode(0o700)).unwrap();
            DataDir::open(path).unwrap();
        }
    }

    #[test]
    fn a_second_server_is_told_who_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let _first = DataDir::open(dir.path()).unwrap();
        let message = DataDir::open(dir.path()).unwrap_err().to_string();
        assert!(message.contains(&format!("in use by process {}", std::process::id())), "{message}");
    }

    #[test]
    fn an_older_format_is_raised_a_newer_or_broken_one_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("FORMAT"), "1\n").unwrap();
        drop(DataDir::open(dir.path()).unwrap());
        assert_eq!(fs::read_to_string(dir.path().join("FORMAT")).unwrap(), "3\n");
        fs::write(dir.path().join("FORMAT"), "4\n").unwrap();
        assert!(matches!(DataDir::open(dir.path()), Err(DataDirError::FormatNewer { found: 4, .. })));
        fs::write(dir.path().join("FORMAT"), "soup").unwrap();
        assert!(matches!(DataDir::open(dir.path()), Err(DataDirError::FormatUnreadable { .. })));
    }
}
