//! Listing the streams of a group, from the summaries of its segments.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::read::unless_removed;
use super::scan;
use super::store::LogStore;
use super::summary::StreamSummary;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamOrder {
    Name,
    LastEvent,
}

/// Where a listing stopped: the last stream it returned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StreamCursor {
    /// Zero when listing by name.
    pub last_event: u64,
    pub name: String,
}

#[derive(Debug, Clone)]
pub struct StreamQuery<'a> {
    pub prefix: &'a str,
    pub order: StreamOrder,
    pub descending: bool,
    pub after: Option<&'a StreamCursor>,
    pub limit: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRecord {
    pub name: Arc<str>,
    pub created: u64,
    pub first_event: u64,
    pub last_event: u64,
    pub last_ingestion: u64,
}

impl StreamRecord {
    fn of(summary: &StreamSummary) -> Option<StreamRecord> {
        let bounds = summary.bounds?;
        Some(StreamRecord {
            name: Arc::clone(&summary.name),
            created: summary.created,
            first_event: bounds.first,
            last_event: bounds.last,
            last_ingestion: summary.last_ingestion,
        })
    }

    fn widen(&mut self, other: &StreamRecord) {
        self.created = self.created.min(other.created);
        self.first_event = self.first_event.min(other.first_event);
        self.last_event = self.last_event.max(other.last_event);
        self.last_ingestion = self.last_ingestion.max(other.last_ingestion);
    }

    fn cursor(&self, order: StreamOrder) -> StreamCursor {
        let last_event = match order {
            StreamOrder::Name => 0,
            StreamOrder::LastEvent => self.last_event,
        };
        StreamCursor { last_event, name: self.name.to_string() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamPage {
    pub streams: Vec<StreamRecord>,
    /// Where to go on; `None` at the end.
    pub next: Option<StreamCursor>,
}

impl LogStore {
    /// One page of a group's streams; `None` if there is no such group.
    pub fn streams(&self, group: &str, query: &StreamQuery<'_>) -> io::Result<Option<StreamPage>> {
        let Some(merged) = self.merged_streams(group, |name| name.starts_with(query.prefix))? else {
            return Ok(None);
        };
        let mut streams: Vec<StreamRecord> = merged.into_values().collect();
        if query.order == StreamOrder::LastEvent {
            streams.sort_by(|a, b| (a.last_event, &a.name).cmp(&(b.last_event, &b.name)));
        }
        if query.descending {
            streams.reverse();
        }
        let mut behind = streams
            .into_iter()
            .filter(|stream| match query.after {
                None => true,
                Some(after) if query.descending => stream.cursor(query.order) < *after,
                Some(after) => stream.cursor(query.order) > *after,
            })
            .peekable();
        let page: Vec<StreamRecord> = behind.by_ref().take(query.limit).collect();
        let more = behind.peek().is_some();
        let next = page.last().filter(|_| more).map(|last| last.cursor(query.order));
        Ok(Some(StreamPage { streams: page, next }))
    }

    /// Whether the group has a stream of this name; `None` if there is no such group.
    pub fn has_stream(&self, group: &str, stream: &str) -> io::Result<Option<bool>> {
        Ok(self.merged_streams(group, |name| name == stream)?.map(|streams| !streams.is_empty()))
    }

    fn merged_streams(
        &self,
        group: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> io::Result<Option<BTreeMap<Arc<str>, StreamRecord>>> {
        let Some(group) = self.group(group) else { return Ok(None) };
        let mut merged: BTreeMap<Arc<str>, StreamRecord> = BTreeMap::new();
        for segment in group.segments() {
            let summary = match group.active_summary(&segment) {
                Some(summary) => summary,
                None => {
                    let read = scan::summary_of(&group.path_of(&segment), segment.bytes);
                    let Some(summary) = unless_removed(read)? else { continue };
                    group.learn(&segment, summary.bounds);
                    summary
                }
            };
            for stream in summary.streams.iter().filter(|stream| wanted(&stream.name)) {
                let Some(record) = StreamRecord::of(stream) else { continue };
                merged
                    .entry(Arc::clone(&record.name))
                    .and_modify(|known| known.widen(&record))
                    .or_insert(record);
            }
        }
        Ok(Some(merged))
    }
}
