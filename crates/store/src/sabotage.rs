//! Bugs to plant, so that a simulation can show that it would find them.
//!
//! Without the feature `simulation` nothing is ever planted, and what asks for it is no code at all. With it one bug of
//! one kind can be planted on a thread.

/// A kind of bug, and the promise it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sabotage {
    /// E1: events are answered for before their flush.
    AnswersBeforeFlush,
    /// E2: an event that was settled is handed out again.
    SettlesTwice,
    /// E3: the age is not looked at before a run.
    RunsExpiredEvents,
    /// E3: the age is not looked at when a retry is planned.
    RetriesPastAge,
    /// E4: the event is acknowledged without its records.
    ForgetsRecords,
    /// E5: one run more than is configured.
    RetriesTooOften,
    /// X2: environments are shared between versions.
    SharesEnvironments,
    /// X3: an environment is used again as it is after a timeout.
    SkipsReset,
    /// C1: the reservation is not looked at.
    IgnoresReservation,
    /// F1: a function has something ready and is not named.
    LosesWakeUp,
    /// Delayed events are not looked at when they are due.
    MissesDelayedEvent,
    /// Delayed events are handed out before they are due.
    HandsOutEarly,
    /// The numbers do not add up.
    CountsTwice,
}

impl Sabotage {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::AnswersBeforeFlush,
        Self::SettlesTwice,
        Self::RunsExpiredEvents,
        Self::RetriesPastAge,
        Self::ForgetsRecords,
        Self::RetriesTooOften,
        Self::SharesEnvironments,
        Self::SkipsReset,
        Self::IgnoresReservation,
        Self::LosesWakeUp,
        Self::MissesDelayedEvent,
        Self::HandsOutEarly,
        Self::CountsTwice,
    ];
}

#[cfg(feature = "simulation")]
impl Sabotage {
    /// Whether it strikes at every opportunity, because another look is taken afterwards.
    fn always(self) -> bool {
        matches!(self, Self::RunsExpiredEvents | Self::SkipsReset | Self::IgnoresReservation)
    }
}

#[cfg(feature = "simulation")]
mod planted {
    use super::Sabotage;
    use std::cell::Cell;

    /// A planted bug strikes at every so manieth opportunity: one that always strikes is found by any test.
    const STRIKES_EVERY: u32 = 5;

    thread_local! {
        static PLANTED: Cell<Option<Sabotage>> = const { Cell::new(None) };
        static OPPORTUNITIES: Cell<u32> = const { Cell::new(0) };
    }

    /// Plants a bug on this thread, in the place of the one that was there.
    pub fn plant(sabotage: Option<Sabotage>) {
        PLANTED.set(sabotage);
        OPPORTUNITIES.set(0);
    }

    /// Whether this bug is planted and strikes now.
    #[must_use]
    pub fn strikes(sabotage: Sabotage) -> bool {
        if PLANTED.get() != Some(sabotage) {
            return false;
        }
        OPPORTUNITIES.set(OPPORTUNITIES.get().wrapping_add(1));
        sabotage.always() || OPPORTUNITIES.get().is_multiple_of(STRIKES_EVERY)
    }
}

#[cfg(feature = "simulation")]
pub use planted::{plant, strikes};

/// Whether this bug is planted and strikes now: never.
#[cfg(not(feature = "simulation"))]
#[must_use]
pub const fn strikes(_sabotage: Sabotage) -> bool {
    false
}
