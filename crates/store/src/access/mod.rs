//! Who may call: access keys and roles, one file each below `<data-dir>/access`.
//!
//! Files and not the database, because the command line changes them while a server holds the database: whoever may
//! write to the directory may make keys, and nobody else may even read it (directories 0700, files 0600). A change is
//! one rename, so a reader sees the old file or the new one, and a crash leaves one of them whole.
//!
//! A file that is malformed, too large or open to other users is a [`Fault`] of that one entity: it grants nothing, and
//! whoever reads is told. Secrets never stand in an error or in `Debug`.

mod change;
mod files;
mod key;
mod mint;
mod policy;
mod read;
mod role;

pub use files::AccessError;
pub use key::{AccessKey, AccessKeyId, KeyName, KeyStatus, Secret};
pub use mint::{session_key_id, session_secret, session_token};
pub use policy::{POLICY_BYTES_MAX, PolicyFault, PolicyText};
pub use role::{Role, RoleName};

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Most keys; more are a fault.
pub const KEYS_MAX: usize = 1_000;
/// Most roles; more are a fault.
pub const ROLES_MAX: usize = 1_000;

/// The keys and roles of one data directory. Making one touches nothing.
#[derive(Debug)]
pub struct AccessStore {
    dir: PathBuf,
    /// What was read last, so that only what has changed is read again.
    seen: Mutex<read::Seen>,
}

/// Everything that is there, at one moment.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// The oldest first.
    pub keys: Vec<Arc<AccessKey>>,
    /// By name.
    pub roles: Vec<Arc<Role>>,
    /// What is there and can't be used.
    pub faults: Vec<Fault>,
}

/// A file that grants nothing, and why: fits after its path and a colon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct Fault {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

impl AccessStore {
    /// The keys and roles below this data directory.
    #[must_use]
    pub fn new(data_dir: &Path) -> Self {
        Self { dir: data_dir.join("access"), seen: Mutex::default() }
    }

    /// Whether there has ever been a key: an empty store is not the same as one that was never used.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.keys_dir().is_dir()
    }

    /// Where the file of a key is.
    #[must_use]
    pub fn key_path(&self, id: &AccessKeyId) -> PathBuf {
        self.keys_dir().join(format!("{id}.json"))
    }

    fn keys_dir(&self) -> PathBuf {
        self.dir.join("keys")
    }

    fn roles_dir(&self) -> PathBuf {
        self.dir.join("roles")
    }
}

impl Access {
    /// The key that is meant by an id or a name.
    #[must_use]
    pub fn key(&self, which: &str) -> Option<&Arc<AccessKey>> {
        self.keys.iter().find(|key| key.id.as_str() == which || key.name.as_str() == which)
    }

    /// The oldest key that may be used.
    #[must_use]
    pub fn first_active(&self) -> Option<&Arc<AccessKey>> {
        self.keys.iter().find(|key| key.status == KeyStatus::Active)
    }

    /// The role of that name.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&Arc<Role>> {
        self.roles.iter().find(|role| role.name.as_str() == name)
    }
}

#[cfg(test)]
mod tests;
