//! What a world is like, drawn from its seed: small, so that everything gets in everything's way.

use crate::chance::Chance;
use lambent_domain::disposition::{EventInvokeConfig, RetrySchedule};
use lambent_store::embedded::{Options, QueueLimits};
use std::time::Duration;

#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) functions: u64,
    pub(crate) concurrency_limit: usize,
    pub(crate) lives: u64,
    /// Things that are done in one life.
    pub(crate) acts: u64,
    /// The longest pause between two things that somebody does.
    pub(crate) pause_ms: u64,
    pub(crate) idle_timeout: Duration,
    pub(crate) lifetime_max: Duration,
    pub(crate) retries: RetrySchedule,
    pub(crate) events: EventInvokeConfig,
    pub(crate) store: Options,
    /// Whether the disk fails.
    pub(crate) disk_fails: bool,
    pub(crate) disk_latency: Duration,
    /// Whether the wall clock is set.
    pub(crate) clock_jumps: bool,
    /// Whether environments are lost and can't be built.
    pub(crate) host_fails: bool,
}

impl Shape {
    pub(crate) fn draw(chance: &mut Chance) -> Self {
        let retries = RetrySchedule {
            function_error_base: Duration::from_secs(chance.between(1, 8)),
            put_back_base: chance.millis(400, 2_000),
            put_back_max: Duration::from_secs(chance.between(2, 15)),
        };
        let events = EventInvokeConfig {
            retry_attempts_max: u32::try_from(chance.between(0, 2)).unwrap(),
            event_age_max: Duration::from_secs(chance.between(20, 90)),
        };
        let mut store = Options::default();
        if chance.percent(70) {
            let size = |chance: &mut Chance, most| usize::try_from(chance.between(1, most)).unwrap();
            store.limits = QueueLimits {
                window_events: size(chance, 6),
                refill_events: size(chance, 4),
                window_bytes_total: if chance.percent(30) { 0 } else { 8 << 20 },
                ..QueueLimits::default()
            };
        }
        Self {
            functions: chance.between(1, 5),
            concurrency_limit: usize::try_from(chance.between(2, 10)).unwrap(),
            lives: chance.between(1, 4),
            acts: chance.between(10, 60),
            pause_ms: *chance.pick(&[60, 300, 1_200]),
            idle_timeout: Duration::from_secs(chance.between(2, 60)),
            lifetime_max: Duration::from_secs(chance.between(10, 300)),
            retries,
            events,
            store,
            disk_fails: chance.percent(30),
            disk_latency: chance
                .pick(&[Duration::ZERO, Duration::from_millis(2), Duration::from_millis(80)])
                .to_owned(),
            clock_jumps: chance.percent(30),
            host_fails: chance.percent(60),
        }
    }
}
