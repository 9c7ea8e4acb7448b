//! Framed output: a frame is a record, whatever newlines it holds.
//!
//! ```text
//! type: 4 bytes, A5 5A 00 and a byte for format and level · length: 4 bytes · time: 8 bytes, µs since 1970 · text
//! ```
//!
//! All numbers are big-endian. Bytes where a frame should begin but does not are plain text, up to where the next
//! frame begins.

use lambent_domain::time::Timestamp;

use super::super::{LogRecord, cut};
use super::LineSplitter;

const HEADER_BYTES: usize = 16;
const MARK: [u8; 3] = [0xA5, 0x5A, 0x00];
/// CloudWatch's own bounds: a function cannot write far into the past or the future.
const TIMESTAMP_AGE_MS_MAX: u64 = 14 * 24 * 60 * 60 * 1_000;
const TIMESTAMP_AHEAD_MS_MAX: u64 = 2 * 60 * 60 * 1_000;

/// Takes frames apart. A frame longer than the limit is several records.
#[derive(Debug)]
pub struct FrameDecoder {
    record_bytes_max: usize,
    /// A header that is not whole yet, or the text of the frame being read up to the limit.
    held: Vec<u8>,
    /// Set while the text of a frame is being read.
    frame: Option<OpenFrame>,
    /// What came where a frame should have begun.
    stray: LineSplitter,
}

#[derive(Debug, Clone, Copy)]
struct OpenFrame {
    /// As the runtime says; it may lie.
    timestamp: Timestamp,
    /// How much of the text is still to come.
    missing_bytes: usize,
}

impl FrameDecoder {
    #[must_use]
    pub fn new(record_bytes_max: usize) -> FrameDecoder {
        let record_bytes_max = record_bytes_max.max(1);
        let stray = LineSplitter::new(record_bytes_max);
        FrameDecoder { record_bytes_max, held: Vec::new(), frame: None, stray }
    }

    /// Takes a portion of output, received at `now`, and hands on the records it completes.
    pub fn push(&mut self, bytes: &[u8], now: Timestamp, mut record: impl FnMut(LogRecord<'_>)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = match self.frame {
                Some(frame) => self.take_text(frame, rest, now, &mut record),
                None => self.take_header(rest, now, &mut record),
            };
        }
    }

    /// Hands on what is not whole: at the end of an invocation and when the runtime exits. A frame whose text is
    /// still coming goes on as one more record.
    pub fn flush(&mut self, now: Timestamp, mut record: impl FnMut(LogRecord<'_>)) {
        match self.frame {
            Some(frame) => self.hand_on(frame.timestamp, self.held.len(), now, &mut record),
            None => {
                let held = std::mem::take(&mut self.held);
                self.stray.push(&held, now, &mut record);
            }
        }
        self.stray.flush(now, record);
    }

    fn take_text<'a>(
        &mut self,
        frame: OpenFrame,
        bytes: &'a [u8],
        now: Timestamp,
        record: &mut impl FnMut(LogRecord<'_>),
    ) -> &'a [u8] {
        let room = self.record_bytes_max.saturating_sub(self.held.len());
        let (taken, rest) = bytes.split_at(bytes.len().min(frame.missing_bytes).min(room));
        self.held.extend_from_slice(taken);
        let missing_bytes = frame.missing_bytes - taken.len();
        self.frame = (missing_bytes > 0).then_some(OpenFrame { missing_bytes, ..frame });
        if missing_bytes == 0 {
            self.hand_on(frame.timestamp, self.held.len(), now, record);
        } else if self.held.len() >= self.record_bytes_max {
            self.hand_on(frame.timestamp, cut::whole_characters(&self.held), now, record);
        }
        rest
    }

    fn hand_on(
        &mut self,
        timestamp: Timestamp,
        length: usize,
        now: Timestamp,
        record: &mut impl FnMut(LogRecord<'_>),
    ) {
        let Some(message) = self.held.get(..length).filter(|message| !message.is_empty()) else { return };
        record(LogRecord { timestamp: believable(timestamp, now), message });
        self.held.drain(..length);
        self.held.shrink_to(4_096);
    }

    fn take_header<'a>(
        &mut self,
        bytes: &'a [u8],
        now: Timestamp,
        record: &mut impl FnMut(LogRecord<'_>),
    ) -> &'a [u8] {
        let (taken, rest) = bytes.split_at(bytes.len().min(HEADER_BYTES.saturating_sub(self.held.len())));
        self.held.extend_from_slice(taken);
        let stray_bytes = stray_length(&self.held);
        if stray_bytes > 0 {
            let stray = self.held.get(..stray_bytes).unwrap_or_default();
            self.stray.push(stray, now, &mut *record);
            self.held.drain(..stray_bytes);
        } else if let Ok(header) = <&[u8; HEADER_BYTES]>::try_from(self.held.as_slice()) {
            // Text in front of a frame has ended, whether or not with a newline.
            let frame = open(header);
            self.stray.flush(now, &mut *record);
            self.held.clear();
            self.frame = frame.filter(|frame| frame.missing_bytes > 0);
        }
        rest
    }
}

/// How many bytes at the front cannot be the beginning of a frame.
fn stray_length(held: &[u8]) -> usize {
    (0..held.len()).find(|&at| held.get(at..).is_some_and(may_begin_a_frame)).unwrap_or(held.len())
}

fn may_begin_a_frame(bytes: &[u8]) -> bool {
    let marked = bytes.iter().zip(MARK).all(|(byte, mark)| *byte == mark);
    marked && bytes.get(MARK.len()).is_none_or(|kind| is_kind(*kind))
}

/// Bit 0: text or JSON; bit 1: always set; above them the level, from none (0) to fatal (6).
fn is_kind(kind: u8) -> bool {
    kind & 0b10 != 0 && kind >> 2 <= 6
}

fn open(header: &[u8; HEADER_BYTES]) -> Option<OpenFrame> {
    let (_kind, rest) = header.split_first_chunk::<4>()?;
    let (length, time) = rest.split_first_chunk::<4>()?;
    let micros = u64::from_be_bytes(*time.first_chunk::<8>()?);
    Some(OpenFrame {
        timestamp: Timestamp::from_millis(micros / 1_000),
        missing_bytes: usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX),
    })
}

fn believable(timestamp: Timestamp, now: Timestamp) -> Timestamp {
    let oldest = now.as_millis().saturating_sub(TIMESTAMP_AGE_MS_MAX);
    let newest = now.as_millis().saturating_add(TIMESTAMP_AHEAD_MS_MAX);
    if (oldest..=newest).contains(&timestamp.as_millis()) { timestamp } else { now }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn frame(kind: u8, timestamp: Timestamp, text: &[u8]) -> Vec<u8> {
        let mut bytes = [&MARK[..], &[kind]].concat();
        bytes.extend_from_slice(&u32::try_from(text.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(&(timestamp.as_millis() * 1_000 + 7).to_be_bytes());
        bytes.extend_from_slice(text);
        bytes
    }

    fn decode(portions: &[&[u8]], max: usize) -> Vec<(u64, Vec<u8>)> {
        let mut decoder = FrameDecoder::new(max);
        let mut records = Vec::new();
        let mut push = |record: LogRecord<'_>| {
            records.push((record.timestamp.as_millis(), record.message.to_vec()));
        };
        for portion in portions {
            decoder.push(portion, NOW, &mut push);
            assert!(decoder.held.len() <= max.max(HEADER_BYTES), "more than a record is held");
        }
        decoder.flush(NOW, &mut push);
        records
    }

    #[test]
    fn a_frame_is_one_record_with_its_own_time() {
        let earlier = Timestamp::from_millis(NOW.as_millis() - 50);
        for kind in [0x02, 0x03, 0x0A, 0x0B, 0x0E, 0x0F, 0x12, 0x13, 0x16, 0x17, 0x1A, 0x1B] {
            let bytes = frame(kind, earlier, b"Traceback\n  line\n");
            assert_eq!(decode(&[&bytes], 100), [(earlier.as_millis(), b"Traceback\n  line\n".to_vec())]);
        }
    }

    #[test]
    fn a_time_that_cannot_be_is_replaced() {
        for timestamp in [0, NOW.as_millis() * 1_000] {
            let bytes = frame(3, Timestamp::from_millis(timestamp), b"m");
            assert_eq!(decode(&[&bytes], 100), [(NOW.as_millis(), b"m".to_vec())]);
        }
    }

    #[test]
    fn text_between_frames_is_kept_and_the_next_frame_is_found() {
        let good = frame(3, NOW, b"good");
        let bytes = [&b"no frame\nat all"[..], &good, b"\xa5\x5a\x00\x00", &good, b"\xa5\x5a"].concat();
        let found: Vec<Vec<u8>> = decode(&[&bytes], 100).into_iter().map(|record| record.1).collect();
        let expected = [&b"no frame\n"[..], b"at all", b"good", b"\xa5\x5a\x00\x00", b"good", b"\xa5\x5a"];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_length_that_lies_holds_no_memory() {
        let mut bytes = frame(3, NOW, b"");
        bytes[4..8].copy_from_slice(&u32::MAX.to_be_bytes());
        bytes.extend_from_slice(&[b'x'; 1_000]);
        let records = decode(&[&bytes], 300);
        assert_eq!(records.iter().map(|record| record.1.len()).collect::<Vec<_>>(), [300, 300, 300, 100]);
    }

    fn piece() -> impl Strategy<Value = (Vec<u8>, usize)> {
        let framed =
            (prop::sample::select(vec![2_u8, 3, 0x0E, 0x1B]), prop::collection::vec(any::<u8>(), 0..60))
                .prop_map(|(kind, text)| (frame(kind, NOW, &text), HEADER_BYTES));
        // Stray bytes below the mark's first, so that they never look like a frame.
        let stray = prop::collection::vec(0_u8..0x80, 0..40).prop_map(|text| (text, 0));
        prop_oneof![3 => framed, 1 => stray]
    }

    proptest! {
        #[test]
        fn frames_and_strays_lose_nothing(pieces in prop::collection::vec(piece(), 0..12), max in 4_usize..80) {
            let all: Vec<u8> = pieces.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
            let expected: Vec<u8> =
                pieces.iter().flat_map(|(bytes, header)| bytes[*header..].to_vec()).collect();
            let records = decode(&[&all], max);
            prop_assert!(records.iter().all(|record| !record.1.is_empty() && record.1.len() <= max));
            let found: Vec<u8> = records.into_iter().flat_map(|record| record.1).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn any_bytes_in_any_portions_give_the_same_records(
            portions in prop::collection::vec(
                prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(vec![0xA5_u8, 0x5A, 0, 3, 10])], 0..40),
                0..20,
            ),
            max in 1_usize..40,
        ) {
            let all = portions.concat();
            let portions: Vec<&[u8]> = portions.iter().map(Vec::as_slice).collect();
            let records = decode(&portions, max);
            let kept: usize = records.iter().map(|record| record.1.len()).sum();
            // Only headers of frames are left out.
            prop_assert!(kept <= all.len() && (all.len() - kept).is_multiple_of(HEADER_BYTES));
            prop_assert_eq!(records, decode(&[&all], max));
        }
    }
}
