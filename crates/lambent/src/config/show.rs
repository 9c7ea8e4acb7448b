//! `lambent config show`: every setting with its value and where it comes from.

use super::SECTIONS;
use super::key::{Default, Key, Kind};
use super::settings::Settings;

/// What is shown in place of a secret.
const HIDDEN: &str = "(hidden)";

/// One setting as it is shown.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Shown {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) origin: String,
}

/// All of them, in the order of the reference.
pub(crate) fn show(settings: &Settings) -> Vec<Shown> {
    SECTIONS.iter().flat_map(|section| section.keys).map(|key| show_one(settings, key)).collect()
}

pub(super) fn show_one(settings: &Settings, key: &Key) -> Shown {
    let value = match (settings.get(key), key.default) {
        (Some(_), _) if matches!(key.kind, Kind::Secret) => HIDDEN.to_owned(),
        (Some(setting), _) => setting.value.to_string(),
        (None, Default::Computed(how)) => format!("({how})"),
        (None, Default::Fixed(_)) => String::new(),
    };
    Shown { key: key.path(), value, origin: settings.origin(key).to_string() }
}
