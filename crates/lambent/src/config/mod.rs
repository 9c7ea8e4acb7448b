//! The configuration: what was typed ([`settings`]), and what the program runs on ([`Config`]).
//!
//! One file per concern; each describes its keys once, and everything else follows from that description: the
//! TOML file, the environment variables, `lambent config show` and `docs/CONFIGURATION.md`. Validation
//! happens once, in [`Config::read`].

pub(crate) mod aws;
pub(crate) mod destinations;
pub(crate) mod environments;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod key;
pub(crate) mod limits;
pub(crate) mod logs;
pub(crate) mod reference;
pub(crate) mod roles;
pub(crate) mod runtimes;
pub(crate) mod server;
pub(crate) mod services;
pub(crate) mod settings;
pub(crate) mod show;

use crate::environment::Environment;
use error::ConfigError;
use key::Key;
use settings::{Flag, Settings};
use std::path::{Path, PathBuf};

/// The file that is read when it is there and no other is named.
const FILE: &str = "lambent.toml";

/// A table of the file.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) keys: &'static [&'static Key],
    /// What may stand in it under names of the operator's own.
    pub(crate) entries: Option<&'static Entries>,
}

/// Lines under names of the operator's own.
#[derive(Debug)]
pub(crate) struct Entries {
    /// What the reference calls such a name.
    pub(crate) name: &'static str,
    /// The release they came with.
    pub(crate) since: &'static str,
    /// What they mean: full sentences for the reference.
    pub(crate) doc: &'static str,
    /// What stands behind the name: fits after "must be".
    pub(crate) value: &'static str,
    /// Whether a name is one of these. What is not is a setting, or a slip.
    pub(crate) is_name: fn(&str) -> bool,
}

impl Section {
    const fn of(name: &'static str, keys: &'static [&'static Key]) -> Self {
        Self { name, keys, entries: None }
    }
}

/// All of them, in the order of the reference.
pub(crate) static SECTIONS: [Section; 9] = [
    Section::of("server", server::KEYS),
    Section::of("limits", limits::KEYS),
    Section { name: "roles", keys: &[], entries: Some(&roles::ENTRIES) },
    Section::of("events", events::KEYS),
    Section::of("environments", environments::KEYS),
    Section::of("runtimes", runtimes::KEYS),
    Section::of("logs", logs::KEYS),
    Section::of("aws", aws::KEYS),
    Section { name: "destinations", keys: destinations::KEYS, entries: Some(&destinations::ENTRIES) },
];

/// The key of that name.
fn find(section: &str, name: &str) -> Option<&'static Key> {
    let section = SECTIONS.iter().find(|known| known.name == section)?;
    section.keys.iter().find(|key| key.name == name).copied()
}

/// What the program runs on.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) server: server::Server,
    pub(crate) limits: limits::Limits,
    pub(crate) roles: Vec<lambent_store::access::Role>,
    pub(crate) events: events::Events,
    pub(crate) environments: environments::Environments,
    pub(crate) runtimes: runtimes::Runtimes,
    pub(crate) logs: logs::Logs,
    pub(crate) aws: aws::Aws,
    pub(crate) destinations: destinations::Destinations,
}

impl Config {
    /// The step between the two: every rule that is more than a kind and a range.
    pub(crate) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        Ok(Self {
            server: server::Server::read(settings)?,
            limits: limits::Limits::read(settings),
            roles: roles::read(settings)?,
            events: events::Events::read(settings),
            environments: environments::Environments::read(settings),
            runtimes: runtimes::Runtimes::read(settings)?,
            logs: logs::Logs::read(settings),
            aws: aws::Aws::read(settings)?,
            destinations: destinations::Destinations::read(settings)?,
        })
    }
}

/// The file to read: the one named, which must then be there, or the usual one if it is there.
pub(crate) fn file(named: Option<&Path>, environment: &Environment) -> Option<PathBuf> {
    let named = named.map(Path::to_owned).or_else(|| environment.get("LAMBENT_CONFIG").map(PathBuf::from));
    named.or_else(|| Path::new(FILE).is_file().then(|| PathBuf::from(FILE)))
}

/// Reads and validates everything.
pub(crate) fn load(
    file: Option<&Path>,
    environment: &Environment,
    flags: &[Flag],
) -> Result<(Settings, Config), ConfigError> {
    let settings = Settings::read(file, environment, flags)?;
    let config = Config::read(&settings)?;
    Ok((settings, config))
}

#[cfg(test)]
mod tests;
