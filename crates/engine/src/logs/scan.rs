//! Reading a segment from its first frame to the last whole one.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use super::frame::{self, Frame, PREFIX_BYTES, TRAILER_BYTES};
use super::summary::SegmentSummary;

const READ_BYTES: usize = 64 << 10;

/// Reads frames in order, up to a length at which the writer was known to have finished one.
#[derive(Debug)]
pub(super) struct FrameReader {
    file: BufReader<std::io::Take<File>>,
    offset: u64,
    body: Vec<u8>,
}

impl FrameReader {
    pub(super) fn open(path: &Path, length: u64) -> io::Result<FrameReader> {
        let file = File::open(path)?.take(length);
        Ok(FrameReader { file: BufReader::with_capacity(READ_BYTES, file), offset: 0, body: Vec::new() })
    }

    /// Where the next frame begins, which is also the end of the last whole one.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next frame with its offset; `None` at the end or where the file is torn.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, Frame<'_>)>> {
        let mut prefix = [0; PREFIX_BYTES];
        if !read_whole(&mut self.file, &mut prefix)? {
            return Ok(None);
        }
        let Ok((length, checksum)) = frame::prefix(prefix) else { return Ok(None) };
        self.body.resize(length, 0);
        if !read_whole(&mut self.file, &mut self.body)? {
            return Ok(None);
        }
        let Ok(frame) = frame::decode(&self.body, checksum) else { return Ok(None) };
        let offset = self.offset;
        self.offset += u64::try_from(PREFIX_BYTES + length).unwrap_or(u64::MAX);
        Ok(Some((offset, frame)))
    }
}

/// Fills the buffer, or says that the file ended first.
fn read_whole(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// The group a segment belongs to, by its first frame: `(creation, name)`.
pub(super) fn group_of(path: &Path) -> io::Result<Option<(u64, String)>> {
    let mut reader = FrameReader::open(path, u64::MAX)?;
    match reader.next()? {
        Some((_, Frame::Header { group_created, group })) => Ok(Some((group_created, group.to_owned()))),
        _ => Ok(None),
    }
}

/// What a whole scan of a segment learns.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) summary: SegmentSummary,
    /// End of the last whole frame.
    pub(super) whole_bytes: u64,
    /// A full segment takes no more events.
    pub(super) sealed: bool,
}

pub(super) fn scan(path: &Path, length: u64) -> io::Result<Scanned> {
    let mut reader = FrameReader::open(path, length)?;
    let mut summary = SegmentSummary::default();
    let mut sealed = false;
    while let Some((_, frame)) = reader.next()? {
        match frame {
            Frame::Stream { created, name } => summary.add_stream(Arc::from(name), created),
            Frame::Event { stream, timestamp, ingestion, .. } => {
                summary.add_event(stream, timestamp, ingestion);
            }
            Frame::Summary(_) => sealed = true,
            Frame::Header { .. } | Frame::Trailer { .. } => {}
        }
    }
    Ok(Scanned { summary, whole_bytes: reader.offset(), sealed })
}

/// The summary at the end of a full segment, or else by reading the segment.
pub(super) fn summary_of(path: &Path, length: u64) -> io::Result<SegmentSummary> {
    match stored_summary(path, length)? {
        Some(summary) => Ok(summary),
        None => Ok(scan(path, length)?.summary),
    }
}

fn stored_summary(path: &Path, length: u64) -> io::Result<Option<SegmentSummary>> {
    let Some(trailer_offset) = length.checked_sub(u64::try_from(TRAILER_BYTES).unwrap_or(0)) else {
        return Ok(None);
    };
    let mut file = File::open(path)?;
    let Some(Frame::Trailer { summary_offset }) = frame_at(&mut file, trailer_offset)?.decoded() else {
        return Ok(None);
    };
    match frame_at(&mut file, summary_offset)?.decoded() {
        Some(Frame::Summary(body)) => Ok(SegmentSummary::decode(body)),
        _ => Ok(None),
    }
}

/// A body as read, with the checksum it must match; empty where the file ended or was torn.
struct ReadBody {
    body: Vec<u8>,
    checksum: u32,
}

impl ReadBody {
    fn decoded(&self) -> Option<Frame<'_>> {
        if self.body.is_empty() { None } else { frame::decode(&self.body, self.checksum).ok() }
    }
}

fn frame_at(file: &mut File, offset: u64) -> io::Result<ReadBody> {
    let nothing = ReadBody { body: Vec::new(), checksum: 0 };
    file.seek(SeekFrom::Start(offset))?;
    let mut prefix = [0; PREFIX_BYTES];
    if !read_whole(file, &mut prefix)? {
        return Ok(nothing);
    }
    let Ok((length, checksum)) = frame::prefix(prefix) else { return Ok(nothing) };
    let mut body = vec![0; length];
    Ok(if read_whole(file, &mut body)? { ReadBody { body, checksum } } else { nothing })
}
