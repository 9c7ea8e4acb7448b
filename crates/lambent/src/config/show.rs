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
    let mut all = Vec::new();
    for section in &SECTIONS {
        all.extend(section.keys.iter().map(|key| show_one(settings, key)));
        all.extend(settings.entries(section.name).map(|(name, entry)| Shown {
            key: format!("{}.{name}", section.name),
            // A policy may take many lines, and a row has one.
            value: entry.text.split_whitespace().collect::<Vec<_>>().join(" "),
            origin: entry.origin.to_string(),
        }));
    }
    all
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
