//! The wall clock of a world: it goes with tokio's paused time, and is set forward and back.

use lambent_domain::time::{Clock, Timestamp};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use tokio::time::Instant;

/// 2026-01-01.
const BEGINNING_MS: u64 = 1_767_225_600_000;

#[derive(Debug)]
pub(crate) struct WorldClock(Mutex<Hands>);

#[derive(Debug)]
struct Hands {
    /// Steady time of the lives that are over.
    before: Duration,
    /// When this life began, by its runtime's clock.
    life: Option<Instant>,
    /// What the wall clock is ahead of the steady one.
    ahead_ms: u64,
    /// The latest instant that anybody was told in this life.
    latest: Timestamp,
}

impl WorldClock {
    pub(crate) fn new() -> Self {
        let latest = Timestamp::from_millis(0);
        Self(Mutex::new(Hands { before: Duration::ZERO, life: None, ahead_ms: BEGINNING_MS, latest }))
    }

    /// To be called on the life's runtime.
    pub(crate) fn begin_life(&self) {
        let mut hands = self.hands();
        hands.life = Some(Instant::now());
        hands.latest = Timestamp::from_millis(0);
    }

    /// To be called on the life's runtime.
    pub(crate) fn end_life(&self) {
        let mut hands = self.hands();
        hands.before = hands.steady();
        hands.life = None;
    }

    /// Time since the world began, which nobody sets.
    pub(crate) fn steady(&self) -> Duration {
        self.hands().steady()
    }

    /// What the store in this life takes for the present: it never goes back.
    pub(crate) fn latest(&self) -> Timestamp {
        self.hands().latest
    }

    pub(crate) fn set_forward(&self, by: Duration) {
        self.hands().ahead_ms += u64::try_from(by.as_millis()).unwrap();
    }

    pub(crate) fn set_back(&self, by: Duration) {
        self.hands().ahead_ms -= u64::try_from(by.as_millis()).unwrap();
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.0.lock().unwrap()
    }
}

impl Hands {
    fn steady(&self) -> Duration {
        self.before + self.life.map_or(Duration::ZERO, |begun| begun.elapsed())
    }
}

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        let mut hands = self.hands();
        let now = Timestamp::from_millis(hands.ahead_ms).plus(hands.steady());
        hands.latest = hands.latest.max(now);
        now
    }
}
