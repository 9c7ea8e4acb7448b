//! Changes that are made together or not at all.

use super::Keyspace;
#[cfg(feature = "simulation")]
use super::memory::Change;
use fjall::{OwnedWriteBatch, UserKey, UserValue};

/// Changes of any keyspaces of one disk, for [`super::Disk::commit`].
pub(in crate::embedded) enum Batch {
    Files(OwnedWriteBatch),
    #[cfg(feature = "simulation")]
    Memory(Vec<Change>),
}

impl Batch {
    #[inline]
    pub(in crate::embedded) fn insert(
        &mut self,
        keyspace: &Keyspace,
        key: impl Into<UserKey>,
        value: impl Into<UserValue>,
    ) {
        match (self, keyspace) {
            (Self::Files(batch), Keyspace::Files(keyspace)) => batch.insert(keyspace, key, value),
            #[cfg(feature = "simulation")]
            (Self::Memory(changes), Keyspace::Memory(keyspace)) => {
                changes.push(keyspace.change(key.into(), Some(value.into())));
            }
            #[cfg(feature = "simulation")]
            _ => debug_assert!(false, "a batch and a keyspace of two disks"),
        }
    }

    #[inline]
    pub(in crate::embedded) fn remove(&mut self, keyspace: &Keyspace, key: impl Into<UserKey>) {
        match (self, keyspace) {
            (Self::Files(batch), Keyspace::Files(keyspace)) => batch.remove(keyspace, key),
            #[cfg(feature = "simulation")]
            (Self::Memory(changes), Keyspace::Memory(keyspace)) => {
                changes.push(keyspace.change(key.into(), None));
            }
            #[cfg(feature = "simulation")]
            _ => debug_assert!(false, "a batch and a keyspace of two disks"),
        }
    }
}
