//! What can be wrong with the settings. Every message names the place, the key and what would do.

use super::key::Key;
use super::settings::Origin;
use crate::failure::{Exit, Failure};
use std::path::PathBuf;

/// The settings can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file can't be read.
    #[error("{}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    /// The file is not TOML.
    #[error("{}: {source}", path.display())]
    Syntax { path: PathBuf, source: Box<toml::de::Error> },
    /// There is no such setting.
    #[error("{origin}: `{name}` is not a setting")]
    Unknown { origin: Origin, name: String, nearest: Option<String> },
    /// There is, but it does not take this.
    #[error("{origin}: {} must be {expectation}, and is {found}", key.path())]
    Unfit { origin: Origin, key: &'static Key, expectation: String, found: String },
    /// A line under a name of the operator's own is not what it should be.
    #[error("{origin}: {section}.{name} must be {expectation}: {why}")]
    Entry { origin: Origin, section: &'static str, name: String, expectation: &'static str, why: String },
    /// It would be taken, but not together with the rest.
    #[error("{origin}: {} can't be {found}: {why}", key.path())]
    Refused { origin: Origin, key: &'static Key, found: String, why: &'static str, hint: &'static str },
}

impl ConfigError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { nearest, .. } => Some(nearest.as_ref().map_or_else(
                || "`lambent config reference` lists all settings".to_owned(),
                |nearest| format!("did you mean `{nearest}`?"),
            )),
            Self::Refused { hint, .. } => Some((*hint).to_owned()),
            Self::Unreadable { .. } | Self::Syntax { .. } | Self::Unfit { .. } | Self::Entry { .. } => None,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Exit::Configuration, "read the configuration", &error).maybe_hint(error.hint())
    }
}
