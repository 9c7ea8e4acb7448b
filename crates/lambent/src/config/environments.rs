//! `[environments]`: how many execution environments there are, how long they live and how they are confined.

use super::key::{Default, Key, Kind};
use super::settings::Settings;
use std::time::Duration;

pub(crate) static CONCURRENCY: Key = Key {
    section: "environments",
    name: "concurrency",
    kind: Kind::Number { min: 2, max: 100_000, unit: "invocations" },
    default: Default::Computed("from memory and cores"),
    since: "0.1.0",
    doc: "Invocations that run at a time, over all functions. Without a value: as many as fit into three \
          quarters of the memory at 128 MB each, at most 64 for each core, from 16 to 1,000. \
          `lambent doctor` shows the figure for this machine.",
};

pub(crate) static IDLE_TIMEOUT_SECS: Key = Key {
    section: "environments",
    name: "idle_timeout_secs",
    kind: Kind::Number { min: 1, max: 86_400, unit: "seconds" },
    default: Default::Fixed("300"),
    since: "0.1.0",
    doc: "How long an execution environment without work is kept warm.",
};

pub(crate) static LIFETIME_MAX_SECS: Key = Key {
    section: "environments",
    name: "lifetime_max_secs",
    kind: Kind::Number { min: 1, max: 39_600, unit: "seconds" },
    default: Default::Fixed("14400"),
    since: "0.1.0",
    doc: "How old an execution environment may become. It ends between two invocations, and the next one starts \
          another. The credentials that it is given at its start are good for 12 hours, so it must not become older.",
};

pub(crate) static ISOLATION: Key = Key {
    section: "environments",
    name: "isolation",
    kind: Kind::Choice(&["auto", "required", "none"]),
    default: Default::Fixed("auto"),
    since: "0.1.0",
    doc: "How functions are confined. `auto` takes the strongest the host allows and says at the start what \
          is missing, and is `required` where the server listens beyond loopback; `required` refuses to start where functions can't be confined; `none` runs them as plain \
          processes with the server's own rights, for code that is trusted as much as the server.",
};

pub(crate) static NETWORK: Key = Key {
    section: "environments",
    name: "network",
    kind: Kind::Choice(&["none", "host"]),
    default: Default::Fixed("none"),
    since: "0.1.0",
    doc: "What network functions see. `none` is loopback with the Runtime API and nothing else; `host` is the \
          host's own network, with everything that can be reached from there.",
};

pub(crate) static STREAM_BYTES_PER_SECOND: Key = Key {
    section: "environments",
    name: "stream_bytes_per_second",
    kind: Kind::Number { min: 1_024, max: 10_000_000_000, unit: "bytes" },
    default: Default::Computed("as fast as the caller reads"),
    since: "0.1.0",
    doc: "What a streamed response is slowed down to after its first 6 MB, for each call. AWS's figure is 2097152.",
};

pub(super) static KEYS: &[&Key] =
    &[&CONCURRENCY, &IDLE_TIMEOUT_SECS, &LIFETIME_MAX_SECS, &ISOLATION, &NETWORK, &STREAM_BYTES_PER_SECOND];

/// What the program runs on.
#[derive(Debug, Clone)]
pub(crate) struct Environments {
    /// None: from memory and cores.
    pub(crate) concurrency: Option<usize>,
    pub(crate) idle_timeout: Duration,
    pub(crate) lifetime_max: Duration,
    pub(crate) isolation: lambent_sandbox::Isolation,
    pub(crate) network: lambent_sandbox::Network,
    /// None: unslowed.
    pub(crate) stream_bytes_per_second: Option<u64>,
}

impl Environments {
    pub(super) fn read(settings: &Settings) -> Self {
        Self {
            concurrency: settings.number(&CONCURRENCY).and_then(|number| usize::try_from(number).ok()),
            idle_timeout: Duration::from_secs(settings.number(&IDLE_TIMEOUT_SECS).unwrap_or_default()),
            lifetime_max: Duration::from_secs(settings.number(&LIFETIME_MAX_SECS).unwrap_or_default()),
            isolation: match settings.text(&ISOLATION) {
                "none" => lambent_sandbox::Isolation::None,
                "required" => lambent_sandbox::Isolation::Required,
                _ => lambent_sandbox::Isolation::Auto,
            },
            network: match settings.text(&NETWORK) {
                "host" => lambent_sandbox::Network::Host,
                _ => lambent_sandbox::Network::None,
            },
            stream_bytes_per_second: settings.number(&STREAM_BYTES_PER_SECOND),
        }
    }
}
