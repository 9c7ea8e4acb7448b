//! `[limits]`: what the front door takes.

use super::key::{Default, Key, Kind};
use super::settings::Settings;

pub(crate) static CONNECTIONS_MAX: Key = Key {
    section: "limits",
    name: "connections_max",
    kind: Kind::Number { min: 1, max: 1_000_000, unit: "connections" },
    default: Default::Fixed("4096"),
    since: "0.1.0",
    doc: "Client connections at a time. More wait until one ends.",
};

pub(super) static KEYS: &[&Key] = &[&CONNECTIONS_MAX];

/// What the program runs on.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) connections_max: usize,
}

impl Limits {
    pub(super) fn read(settings: &Settings) -> Self {
        let connections = settings.number(&CONNECTIONS_MAX).unwrap_or_default();
        Self { connections_max: usize::try_from(connections).unwrap_or(usize::MAX) }
    }
}
