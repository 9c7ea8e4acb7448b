//! Reading: one keyspace as it is now, or all of them as they were at one moment.

use super::failed;
#[cfg(feature = "simulation")]
use super::memory;
use crate::StorageError;
use fjall::{Readable, UserKey, UserValue};
use std::ops::RangeBounds;

/// A sorted map on the disk.
#[derive(Clone)]
pub(in crate::embedded) enum Keyspace {
    Files(fjall::Keyspace),
    #[cfg(feature = "simulation")]
    Memory(memory::Keyspace),
}

impl Keyspace {
    pub(in crate::embedded) fn get(&self, key: impl AsRef<[u8]>) -> Result<Option<UserValue>, StorageError> {
        match self {
            Self::Files(keyspace) => keyspace.get(key).map_err(|error| failed(&error)),
            #[cfg(feature = "simulation")]
            Self::Memory(keyspace) => Ok(keyspace.entries()?.get(key.as_ref()).cloned()),
        }
    }

    pub(in crate::embedded) fn range<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>) -> Entries {
        match self {
            Self::Files(keyspace) => Entries::Files(keyspace.range(range)),
            #[cfg(feature = "simulation")]
            Self::Memory(keyspace) => Entries::Memory(memory::Entries::new(keyspace.entries(), &range)),
        }
    }

    pub(in crate::embedded) fn iter(&self) -> Entries {
        self.range::<&[u8]>(..)
    }
}

/// All keyspaces as they were at one moment.
pub(in crate::embedded) enum View {
    Files(fjall::Snapshot),
    #[cfg(feature = "simulation")]
    Memory(memory::View),
}

impl View {
    pub(in crate::embedded) fn get(
        &self,
        keyspace: &Keyspace,
        key: impl AsRef<[u8]>,
    ) -> Result<Option<UserValue>, StorageError> {
        match (self, keyspace) {
            (Self::Files(view), Keyspace::Files(keyspace)) => {
                view.get(keyspace, key).map_err(|error| failed(&error))
            }
            #[cfg(feature = "simulation")]
            (Self::Memory(view), Keyspace::Memory(keyspace)) => {
                Ok(view.entries(keyspace)?.get(key.as_ref()).cloned())
            }
            #[cfg(feature = "simulation")]
            _ => Err(failed(&memory::another_disk())),
        }
    }

    pub(in crate::embedded) fn range<K: AsRef<[u8]>>(
        &self,
        keyspace: &Keyspace,
        range: impl RangeBounds<K>,
    ) -> Entries {
        match (self, keyspace) {
            (Self::Files(view), Keyspace::Files(keyspace)) => Entries::Files(view.range(keyspace, range)),
            #[cfg(feature = "simulation")]
            (Self::Memory(view), Keyspace::Memory(keyspace)) => {
                Entries::Memory(memory::Entries::new(view.entries(keyspace), &range))
            }
            #[cfg(feature = "simulation")]
            _ => Entries::Memory(memory::Entries::failed(failed(&memory::another_disk()))),
        }
    }
}

/// Keys with their values, in order from either end.
pub(in crate::embedded) enum Entries {
    Files(fjall::Iter),
    #[cfg(feature = "simulation")]
    Memory(memory::Entries),
}

impl Iterator for Entries {
    type Item = Result<(UserKey, UserValue), StorageError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Files(entries) => Some(entries.next()?.into_inner().map_err(|error| failed(&error))),
            #[cfg(feature = "simulation")]
            Self::Memory(entries) => entries.next(),
        }
    }
}

impl DoubleEndedIterator for Entries {
    fn next_back(&mut self) -> Option<Self::Item> {
        match self {
            Self::Files(entries) => Some(entries.next_back()?.into_inner().map_err(|error| failed(&error))),
            #[cfg(feature = "simulation")]
            Self::Memory(entries) => entries.next_back(),
        }
    }
}
