//! How a function is slowed down whose events do not succeed while many of them wait.
//!
//! "If the queue contains many entries, the retry interval grows and events are read more slowly": AWS says so and gives
//! no figures. Lambent's: a function of whose last events [`FAILURES_MIN`] or more in a row have failed or were put back is
//! slowed down by the length of its queue.
//!
//! | events waiting | retries wait | events are read, by the default schedule |
//! | --- | --- | --- |
//! | under 1,000 | as ever | as fast as they can be run |
//! | 1,000 and more | twice as long | at most 200 a second |
//! | 10,000 and more | three times | 100 |
//! | 100,000 and more | four times | 67 |
//! | 1,000,000 and more | five times | 50 |
//!
//! One success and it is fast again. A stretched wait never makes an event too old that would not have been otherwise, and
//! a put-back waits no longer than its maximum.

use std::time::Duration;

/// Fewer failures in a row slow nothing down.
pub const FAILURES_MIN: u32 = 16;
/// The pause between two reads at the lowest factor that slows down, as a part of the pause after a function error: 5 ms
/// of 60 s.
const READING_SHARE: u32 = 12_000;

/// See the module's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowding {
    factor: u32,
}

impl Crowding {
    /// Nothing is slowed down.
    pub const NONE: Self = Self { factor: 1 };

    /// Of a function of which so many events wait and whose last so many events did not succeed.
    #[must_use]
    pub fn of(waiting: u64, failures_in_a_row: u32) -> Self {
        let factor = match waiting {
            _ if failures_in_a_row < FAILURES_MIN => 1,
            0..1_000 => 1,
            1_000..10_000 => 2,
            10_000..100_000 => 3,
            100_000..1_000_000 => 4,
            1_000_000.. => 5,
        };
        Self { factor }
    }

    /// What becomes of the wait before a retry.
    #[must_use]
    pub fn stretched(self, wait: Duration) -> Duration {
        wait.saturating_mul(self.factor)
    }

    /// How long to wait before the function's next event is read. `retry_base` is the pause after a function error.
    #[must_use]
    pub fn reading_pause(self, retry_base: Duration) -> Duration {
        (retry_base / READING_SHARE).saturating_mul(self.factor.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_failing_functions_with_long_queues_are_slow() {
        let minute = Duration::from_secs(60);
        for (waiting, failures, factor, pause_ms) in [
            (0, 1_000, 1, 0),
            (999, 1_000, 1, 0),
            (1_000_000, FAILURES_MIN - 1, 1, 0),
            (1_000, FAILURES_MIN, 2, 5),
            (9_999, 16, 2, 5),
            (10_000, 16, 3, 10),
            (100_000, 16, 4, 15),
            (1_000_000, 16, 5, 20),
            (u64::MAX, u32::MAX, 5, 20),
        ] {
            let crowding = Crowding::of(waiting, failures);
            assert_eq!(crowding.stretched(minute), minute * factor, "{waiting}, {failures}");
            assert_eq!(
                crowding.reading_pause(minute),
                Duration::from_millis(pause_ms),
                "{waiting}, {failures}"
            );
        }
        assert_eq!(Crowding::of(0, 0), Crowding::NONE);
        assert_eq!(Crowding::of(u64::MAX, 16).stretched(Duration::MAX), Duration::MAX);
        assert_eq!(Crowding::of(u64::MAX, 16).reading_pause(Duration::ZERO), Duration::ZERO);
    }
}
