//! Reading everything, and then only what has changed.

use super::files::{self, AccessError, UNFINISHED, Unfit};
use super::key::AccessKey;
use super::role::Role;
use super::{Access, AccessStore, Fault, KEYS_MAX, ROLES_MAX};
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, PoisonError};

/// What was read last.
#[derive(Debug, Default)]
pub(super) struct Seen {
    read_before: bool,
    keys: Folder<AccessKey>,
    roles: Folder<Role>,
}

#[derive(Debug)]
struct Folder<T> {
    files: BTreeMap<OsString, (Stamp, Result<Arc<T>, Unfit>)>,
    /// What is wrong with the directory itself.
    fault: Option<String>,
}

impl<T> Default for Folder<T> {
    fn default() -> Self {
        Self { files: BTreeMap::new(), fault: None }
    }
}

/// What changes whenever a file does. Times alone could stay the same over two quick changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    size: u64,
    changed: (i64, i64),
}

impl AccessStore {
    /// Everything that is there. A store that was never used is empty.
    ///
    /// # Errors
    /// When the directories can't be read; a file that can't is a [`Fault`] in the answer.
    pub fn read(&self) -> Result<Access, AccessError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        self.look(&mut seen)?;
        Ok(self.snapshot(&seen))
    }

    /// Everything, if anything has changed since it was read last: by this process or by another. Costs a `stat` for
    /// each file when nothing has.
    ///
    /// # Errors
    /// As [`AccessStore::read`].
    pub fn refresh(&self) -> Result<Option<Access>, AccessError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.look(&mut seen)?.then(|| self.snapshot(&seen)))
    }

    fn look(&self, seen: &mut Seen) -> Result<bool, AccessError> {
        let (keys, roles) = (self.keys_dir(), self.roles_dir());
        let changed =
            seen.keys.look(&keys, KEYS_MAX, AccessKey::from_json).map_err(AccessError::at(&keys))?
                | seen.roles.look(&roles, ROLES_MAX, Role::from_json).map_err(AccessError::at(&roles))?
                | !seen.read_before;
        seen.read_before = true;
        Ok(changed)
    }

    fn snapshot(&self, seen: &Seen) -> Access {
        let mut access = Access::default();
        access.keys = seen.keys.collect(&self.keys_dir(), &mut access.faults);
        access.roles = seen.roles.collect(&self.roles_dir(), &mut access.faults);
        access.keys.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        self.drop_namesakes(&mut access);
        access
    }

    /// A name means one key, so that whoever disables a name has disabled all that it means. A copy made by hand may
    /// have another's name: the oldest keeps it.
    fn drop_namesakes(&self, access: &mut Access) {
        let mut names = HashSet::new();
        let Access { keys, faults, .. } = access;
        keys.retain(|key| {
            let is_new = names.insert(key.name.clone());
            if !is_new {
                let why = format!("has the name of an older key, `{}`", key.name);
                faults.push(Fault { path: self.key_path(&key.id), why });
            }
            is_new
        });
    }
}

impl<T> Folder<T> {
    /// Takes in what has changed; says whether anything has.
    fn look(
        &mut self,
        dir: &Path,
        files_max: usize,
        parse: fn(&str, &[u8]) -> Result<T, String>,
    ) -> io::Result<bool> {
        let (found, fault, owner) = list(dir, files_max)?;
        let mut changed = fault != self.fault;
        self.fault = fault;
        self.files.retain(|name, _| {
            let stays = found.contains_key(name);
            changed |= !stays;
            stays
        });
        for (name, stamp) in found {
            let before = self.files.get(&name).filter(|(known, _)| *known == stamp).map(|(_, parsed)| parsed);
            // What could not be read is tried again; what is unfit in itself is not.
            if before.is_some_and(|parsed| !matches!(parsed, Err(Unfit::Unread(_)))) {
                continue;
            }
            let parsed = read(dir, &name, owner, parse).map(Arc::new);
            changed |= match (before, &parsed) {
                (Some(Err(before)), Err(now)) => before != now,
                _ => true,
            };
            self.files.insert(name, (stamp, parsed));
        }
        Ok(changed)
    }

    fn collect(&self, dir: &Path, faults: &mut Vec<Fault>) -> Vec<Arc<T>> {
        faults.extend(self.fault.iter().map(|why| Fault { path: dir.to_owned(), why: why.clone() }));
        let mut good = Vec::with_capacity(self.files.len());
        for (name, (_, parsed)) in &self.files {
            match parsed {
                Ok(entity) => good.push(Arc::clone(entity)),
                Err(Unfit::Itself(why) | Unfit::Unread(why)) => {
                    faults.push(Fault { path: dir.join(name), why: why.clone() });
                }
            }
        }
        good
    }
}

type Listing = (BTreeMap<OsString, Stamp>, Option<String>, u32);

/// The files of a directory, what is wrong with it, and whose it is.
fn list(dir: &Path, files_max: usize) -> io::Result<Listing> {
    let mut found = BTreeMap::new();
    let metadata = match std::fs::metadata(dir) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((found, None, 0)),
        Err(error) => return Err(error),
    };
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 != 0 {
        // Whoever can put a file here can give himself a key.
        let why = format!("is open to other users (mode {mode:03o}): close it with chmod 700");
        return Ok((found, Some(why), metadata.uid()));
    }
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(UNFINISHED.as_bytes()) {
            continue;
        }
        if found.len() == files_max {
            let why = format!("holds more than {files_max} files; those beyond are not read");
            return Ok((found, Some(why), metadata.uid()));
        }
        // A file that is gone by now was not there.
        if let Ok(metadata) = entry.metadata() {
            let changed = (metadata.ctime(), metadata.ctime_nsec());
            found.insert(name, Stamp { inode: metadata.ino(), size: metadata.len(), changed });
        }
    }
    Ok((found, None, metadata.uid()))
}

fn read<T>(
    dir: &Path,
    name: &OsString,
    owner: u32,
    parse: fn(&str, &[u8]) -> Result<T, String>,
) -> Result<T, Unfit> {
    let stem = name.to_str().and_then(|name| name.strip_suffix(".json"));
    let stem = stem.ok_or_else(|| "does not belong here: such files are named NAME.json".to_owned())?;
    Ok(parse(stem, &files::read(&dir.join(name), owner)?)?)
}
