//! `[events]`: how accepted events are tried again, and how long what became of them is remembered.

use super::key::{Default, Key, Kind};
use super::settings::Settings;
use lambent_store::embedded::{DeadLetterRetention, KeepResults, Results};
use std::time::Duration;

pub(crate) static RETRY_BASE_DELAY_SECS: Key = Key {
    section: "events",
    name: "retry_base_delay_secs",
    kind: Kind::Number { min: 0, max: 3_600, unit: "seconds" },
    default: Default::Fixed("60"),
    since: "0.1.0",
    doc: "Pause before the second run of an event whose function failed; the pause before the third is twice \
          as long. AWS waits 60 and 120 seconds.",
};

pub(crate) static RETRY_ATTEMPTS_MAX: Key = Key {
    section: "events",
    name: "retry_attempts_max",
    kind: Kind::Number { min: 0, max: 2, unit: "runs" },
    default: Default::Fixed("2"),
    since: "0.1.0",
    doc: "How often an event whose function failed is run again (AWS's MaximumRetryAttempts), for every function.",
};

pub(crate) static AGE_MAX_SECS: Key = Key {
    section: "events",
    name: "age_max_secs",
    kind: Kind::Number { min: 1, max: 21_600, unit: "seconds" },
    default: Default::Fixed("21600"),
    since: "0.1.0",
    doc: "How old an event may be when a run of it starts (AWS's MaximumEventAgeInSeconds), for every function. \
          AWS takes 60 seconds and more.",
};

pub(crate) static SETTLED_RETENTION_HOURS: Key = Key {
    section: "events",
    name: "settled_retention_hours",
    kind: Kind::Number { min: 1, max: 8_760, unit: "hours" },
    default: Default::Fixed("168"),
    since: "0.1.0",
    doc: "How long the final state of an event can be asked for.",
};

pub(crate) static BACKLOG_EVENTS_MAX: Key = Key {
    section: "events",
    name: "backlog_events_max",
    kind: Kind::Number { min: 1, max: 1_000_000_000, unit: "events" },
    default: Default::Fixed("10000000"),
    since: "0.1.0",
    doc: "How many events of one function may be accepted and not over. One more is refused with a 429 that SDKs \
          retry.",
};

pub(crate) static BACKLOG_BYTES_MAX: Key = Key {
    section: "events",
    name: "backlog_bytes_max",
    kind: Kind::Number { min: 1_048_576, max: 1_125_899_906_842_624, unit: "bytes" },
    default: Default::Fixed("17179869184"),
    since: "0.1.0",
    doc: "How many bytes the events of one function that are not over may have together. One more is refused with a \
          429 that SDKs retry.",
};

pub(crate) static DISK_FREE_MIN_BYTES: Key = Key {
    section: "events",
    name: "disk_free_min_bytes",
    kind: Kind::Number { min: 0, max: 1_125_899_906_842_624, unit: "bytes" },
    default: Default::Fixed("268435456"),
    since: "0.1.0",
    doc: "How much space must be free on the data directory's file system for new events to be accepted. Below it \
          they are refused with a 503, before the disk is full; those accepted already go on. 0 turns it off.",
};

pub(crate) static IDEMPOTENCY_WINDOW_MAX_SECS: Key = Key {
    section: "events",
    name: "idempotency_window_max_secs",
    kind: Kind::Number { min: 1, max: 2_592_000, unit: "seconds" },
    default: Default::Fixed("86400"),
    since: "0.1.0",
    doc: "The longest window that a caller may ask for with X-Lambent-Idempotency-Window-Seconds.",
};

pub(crate) static DEAD_LETTER_RETENTION_SECS: Key = Key {
    section: "events",
    name: "dead_letter_retention_secs",
    kind: Kind::Number { min: 1, max: 31_536_000, unit: "seconds" },
    default: Default::Fixed("1209600"),
    since: "0.1.0",
    doc: "How long a failed event that nobody was told of stays in the dead-letter list, with its payload, and can be \
          redriven. Its state can be asked for as long.",
};

pub(crate) static DEAD_LETTER_MAX_BYTES: Key = Key {
    section: "events",
    name: "dead_letter_max_bytes",
    kind: Kind::Number { min: 0, max: 1 << 50, unit: "bytes" },
    default: Default::Fixed("1073741824"),
    since: "0.1.0",
    doc: "How many bytes the dead-letter list keeps; beyond that the oldest events leave it.",
};

pub(crate) static RESULTS: Key = Key {
    section: "events",
    name: "results",
    kind: Kind::Choice(&["off", "metadata", "payload"]),
    default: Default::Fixed("metadata"),
    since: "0.1.0",
    doc: "What is kept of what a function returns for an event: nothing (`off`), how many bytes it was (`metadata`), or all \
          of it (`payload`), as long as the event's final state is.",
};

pub(crate) static RESULTS_MAX_BYTES: Key = Key {
    section: "events",
    name: "results_max_bytes",
    kind: Kind::Number { min: 0, max: 1 << 50, unit: "bytes" },
    default: Default::Fixed("268435456"),
    since: "0.1.0",
    doc: "How many bytes of results are kept where `results` is `payload`; beyond that the oldest are given up.",
};

pub(crate) static IDEMPOTENCY_WINDOW_SECS: Key = Key {
    section: "events",
    name: "idempotency_window_secs",
    kind: Kind::Number { min: 1, max: 2_592_000, unit: "seconds" },
    default: Default::Fixed("86400"),
    since: "0.1.0",
    doc: "How long an event's X-Lambent-Idempotency-Key is remembered, from its acceptance, where its sender does not say \
          with X-Lambent-Idempotency-Window-Seconds. Never more than `idempotency_window_max_secs`.",
};

pub(super) static KEYS: &[&Key] = &[
    &IDEMPOTENCY_WINDOW_SECS,
    &RETRY_BASE_DELAY_SECS,
    &RETRY_ATTEMPTS_MAX,
    &AGE_MAX_SECS,
    &SETTLED_RETENTION_HOURS,
    &BACKLOG_EVENTS_MAX,
    &BACKLOG_BYTES_MAX,
    &DISK_FREE_MIN_BYTES,
    &IDEMPOTENCY_WINDOW_MAX_SECS,
    &DEAD_LETTER_RETENTION_SECS,
    &DEAD_LETTER_MAX_BYTES,
    &RESULTS,
    &RESULTS_MAX_BYTES,
];

/// What the program runs on.
#[derive(Debug, Clone)]
pub(crate) struct Events {
    pub(crate) retry_base_delay: Duration,
    pub(crate) retry_attempts_max: u32,
    pub(crate) age_max: Duration,
    pub(crate) settled_retention: Duration,
    pub(crate) idempotency_window: Duration,
    pub(crate) backlog_events_max: u64,
    pub(crate) backlog_bytes_max: u64,
    pub(crate) disk_free_min_bytes: u64,
    pub(crate) idempotency_window_max: Duration,
    pub(crate) dead_letters: DeadLetterRetention,
    pub(crate) results: Results,
}

impl Events {
    pub(super) fn read(settings: &Settings) -> Self {
        let number = |key| settings.number(key).unwrap_or_default();
        Self {
            retry_base_delay: Duration::from_secs(number(&RETRY_BASE_DELAY_SECS)),
            retry_attempts_max: u32::try_from(number(&RETRY_ATTEMPTS_MAX)).unwrap_or(u32::MAX),
            age_max: Duration::from_secs(number(&AGE_MAX_SECS)),
            settled_retention: Duration::from_secs(number(&SETTLED_RETENTION_HOURS).saturating_mul(3_600)),
            idempotency_window: Duration::from_secs(number(&IDEMPOTENCY_WINDOW_SECS)),
            backlog_events_max: number(&BACKLOG_EVENTS_MAX),
            backlog_bytes_max: number(&BACKLOG_BYTES_MAX),
            disk_free_min_bytes: number(&DISK_FREE_MIN_BYTES),
            idempotency_window_max: Duration::from_secs(number(&IDEMPOTENCY_WINDOW_MAX_SECS)),
            dead_letters: DeadLetterRetention {
                age_max: Duration::from_secs(number(&DEAD_LETTER_RETENTION_SECS)),
                bytes_max: number(&DEAD_LETTER_MAX_BYTES),
            },
            results: Results {
                keep: match settings.text(&RESULTS) {
                    "off" => KeepResults::Off,
                    "payload" => KeepResults::Payload,
                    _ => KeepResults::Metadata,
                },
                bytes_max: number(&RESULTS_MAX_BYTES),
            },
        }
    }
}
