//! What becomes of a record that could not be sent: another try, or none. Pure; the courier in `destinations` carries it
//! out.
//!
//! Who is silent may speak again: such a record is tried until it is too old or was tried too often. Who answers and
//! refuses may have been set up wrongly a moment ago, so a few more tries are made. What can't be sent at all isn't tried
//! again.

use crate::time::Timestamp;
use std::time::Duration;

/// How tries are spaced and bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliverySchedule {
    /// Pause after the first try, doubled after each further one.
    pub pause_initial: Duration,
    /// Longest pause.
    pub pause_max: Duration,
    /// Most tries of one record.
    pub attempts_max: u32,
    /// Most tries of one record whose target answers and refuses it.
    pub refused_attempts_max: u32,
    /// How old a record may be when it is tried.
    pub age_max: Duration,
}

impl Default for DeliverySchedule {
    fn default() -> Self {
        Self {
            pause_initial: Duration::from_secs(1),
            pause_max: Duration::from_secs(300),
            attempts_max: 100,
            refused_attempts_max: 5,
            age_max: Duration::from_secs(21_600),
        }
    }
}

/// What kind of failure a try ended in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryFailure {
    /// Nobody answered, or said that it can't now.
    Unavailable,
    /// It was answered, and refused.
    Refused,
    /// It can't be sent there: the target is of a kind that takes none, unknown to this server, or the record too large.
    Unsendable,
}

/// Whether there is another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryVerdict {
    /// Yes, then.
    RetryAt(Timestamp),
    /// No.
    GiveUp,
}

impl DeliverySchedule {
    /// Decides after a failed try of a record that was tried `attempts` times, this one included. `jitter` is a random
    /// number, the only chance involved. The age is checked ahead: a try that would come too late is not waited for.
    #[must_use]
    pub fn decide(
        &self,
        failure: DeliveryFailure,
        attempts: u32,
        stored_at: Timestamp,
        now: Timestamp,
        jitter: u32,
    ) -> DeliveryVerdict {
        let attempts_max = match failure {
            DeliveryFailure::Unavailable => self.attempts_max,
            DeliveryFailure::Refused => self.refused_attempts_max.min(self.attempts_max),
            DeliveryFailure::Unsendable => return DeliveryVerdict::GiveUp,
        };
        let due = now.plus(self.pause(attempts, jitter));
        if attempts >= attempts_max || self.is_too_old(stored_at, due) {
            return DeliveryVerdict::GiveUp;
        }
        DeliveryVerdict::RetryAt(due)
    }

    /// Whether a record that was stored then is too old to be tried.
    #[must_use]
    pub fn is_too_old(&self, stored_at: Timestamp, now: Timestamp) -> bool {
        now > stored_at.plus(self.age_max)
    }

    /// The pause after that many failures in a row: exponential, and between half of it and all of it by chance.
    #[must_use]
    pub fn pause(&self, failures: u32, jitter: u32) -> Duration {
        let factor = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        let whole = self.pause_initial.saturating_mul(factor).min(self.pause_max);
        let half = whole / 2;
        half + half.mul_f64(f64::from(jitter) / f64::from(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeliveryFailure::{Refused, Unavailable, Unsendable};
    use DeliveryVerdict::{GiveUp, RetryAt};

    #[test]
    fn the_silent_are_tried_long_the_unwilling_a_little_and_the_impossible_once() {
        let schedule = DeliverySchedule {
            attempts_max: 4,
            refused_attempts_max: 2,
            age_max: Duration::from_secs(100),
            ..DeliverySchedule::default()
        };
        let stored = Timestamp::from_millis(1_000_000);
        let at = |secs: u64| stored.plus(Duration::from_secs(secs));
        for (failure, attempts, now, verdict) in [
            (Unavailable, 1, 0, RetryAt(at(1))),
            (Unavailable, 2, 1, RetryAt(at(3))),
            (Unavailable, 3, 3, RetryAt(at(7))),
            (Unavailable, 4, 7, GiveUp),
            // The pause of two seconds ends at its age to the second, and one second after it.
            (Unavailable, 2, 98, RetryAt(at(100))),
            (Unavailable, 2, 99, GiveUp),
            (Refused, 1, 0, RetryAt(at(1))),
            (Refused, 2, 1, GiveUp),
            (Unsendable, 1, 0, GiveUp),
        ] {
            let decided = schedule.decide(failure, attempts, stored, at(now), u32::MAX);
            assert_eq!(decided, verdict, "{failure:?} {attempts} {now}");
        }
    }

    #[test]
    fn pauses_double_up_to_their_bound_and_chance_takes_half_at_most() {
        let schedule = DeliverySchedule::default();
        for (failures, secs) in
            [(0, 1), (1, 1), (2, 2), (5, 16), (9, 256), (10, 300), (33, 300), (u32::MAX, 300)]
        {
            assert_eq!(schedule.pause(failures, u32::MAX), Duration::from_secs(secs), "{failures}");
            assert_eq!(schedule.pause(failures, 0), Duration::from_secs(secs) / 2, "{failures}");
        }
    }
}
