//! Reading the disk in memory.

use super::super::failed;
use super::{Change, Entry, Handle};
use crate::StorageError;
use fjall::{UserKey, UserValue};
use std::collections::BTreeMap;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

/// See [`super::super::Keyspace`].
#[derive(Clone)]
pub(in crate::embedded) struct Keyspace {
    pub(super) disk: Handle,
    pub(super) name: &'static str,
}

impl Keyspace {
    pub(in crate::embedded::disk) fn change(&self, key: UserKey, value: Option<UserValue>) -> Change {
        Change { keyspace: self.name, key, value }
    }

    pub(in crate::embedded::disk) fn entries(&self) -> Result<Arc<Entry>, StorageError> {
        let contents = self.disk.lock().map_err(|error| failed(&error))?;
        Ok(contents.written.get(self.name).cloned().unwrap_or_default())
    }
}

/// See [`super::super::View`].
pub(in crate::embedded) struct View(pub(super) Result<BTreeMap<&'static str, Arc<Entry>>, StorageError>);

impl View {
    pub(in crate::embedded::disk) fn entries(&self, keyspace: &Keyspace) -> Result<Arc<Entry>, StorageError> {
        let all = self.0.as_ref().map_err(Clone::clone)?;
        Ok(all.get(keyspace.name).cloned().unwrap_or_default())
    }
}

/// See [`super::super::keyspace::Entries`].
pub(in crate::embedded) struct Entries {
    entries: Arc<Entry>,
    from: Bound<UserKey>,
    to: Bound<UserKey>,
    failure: Option<StorageError>,
}

impl Entries {
    pub(in crate::embedded::disk) fn new<K: AsRef<[u8]>>(
        entries: Result<Arc<Entry>, StorageError>,
        range: &impl RangeBounds<K>,
    ) -> Self {
        let bound = |bound: Bound<&K>| bound.map(|key| UserKey::from(key.as_ref()));
        match entries {
            Ok(entries) => Self {
                entries,
                from: bound(range.start_bound()),
                to: bound(range.end_bound()),
                failure: None,
            },
            Err(error) => Self::failed(error),
        }
    }

    pub(in crate::embedded::disk) fn failed(error: StorageError) -> Self {
        let (from, to) = (Bound::Unbounded, Bound::Unbounded);
        Self { entries: Arc::default(), from, to, failure: Some(error) }
    }

    /// The map refuses to look at a range that ends before it begins.
    fn is_over(&self) -> bool {
        match (&self.from, &self.to) {
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
            (Bound::Included(from), Bound::Included(to)) => from > to,
            (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => {
                from >= to
            }
        }
    }

    fn step(&mut self, back: bool) -> Option<Result<(UserKey, UserValue), StorageError>> {
        if let Some(error) = self.failure.take() {
            return Some(Err(error));
        }
        if self.is_over() {
            return None;
        }
        let mut range = self.entries.range((self.from.clone(), self.to.clone()));
        let (key, value) = if back { range.next_back()? } else { range.next()? };
        let found = (key.clone(), value.clone());
        *(if back { &mut self.to } else { &mut self.from }) = Bound::Excluded(found.0.clone());
        Some(Ok(found))
    }

    pub(in crate::embedded::disk) fn next(&mut self) -> Option<Result<(UserKey, UserValue), StorageError>> {
        self.step(false)
    }

    pub(in crate::embedded::disk) fn next_back(
        &mut self,
    ) -> Option<Result<(UserKey, UserValue), StorageError>> {
        self.step(true)
    }
}
