//! The segment of a group that takes new events.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::frame;
use super::scan::{self, Scanned};
use super::summary::SegmentSummary;
use super::{LogRecord, cut};

/// Streams in one segment; the next stream opens the next segment. It bounds what an open group keeps in
/// memory and the size of the summary.
const STREAMS_MAX: usize = 4_096;
/// A batch buffer that has grown beyond this is given back.
const BUFFER_BYTES_KEPT: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct ActiveSegment {
    file: File,
    bytes: u64,
    ids: HashMap<Arc<str>, u32>,
    summary: SegmentSummary,
    buffer: Vec<u8>,
}

/// File name of a segment. The width keeps the names in order.
pub(super) fn path(group_dir: &Path, sequence: u64) -> PathBuf {
    group_dir.join(format!("{sequence:016}.log"))
}

/// The sequence number of a file that is named like a segment.
pub(super) fn sequence_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".log")?;
    if digits.len() == 16 { digits.parse().ok() } else { None }
}

impl ActiveSegment {
    pub(super) fn create(path: &Path, group_created: u64, group: &str) -> io::Result<ActiveSegment> {
        let file = OpenOptions::new().append(true).create_new(true).open(path)?;
        ActiveSegment::begin(file, group_created, group).inspect_err(|_| {
            // Without its header the segment would hide the group's name at the next start.
            drop(std::fs::remove_file(path));
        })
    }

    fn begin(mut file: File, group_created: u64, group: &str) -> io::Result<ActiveSegment> {
        let mut buffer = Vec::new();
        frame::put_header(&mut buffer, group_created, group);
        file.write_all(&buffer)?;
        let bytes = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
        Ok(ActiveSegment { file, bytes, ids: HashMap::new(), summary: SegmentSummary::default(), buffer })
    }

    /// Opens the newest segment for more events and cuts a torn tail off. `None`: it is full.
    pub(super) fn reopen(path: &Path, group_created: u64, group: &str) -> io::Result<Option<ActiveSegment>> {
        let file = OpenOptions::new().append(true).open(path)?;
        let length = file.metadata()?.len();
        let Scanned { summary, whole_bytes, sealed } = scan::scan(path, length)?;
        if sealed {
            return Ok(None);
        }
        if whole_bytes < length {
            tracing::warn!(
                path = %path.display(),
                torn_bytes = length - whole_bytes,
                "cut a torn tail off a log segment"
            );
            file.set_len(whole_bytes)?;
        }
        if whole_bytes == 0 {
            return ActiveSegment::begin(file, group_created, group).map(Some);
        }
        let ids =
            (0_u32..).zip(&summary.streams).map(|(id, stream)| (Arc::clone(&stream.name), id)).collect();
        Ok(Some(ActiveSegment { file, bytes: whole_bytes, ids, summary, buffer: Vec::new() }))
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn summary(&self) -> &SegmentSummary {
        &self.summary
    }

    /// Whether this stream has to go to the next segment.
    pub(super) fn is_full(&self, segment_bytes: u64, stream: &str) -> bool {
        self.bytes >= segment_bytes
            || (self.summary.streams.len() >= STREAMS_MAX && !self.ids.contains_key(stream))
    }

    /// Writes the batch with one call and counts it only then, so that a failed write leaves the counts true.
    /// What it may have left in the file is for [`ActiveSegment::roll_back`].
    pub(super) fn append(
        &mut self,
        stream: &Arc<str>,
        records: &[LogRecord<'_>],
        record_bytes_max: usize,
        ingestion: u64,
    ) -> io::Result<()> {
        self.buffer.clear();
        let known = self.ids.get(stream).copied();
        let id = known.unwrap_or_else(|| u32::try_from(self.summary.streams.len()).unwrap_or(u32::MAX));
        if known.is_none() {
            frame::put_stream(&mut self.buffer, ingestion, stream);
        }
        for record in records {
            for piece in cut::pieces(record.message, record_bytes_max) {
                frame::put_event(&mut self.buffer, id, record.timestamp.as_millis(), ingestion, piece);
            }
        }
        self.file.write_all(&self.buffer)?;

        if known.is_none() {
            self.ids.insert(Arc::clone(stream), id);
            self.summary.add_stream(Arc::clone(stream), ingestion);
        }
        for record in records.iter().filter(|record| !record.message.is_empty()) {
            self.summary.add_event(id, record.timestamp.as_millis(), ingestion);
        }
        self.bytes += u64::try_from(self.buffer.len()).unwrap_or(u64::MAX);
        if self.buffer.capacity() > BUFFER_BYTES_KEPT {
            self.buffer = Vec::new();
        }
        Ok(())
    }

    /// Cuts off what a failed write has left behind.
    pub(super) fn roll_back(&self) -> io::Result<()> {
        self.file.set_len(self.bytes)
    }

    /// Ends the segment with its summary; gives its final size.
    pub(super) fn seal(mut self) -> io::Result<u64> {
        self.buffer.clear();
        frame::put_summary(&mut self.buffer, &self.summary.encode());
        frame::put_trailer(&mut self.buffer, self.bytes);
        self.file.write_all(&self.buffer)?;
        Ok(self.bytes + u64::try_from(self.buffer.len()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use lambent_domain::time::Timestamp;

    use super::*;

    #[test]
    fn what_a_failed_write_left_behind_is_cut_off_and_writing_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let path = path(dir.path(), 1);
        let stream: Arc<str> = "s".into();
        let record = LogRecord { timestamp: Timestamp::from_millis(1), message: b"m" };
        let mut active = ActiveSegment::create(&path, 1, "g").unwrap();
        active.append(&stream, &[record], 100, 1).unwrap();
        let whole = std::fs::read(&path).unwrap();

        // As a disk that fills up in the middle of a batch would leave it: a whole event and half of another.
        let mut left_behind = Vec::new();
        frame::put_event(&mut left_behind, 0, 2, 2, b"lost");
        left_behind.extend_from_slice(&[9; 11]);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(&left_behind).unwrap();
        active.roll_back().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), whole);

        active.append(&stream, &[record], 100, 1).unwrap();
        let length = std::fs::metadata(&path).unwrap().len();
        let scanned = scan::scan(&path, length).unwrap();
        assert_eq!((scanned.whole_bytes, &scanned.summary), (active.bytes(), active.summary()));
    }
}
