//! Plain output: a line is a record.

use lambent_domain::time::Timestamp;

use super::super::{LogRecord, cut};

/// Cuts output into lines. A record keeps its newline; a line longer than the limit is several records.
#[derive(Debug)]
pub struct LineSplitter {
    line_bytes_max: usize,
    /// The beginning of a line whose end has not come yet; always shorter than the limit.
    partial: Vec<u8>,
}

impl LineSplitter {
    #[must_use]
    pub fn new(line_bytes_max: usize) -> LineSplitter {
        LineSplitter { line_bytes_max: line_bytes_max.max(1), partial: Vec::new() }
    }

    /// Takes a portion of output, received at `now`, and hands on the lines it completes.
    pub fn push(&mut self, bytes: &[u8], now: Timestamp, mut record: impl FnMut(LogRecord<'_>)) {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.partial.is_empty() && line.ends_with(b"\n") && line.len() <= self.line_bytes_max {
                record(LogRecord { timestamp: now, message: line });
            } else {
                self.extend(line, now, &mut record);
            }
        }
    }

    fn extend(&mut self, mut rest: &[u8], now: Timestamp, record: &mut impl FnMut(LogRecord<'_>)) {
        while !rest.is_empty() {
            let room = self.line_bytes_max.saturating_sub(self.partial.len());
            let (taken, behind) = rest.split_at(rest.len().min(room));
            self.partial.extend_from_slice(taken);
            rest = behind;
            if self.partial.ends_with(b"\n") {
                self.flush(now, &mut *record);
            } else if self.partial.len() >= self.line_bytes_max {
                self.hand_on_a_piece(now, record);
            }
        }
    }

    /// The buffer is full in the middle of a line. A character that is not whole yet stays for the next piece.
    fn hand_on_a_piece(&mut self, now: Timestamp, record: &mut impl FnMut(LogRecord<'_>)) {
        let length = cut::whole_characters(&self.partial);
        record(LogRecord { timestamp: now, message: self.partial.get(..length).unwrap_or_default() });
        self.partial.drain(..length);
    }

    /// Hands on a line that has no end: at the end of an invocation and when the runtime exits.
    pub fn flush(&mut self, now: Timestamp, mut record: impl FnMut(LogRecord<'_>)) {
        if !self.partial.is_empty() {
            record(LogRecord { timestamp: now, message: &self.partial });
            self.partial.clear();
            // One long line must not keep its memory for the life of the environment.
            self.partial.shrink_to(4_096);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1);

    fn split(portions: &[&[u8]], max: usize) -> Vec<Vec<u8>> {
        let mut splitter = LineSplitter::new(max);
        let mut lines = Vec::new();
        for portion in portions {
            splitter.push(portion, NOW, |line| lines.push(line.message.to_vec()));
            assert!(splitter.partial.len() < max.max(2), "more than a line is held");
        }
        splitter.flush(NOW, |line| lines.push(line.message.to_vec()));
        lines
    }

    #[test]
    fn lines_keep_their_newline_and_the_last_needs_none() {
        assert_eq!(split(&[b"a\n\nb", b"c\nd"], 100), [&b"a\n"[..], b"\n", b"bc\n", b"d"]);
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        assert_eq!(split(&["aaé\n".as_bytes()], 3), ["aa".as_bytes(), "é\n".as_bytes()]);
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_portions_give_the_same_lines(
            portions in prop::collection::vec(prop::collection::vec(prop_oneof![3 => any::<u8>(), 1 => Just(b'\n')], 0..50), 0..20),
            max in 1_usize..30,
        ) {
            let all = portions.concat();
            let portions: Vec<&[u8]> = portions.iter().map(Vec::as_slice).collect();
            let lines = split(&portions, max);
            prop_assert_eq!(lines.concat(), all.clone());
            prop_assert!(lines.iter().all(|line| !line.is_empty() && line.len() <= max));
            prop_assert_eq!(lines, split(&[&all], max));
        }
    }
}
