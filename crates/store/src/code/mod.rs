//! Deployment packages: named by their content, checked, unpacked once, shared by every function that has them.
//!
//! ```text
//! code/<sha256 in hex>/package.zip   as it was uploaded
//! code/<sha256 in hex>/task/         unpacked: what a function sees at /var/task
//! code/.new-…/                       being unpacked; removed at start
//! ```
//!
//! Invariants: a package's directory is there whole and flushed, or not at all; nothing of an upload is ever written
//! outside its directory; nothing is written through a symbolic link; what is unpacked is bounded in bytes and entries,
//! counted while inflating. Everything here blocks: call it where blocking is allowed.

mod entries;
mod links;
#[cfg(test)]
mod tests;
mod unpack;

pub use entries::{ENTRIES_MAX, PackageError};

use lambent_domain::function::{CodePackage, CodeSha256};
use lambent_domain::limits::ZIPPED_BYTES_MAX;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

const PACKAGE: &str = "package.zip";
const TASK: &str = "task";
const NEW_PREFIX: &str = ".new-";

/// The packages of one data directory.
#[derive(Debug)]
pub struct CodeStore {
    root: PathBuf,
    /// Packages that were put and may not be named by a function yet; [`CodeStore::collect`] leaves them alone.
    pins: Arc<Mutex<HashMap<CodeSha256, usize>>>,
    #[cfg(test)]
    fault: std::sync::atomic::AtomicBool,
}

/// A fault of the disk, for the operator.
#[derive(Debug, thiserror::Error)]
#[error("code package: {action}: {source}")]
pub struct CodeStoreError {
    action: &'static str,
    source: io::Error,
}

/// Why a package was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// The upload is at fault; the text may be shown to whoever sent it.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The disk is at fault.
    #[error(transparent)]
    Storage(#[from] CodeStoreError),
}

/// A package that is in place. It stays at least as long as this value lives: keep it until a function names it.
#[derive(Debug)]
pub struct StoredPackage {
    /// What to keep in the function.
    pub package: CodePackage,
    pins: Arc<Mutex<HashMap<CodeSha256, usize>>>,
}

impl CodeStore {
    /// Opens the directory, making it if need be, and clears away what a crash has left half-unpacked.
    pub fn open(root: &Path) -> Result<Self, CodeStoreError> {
        DirBuilder::new().recursive(true).mode(0o755).create(root).map_err(during("make the directory"))?;
        for entry in fs::read_dir(root).map_err(during("read the directory"))? {
            let entry = entry.map_err(during("read the directory"))?;
            if entry.file_name().to_string_lossy().starts_with(NEW_PREFIX) {
                fs::remove_dir_all(entry.path()).map_err(during("clear away what a crash has left"))?;
            }
        }
        Ok(Self {
            root: root.to_owned(),
            pins: Arc::default(),
            #[cfg(test)]
            fault: false.into(),
        })
    }

    /// Checks a package and unpacks it, unless it is there already.
    pub fn put(&self, zip: &[u8]) -> Result<StoredPackage, PutError> {
        if zip.len() > ZIPPED_BYTES_MAX {
            return Err(PackageError::ZippedTooLarge.into());
        }
        let sha256 = CodeSha256::new(Sha256::digest(zip).into());
        let zip_bytes = u64::try_from(zip.len()).unwrap_or(u64::MAX);
        // Pinned before looking, so that a collection can't remove it between the look and the answer.
        let stored = StoredPackage::pin(CodePackage { sha256, zip_bytes }, &self.pins);
        if !self.home(sha256).exists() {
            self.unpack(zip, sha256)?;
        }
        // Also if it is there already: whoever is putting it beside us may not have come as far as this.
        self.flush_root().map_err(during("flush the directory"))?;
        Ok(stored)
    }

    fn unpack(&self, zip: &[u8], sha256: CodeSha256) -> Result<(), PutError> {
        let new = tempfile::Builder::new().prefix(NEW_PREFIX).tempdir_in(&self.root);
        let new = new.map_err(during("make a directory to unpack in"))?;
        fs::set_permissions(new.path(), Permissions::from_mode(0o755))
            .map_err(during("open the directory up"))?;
        fs::write(new.path().join(PACKAGE), zip).map_err(during("keep the upload"))?;
        unpack::unpack(zip, &new.path().join(TASK))?;
        // One flush of the file system is far cheaper than one for each of thousands of files.
        let flush = || -> io::Result<()> { Ok(rustix::fs::syncfs(File::open(new.path())?)?) };
        flush().map_err(during("flush the unpacked files"))?;
        let home = self.home(sha256);
        match fs::rename(new.path(), &home) {
            Ok(()) => {
                // Its directory has gone to its place: there is nothing to clear away.
                let _ = new.keep();
                Ok(())
            }
            // Somebody else has put the same package meanwhile.
            Err(_) if home.exists() => Ok(()),
            Err(error) => Err(during("put the unpacked files in place")(error).into()),
        }
    }

    /// Makes the names in the directory survive a power loss.
    fn flush_root(&self) -> io::Result<()> {
        #[cfg(test)]
        if self.fault.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(io::Error::other("injected"));
        }
        File::open(&self.root)?.sync_all()
    }

    /// Where the unpacked files of a package are; `None` if there is no such package.
    #[must_use]
    pub fn task_dir(&self, sha256: CodeSha256) -> Option<PathBuf> {
        let dir = self.home(sha256).join(TASK);
        dir.is_dir().then_some(dir)
    }

    /// The zip file as it was uploaded; `None` if there is no such package.
    pub fn read_zip(&self, sha256: CodeSha256) -> Result<Option<Vec<u8>>, CodeStoreError> {
        match fs::read(self.home(sha256).join(PACKAGE)) {
            Ok(zip) => Ok(Some(zip)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(during("read the upload")(error)),
        }
    }

    /// Removes every package that is neither in `in_use` nor pinned; returns how many.
    ///
    /// `in_use` has to name what running environments use as well as what functions name.
    pub fn collect(&self, in_use: &HashSet<CodeSha256>) -> Result<usize, CodeStoreError> {
        let keep: HashSet<String> = in_use.iter().map(|sha256| sha256.to_hex()).collect();
        let mut removed = 0;
        for entry in fs::read_dir(&self.root).map_err(during("read the directory"))? {
            let entry = entry.map_err(during("read the directory"))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(NEW_PREFIX) || keep.contains(&name) {
                continue;
            }
            // The lock is held over the rename, so that `put` sees the package either pinned or gone.
            let pins = self.pins.lock().unwrap_or_else(PoisonError::into_inner);
            if pins.keys().any(|pinned| pinned.to_hex() == name) {
                continue;
            }
            // First out of the way in one step: a crash must not leave half a package under its name.
            let gone = self.root.join(format!("{NEW_PREFIX}{name}"));
            fs::rename(entry.path(), &gone).map_err(during("take a package away"))?;
            drop(pins);
            fs::remove_dir_all(&gone).map_err(during("remove a package"))?;
            removed += 1;
        }
        Ok(removed)
    }

    fn home(&self, sha256: CodeSha256) -> PathBuf {
        self.root.join(sha256.to_hex())
    }
}

impl StoredPackage {
    fn pin(package: CodePackage, pins: &Arc<Mutex<HashMap<CodeSha256, usize>>>) -> Self {
        *pins.lock().unwrap_or_else(PoisonError::into_inner).entry(package.sha256).or_default() += 1;
        Self { package, pins: Arc::clone(pins) }
    }
}

impl Drop for StoredPackage {
    fn drop(&mut self) {
        let mut pins = self.pins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = pins.get_mut(&self.package.sha256) {
            *count -= 1;
            if *count == 0 {
                pins.remove(&self.package.sha256);
            }
        }
    }
}

/// Names what was being done when the disk failed.
fn during(action: &'static str) -> impl FnOnce(io::Error) -> CodeStoreError {
    move |source| CodeStoreError { action, source }
}
