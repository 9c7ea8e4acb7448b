//! The trail of who was refused what.
//!
//! A caller with a key is somebody whom the operator let in, so what it may not do and tries is worth a line each: a
//! policy that lacks something, or a key in the wrong hands. A function in a loop could fill the disk with them, so each
//! key has a few lines a second, and the next one says how many were left out. A stranger is worth no line above `debug`:
//! anybody can be one, as often as they like.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;

use super::Asked;
use super::audit::TRAIL;
use crate::rate::{Rate, RateLimiter};

/// Lines for each key.
const RATE: Rate = Rate { per_second: NonZeroU32::MIN, burst: BURST };
const DENIED: &str = "denied";
const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);

/// Writes the trail.
#[derive(Debug)]
pub(crate) struct Refusals {
    limiter: RateLimiter,
    left_out: AtomicU64,
}

impl Default for Refusals {
    fn default() -> Self {
        Self { limiter: RateLimiter::new(RATE), left_out: AtomicU64::new(0) }
    }
}

impl Refusals {
    /// A caller was refused. Nothing that is secret is in it: an access key's id is its public half.
    pub(crate) fn record(&self, asked: &Asked<'_>, action: &str, resource: &str) {
        let (caller, id) = (asked.caller.principal.arn(), asked.request_id);
        let Some(key) = asked.caller.key_id.as_deref() else {
            tracing::debug!(
                target: TRAIL, { request.id = %id, %caller, action, resource, outcome = DENIED }, "access was denied"
            );
            return;
        };
        if let Some(left_out) = self.admit(key, Instant::now()) {
            tracing::info!(
                target: TRAIL,
                { request.id = %id, %caller, key, action, resource, outcome = DENIED, left_out },
                "access was denied"
            );
        }
    }

    /// How many lines were left out before this one, of whichever keys; `None` if this one is to be left out too.
    fn admit(&self, key: &str, now: Instant) -> Option<u64> {
        if self.limiter.admit(key, now).is_ok() {
            return Some(self.left_out.swap(0, Ordering::Relaxed));
        }
        self.left_out.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_key_in_a_loop_leaves_few_lines_and_hides_no_other() {
        let refusals = Refusals::default();
        let now = Instant::now();
        let lines = (0..1_000).filter(|_| refusals.admit("a", now).is_some()).count();
        assert_eq!(lines, 20);
        assert_eq!(refusals.admit("b", now), Some(980));
        assert_eq!(refusals.admit("b", now), Some(0));
        assert_eq!(refusals.admit("a", now), None);
        assert_eq!(refusals.admit("a", now + Duration::from_secs(1)), Some(1));
    }
}
