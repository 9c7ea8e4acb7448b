//! `[logs]`: how long the functions' logs are kept, and what the server says of itself.

use super::key::{Default, Key, Kind};
use super::settings::Settings;
use std::time::Duration;

pub(crate) static RETENTION_DAYS: Key = Key {
    section: "logs",
    name: "retention_days",
    kind: Kind::Number { min: 1, max: 3_653, unit: "days" },
    default: Default::Fixed("14"),
    since: "0.1.0",
    doc: "How long the functions' log events are kept.",
};

pub(crate) static RETENTION_MEGABYTES_PER_GROUP: Key = Key {
    section: "logs",
    name: "retention_megabytes_per_group",
    kind: Kind::Number { min: 16, max: 1_048_576, unit: "megabytes" },
    default: Default::Fixed("256"),
    since: "0.1.0",
    doc: "How much of a log group is kept; a function has a group of its own unless it is told otherwise. The \
          oldest events go first.",
};

pub(crate) static LEVEL: Key = Key {
    section: "logs",
    name: "level",
    kind: Kind::Choice(&["error", "warn", "info", "debug", "trace"]),
    default: Default::Fixed("info"),
    since: "0.1.0",
    doc: "How much the server says of itself, on stderr.",
};

pub(crate) static FORMAT: Key = Key {
    section: "logs",
    name: "format",
    kind: Kind::Choice(&["text", "json"]),
    default: Default::Fixed("text"),
    since: "0.1.0",
    doc: "How it says it: lines for people, or one JSON object a line.",
};

pub(super) static KEYS: &[&Key] = &[&RETENTION_DAYS, &RETENTION_MEGABYTES_PER_GROUP, &LEVEL, &FORMAT];

/// How the server's own log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Json,
}

/// What the program runs on.
#[derive(Debug, Clone)]
pub(crate) struct Logs {
    pub(crate) retention: Duration,
    pub(crate) retention_bytes_per_group: u64,
    pub(crate) level: tracing::Level,
    pub(crate) format: Format,
}

impl Logs {
    pub(super) fn read(settings: &Settings) -> Self {
        let number = |key| settings.number(key).unwrap_or_default();
        Self {
            retention: Duration::from_secs(number(&RETENTION_DAYS).saturating_mul(86_400)),
            retention_bytes_per_group: number(&RETENTION_MEGABYTES_PER_GROUP) << 20,
            level: settings.text(&LEVEL).parse().unwrap_or(tracing::Level::INFO),
            format: if settings.text(&FORMAT) == "json" { Format::Json } else { Format::Text },
        }
    }
}
