//! Functions by name: all of them in memory for resolving, each change on the disk before it shows.

use super::blocking;
use super::disk::{Disk, Durability, failed};
use crate::StorageError;
use crate::functions::{FunctionStore, FunctionStoreError, ResolveError};
use async_trait::async_trait;
use lambent_domain::arn::FunctionName;
use lambent_domain::function::{CodeSha256, FunctionVersion};
use lambent_domain::qualifier::{Qualifier, Version};
use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use uuid::Uuid;

/// First byte of a stored function, so that the form behind it can change.
const RECORD_FORM: u8 = 1;

/// The embedded [`FunctionStore`].
#[derive(Debug)]
pub struct EmbeddedFunctions {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    disk: Arc<Disk>,
    /// One change at a time: precondition, disk and memory belong together.
    changing: Mutex<()>,
    by_name: RwLock<BTreeMap<FunctionName, Arc<FunctionVersion>>>,
}

impl EmbeddedFunctions {
    /// Reads every function into memory.
    pub(super) fn open(disk: Arc<Disk>) -> Result<Self, StorageError> {
        let mut by_name = BTreeMap::new();
        for guard in disk.functions.iter() {
            let (_, record) = guard.into_inner().map_err(|error| failed(&error))?;
            let version = decode(&record)?;
            by_name.insert(version.configuration.name.clone(), Arc::new(version));
        }
        Ok(Self { inner: Arc::new(Inner { disk, changing: Mutex::new(()), by_name: RwLock::new(by_name) }) })
    }

    /// Runs a change where blocking is allowed. It is finished even if the caller stops waiting, so that memory and
    /// disk never disagree.
    async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Inner) -> Result<T, FunctionStoreError> + Send + 'static,
    ) -> Result<T, FunctionStoreError> {
        let inner = Arc::clone(&self.inner);
        blocking(move || {
            let _one = inner.changing.lock().unwrap_or_else(PoisonError::into_inner);
            change(&inner)
        })
        .await?
    }
}

impl Inner {
    fn get(&self, name: &FunctionName) -> Option<Arc<FunctionVersion>> {
        self.by_name.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn put(&self, version: FunctionVersion) -> Result<Arc<FunctionVersion>, FunctionStoreError> {
        let name = version.configuration.name.clone();
        let mut batch = self.disk.batch();
        batch.insert(&self.disk.functions, name.as_str(), encode(&version)?);
        self.disk.commit(batch, Durability::Power)?;
        let version = Arc::new(version);
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        by_name.insert(name, Arc::clone(&version));
        Ok(version)
    }

    fn remove(&self, name: &FunctionName) -> Result<(), FunctionStoreError> {
        let mut batch = self.disk.batch();
        batch.remove(&self.disk.functions, name.as_str());
        self.disk.commit(batch, Durability::Power)?;
        self.by_name.write().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}

#[async_trait]
impl FunctionStore for EmbeddedFunctions {
    async fn create(&self, version: FunctionVersion) -> Result<Arc<FunctionVersion>, FunctionStoreError> {
        self.change(move |inner| match inner.get(&version.configuration.name) {
            Some(_) => Err(FunctionStoreError::AlreadyExists),
            None => inner.put(version),
        })
        .await
    }

    async fn resolve(
        &self,
        name: &FunctionName,
        qualifier: Option<&Qualifier>,
    ) -> Result<Arc<FunctionVersion>, ResolveError> {
        let found = self.inner.get(name).ok_or(ResolveError::FunctionNotFound)?;
        let meant = match (qualifier, found.version) {
            (None | Some(Qualifier::Latest), _) => true,
            (Some(Qualifier::Version(wanted)), Version::Number(number)) => *wanted == number,
            (Some(_), _) => false,
        };
        if meant { Ok(found) } else { Err(ResolveError::QualifierNotFound) }
    }

    async fn replace(
        &self,
        expected: Uuid,
        version: FunctionVersion,
    ) -> Result<Arc<FunctionVersion>, FunctionStoreError> {
        self.change(move |inner| match inner.get(&version.configuration.name) {
            None => Err(FunctionStoreError::NotFound),
            Some(present) if present.revision_id != expected => Err(FunctionStoreError::RevisionMismatch),
            Some(_) => inner.put(version),
        })
        .await
    }

    async fn delete(&self, name: &FunctionName) -> Result<(), FunctionStoreError> {
        let name = name.clone();
        self.change(move |inner| match inner.get(&name) {
            None => Err(FunctionStoreError::NotFound),
            Some(_) => inner.remove(&name),
        })
        .await
    }

    async fn list(
        &self,
        after: Option<&FunctionName>,
        limit: usize,
    ) -> Result<Vec<Arc<FunctionVersion>>, FunctionStoreError> {
        let by_name = self.inner.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(by_name
            .range::<FunctionName, _>((from, Bound::Unbounded))
            .take(limit)
            .map(|(_, f)| Arc::clone(f))
            .collect())
    }

    async fn packages_in_use(&self) -> Result<HashSet<CodeSha256>, FunctionStoreError> {
        let by_name = self.inner.by_name.read().unwrap_or_else(PoisonError::into_inner);
        Ok(by_name.values().map(|version| version.code.sha256).collect())
    }
}

fn encode(version: &FunctionVersion) -> Result<Vec<u8>, StorageError> {
    let mut record = vec![RECORD_FORM];
    serde_json::to_writer(&mut record, version).map_err(|error| unreadable(&error))?;
    Ok(record)
}

fn decode(record: &[u8]) -> Result<FunctionVersion, StorageError> {
    match record.split_first() {
        Some((&RECORD_FORM, json)) => serde_json::from_slice(json).map_err(|error| unreadable(&error)),
        _ => Err(StorageError::Failed("a stored function has an unknown form".into())),
    }
}

fn unreadable(error: &serde_json::Error) -> StorageError {
    StorageError::Failed(format!("a stored function is malformed: {error}").into())
}
