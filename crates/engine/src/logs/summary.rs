//! What a segment holds, by stream: kept in memory while the segment is written, stored at its end when it
//! is full, so that listing streams or skipping a segment never reads its events.

use std::sync::Arc;

use super::frame::Fields;

/// Timestamps of the oldest and the newest event, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeBounds {
    pub(super) first: u64,
    pub(super) last: u64,
}

impl TimeBounds {
    fn at(timestamp: u64) -> TimeBounds {
        TimeBounds { first: timestamp, last: timestamp }
    }

    pub(super) fn widen(self, other: TimeBounds) -> TimeBounds {
        TimeBounds { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}

/// One stream's part of a segment. A stream without events has been named but its batch was never written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StreamSummary {
    pub(super) name: Arc<str>,
    pub(super) created: u64,
    pub(super) last_ingestion: u64,
    pub(super) bounds: Option<TimeBounds>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SegmentSummary {
    pub(super) bounds: Option<TimeBounds>,
    /// In the order of the stream ids.
    pub(super) streams: Vec<StreamSummary>,
}

impl SegmentSummary {
    pub(super) fn add_stream(&mut self, name: Arc<str>, created: u64) {
        self.streams.push(StreamSummary { name, created, last_ingestion: created, bounds: None });
    }

    pub(super) fn add_event(&mut self, stream: u32, timestamp: u64, ingestion: u64) {
        let bounds = TimeBounds::at(timestamp);
        self.bounds = Some(self.bounds.map_or(bounds, |known| known.widen(bounds)));
        let index = usize::try_from(stream).unwrap_or(usize::MAX);
        if let Some(stream) = self.streams.get_mut(index) {
            stream.bounds = Some(stream.bounds.map_or(bounds, |known| known.widen(bounds)));
            stream.last_ingestion = stream.last_ingestion.max(ingestion);
        }
    }

    /// The body of a summary frame. Streams without events are left out: their ids end with the segment.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(64 * (self.streams.len() + 1));
        for stream in &self.streams {
            let Some(bounds) = stream.bounds else { continue };
            for number in [stream.created, stream.last_ingestion, bounds.first, bounds.last] {
                body.extend_from_slice(&number.to_le_bytes());
            }
            let length = u32::try_from(stream.name.len()).unwrap_or(u32::MAX);
            body.extend_from_slice(&length.to_le_bytes());
            body.extend_from_slice(stream.name.as_bytes());
        }
        body
    }

    pub(super) fn decode(body: &[u8]) -> Option<SegmentSummary> {
        let mut summary = SegmentSummary::default();
        let mut fields = Fields(body);
        while !fields.0.is_empty() {
            let (created, last_ingestion) = (fields.u64()?, fields.u64()?);
            let bounds = TimeBounds { first: fields.u64()?, last: fields.u64()? };
            let length = usize::try_from(fields.u32()?).ok()?;
            let name = std::str::from_utf8(fields.take(length)?).ok()?;
            summary.bounds = Some(summary.bounds.map_or(bounds, |known| known.widen(bounds)));
            let name = Arc::from(name);
            summary.streams.push(StreamSummary { name, created, last_ingestion, bounds: Some(bounds) });
        }
        Some(summary)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_summary_comes_back_without_its_empty_streams() {
        let mut summary = SegmentSummary::default();
        summary.add_stream("a".into(), 5);
        summary.add_stream("never written".into(), 6);
        summary.add_event(0, 20, 21);
        summary.add_event(0, 10, 22);
        let decoded = SegmentSummary::decode(&summary.encode()).unwrap();
        assert_eq!(decoded.bounds, Some(TimeBounds { first: 10, last: 20 }));
        assert_eq!(decoded.streams, summary.streams[..1]);
        assert_eq!(decoded.streams[0].last_ingestion, 22);
    }

    proptest! {
        #[test]
        fn rubbish_never_panics(body: Vec<u8>) {
            let _ = SegmentSummary::decode(&body);
        }
    }
}
