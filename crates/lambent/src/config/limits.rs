//! `[limits]`: what the front door takes.

use super::key::{Default, Key, Kind};
use super::settings::Settings;
use lambent_api::rate::Rate;
use std::num::NonZeroU32;

pub(crate) static CONNECTIONS_MAX: Key = Key {
    section: "limits",
    name: "connections_max",
    kind: Kind::Number { min: 1, max: 1_000_000, unit: "connections" },
    default: Default::Fixed("4096"),
    since: "0.1.0",
    doc: "Client connections at a time. More wait until one ends.",
};

pub(crate) static REQUESTS_PER_SECOND_PER_CALLER: Key = Key {
    section: "limits",
    name: "requests_per_second_per_caller",
    kind: Kind::Number { min: 0, max: 1_000_000, unit: "requests" },
    default: Default::Fixed("0"),
    since: "0.1.0",
    doc: "How many requests one caller (an access key, or a function) may send in a second, in the long run. More are \
          answered 429 `TooManyRequestsException` with the reason `CallerRateLimitExceeded`. 0 is no limit.",
};

pub(crate) static BURST_PER_CALLER: Key = Key {
    section: "limits",
    name: "burst_per_caller",
    kind: Kind::Number { min: 1, max: 1_000_000, unit: "requests" },
    default: Default::Fixed("1000"),
    since: "0.1.0",
    doc: "How many requests a caller may send at once after a pause, where callers are held to a rate.",
};

pub(super) static KEYS: &[&Key] = &[&CONNECTIONS_MAX, &REQUESTS_PER_SECOND_PER_CALLER, &BURST_PER_CALLER];

/// What the program runs on.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) connections_max: usize,
    /// None: callers are held to no rate.
    pub(crate) rate_per_caller: Option<Rate>,
}

impl Limits {
    pub(super) fn read(settings: &Settings) -> Self {
        let connections = settings.number(&CONNECTIONS_MAX).unwrap_or_default();
        let number = |key| {
            let number = settings.number(key).and_then(|number| u32::try_from(number).ok());
            number.and_then(NonZeroU32::new)
        };
        let rate = number(&REQUESTS_PER_SECOND_PER_CALLER).zip(number(&BURST_PER_CALLER));
        Self {
            connections_max: usize::try_from(connections).unwrap_or(usize::MAX),
            rate_per_caller: rate.map(|(per_second, burst)| Rate { per_second, burst }),
        }
    }
}
