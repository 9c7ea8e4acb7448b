//! The log store: groups of streams in append-only segment files.
//!
//! ```text
//! <dir>/<32 hex of the group name's SHA-256>/0000000000000001.log      full, ends with its summary
//!                                            0000000000000002.log      takes the next events
//! ```
//!
//! Files belong to groups, not to streams, because there is one stream per execution environment and there may be
//! thousands of those. Names that users choose never become file names.
//!
//! Writing is one lock of the group and one `write`: a few microseconds, done on the caller's thread. Nothing is
//! synchronised to the disk. After `kill -9` every batch whose append returned is there; after a power failure the
//! last seconds may be missing, and the torn end is found by its checksums and cut.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use lambent_domain::time::{Clock, Timestamp};
use sha2::{Digest, Sha256};

use super::group::{self, Group};
use super::open_groups::OpenGroups;
use super::{LogLimits, LogRecord, scan};

/// A cheap handle: clones share one store.
#[derive(Debug, Clone)]
pub struct LogStore {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    dir: PathBuf,
    limits: LogLimits,
    /// Says when a record arrives.
    clock: Arc<dyn Clock>,
    groups: RwLock<BTreeMap<Arc<str>, Arc<Group>>>,
    open_groups: OpenGroups,
    dropped_records: AtomicU64,
    failing: AtomicBool,
    last_error: Mutex<Option<String>>,
}

/// Whether logs are being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHealth {
    /// The last batch could not be written.
    pub failing: bool,
    /// Records lost since the start.
    pub dropped_records: u64,
    /// For the operator: what the last failure was.
    pub last_error: Option<String>,
}

/// Which group names are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameMatch<'a> {
    All,
    Prefix(&'a str),
    Containing(&'a str),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSummary {
    pub name: Arc<str>,
    pub created: u64,
    pub stored_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupPage {
    pub groups: Vec<GroupSummary>,
    /// There are more behind the last one.
    pub more: bool,
}

impl LogStore {
    /// Opens or makes the store. Groups are found by the first frame of one of their segments; no segment is
    /// read further until it is used.
    pub fn open(dir: impl Into<PathBuf>, limits: LogLimits, clock: Arc<dyn Clock>) -> io::Result<LogStore> {
        let dir = dir.into();
        fs::create_dir_all(&dir)?;
        let mut groups = BTreeMap::new();
        for entry in fs::read_dir(&dir)? {
            let entry = entry?;
            if entry.file_type()?.is_dir()
                && let Some(group) = find_group(&entry.path())?
            {
                groups.insert(Arc::clone(&group.name), group);
            }
        }
        let open_groups = OpenGroups::new(limits.open_groups_max);
        let shared = Shared {
            dir,
            limits,
            clock,
            groups: RwLock::new(groups),
            open_groups,
            dropped_records: AtomicU64::new(0),
            failing: AtomicBool::new(false),
            last_error: Mutex::default(),
        };
        Ok(LogStore { shared: Arc::new(shared) })
    }

    /// A writer of one stream. Touches no disk: group and stream come to be with the first record.
    #[must_use]
    pub fn writer(&self, group: &str, stream: &str) -> StreamWriter {
        StreamWriter { store: self.clone(), group: self.group_or_new(group), stream: Arc::from(stream) }
    }

    fn group_or_new(&self, name: &str) -> Arc<Group> {
        if let Some(group) = self.known_group(name) {
            return group;
        }
        let mut groups = self.shared.groups.write().unwrap_or_else(PoisonError::into_inner);
        let name: Arc<str> = Arc::from(name);
        let dir = self.shared.dir.join(folder_name(&name));
        let group = groups
            .entry(Arc::clone(&name))
            .or_insert_with(|| Group::new(name, dir, 0, std::collections::VecDeque::new()));
        Arc::clone(group)
    }

    fn known_group(&self, name: &str) -> Option<Arc<Group>> {
        self.shared.groups.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// A group that holds, or has held, at least one record.
    pub(super) fn group(&self, name: &str) -> Option<Arc<Group>> {
        self.known_group(name).filter(|group| group.created().is_some())
    }

    #[must_use]
    pub fn group_summary(&self, name: &str) -> Option<GroupSummary> {
        self.known_group(name).and_then(|group| summarise(&group))
    }

    /// Groups by name, behind `after`.
    #[must_use]
    pub fn groups(&self, names: NameMatch<'_>, after: Option<&str>, limit: usize) -> GroupPage {
        let groups = self.shared.groups.read().unwrap_or_else(PoisonError::into_inner);
        let start = match (names, after) {
            (_, Some(after)) => Bound::Excluded(after),
            (NameMatch::Prefix(prefix), None) => Bound::Included(prefix),
            (NameMatch::All | NameMatch::Containing(_), None) => Bound::Unbounded,
        };
        let mut found = groups
            .range::<str, _>((start, Bound::Unbounded))
            .take_while(|(name, _)| match names {
                NameMatch::Prefix(prefix) => name.starts_with(prefix) || name.as_ref() < prefix,
                NameMatch::All | NameMatch::Containing(_) => true,
            })
            .filter(|(name, _)| match names {
                NameMatch::Containing(part) => name.contains(part),
                NameMatch::Prefix(prefix) => name.starts_with(prefix),
                NameMatch::All => true,
            })
            .filter_map(|(_, group)| summarise(group));
        let page = found.by_ref().take(limit).collect();
        GroupPage { groups: page, more: found.next().is_some() }
    }

    /// Removes what is older or more than the limits allow. The engine calls this on a timer.
    pub fn enforce(&self, now: Timestamp) {
        let groups: Vec<_> = {
            let groups = self.shared.groups.read().unwrap_or_else(PoisonError::into_inner);
            groups.values().cloned().collect()
        };
        for group in groups {
            if let Err(error) = group.retain(&self.shared.limits, now.as_millis()) {
                tracing::warn!(group = %group.name, %error, "could not apply the retention of a log group");
            }
        }
    }

    /// Records lost since the start because they could not be written.
    #[must_use]
    pub fn dropped_records(&self) -> u64 {
        self.shared.dropped_records.load(Ordering::Relaxed)
    }

    #[must_use]
    pub fn health(&self) -> LogHealth {
        LogHealth {
            failing: self.shared.failing.load(Ordering::Relaxed),
            dropped_records: self.dropped_records(),
            last_error: self.shared.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    fn note_failure(&self, group: &Group, records: usize, error: &io::Error) {
        let records = u64::try_from(records).unwrap_or(u64::MAX);
        self.shared.dropped_records.fetch_add(records, Ordering::Relaxed);
        let message = error.to_string();
        *self.shared.last_error.lock().unwrap_or_else(PoisonError::into_inner) = Some(message);
        // Said once when it begins: a full disk would otherwise be reported for every line of every function.
        if !self.shared.failing.swap(true, Ordering::Relaxed) {
            tracing::error!(group = %group.name, %error, "cannot write function logs; records are dropped");
        }
    }

    fn note_success(&self) {
        if self.shared.failing.load(Ordering::Relaxed) && self.shared.failing.swap(false, Ordering::Relaxed) {
            tracing::info!(dropped_records = self.dropped_records(), "function logs are written again");
        }
    }

    #[cfg(test)]
    pub(super) fn open_group_count(&self) -> usize {
        self.shared.open_groups.len()
    }
}

/// Appends to one stream of one group.
#[derive(Debug, Clone)]
pub struct StreamWriter {
    store: LogStore,
    group: Arc<Group>,
    stream: Arc<str>,
}

impl StreamWriter {
    #[must_use]
    pub fn group(&self) -> &str {
        &self.group.name
    }

    #[must_use]
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// Writes the records in one piece; they can be read as soon as this returns. A message longer than the limit
    /// becomes several records, an empty one none. What cannot be written is dropped, counted and reported
    /// ([`LogStore::health`]).
    ///
    /// Blocks for one `write` into the page cache: microseconds, so it may be called from async code.
    pub fn append(&self, records: &[LogRecord<'_>]) {
        if records.iter().all(|record| record.message.is_empty()) {
            return;
        }
        let shared = &self.store.shared;
        let written =
            self.group.append(&shared.limits, &self.stream, records, shared.clock.now().as_millis());
        shared.open_groups.used(&self.group);
        match written {
            Ok(()) => self.store.note_success(),
            Err(error) => self.store.note_failure(&self.group, records.len(), &error),
        }
    }
}

/// `None` while nothing has been written.
fn summarise(group: &Group) -> Option<GroupSummary> {
    let created = group.created()?;
    Some(GroupSummary { name: Arc::clone(&group.name), created, stored_bytes: group.stored_bytes() })
}

/// Names may hold anything up to 512 characters, slashes and dots included, so their digest names the folder.
fn folder_name(group: &str) -> String {
    use std::fmt::Write;
    let mut name = String::with_capacity(32);
    for byte in Sha256::digest(group.as_bytes()).iter().take(16) {
        // Writing to a `String` cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// The group in this folder. Segments of which none has a readable first frame are put aside, so that the
/// group can begin afresh.
fn find_group(dir: &Path) -> io::Result<Option<Arc<Group>>> {
    let segments = group::list_segments(dir)?;
    for segment in &segments {
        if let Some((created, name)) = scan::group_of(&super::segment::path(dir, segment.sequence))? {
            return Ok(Some(Group::new(Arc::from(name), dir.to_owned(), created, segments)));
        }
    }
    for segment in &segments {
        let path = super::segment::path(dir, segment.sequence);
        tracing::warn!(path = %path.display(), "put aside a log segment without a readable header");
        fs::rename(&path, path.with_extension("damaged"))?;
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
