//! A circuit per target: who does not answer is left alone for a while, and holds up nobody else meanwhile.
//!
//! ```text
//! closed ──three failures in a row──▶ open ──its pause is over──▶ half open: one try ──success──▶ closed
//!                                      ▲                                 │
//!                                      └──────failure, a longer pause────┘
//! ```
//!
//! Only failures to answer count. What was refused was answered.

use lambent_domain::delivery::DeliverySchedule;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Failures in a row that open a circuit.
const FAILURES_MAX: u32 = 3;
/// How long a target is left alone of which a record finds it on trial; the end of the trial may be told sooner.
const TRIAL_PAUSE: Duration = Duration::from_secs(1);
/// How long a target is left alone that has its share of the places; the end of a try may be told sooner.
const BUSY_PAUSE: Duration = Duration::from_millis(100);
/// Most targets that are known at a time (L1).
const TARGETS_MAX: usize = 10_000;

/// All circuits.
#[derive(Debug)]
pub(crate) struct Circuits {
    by_target: Mutex<HashMap<String, Circuit>>,
    in_flight_max: usize,
    pauses: DeliverySchedule,
}

#[derive(Debug, Default)]
struct Circuit {
    in_flight: usize,
    /// In a row, up to the opening.
    failures: u32,
    /// In a row.
    openings: u32,
    open_until: Option<Instant>,
}

/// Whether a record may be tried now.
#[derive(Debug)]
pub(crate) enum Admission {
    /// Yes.
    Go(Pass),
    /// Its target does not answer: not before this pause is over.
    Open(Duration),
    /// Its target has its share of the places.
    Busy(Duration),
}

/// The right to try. Counts as under way until it is dropped.
#[derive(Debug)]
pub(crate) struct Pass {
    circuits: Arc<Circuits>,
    target: String,
}

/// How a try went, as far as the circuit is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// The target answered.
    Alive,
    /// It did not.
    Silent,
    /// It was not asked.
    None,
}

impl Circuits {
    pub(crate) fn new(in_flight_max: usize, pauses: DeliverySchedule) -> Arc<Self> {
        Arc::new(Self { by_target: Mutex::default(), in_flight_max, pauses })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Circuit>> {
        self.by_target.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a try.
    pub(crate) fn admit(self: &Arc<Self>, target: &str, now: Instant) -> Admission {
        let mut by_target = self.lock();
        if by_target.len() >= TARGETS_MAX && !by_target.contains_key(target) {
            by_target.retain(|_, circuit| circuit.in_flight > 0 || circuit.is_open(now));
            if by_target.len() >= TARGETS_MAX {
                return Admission::Busy(BUSY_PAUSE);
            }
        }
        let circuit = by_target.entry(target.to_owned()).or_default();
        if let Some(until) = circuit.open_until {
            if now < until {
                return Admission::Open(until - now);
            }
            if circuit.in_flight > 0 {
                return Admission::Open(TRIAL_PAUSE);
            }
        }
        if circuit.in_flight >= self.in_flight_max {
            return Admission::Busy(BUSY_PAUSE);
        }
        circuit.in_flight += 1;
        Admission::Go(Pass { circuits: Arc::clone(self), target: target.to_owned() })
    }
}

impl Circuit {
    fn is_open(&self, now: Instant) -> bool {
        self.open_until.is_some_and(|until| now < until)
    }
}

impl Pass {
    /// Says how the try went; true if this opened the circuit for the first time. `jitter` spreads the pause.
    pub(crate) fn report(&self, sign: Sign, now: Instant, jitter: u32) -> bool {
        let mut by_target = self.circuits.lock();
        let Some(circuit) = by_target.get_mut(&self.target) else { return false };
        match sign {
            Sign::None => false,
            Sign::Alive => {
                (circuit.failures, circuit.openings, circuit.open_until) = (0, 0, None);
                false
            }
            // One of those that were under way when it opened: what it says is known.
            Sign::Silent if circuit.is_open(now) => false,
            Sign::Silent => {
                circuit.failures = circuit.failures.saturating_add(1);
                if circuit.failures < FAILURES_MAX {
                    return false;
                }
                circuit.openings = circuit.openings.saturating_add(1);
                circuit.open_until = Some(now + self.circuits.pauses.pause(circuit.openings, jitter));
                circuit.openings == 1
            }
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut by_target = self.circuits.lock();
        if let Some(circuit) = by_target.get_mut(&self.target) {
            circuit.in_flight = circuit.in_flight.saturating_sub(1);
            if circuit.in_flight == 0 && circuit.failures == 0 {
                by_target.remove(&self.target);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(circuits: &Arc<Circuits>, now: Instant) -> Pass {
        match circuits.admit("t", now) {
            Admission::Go(pass) => pass,
            other => panic!("{other:?}"),
        }
    }

    fn wait(circuits: &Arc<Circuits>, now: Instant) -> Duration {
        match circuits.admit("t", now) {
            Admission::Open(wait) => wait,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn three_failures_in_a_row_open_it_and_one_success_closes_it() {
        let circuits = Circuits::new(4, DeliverySchedule::default());
        let now = Instant::now();
        let secs = Duration::from_secs;
        for sign in [Sign::Silent, Sign::Silent, Sign::Alive, Sign::Silent, Sign::Silent, Sign::None] {
            assert!(!pass(&circuits, now).report(sign, now, u32::MAX));
        }
        assert!(pass(&circuits, now).report(Sign::Silent, now, u32::MAX));
        assert_eq!(wait(&circuits, now), secs(1));
        // Another target is none of its business.
        assert!(matches!(circuits.admit("u", now), Admission::Go(_)));
        // Half open: one at a time, and a failure doubles the pause.
        let now = now + secs(1);
        let trial = pass(&circuits, now);
        assert_eq!(wait(&circuits, now), TRIAL_PAUSE);
        assert!(!trial.report(Sign::Silent, now, u32::MAX));
        drop(trial);
        assert_eq!(wait(&circuits, now), secs(2));
        let now = now + secs(2);
        let trial = pass(&circuits, now);
        trial.report(Sign::Alive, now, 0);
        let _second = pass(&circuits, now);
        drop(trial);
        assert_eq!(circuits.lock().len(), 1);
    }

    #[test]
    fn failures_that_come_in_after_the_opening_do_not_lengthen_the_pause() {
        let circuits = Circuits::new(8, DeliverySchedule::default());
        let now = Instant::now();
        let passes: Vec<Pass> = (0..8).map(|_| pass(&circuits, now)).collect();
        assert!(matches!(circuits.admit("t", now), Admission::Busy(_)));
        let opened = passes.iter().filter(|pass| pass.report(Sign::Silent, now, u32::MAX)).count();
        drop(passes);
        assert_eq!((opened, wait(&circuits, now)), (1, Duration::from_secs(1)));
    }

    #[test]
    fn targets_that_are_well_are_forgotten() {
        let circuits = Circuits::new(1, DeliverySchedule::default());
        let pass = pass(&circuits, Instant::now());
        pass.report(Sign::Alive, Instant::now(), 0);
        assert_eq!(circuits.lock().len(), 1);
        drop(pass);
        assert!(circuits.lock().is_empty());
    }
}
