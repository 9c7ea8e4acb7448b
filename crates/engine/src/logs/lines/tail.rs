//! The end of one invocation's log, for `X-Amz-Log-Result`.

const TAIL_BYTES_MAX: usize = 4_096;

/// Keeps the last 4,096 bytes of what is pushed. Begin it with the START line: what came before the invocation
/// does not belong to its tail.
#[derive(Debug, Default)]
pub struct Tail {
    bytes: Vec<u8>,
}

impl Tail {
    pub fn push(&mut self, message: &[u8]) {
        let message = last(message);
        // Room for as much again, so that bytes are moved once in a while and not at every push.
        if self.bytes.len() + message.len() > 2 * TAIL_BYTES_MAX {
            let excess = self.bytes.len().saturating_sub(TAIL_BYTES_MAX);
            self.bytes.drain(..excess);
        }
        self.bytes.extend_from_slice(message);
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        last(&self.bytes)
    }
}

fn last(bytes: &[u8]) -> &[u8] {
    bytes.last_chunk::<TAIL_BYTES_MAX>().map_or(bytes, |tail| tail.as_slice())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_tail_is_the_end_of_everything_pushed(
            messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..6_000), 0..8),
        ) {
            let mut tail = Tail::default();
            for message in &messages {
                tail.push(message);
                prop_assert!(tail.bytes.len() <= 2 * TAIL_BYTES_MAX);
            }
            let all = messages.concat();
            prop_assert_eq!(tail.as_bytes(), &all[all.len().saturating_sub(4_096)..]);
        }
    }
}
