//! `[runtimes]`: where language interpreters are looked for.

use super::error::ConfigError;
use super::key::{Default, Key, Kind};
use super::settings::Settings;
use std::path::PathBuf;

pub(crate) static PATHS: Key = Key {
    section: "runtimes",
    name: "paths",
    kind: Kind::List,
    default: Default::Fixed(""),
    since: "0.1.0",
    doc: "Absolute paths of directories that hold interpreters (`python3`, `node`), looked at before `PATH` \
          and the usual places of pyenv, uv and nvm.",
};

pub(super) static KEYS: &[&Key] = &[&PATHS];

/// What the program runs on.
#[derive(Debug, Clone)]
pub(crate) struct Runtimes {
    pub(crate) paths: Vec<PathBuf>,
}

impl Runtimes {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let paths: Vec<PathBuf> = settings.list(&PATHS).iter().map(PathBuf::from).collect();
        match paths.iter().find(|path| !path.is_absolute()) {
            Some(path) => Err(ConfigError::Unfit {
                origin: settings.origin(&PATHS),
                key: &PATHS,
                expectation: "absolute paths".to_owned(),
                found: format!("`{}`", path.display()),
            }),
            None => Ok(Self { paths }),
        }
    }
}
