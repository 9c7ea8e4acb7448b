//! The bytes of a segment file: a row of checksummed frames.
//!
//! A frame is `length: u32, crc32: u32, body`, little-endian, and its body starts with a kind:
//!
//! | kind | body | where |
//! | --- | --- | --- |
//! | header | format version, creation of the group, its name | first in every segment |
//! | stream | creation of the stream, its name | before the stream's first event; its id is its rank among them |
//! | event | stream id, timestamp, ingestion time, message | |
//! | summary | what the segment holds, by stream | once, when the segment is full |
//! | trailer | offset of the summary | last in a full segment; of fixed size, so it is found from the end |
//!
//! Invariant: a frame is either whole and matches its checksum, or it is [`FrameError::Torn`] and nothing
//! behind it is read. A body is never empty, so a run of zeros (a file that grew before the power failed)
//! is not taken for frames.

const KIND_HEADER: u8 = 1;
const KIND_STREAM: u8 = 2;
const KIND_EVENT: u8 = 3;
const KIND_SUMMARY: u8 = 4;
const KIND_TRAILER: u8 = 5;

const FORMAT: &[u8; 8] = b"lmblog\x00\x01";

/// Length and checksum in front of every body.
pub(super) const PREFIX_BYTES: usize = 8;
/// Size of the trailer's whole frame.
pub(super) const TRAILER_BYTES: usize = PREFIX_BYTES + 1 + 8;
/// No frame is longer: larger lengths are damage, and are refused before memory is set aside.
pub(super) const BODY_BYTES_MAX: usize = 8 << 20;

/// One decoded frame, borrowing the body it was read from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    Header { group_created: u64, group: &'a str },
    Stream { created: u64, name: &'a str },
    Event { stream: u32, timestamp: u64, ingestion: u64, message: &'a [u8] },
    Summary(&'a [u8]),
    Trailer { summary_offset: u64 },
}

/// Where the readable part of a segment ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Torn;

pub(super) fn put_header(buffer: &mut Vec<u8>, group_created: u64, group: &str) {
    put(buffer, KIND_HEADER, &[FORMAT, &group_created.to_le_bytes(), group.as_bytes()]);
}

pub(super) fn put_stream(buffer: &mut Vec<u8>, created: u64, name: &str) {
    put(buffer, KIND_STREAM, &[&created.to_le_bytes(), name.as_bytes()]);
}

pub(super) fn put_event(buffer: &mut Vec<u8>, stream: u32, timestamp: u64, ingestion: u64, message: &[u8]) {
    let parts: [&[u8]; 4] =
        [&stream.to_le_bytes(), &timestamp.to_le_bytes(), &ingestion.to_le_bytes(), message];
    put(buffer, KIND_EVENT, &parts);
}

pub(super) fn put_summary(buffer: &mut Vec<u8>, body: &[u8]) {
    put(buffer, KIND_SUMMARY, &[body]);
}

pub(super) fn put_trailer(buffer: &mut Vec<u8>, summary_offset: u64) {
    put(buffer, KIND_TRAILER, &[&summary_offset.to_le_bytes()]);
}

/// Appends one frame. A body above `u32::MAX` cannot arise: messages are cut and names are bounded far below.
fn put(buffer: &mut Vec<u8>, kind: u8, parts: &[&[u8]]) {
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(&[kind]);
    let mut length = 1_usize;
    for part in parts {
        checksum.update(part);
        length += part.len();
    }
    buffer.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    buffer.extend_from_slice(&checksum.finalize().to_le_bytes());
    buffer.push(kind);
    for part in parts {
        buffer.extend_from_slice(part);
    }
}

/// The length of the body behind a prefix, and the checksum it must have.
pub(super) fn prefix(bytes: [u8; PREFIX_BYTES]) -> Result<(usize, u32), Torn> {
    let mut fields = Fields(&bytes);
    let length = usize::try_from(fields.u32().ok_or(Torn)?).map_err(|_too_large| Torn)?;
    let checksum = fields.u32().ok_or(Torn)?;
    if length == 0 || length > BODY_BYTES_MAX { Err(Torn) } else { Ok((length, checksum)) }
}

/// Checks a body against its checksum and takes it apart.
pub(super) fn decode(body: &[u8], checksum: u32) -> Result<Frame<'_>, Torn> {
    if crc32fast::hash(body) != checksum {
        return Err(Torn);
    }
    fields(body).ok_or(Torn)
}

fn fields(body: &[u8]) -> Option<Frame<'_>> {
    let (kind, rest) = body.split_first()?;
    let mut fields = Fields(rest);
    match *kind {
        KIND_HEADER => {
            let known = fields.take(FORMAT.len())? == FORMAT;
            let group_created = fields.u64()?;
            let group = std::str::from_utf8(fields.rest()).ok()?;
            known.then_some(Frame::Header { group_created, group })
        }
        KIND_STREAM => {
            let created = fields.u64()?;
            Some(Frame::Stream { created, name: std::str::from_utf8(fields.rest()).ok()? })
        }
        KIND_EVENT => Some(Frame::Event {
            stream: fields.u32()?,
            timestamp: fields.u64()?,
            ingestion: fields.u64()?,
            message: fields.rest(),
        }),
        KIND_SUMMARY => Some(Frame::Summary(fields.rest())),
        KIND_TRAILER => Some(Frame::Trailer { summary_offset: fields.u64()? }),
        _ => None,
    }
}

/// Reads little-endian fields off the front of a slice.
#[derive(Debug)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*head))
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*head))
    }

    fn rest(self) -> &'a [u8] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(bytes: &[u8]) -> (&[u8], u32) {
        let (length, checksum) = prefix(bytes[..PREFIX_BYTES].try_into().unwrap()).unwrap();
        assert_eq!(bytes.len(), PREFIX_BYTES + length);
        (&bytes[PREFIX_BYTES..], checksum)
    }

    #[test]
    fn zeros_are_not_a_frame() {
        assert_eq!(prefix([0; PREFIX_BYTES]), Err(Torn));
    }

    #[test]
    fn the_trailer_has_its_fixed_size() {
        let mut buffer = Vec::new();
        put_trailer(&mut buffer, 77);
        assert_eq!(buffer.len(), TRAILER_BYTES);
        let (body, checksum) = split(&buffer);
        assert_eq!(decode(body, checksum), Ok(Frame::Trailer { summary_offset: 77 }));
    }

    proptest! {
        #[test]
        fn an_event_comes_back_and_any_flipped_bit_is_torn(
            stream: u32, timestamp: u64, ingestion: u64, message: Vec<u8>, at: prop::sample::Index, bit in 0_u8..8,
        ) {
            let mut buffer = Vec::new();
            put_event(&mut buffer, stream, timestamp, ingestion, &message);
            let (body, checksum) = split(&buffer);
            let decoded = decode(body, checksum).unwrap();
            prop_assert_eq!(decoded, Frame::Event { stream, timestamp, ingestion, message: &message });

            let mut damaged = body.to_vec();
            let at = at.index(damaged.len());
            damaged[at] ^= 1 << bit;
            prop_assert_eq!(decode(&damaged, checksum), Err(Torn));
        }

        #[test]
        fn rubbish_never_panics(bytes: Vec<u8>) {
            let _ = fields(&bytes);
            prop_assert!(bytes.is_empty() || decode(&bytes, crc32fast::hash(&bytes) ^ 1).is_err());
        }
    }
}
