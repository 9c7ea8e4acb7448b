//! `[roles]`: what functions may do, by the role that their configuration names.

use super::error::ConfigError;
use super::settings::{Origin, Settings};
use super::{Entries, settings};
use lambent_store::access::{PolicyText, Role, RoleName};
use std::path::Path;

pub(crate) static ENTRIES: Entries = Entries {
    name: "NAME",
    since: "0.1.0",
    doc: "One line for each role: its name, and its policy in IAM's JSON, or the path of a file with one. A path is \
          looked for from the configuration file's own directory. A function calls Lambent with the rights of the role \
          that its `Role` names; a role that is neither here nor among those of `lambent roles` has none. A role of \
          `lambent roles` counts before one of the same name here. Roles can't be set by a variable.",
    value: "a policy in JSON, or a file's path",
    is_name: |_| true,
};

/// Reads every role's policy.
pub(super) fn read(settings: &Settings) -> Result<Vec<Role>, ConfigError> {
    settings.entries("roles").map(|(name, entry)| read_one(name, entry)).collect()
}

fn read_one(name: &str, entry: &settings::Entry) -> Result<Role, ConfigError> {
    let wrong = |why: String| ConfigError::Entry {
        origin: entry.origin.clone(),
        section: "roles",
        name: name.to_owned(),
        expectation: ENTRIES.value,
        why,
    };
    let role = RoleName::new(name).map_err(|error| wrong(error.to_string()))?;
    let text = if entry.text.trim_start().starts_with('{') {
        entry.text.clone()
    } else {
        let path = match &entry.origin {
            Origin::File(file) => file.parent().unwrap_or(Path::new("")).join(&entry.text),
            Origin::Default | Origin::Variable(_) | Origin::Flag(_) => entry.text.clone().into(),
        };
        std::fs::read_to_string(&path).map_err(|error| wrong(format!("{}: {error}", path.display())))?
    };
    let policy = PolicyText::new(&text).map_err(|fault| wrong(format!("it is no policy: {fault}")))?;
    Ok(Role { name: role, policy })
}
