//! The configuration: what was typed ([`settings`]), and what the program runs on ([`Config`]).
//!
//! One file per concern; each describes its keys once, and everything else follows from that description: the
//! TOML file, the environment variables, `lambent config show` and `docs/CONFIGURATION.md`. Validation
//! happens once, in [`Config::read`].

pub(crate) mod environments;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod key;
pub(crate) mod limits;
pub(crate) mod logs;
pub(crate) mod reference;
pub(crate) mod runtimes;
pub(crate) mod server;
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
}

/// All of them, in the order of the reference.
pub(crate) static SECTIONS: [Section; 6] = [
    Section { name: "server", keys: server::KEYS },
    Section { name: "limits", keys: limits::KEYS },
    Section { name: "events", keys: events::KEYS },
    Section { name: "environments", keys: environments::KEYS },
    Section { name: "runtimes", keys: runtimes::KEYS },
    Section { name: "logs", keys: logs::KEYS },
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
    pub(crate) events: events::Events,
    pub(crate) environments: environments::Environments,
    pub(crate) runtimes: runtimes::Runtimes,
    pub(crate) logs: logs::Logs,
}

impl Config {
    /// The step between the two: every rule that is more than a kind and a range.
    pub(crate) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        Ok(Self {
            server: server::Server::read(settings)?,
            limits: limits::Limits::read(settings),
            events: events::Events::read(settings),
            environments: environments::Environments::read(settings),
            runtimes: runtimes::Runtimes::read(settings)?,
            logs: logs::Logs::read(settings),
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
