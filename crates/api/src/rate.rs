//! How often one caller may ask: a bucket of tokens for each, and a bound on the buckets.
//!
//! Nothing here reads a clock. A bucket is kept as the instant at which it would be full again, which is all there is to
//! know of it; one that is full is the same as none.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Callers that are remembered at a time. Each is a key or a session, and those are bounded too; this bounds the rest.
const CALLERS_MAX: usize = 16_384;

/// How often a caller may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub per_second: NonZeroU32,
    /// Requests that may come at once after a pause.
    pub burst: NonZeroU32,
}

/// The caller has to wait this long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFast(pub Duration);

impl TooFast {
    /// `Retry-After`: whole seconds, never none.
    #[must_use]
    pub fn secs(self) -> u16 {
        let whole = self.0.as_secs().saturating_add(u64::from(self.0.subsec_nanos() > 0));
        u16::try_from(whole.max(1)).unwrap_or(u16::MAX)
    }
}

/// Holds every caller to a rate.
#[derive(Debug)]
pub struct RateLimiter {
    /// What one request takes from the bucket, as time.
    interval: Duration,
    /// A full bucket, as time.
    depth: Duration,
    callers_max: usize,
    /// When each caller's bucket is full again.
    full_at: Mutex<HashMap<Box<str>, Instant>>,
}

impl RateLimiter {
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self::with_callers_max(rate, CALLERS_MAX)
    }

    fn with_callers_max(rate: Rate, callers_max: usize) -> Self {
        let interval = Duration::from_secs(1) / rate.per_second.get();
        Self {
            interval,
            depth: interval.saturating_mul(rate.burst.get()),
            callers_max,
            full_at: Mutex::default(),
        }
    }

    /// Takes a token from the caller's bucket, or says how long it takes until there is one.
    pub fn admit(&self, caller: &str, now: Instant) -> Result<(), TooFast> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full = full_at.get(caller).copied().unwrap_or(now).max(now) + self.interval;
        let over = full.duration_since(now).saturating_sub(self.depth);
        if !over.is_zero() {
            return Err(TooFast(over));
        }
        match full_at.get_mut(caller) {
            Some(known) => *known = full,
            None => {
                if full_at.len() >= self.callers_max {
                    make_room(&mut full_at, now);
                }
                full_at.insert(caller.into(), full);
            }
        }
        Ok(())
    }
}

/// Forgets full buckets; if there is none, the one that is nearest to being full.
fn make_room(full_at: &mut HashMap<Box<str>, Instant>, now: Instant) {
    let before = full_at.len();
    full_at.retain(|_, full| *full > now);
    if full_at.len() == before {
        let fullest = full_at.iter().min_by_key(|(_, full)| **full).map(|(caller, _)| caller.clone());
        if let Some(fullest) = fullest {
            full_at.remove(&fullest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn limiter(per_second: u32, burst: u32) -> RateLimiter {
        let some = |number| NonZeroU32::new(number).unwrap();
        RateLimiter::with_callers_max(Rate { per_second: some(per_second), burst: some(burst) }, 2)
    }

    #[test]
    fn a_burst_and_then_the_rate_for_each_caller_alone() {
        let (limiter, start) = (limiter(10, 3), Instant::now());
        let at = |millis| start + Duration::from_millis(millis);
        for _ in 0..3 {
            limiter.admit("a", at(0)).unwrap();
        }
        assert_eq!(limiter.admit("a", at(0)), Err(TooFast(Duration::from_millis(100))));
        assert_eq!(limiter.admit("a", at(60)), Err(TooFast(Duration::from_millis(40))));
        limiter.admit("b", at(60)).unwrap();
        limiter.admit("a", at(100)).unwrap();
        assert!(limiter.admit("a", at(100)).is_err());
        for _ in 0..3 {
            limiter.admit("a", at(10_000)).unwrap();
        }
        assert!(limiter.admit("a", at(10_000)).is_err(), "a long pause gives no more than a burst");
    }

    #[test]
    fn the_number_of_buckets_is_bounded_and_an_empty_one_is_not_forgotten_first() {
        let (limiter, now) = (limiter(1, 2), Instant::now());
        limiter.admit("empty", now).unwrap();
        limiter.admit("empty", now).unwrap();
        for other in 0..100 {
            limiter.admit(&format!("other-{other}"), now).unwrap();
        }
        assert!(limiter.admit("empty", now).is_err());
        assert_eq!(limiter.full_at.lock().unwrap().len(), 2);
    }

    #[test]
    fn to_wait_is_at_least_a_second_on_the_wire() {
        let cases = [(1, 1), (1_000, 1), (1_001, 2), (70_000_000, u16::MAX)];
        for (millis, expected) in cases {
            assert_eq!(TooFast(Duration::from_millis(millis)).secs(), expected);
        }
    }

    proptest! {
        #[test]
        fn never_more_than_burst_and_rate_and_waiting_as_told_helps(
            per_second in 1_u32..1_000, burst in 1_u32..50, pauses in prop::collection::vec(0_u64..200, 1..200),
        ) {
            let (limiter, start) = (limiter(per_second, burst), Instant::now());
            let (mut now, mut admitted) = (start, 0_u64);
            for pause in pauses {
                now += Duration::from_millis(pause);
                match limiter.admit("a", now) {
                    Ok(()) => admitted += 1,
                    Err(TooFast(wait)) => {
                        prop_assert!(!wait.is_zero());
                        now += wait;
                        prop_assert_eq!(limiter.admit("a", now), Ok(()));
                        admitted += 1;
                    }
                }
            }
            let interval = Duration::from_secs(1) / per_second;
            let earned = (now - start).as_nanos() / interval.as_nanos();
            prop_assert!(u128::from(admitted) <= earned + u128::from(burst));
        }
    }
}
