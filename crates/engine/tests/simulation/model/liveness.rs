//! That what can go on does go on (F1), within bounds (L1), and that the numbers add up.

use super::{Model, short};
use lambent_store::queue::QueueStats;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a function with something ready may wait to be served while it is not throttled. Others' runs may be in its
/// way, each for its timeout and an initialisation, though never twice.
const WAIT_MAX: Duration = Duration::from_secs(120);
/// How long a settlement may be without a flush, and some more.
const FLUSHED_AFTER: Duration = Duration::from_secs(3);

impl Model {
    /// Looked at again and again. `healthy` says whether the store takes writes.
    pub(crate) fn look(&mut self, stats: &QueueStats, healthy: bool) {
        let QueueStats { received, succeeded, failed, cancelled, ready, delayed, running, .. } = *stats;
        if received != succeeded + failed + cancelled + ready + delayed + running {
            self.broken("metrics", format_args!("{stats:?}"));
        }
        let limit = self.shape.concurrency_limit.max(2) + usize::try_from(self.shape.functions).unwrap();
        if running > limit as u64 {
            self.broken("L1", format_args!("{running} leases where {limit} may be"));
        }
        if healthy {
            self.look_for_progress();
            let before = self.clock.steady().saturating_sub(FLUSHED_AFTER);
            let old = |id: &&lambent_domain::request_id::RequestId| {
                self.events.get(id).and_then(|known| known.end).is_some_and(|end| end.at < before)
            };
            let flushed: Vec<_> = self.undurable.iter().filter(old).copied().collect();
            self.flushed(&flushed);
        }
    }

    fn look_for_progress(&mut self) {
        let (steady, latest) = (self.clock.steady(), self.clock.latest());
        let waiting: BTreeSet<_> = self
            .events
            .values()
            .filter(|known| {
                known.promised && known.end.is_none() && !known.leased && known.ready_at <= latest
            })
            .map(|known| known.sent.function.clone())
            .collect();
        self.served.retain(|name, _| waiting.contains(name));
        for name in waiting {
            if self.function(&name).is_some_and(|function| function.queue_paused) {
                self.served.insert(name, steady);
                continue;
            }
            let since = *self.served.entry(name.clone()).or_insert(steady);
            let waits = steady.saturating_sub(since);
            if waits > WAIT_MAX {
                self.broken("F1", format_args!("{name} has been waiting for {waits:?}"));
            }
        }
    }

    /// Waiting begins anew, after a restart.
    pub(crate) fn nobody_waits(&mut self) {
        self.served.clear();
    }

    /// Everything is over: the counts are those of all that ever happened.
    pub(crate) fn add_up(&mut self, stats: &QueueStats) {
        use lambent_domain::event::EventState;
        if let Some((id, _)) = self.events.iter().find(|(_, known)| known.end.is_none()) {
            let id = *id;
            self.broken("E2", format_args!("{} never ends", short(id)));
        }
        let count = |state| {
            let ended = self.events.values().filter_map(|known| known.end);
            ended.filter(|end| end.state == state).count() as u64
        };
        let known = (self.events.len() as u64, count(EventState::Succeeded), count(EventState::Failed));
        let known = (known.0, known.1, known.2, count(EventState::Cancelled));
        let told = (stats.received, stats.succeeded, stats.failed, stats.cancelled);
        if known != told {
            self.broken(
                "metrics",
                format_args!("{told:?} received, succeeded, failed, cancelled; {known:?}"),
            );
        }
    }
}
