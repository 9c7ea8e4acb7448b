//! Which packages may be taken away: those that nobody holds, and that were found unused twice in a row.
//!
//! Holding covers an environment that runs, and a package just put that no function names yet. The second look covers
//! who is in between: a function named the package when it was looked up, and the environment is not there yet.

use super::TASK;
use lambent_domain::function::{CodePackage, CodeSha256};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Shared by the store and everything that holds a package.
#[derive(Debug, Clone, Default)]
pub(super) struct Pins(Arc<Mutex<Pinned>>);

#[derive(Debug, Default)]
pub(super) struct Pinned {
    holders: HashMap<CodeSha256, usize>,
    /// Found unused by the last collection, and not held since.
    condemned: HashSet<CodeSha256>,
}

/// A package that is in place. It stays at least as long as this value lives: keep it until a function names it, or
/// for as long as an environment uses it.
#[derive(Debug)]
pub struct StoredPackage {
    /// What to keep in the function.
    pub package: CodePackage,
    home: PathBuf,
    _pin: Pin,
}

/// What is named by this digest stays for as long as this lives.
#[derive(Debug)]
pub(super) struct Pin {
    digest: CodeSha256,
    pins: Pins,
}

impl StoredPackage {
    /// Where the unpacked files are.
    #[must_use]
    pub fn task_dir(&self) -> PathBuf {
        self.home.join(TASK)
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut pinned = self.pins.lock();
        if let Some(count) = pinned.holders.get_mut(&self.digest) {
            *count -= 1;
            if *count == 0 {
                pinned.holders.remove(&self.digest);
            }
        }
    }
}

impl Pins {
    pub(super) fn pin(&self, package: CodePackage, home: &Path) -> StoredPackage {
        let pin = self.pin_digest(package.sha256);
        StoredPackage { package, home: home.to_owned(), _pin: pin }
    }

    pub(super) fn pin_digest(&self, digest: CodeSha256) -> Pin {
        let mut pinned = self.lock();
        *pinned.holders.entry(digest).or_default() += 1;
        pinned.condemned.remove(&digest);
        drop(pinned);
        Pin { digest, pins: self.clone() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Pinned> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pinned {
    /// Whether an unnamed package may go now; if not, it may the next time unless it is held until then.
    pub(super) fn may_go(&mut self, sha256: CodeSha256) -> bool {
        if self.holders.contains_key(&sha256) {
            return false;
        }
        !self.condemned.insert(sha256)
    }

    /// It is in use after all, or gone.
    pub(super) fn acquit(&mut self, sha256: CodeSha256) {
        self.condemned.remove(&sha256);
    }
}
