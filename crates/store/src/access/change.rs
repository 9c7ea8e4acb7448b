//! Making, changing and deleting keys and roles. Each change is one file, under a lock that the command line and the
//! server share.

use super::files::{self, AccessError, begin};
use super::key::{AccessKey, KeyName, KeyStatus};
use super::policy::PolicyText;
use super::role::{Role, RoleName};
use super::{Access, AccessStore, Fault, KEYS_MAX, ROLES_MAX, mint};
use lambent_domain::time::Timestamp;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl AccessStore {
    /// Makes a key. Without a policy it may do everything.
    ///
    /// # Errors
    /// When the name is taken, there are too many, or the disk refuses.
    pub fn create_key(
        &self,
        name: KeyName,
        policy: Option<PolicyText>,
        now: Timestamp,
    ) -> Result<AccessKey, AccessError> {
        let _turn = begin(self)?;
        self.create(name, policy, now)
    }

    /// Makes a key if there is none at all, not even one that can't be read.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create_first_key(&self, name: KeyName, now: Timestamp) -> Result<Option<AccessKey>, AccessError> {
        let _turn = begin(self)?;
        let access = self.read()?;
        let keys = self.keys_dir();
        if !access.keys.is_empty() || access.faults.iter().any(|fault| fault.path.starts_with(&keys)) {
            return Ok(None);
        }
        self.create(name, None, now).map(Some)
    }

    /// Enables or disables the key of that id or name.
    ///
    /// # Errors
    /// When there is none, or the disk refuses.
    pub fn set_key_status(&self, which: &str, status: KeyStatus) -> Result<AccessKey, AccessError> {
        let _turn = begin(self)?;
        let mut key = self.existing_key(which)?.as_ref().clone();
        if key.status != status {
            key.status = status;
            self.write_key(&key)?;
        }
        Ok(key)
    }

    /// Deletes the key of that id or name; by its id also one that can't be read.
    ///
    /// # Errors
    /// When there is none, or the disk refuses.
    pub fn delete_key(&self, which: &str) -> Result<(), AccessError> {
        let _turn = begin(self)?;
        let path = match self.existing_key(which) {
            Ok(key) => self.key_path(&key.id),
            Err(AccessError::Faulty(fault)) => fault.path,
            Err(error) => return Err(error),
        };
        files::remove(&path).map_err(AccessError::at(&path))
    }

    /// Makes a role, or gives the one of that name another policy.
    ///
    /// # Errors
    /// When there are too many, or the disk refuses.
    pub fn put_role(&self, role: &Role) -> Result<(), AccessError> {
        let _turn = begin(self)?;
        let access = self.read()?;
        if access.role(role.name.as_str()).is_none() && access.roles.len() >= ROLES_MAX {
            return Err(AccessError::TooMany { kind: "role", max: ROLES_MAX });
        }
        write(&self.role_path(&role.name), role.to_json())
    }

    /// Deletes the role of that name, also one that can't be read.
    ///
    /// # Errors
    /// When there is none, or the disk refuses.
    pub fn delete_role(&self, name: &RoleName) -> Result<(), AccessError> {
        let _turn = begin(self)?;
        let path = self.role_path(name);
        files::remove(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => AccessError::Missing { kind: "role", which: name.to_string() },
            _ => AccessError::Io { path, source },
        })
    }

    fn create(
        &self,
        name: KeyName,
        policy: Option<PolicyText>,
        now: Timestamp,
    ) -> Result<AccessKey, AccessError> {
        let access = self.read()?;
        if access.key(name.as_str()).is_some() {
            return Err(AccessError::NameTaken(name.to_string()));
        }
        if access.keys.len() >= KEYS_MAX {
            return Err(AccessError::TooMany { kind: "key", max: KEYS_MAX });
        }
        let failed = AccessError::at(&self.keys_dir());
        let minted = mint::key_id().and_then(|id| Ok((id, mint::key_secret()?)));
        let (id, secret) = minted.map_err(failed)?;
        let key = AccessKey { id, secret, name, created: now, status: KeyStatus::Active, policy };
        self.write_key(&key)?;
        Ok(key)
    }

    fn existing_key(&self, which: &str) -> Result<Arc<AccessKey>, AccessError> {
        let access = self.read()?;
        match access.key(which) {
            Some(key) => Ok(Arc::clone(key)),
            None => Err(self.missing_key(&access, which)),
        }
    }

    /// One that is there and can't be read is not missing.
    fn missing_key(&self, access: &Access, which: &str) -> AccessError {
        let path = self.keys_dir().join(format!("{which}.json"));
        let fault = access.faults.iter().find(|fault: &&Fault| fault.path == path);
        match fault {
            Some(fault) => AccessError::Faulty(fault.clone()),
            None => AccessError::Missing { kind: "key", which: which.to_owned() },
        }
    }

    fn write_key(&self, key: &AccessKey) -> Result<(), AccessError> {
        write(&self.key_path(&key.id), key.to_json())
    }

    fn role_path(&self, name: &RoleName) -> PathBuf {
        self.roles_dir().join(format!("{name}.json"))
    }
}

fn write(path: &Path, text: serde_json::Result<Vec<u8>>) -> Result<(), AccessError> {
    text.map_err(io::Error::other).and_then(|text| files::write(path, &text)).map_err(AccessError::at(path))
}
