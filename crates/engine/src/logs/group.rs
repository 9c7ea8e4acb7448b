//! One log group: its segments on disk, the newest of them open for writing while the group is in use.
//!
//! Invariants: sequence numbers only grow; all segments but the last are closed for ever; a group that has
//! been written always keeps one segment, because the segments' headers are where its name is kept.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use super::segment::{self, ActiveSegment};
use super::summary::{SegmentSummary, TimeBounds};
use super::{LogLimits, LogRecord};

/// How long a group that cannot be opened stays closed, so that a broken disk costs one attempt a second.
const REOPEN_AFTER_MS: u64 = 1_000;

#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: Arc<str>,
    dir: PathBuf,
    /// Zero until the group is on disk; such a group is not listed.
    created: AtomicU64,
    pub(super) last_used: AtomicU64,
    /// Whether [`super::open_groups`] knows that this group holds a file open.
    pub(super) listed_open: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    segments: VecDeque<Segment>,
    /// The last of `segments`, open for writing.
    active: Option<ActiveSegment>,
    reopen_at: u64,
}

/// What is known of a segment without reading it.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) sequence: u64,
    /// Length up to which every frame is whole, as far as is known.
    pub(super) bytes: u64,
    /// When it was last written, by the ingestion time or else by the file's own.
    pub(super) written: u64,
    /// `None`: not known yet, or no event in it.
    pub(super) bounds: Option<TimeBounds>,
}

impl Group {
    pub(super) fn new(name: Arc<str>, dir: PathBuf, created: u64, segments: VecDeque<Segment>) -> Arc<Group> {
        Arc::new(Group {
            name,
            dir,
            created: AtomicU64::new(created),
            last_used: AtomicU64::new(0),
            listed_open: AtomicBool::new(false),
            state: Mutex::new(State { segments, ..State::default() }),
        })
    }

    /// When the group was made, in milliseconds since 1970; `None` while it is not on disk.
    pub(super) fn created(&self) -> Option<u64> {
        Some(self.created.load(Ordering::Relaxed)).filter(|created| *created != 0)
    }

    pub(super) fn path_of(&self, segment: &Segment) -> PathBuf {
        segment::path(&self.dir, segment.sequence)
    }

    /// Counts are only changed after the write they describe, so a poisoned lock still guards a true state.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a batch; readers see it when this returns.
    pub(super) fn append(
        &self,
        limits: &LogLimits,
        stream: &Arc<str>,
        records: &[LogRecord<'_>],
        now: u64,
    ) -> io::Result<()> {
        let mut state = self.lock();
        let state = &mut *state;
        if now < state.reopen_at {
            return Err(io::Error::other("log group could not be opened a moment ago"));
        }
        let mut active = self
            .ready(state, limits, stream, now)
            .inspect_err(|_| state.reopen_at = now.saturating_add(REOPEN_AFTER_MS))?;
        let written = active.append(stream, records, limits.record_bytes_max, now);
        if let Some(last) = state.segments.back_mut() {
            last.bytes = active.bytes();
            last.bounds = active.summary().bounds;
            last.written = last.written.max(now);
        }
        // A segment that cannot be cut back to its last whole batch is closed: opening it again cuts the rest.
        if written.is_ok() || active.roll_back().is_ok() {
            state.active = Some(active);
        } else {
            state.reopen_at = now.saturating_add(REOPEN_AFTER_MS);
        }
        written
    }

    /// The segment that takes the next batch: the open one, the newest on disk, or a new one.
    fn ready(
        &self,
        state: &mut State,
        limits: &LogLimits,
        stream: &str,
        now: u64,
    ) -> io::Result<ActiveSegment> {
        let created = self.created().unwrap_or(now.max(1));
        let active = match (state.active.take(), state.segments.back_mut()) {
            (Some(active), _) => Some(active),
            (None, Some(last)) => {
                let reopened =
                    ActiveSegment::reopen(&segment::path(&self.dir, last.sequence), created, &self.name)?;
                last.bytes = reopened.as_ref().map_or(last.bytes, ActiveSegment::bytes);
                reopened
            }
            (None, None) => None,
        };
        match active {
            Some(active) if !active.is_full(limits.segment_bytes, stream) => return Ok(active),
            Some(active) => {
                let bytes = active.seal()?;
                if let Some(last) = state.segments.back_mut() {
                    last.bytes = bytes;
                }
            }
            None => {}
        }
        let active = self.begin(state, created, now)?;
        self.keep_within(state, limits.retention_bytes_per_group);
        Ok(active)
    }

    fn begin(&self, state: &mut State, created: u64, now: u64) -> io::Result<ActiveSegment> {
        let sequence = state.segments.back().map_or(1, |last| last.sequence.saturating_add(1));
        fs::create_dir_all(&self.dir)?;
        let active = ActiveSegment::create(&segment::path(&self.dir, sequence), created, &self.name)?;
        state.segments.push_back(Segment { sequence, bytes: active.bytes(), written: now, bounds: None });
        self.created.store(created, Ordering::Relaxed);
        Ok(active)
    }

    /// Applies the retention by age and by size.
    pub(super) fn retain(&self, limits: &LogLimits, now: u64) -> io::Result<()> {
        let age_ms = u64::try_from(limits.retention_age.as_millis()).unwrap_or(u64::MAX);
        let mut state = self.lock();
        let state = &mut *state;
        let expired = |segment: &Segment| segment.written.saturating_add(age_ms) < now;
        let last_expired = state.segments.back().is_some_and(expired);
        if last_expired
            && !self.is_placeholder(state)
            && let Some(created) = self.created()
        {
            state.active = Some(self.begin(state, created, now)?);
            // Nobody is waiting to write: the file need not stay open.
            state.active = None;
        }
        while state.segments.len() > 1 && state.segments.front().is_some_and(expired) {
            self.remove_oldest(state);
        }
        self.keep_within(state, limits.retention_bytes_per_group);
        Ok(())
    }

    /// Whether the last segment only holds the group's name, as an idle group's does.
    fn is_placeholder(&self, state: &State) -> bool {
        let mut header = Vec::new();
        super::frame::put_header(&mut header, 0, &self.name);
        state.segments.back().is_some_and(|last| last.bytes <= u64::try_from(header.len()).unwrap_or(0))
    }

    fn keep_within(&self, state: &mut State, bytes_max: u64) {
        let mut bytes: u64 = state.segments.iter().map(|segment| segment.bytes).sum();
        while bytes > bytes_max && state.segments.len() > 1 {
            bytes -= self.remove_oldest(state);
        }
    }

    /// Gives the bytes freed. A file that cannot be removed is left behind and forgotten until the next start.
    fn remove_oldest(&self, state: &mut State) -> u64 {
        let Some(oldest) = state.segments.pop_front() else { return 0 };
        let path = self.path_of(&oldest);
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(path = %path.display(), %error, "could not remove an old log segment");
        }
        oldest.bytes
    }

    /// Closes the file if nobody is writing this instant; true when it is closed.
    pub(super) fn close_if_idle(&self) -> bool {
        match self.state.try_lock() {
            Ok(mut state) => {
                state.active = None;
                self.listed_open.store(false, Ordering::Relaxed);
                true
            }
            Err(TryLockError::Poisoned(_) | TryLockError::WouldBlock) => false,
        }
    }

    /// The segments as they are now, oldest first. What is written later is not part of the view.
    pub(super) fn segments(&self) -> Vec<Segment> {
        self.lock().segments.iter().cloned().collect()
    }

    /// Remembers when a segment's events happened, unless it has grown since.
    pub(super) fn learn(&self, seen: &Segment, bounds: Option<TimeBounds>) {
        let mut state = self.lock();
        let known = state.segments.iter_mut().find(|known| known.sequence == seen.sequence);
        if let Some(known) = known.filter(|known| known.bytes == seen.bytes) {
            known.bounds = bounds;
        }
    }

    /// The summary of the segment being written; `None` for any other.
    pub(super) fn active_summary(&self, segment: &Segment) -> Option<SegmentSummary> {
        let state = self.lock();
        let is_last = state.segments.back().is_some_and(|last| last.sequence == segment.sequence);
        state.active.as_ref().filter(|_| is_last).map(|active| active.summary().clone())
    }

    pub(super) fn stored_bytes(&self) -> u64 {
        self.lock().segments.iter().map(|segment| segment.bytes).sum()
    }
}

/// The segments found in a group's folder, in order.
pub(super) fn list_segments(dir: &Path) -> io::Result<VecDeque<Segment>> {
    let mut segments = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let Some(sequence) = entry.file_name().to_str().and_then(segment::sequence_of) else { continue };
        let metadata = entry.metadata()?;
        let written = metadata.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let written = u64::try_from(written.as_millis()).unwrap_or(u64::MAX);
        segments.push(Segment { sequence, bytes: metadata.len(), written, bounds: None });
    }
    segments.sort_unstable_by_key(|segment| segment.sequence);
    Ok(segments.into())
}
