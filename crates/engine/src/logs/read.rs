//! Reading events: a page in order of time, from one stream or from many, forward or backward.
//!
//! Events are stored as they arrive, which is almost but not quite the order of their timestamps. A page is the
//! smallest (or largest) positions behind the cursor that fit its limits: segments are visited in order of
//! their first timestamp and reading stops at the first that cannot hold anything smaller. So memory is bounded by
//! the page, and a page in the middle of a long log reads a segment or two.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::frame::Frame;
use super::group::{Group, Segment};
use super::scan::{self, FrameReader};
use super::store::LogStore;
use super::summary::TimeBounds;

/// What CloudWatch counts for an event beside its message.
const EVENT_OVERHEAD_BYTES: usize = 26;
/// A page that has read this much ends, even if it is empty: a rare pattern must not make a caller wait for
/// the whole group.
const PAGE_READ_BYTES_MAX: u64 = 64 << 20;

/// Where an event is. Ordered by time, then by arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub timestamp: u64,
    segment: u64,
    offset: u64,
}

impl Position {
    /// The boundary before everything that happened at this time.
    #[must_use]
    pub fn before(timestamp: u64) -> Position {
        Position { timestamp, segment: 0, offset: 0 }
    }

    /// The boundary right behind this event.
    #[must_use]
    pub fn next(self) -> Position {
        Position { offset: self.offset.saturating_add(1), ..self }
    }

    /// 56 digits, as CloudWatch's event ids have; unique in the group and the same at every reading.
    #[must_use]
    pub fn to_digits(self) -> String {
        format!("{:020}{:016}{:020}", self.timestamp, self.segment, self.offset)
    }

    #[must_use]
    pub fn from_digits(digits: &str) -> Option<Position> {
        if digits.len() != 56 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (timestamp, rest) = digits.split_at_checked(20)?;
        let (segment, offset) = rest.split_at_checked(16)?;
        Some(Position {
            timestamp: timestamp.parse().ok()?,
            segment: segment.parse().ok()?,
            offset: offset.parse().ok()?,
        })
    }

    /// Turns the order round, so that backward reading is forward reading of mirrored positions.
    fn mirrored(self) -> Position {
        Position {
            timestamp: u64::MAX - self.timestamp,
            segment: u64::MAX - self.segment,
            offset: u64::MAX - self.offset,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    pub position: Position,
    pub stream: Arc<str>,
    pub ingestion: u64,
    /// What was written, with what is not UTF-8 replaced.
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The oldest events at or behind the cursor.
    Forward,
    /// The newest events before the cursor.
    Backward,
}

#[derive(Debug, Clone, Copy)]
pub enum StreamChoice<'a> {
    All,
    Named(&'a [String]),
    Prefix(&'a str),
}

impl StreamChoice<'_> {
    fn includes(&self, stream: &str) -> bool {
        match self {
            StreamChoice::All => true,
            StreamChoice::Named(names) => names.iter().any(|name| name == stream),
            StreamChoice::Prefix(prefix) => stream.starts_with(prefix),
        }
    }
}

/// What a page may hold.
#[derive(Clone, Copy)]
pub struct EventQuery<'a> {
    pub streams: StreamChoice<'a>,
    /// The first timestamp wanted.
    pub from: u64,
    /// The first timestamp no longer wanted.
    pub before: u64,
    pub direction: Direction,
    pub cursor: Option<Position>,
    pub events_max: usize,
    /// Counted as CloudWatch does; one event is always returned.
    pub bytes_max: usize,
    pub matches: &'a (dyn Fn(&str) -> bool + Sync),
}

impl std::fmt::Debug for EventQuery<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventQuery").field("streams", &self.streams).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// Ascending, whatever the direction.
    pub events: Vec<LogEvent>,
    /// Where to go on in the same direction, if there may be more.
    pub next: Option<Position>,
}

impl LogStore {
    /// One page of a group's events; `None` if there is no such group.
    pub fn events(&self, group: &str, query: &EventQuery<'_>) -> io::Result<Option<EventPage>> {
        self.group(group).map(|group| PageReader::new(&group, query).read()).transpose()
    }
}

struct PageReader<'a> {
    group: &'a Group,
    query: &'a EventQuery<'a>,
    /// The page, by position; mirrored when reading backward.
    page: BTreeMap<Position, LogEvent>,
    page_bytes: usize,
    /// Nothing at or behind this fits any more.
    ceiling: Option<Position>,
    /// Nothing before this is wanted.
    floor: Position,
}

impl<'a> PageReader<'a> {
    fn new(group: &'a Group, query: &'a EventQuery<'a>) -> PageReader<'a> {
        let floor = match (query.direction, query.cursor) {
            (Direction::Forward, Some(cursor)) => cursor.max(Position::before(query.from)),
            (Direction::Forward, None) => Position::before(query.from),
            (Direction::Backward, Some(cursor)) => cursor.mirrored().next(),
            (Direction::Backward, None) => Position::before(0),
        };
        PageReader { group, query, page: BTreeMap::new(), page_bytes: 0, ceiling: None, floor }
    }

    fn read(mut self) -> io::Result<EventPage> {
        let mut segments = Vec::new();
        for segment in self.group.segments() {
            if let Some(bounds) = unless_removed(self.bounds_of(&segment))?.flatten()
                && bounds.last >= self.query.from
                && bounds.first < self.query.before
            {
                let bounds = self.facing(bounds);
                if bounds.last >= self.floor.timestamp {
                    segments.push((bounds, segment));
                }
            }
        }
        segments.sort_by_key(|(bounds, _)| bounds.first);

        let mut read_bytes = 0;
        for (bounds, segment) in segments {
            let start = Position::before(bounds.first);
            if self.ceiling.is_some_and(|ceiling| ceiling < start) {
                break;
            }
            // Stopping here must leave the next page a later start than this one had.
            if read_bytes >= PAGE_READ_BYTES_MAX && start > self.floor {
                self.page.split_off(&start);
                self.ceiling = Some(start);
                break;
            }
            read_bytes += segment.bytes;
            unless_removed(self.read_segment(&segment))?;
        }
        Ok(self.finish())
    }

    /// When the wanted streams' events in a segment happened. The segment's own bounds are remembered.
    fn bounds_of(&self, segment: &Segment) -> io::Result<Option<TimeBounds>> {
        if let (StreamChoice::All, Some(bounds)) = (self.query.streams, segment.bounds) {
            return Ok(Some(bounds));
        }
        let summary = match self.group.active_summary(segment) {
            Some(summary) => summary,
            None => {
                let summary = scan::summary_of(&self.group.path_of(segment), segment.bytes)?;
                self.group.learn(segment, summary.bounds);
                summary
            }
        };
        let wanted = summary.streams.iter().filter(|stream| self.query.streams.includes(&stream.name));
        Ok(wanted.filter_map(|stream| stream.bounds).reduce(TimeBounds::widen))
    }

    fn facing(&self, bounds: TimeBounds) -> TimeBounds {
        match self.query.direction {
            Direction::Forward => bounds,
            Direction::Backward => {
                TimeBounds { first: u64::MAX - bounds.last, last: u64::MAX - bounds.first }
            }
        }
    }

    fn key(&self, position: Position) -> Position {
        match self.query.direction {
            Direction::Forward => position,
            Direction::Backward => position.mirrored(),
        }
    }

    fn read_segment(&mut self, segment: &Segment) -> io::Result<()> {
        let mut reader = FrameReader::open(&self.group.path_of(segment), segment.bytes)?;
        // By stream id; `None` where the stream is not wanted.
        let mut streams: Vec<Option<Arc<str>>> = Vec::new();
        while let Some((offset, frame)) = reader.next()? {
            match frame {
                Frame::Stream { name, .. } => {
                    streams.push(self.query.streams.includes(name).then(|| Arc::from(name)));
                }
                Frame::Event { stream, timestamp, ingestion, message } => {
                    let index = usize::try_from(stream).unwrap_or(usize::MAX);
                    let Some(Some(stream)) = streams.get(index) else { continue };
                    let position = Position { timestamp, segment: segment.sequence, offset };
                    self.consider(position, stream, ingestion, message);
                }
                Frame::Header { .. } | Frame::Summary(_) | Frame::Trailer { .. } => {}
            }
        }
        Ok(())
    }

    fn consider(&mut self, position: Position, stream: &Arc<str>, ingestion: u64, message: &[u8]) {
        let key = self.key(position);
        if position.timestamp < self.query.from
            || position.timestamp >= self.query.before
            || key < self.floor
            || self.ceiling.is_some_and(|ceiling| key >= ceiling)
        {
            return;
        }
        let message = String::from_utf8_lossy(message);
        if !(self.query.matches)(&message) {
            return;
        }
        self.page_bytes += message.len() + EVENT_OVERHEAD_BYTES;
        let stream = Arc::clone(stream);
        let event = LogEvent { position, stream, ingestion, message: message.into_owned() };
        self.page.insert(key, event);
        while self.page.len() > self.query.events_max.max(1)
            || (self.page_bytes > self.query.bytes_max && self.page.len() > 1)
        {
            // Whatever lies behind an event that did not fit must wait for the next page too, even if it is
            // small enough: a page has no holes.
            let Some((key, event)) = self.page.pop_last() else { break };
            self.page_bytes -= event.message.len() + EVENT_OVERHEAD_BYTES;
            self.ceiling = Some(key);
        }
    }

    fn finish(self) -> EventPage {
        let next = self.ceiling.map(|ceiling| match self.query.direction {
            Direction::Forward => ceiling,
            // The ceiling itself belongs to the next page, and a backward cursor excludes its own position.
            Direction::Backward => ceiling.mirrored().next(),
        });
        let mut events: Vec<LogEvent> = self.page.into_values().collect();
        if self.query.direction == Direction::Backward {
            events.reverse();
        }
        EventPage { events, next }
    }
}

/// A segment may be removed by the retention while it is being read; what it held is gone.
pub(super) fn unless_removed<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
