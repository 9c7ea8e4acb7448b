//! Resources of one kind: all of them in memory, each change on the disk before it shows.
//!
//! ```text
//! <key>                       the resource without its parts
//! <key> 00 <number, 8 bytes>  one part
//! ```
//!
//! A null byte stands in no key and sorts before every other, so a resource is followed by its own parts.

use super::disk::{Batch, Disk, Durability, Keyspace};
use crate::StorageError;
use crate::resources::{ChangeError, Resource, ResourceStore};
use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// First byte of a stored record, so that the form behind it can change. Form 1 was a function that had no versions.
const RECORD_FORM: u8 = 2;

/// The embedded [`ResourceStore`].
#[derive(Debug)]
pub struct EmbeddedResources<T: Resource> {
    inner: Arc<Inner<T>>,
}

struct Inner<T: Resource> {
    disk: Arc<Disk>,
    keyspace: Keyspace,
    /// One change at a time: precondition, disk and memory belong together. It holds the highest generation ever given:
    /// one that is given once is never given again, so that a resource which was deleted and made anew is not taken for
    /// the one it replaced.
    changing: Mutex<u64>,
    by_key: RwLock<BTreeMap<Arc<str>, Arc<T>>>,
}

impl<T: Resource> std::fmt::Debug for Inner<T> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Inner").field("disk", &self.disk).finish_non_exhaustive()
    }
}

impl<T: Resource> EmbeddedResources<T> {
    /// Reads every resource into memory.
    pub(super) fn open(disk: Arc<Disk>, keyspace: Keyspace) -> Result<Self, StorageError> {
        let mut by_key: BTreeMap<Arc<str>, Arc<T>> = BTreeMap::new();
        let mut last: Option<T> = None;
        for entry in keyspace.iter() {
            let (key, record) = entry?;
            let name = key.split(|byte| *byte == 0).next().unwrap_or_default();
            match part_number(&key) {
                None => {
                    by_key.extend(last.take().map(shared));
                    let resource: T = decode_resource(&record)?;
                    expect_name(resource.key(), name)?;
                    last = Some(resource);
                }
                Some(number) => match &mut last {
                    Some(resource) => {
                        expect_name(resource.key(), name)?;
                        resource.put_part(number, Arc::new(decode(&record)?));
                    }
                    None => return Err(StorageError::Failed("a stored part belongs to nothing".into())),
                },
            }
        }
        by_key.extend(last.take().map(shared));
        let highest = by_key.values().map(|resource| resource.generation()).max().unwrap_or_default();
        let (changing, by_key) = (Mutex::new(highest), RwLock::new(by_key));
        Ok(Self { inner: Arc::new(Inner { disk, keyspace, changing, by_key }) })
    }

    /// Runs a change where blocking is allowed. It is finished even if the caller stops waiting, so that memory and
    /// disk never disagree.
    async fn change<R: Send + 'static>(
        &self,
        change: impl FnOnce(&Inner<T>, &mut u64) -> Result<R, ChangeError> + Send + 'static,
    ) -> Result<R, ChangeError> {
        let inner = Arc::clone(&self.inner);
        let work = move || {
            let mut generation = inner.changing.lock().unwrap_or_else(PoisonError::into_inner);
            change(&inner, &mut generation)
        };
        self.inner.disk.blocking(work).await?
    }
}

fn shared<T: Resource>(resource: T) -> (Arc<str>, Arc<T>) {
    (resource.key().into(), Arc::new(resource))
}

impl<T: Resource> Inner<T> {
    fn find(&self, key: &str) -> Option<Arc<T>> {
        self.by_key.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Stores a resource and those of its parts that `present` does not have, and removes those it has too many.
    fn put(&self, mut resource: T, present: Option<&T>, generation: &mut u64) -> Result<Arc<T>, ChangeError> {
        *generation = generation.saturating_add(1);
        resource.set_generation(*generation);
        let mut batch = self.disk.batch();
        batch.insert(&self.keyspace, resource.key(), encode(&resource)?);
        self.put_parts(&mut batch, &resource, present)?;
        self.disk.commit(batch, Durability::Power)?;
        let (key, resource) = shared(resource);
        let mut by_key = self.by_key.write().unwrap_or_else(PoisonError::into_inner);
        by_key.insert(key, Arc::clone(&resource));
        Ok(resource)
    }

    fn put_parts(&self, batch: &mut Batch, resource: &T, present: Option<&T>) -> Result<(), StorageError> {
        let empty = BTreeMap::new();
        let next = resource.parts().unwrap_or(&empty);
        let before = present.and_then(Resource::parts).unwrap_or(&empty);
        for (number, part) in next {
            if !before.get(number).is_some_and(|stored| Arc::ptr_eq(stored, part)) {
                batch.insert(&self.keyspace, part_key(resource.key(), *number), encode(&**part)?);
            }
        }
        for number in before.keys().filter(|number| !next.contains_key(number)) {
            batch.remove(&self.keyspace, part_key(resource.key(), *number));
        }
        Ok(())
    }

    fn remove(&self, present: &T) -> Result<(), ChangeError> {
        let mut batch = self.disk.batch();
        batch.remove(&self.keyspace, present.key());
        for number in present.parts().into_iter().flat_map(BTreeMap::keys) {
            batch.remove(&self.keyspace, part_key(present.key(), *number));
        }
        self.disk.commit(batch, Durability::Power)?;
        self.by_key.write().unwrap_or_else(PoisonError::into_inner).remove(present.key());
        Ok(())
    }
}

#[async_trait]
impl<T: Resource> ResourceStore<T> for EmbeddedResources<T> {
    fn find(&self, key: &str) -> Option<Arc<T>> {
        self.inner.find(key)
    }

    fn list(&self, after: Option<&str>, limit: usize) -> Vec<Arc<T>> {
        let by_key = self.inner.by_key.read().unwrap_or_else(PoisonError::into_inner);
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        by_key
            .range::<str, _>((from, Bound::Unbounded))
            .take(limit)
            .map(|(_, resource)| Arc::clone(resource))
            .collect()
    }

    async fn create(&self, resource: T) -> Result<Arc<T>, ChangeError> {
        self.change(move |inner, generation| match inner.find(resource.key()) {
            Some(_) => Err(ChangeError::AlreadyExists),
            None => inner.put(resource, None, generation),
        })
        .await
    }

    async fn replace(&self, resource: T) -> Result<Arc<T>, ChangeError> {
        self.change(move |inner, generation| match inner.find(resource.key()) {
            None => Err(ChangeError::NotFound),
            Some(present) if present.generation() != resource.generation() => Err(ChangeError::Conflict),
            Some(present) => inner.put(resource, Some(&present), generation),
        })
        .await
    }

    async fn delete(&self, key: &str, expected: Option<u64>) -> Result<(), ChangeError> {
        let key = key.to_owned();
        self.change(move |inner, _| match inner.find(&key) {
            None => Err(ChangeError::NotFound),
            Some(present) if expected.is_some_and(|expected| expected != present.generation()) => {
                Err(ChangeError::Conflict)
            }
            Some(present) => inner.remove(&present),
        })
        .await
    }
}

/// A resource is stored under its own name, and its parts right behind it; anything else is damage.
fn expect_name(key: &str, stored: &[u8]) -> Result<(), StorageError> {
    if key.as_bytes() == stored {
        return Ok(());
    }
    Err(StorageError::Failed(format!("a stored resource is not where it belongs: {key}").into()))
}

fn part_key(key: &str, number: u64) -> Vec<u8> {
    [key.as_bytes(), &[0], &number.to_be_bytes()].concat()
}

fn part_number(key: &[u8]) -> Option<u64> {
    let at = key.iter().position(|byte| *byte == 0)?;
    Some(u64::from_be_bytes(key.get(at + 1..)?.try_into().ok()?))
}

fn encode<R: Serialize>(value: &R) -> Result<Vec<u8>, StorageError> {
    let mut record = vec![RECORD_FORM];
    serde_json::to_writer(&mut record, value).map_err(|error| unreadable(&error))?;
    Ok(record)
}

fn decode_resource<T: Resource>(record: &[u8]) -> Result<T, StorageError> {
    match record.split_first() {
        Some((1, json)) if let Some(read) = T::from_form_1(json) => read.map_err(|error| unreadable(&error)),
        _ => decode(record),
    }
}

fn decode<R: DeserializeOwned>(record: &[u8]) -> Result<R, StorageError> {
    match record.split_first() {
        Some((&RECORD_FORM, json)) => serde_json::from_slice(json).map_err(|error| unreadable(&error)),
        _ => Err(StorageError::Failed("a stored resource has an unknown form".into())),
    }
}

fn unreadable(error: &serde_json::Error) -> StorageError {
    StorageError::Failed(format!("a stored resource is malformed: {error}").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambent_domain::function::Function;

    #[test]
    fn what_the_first_version_has_written_is_still_read() {
        let written = concat!(
            r#"{"configuration":{"name":"f","role":"r","runtime":"python3.12","handler":"a.b","description":"","#,
            r#""timeout_secs":3,"memory_mb":128,"ephemeral_storage_mb":512,"environment":{},"architecture":"x86_64","#,
            r#""logging":{"format":"Text","application_level":null,"system_level":null,"group":null},"#,
            r#""tracing_mode":"PassThrough","dead_letter_target":null,"stored_only":{}},"version":"$LATEST","#,
            r#""code":{"sha256":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"zip_bytes":7},"#,
            r#""revision_id":"00000000-0000-0000-0000-000000000001","last_modified":5}"#,
        );
        let function: Function = decode_resource(&[&[1], written.as_bytes()].concat()).unwrap();
        assert_eq!((function.name.as_str(), function.latest.configuration.memory_mb), ("f", 128));
        assert!(decode_resource::<Function>(&[&[3], written.as_bytes()].concat()).is_err());
        assert!(decode_resource::<Function>(&[]).is_err());
    }
}
