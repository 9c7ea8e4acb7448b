//! Slows a stream down as AWS does: the first part goes as fast as it can, the rest at a fixed rate.

use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// What goes unslowed (facts: execution-environment §9).
const FREE_BYTES: u64 = 6_000_000;

/// When the next bytes may go.
#[derive(Debug)]
pub(super) struct Pace {
    bytes_per_second: u64,
    free_bytes_left: u64,
    next_at: Option<Instant>,
}

impl Pace {
    pub(super) fn new(bytes_per_second: u64) -> Self {
        Self { bytes_per_second: bytes_per_second.max(1), free_bytes_left: FREE_BYTES, next_at: None }
    }

    /// Waits until so many bytes may go.
    pub(super) async fn wait(&mut self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let free = bytes.min(self.free_bytes_left);
        self.free_bytes_left -= free;
        let slowed = bytes - free;
        if slowed == 0 {
            return;
        }
        let now = Instant::now();
        // A function that has paused has not saved anything up.
        let start = self.next_at.map_or(now, |next_at| next_at.max(now));
        sleep_until(start).await;
        let nanos = u128::from(slowed) * 1_000_000_000 / u128::from(self.bytes_per_second);
        self.next_at = Some(start + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_bytes_go_at_once_and_the_rest_at_the_rate() {
        let mut pace = Pace::new(2_000_000);
        let start = Instant::now();
        for _ in 0..6 {
            pace.wait(1_000_000).await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        for _ in 0..5 {
            pace.wait(1_000_000).await;
        }
        assert_eq!(start.elapsed(), Duration::from_secs(2), "the fifth goes when four have had their time");
        tokio::time::sleep(Duration::from_secs(100)).await;
        let later = Instant::now();
        pace.wait(1_000_000).await;
        pace.wait(1_000_000).await;
        assert_eq!(later.elapsed(), Duration::from_millis(500), "a pause saves nothing up");
    }
}
