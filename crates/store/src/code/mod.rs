//! Deployment packages: named by their content, checked, unpacked once, shared by every function that has them.
//!
//! ```text
//! code/<sha256 in hex>/package.zip   as it was uploaded
//! code/<sha256 in hex>/task/         unpacked: what a function sees at /var/task
//! code/layers/<digest in hex>/        the layers of some function, merged: what it sees at /opt; removed at start
//! code/.new-…/                       being unpacked; removed at start
//! code/download.key                  what download URLs are signed with
//! ```
//!
//! Invariants: a package's directory is there whole and flushed, or not at all; nothing of an upload is ever written
//! outside its directory; nothing is written through a symbolic link; what is unpacked is bounded in bytes and entries,
//! counted while inflating. Everything here blocks: call it where blocking is allowed.

mod download_key;
mod entries;
mod layers;
mod links;
mod pins;
mod size;
#[cfg(test)]
mod tests;
mod unpack;

pub use download_key::DownloadKey;
pub use entries::{ENTRIES_MAX, PackageError};
pub use layers::{LayerTree, LayersError};
pub use pins::StoredPackage;

use lambent_domain::function::{CodePackage, CodeSha256};
use lambent_domain::limits::ZIPPED_BYTES_MAX;
use pins::Pins;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

const PACKAGE: &str = "package.zip";
const TASK: &str = "task";
/// Where merged layers are: no name of a package.
const LAYERS: &str = "layers";
const NEW_PREFIX: &str = ".new-";

/// The packages of one data directory.
#[derive(Debug)]
pub struct CodeStore {
    root: PathBuf,
    pins: Pins,
    download_key: DownloadKey,
    /// The pins of merged layers.
    layer_pins: Pins,
    /// Held while layers are merged, so that nobody merges the same ones beside.
    merging: Mutex<()>,
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

impl CodeStore {
    /// Opens the directory, making it if need be, and clears away what a crash has left half-unpacked.
    pub fn open(root: &Path) -> Result<Self, CodeStoreError> {
        DirBuilder::new().recursive(true).mode(0o755).create(root).map_err(during("make the directory"))?;
        for entry in fs::read_dir(root).map_err(during("read the directory"))? {
            let entry = entry.map_err(during("read the directory"))?;
            let name = entry.file_name();
            // Merged layers are made of packages, and made again when they are needed.
            if name.to_string_lossy().starts_with(NEW_PREFIX) || name == LAYERS {
                fs::remove_dir_all(entry.path()).map_err(during("clear away what a crash has left"))?;
            }
        }
        Ok(Self {
            root: root.to_owned(),
            pins: Pins::default(),
            download_key: DownloadKey::open(root)?,
            layer_pins: Pins::default(),
            merging: Mutex::new(()),
            #[cfg(test)]
            fault: false.into(),
        })
    }

    /// Checks a package and unpacks it, unless it is there already.
    pub fn put(&self, zip: &[u8]) -> Result<StoredPackage, PutError> {
        self.put_within(zip, ZIPPED_BYTES_MAX)
    }

    /// The same with a bound of one's own on the zip file: a package that is fetched may be larger than one that is sent.
    pub fn put_within(&self, zip: &[u8], zipped_bytes_max: usize) -> Result<StoredPackage, PutError> {
        if zip.len() > zipped_bytes_max {
            return Err(PackageError::ZippedTooLarge.into());
        }
        let sha256 = CodeSha256::new(Sha256::digest(zip).into());
        let zip_bytes = u64::try_from(zip.len()).unwrap_or(u64::MAX);
        // Pinned before looking, so that a collection can't remove it between the look and the answer.
        let stored = self.pins.pin(CodePackage { sha256, zip_bytes }, &self.home(sha256));
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

    /// What URLs for downloads from this store are signed with.
    #[must_use]
    pub fn download_key(&self) -> &DownloadKey {
        &self.download_key
    }

    /// Where the unpacked files of a package are; `None` if there is no such package.
    #[must_use]
    pub fn task_dir(&self, sha256: CodeSha256) -> Option<PathBuf> {
        let dir = self.home(sha256).join(TASK);
        dir.is_dir().then_some(dir)
    }

    /// The zip file as it was uploaded and its size, to be read piece by piece; `None` if there is no such package.
    pub fn open_zip(&self, sha256: CodeSha256) -> Result<Option<(File, u64)>, CodeStoreError> {
        let file = match File::open(self.home(sha256).join(PACKAGE)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(during("open the upload")(error)),
        };
        let bytes = file.metadata().map_err(during("look at the upload"))?.len();
        Ok(Some((file, bytes)))
    }

    /// Holds a package for as long as the answer lives: an environment does, so that its files stay also when no
    /// function names them any more. `None` if there is no such package.
    #[must_use]
    pub fn hold(&self, package: &CodePackage) -> Option<StoredPackage> {
        let held = self.pins.pin(package.clone(), &self.home(package.sha256));
        // Held before looking, as in `put`.
        held.task_dir().is_dir().then_some(held)
    }

    /// Removes packages that are neither in `in_use` nor held, and were neither at the last collection; returns how
    /// many.
    ///
    /// `in_use` is what functions name ([`crate::resources::Resources::packages_in_use`]), read after the last
    /// collection was over. Let minutes pass in between: more than it takes from finding a function to holding its
    /// package. There is one caller of this, a housekeeping task.
    ///
    /// Merged layers go with them, when nobody holds them and nobody did at the last collection.
    pub fn collect(&self, in_use: &HashSet<CodeSha256>) -> Result<usize, CodeStoreError> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.root).map_err(during("read the directory"))? {
            let entry = entry.map_err(during("read the directory"))?;
            let name = entry.file_name();
            // Whatever else lies here is not ours to remove.
            let Some(sha256) = name.to_str().and_then(CodeSha256::from_hex) else { continue };
            if in_use.contains(&sha256) {
                self.pins.lock().acquit(sha256);
            } else if self.remove_unless_held(&self.pins, sha256, &self.home(sha256))? {
                removed += 1;
            }
        }
        self.collect_layers()?;
        Ok(removed)
    }

    fn remove_unless_held(
        &self,
        pins: &Pins,
        sha256: CodeSha256,
        home: &Path,
    ) -> Result<bool, CodeStoreError> {
        let gone = {
            // The lock is held over the rename, so that `put` and `hold` see the package either whole or gone.
            let mut pinned = pins.lock();
            if !pinned.may_go(sha256) {
                return Ok(false);
            }
            // First out of the way in one step: a crash must not leave half a package under its name.
            let gone = tempfile::Builder::new().prefix(NEW_PREFIX).tempdir_in(&self.root);
            let gone = gone.map_err(during("make a directory to remove a package in"))?;
            fs::rename(home, gone.path().join(TASK)).map_err(during("take a package away"))?;
            pinned.acquit(sha256);
            gone
        };
        gone.close().map_err(during("remove a package"))?;
        Ok(true)
    }

    fn home(&self, sha256: CodeSha256) -> PathBuf {
        self.root.join(sha256.to_hex())
    }
}

/// Names what was being done when the disk failed.
fn during(action: &'static str) -> impl FnOnce(io::Error) -> CodeStoreError {
    move |source| CodeStoreError { action, source }
}
