//! What was typed: each setting's value and where it comes from, laid over each other in order.
//!
//! defaults < file < environment < flags. A value is of its kind and in its range once it is in here; what
//! it means together with others is decided when the concerns read it ([`super::Config`]).

use super::error::ConfigError;
use super::key::{Default, Key, Kind, Value};
use super::{Entries, SECTIONS, Section, find};
use crate::environment::Environment;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Variables that begin like settings and are none.
const OTHER_VARIABLES: [&str; 2] = ["LAMBENT_ENDPOINT", "LAMBENT_CONFIG"];

/// Names more alike than this are taken for slips of the finger.
const ALIKE: f64 = 0.8;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    File(PathBuf),
    Variable(String),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("default"),
            Self::File(path) => write!(out, "{}", path.display()),
            Self::Variable(name) => out.write_str(name),
            Self::Flag(flag) => out.write_str(flag),
        }
    }
}

/// A flag that was given, with its text.
#[derive(Debug, Clone)]
pub(crate) struct Flag {
    pub(crate) flag: &'static str,
    pub(crate) key: &'static Key,
    pub(crate) text: String,
}

/// The value of a setting and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}

/// Every setting that anybody said anything about.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    values: BTreeMap<(&'static str, &'static str), Setting>,
    /// By section and name.
    entries: BTreeMap<(&'static str, String), Entry>,
}

/// A line under a name of the operator's own, and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

impl Settings {
    /// Lays the sources over each other.
    pub(crate) fn read(
        file: Option<&Path>,
        environment: &Environment,
        flags: &[Flag],
    ) -> Result<Self, ConfigError> {
        let mut settings = <Self as std::default::Default>::default();
        settings.lay_defaults()?;
        if let Some(path) = file {
            settings.lay_file(path)?;
        }
        settings.lay_environment(environment)?;
        for flag in flags {
            settings.lay_text(flag.key, &flag.text, Origin::Flag(flag.flag))?;
        }
        Ok(settings)
    }

    fn lay_defaults(&mut self) -> Result<(), ConfigError> {
        for key in SECTIONS.iter().flat_map(|section| section.keys) {
            if let Default::Fixed(text) = key.default {
                self.lay_text(key, text, Origin::Default)?;
            }
        }
        Ok(())
    }

    fn lay_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let table: toml::Table = text
            .parse()
            .map_err(|source| ConfigError::Syntax { path: path.to_owned(), source: Box::new(source) })?;
        for (section, contents) in &table {
            let unknown = |name: String| {
                let nearest = nearest(&name, SECTIONS.iter().map(|section| section.name.to_owned()));
                ConfigError::Unknown { origin: Origin::File(path.to_owned()), name, nearest }
            };
            let known = SECTIONS.iter().find(|known| known.name == section);
            let (Some(known), Some(contents)) = (known, contents.as_table()) else {
                return Err(unknown(section.clone()));
            };
            for (name, value) in contents {
                match known.entries.filter(|entries| (entries.is_name)(name)) {
                    Some(entries) => self.lay_entry(path, known, entries, name, value)?,
                    None => self.lay_toml(path, section, name, value)?,
                }
            }
        }
        Ok(())
    }

    fn lay_toml(
        &mut self,
        path: &Path,
        section: &str,
        name: &str,
        value: &toml::Value,
    ) -> Result<(), ConfigError> {
        let origin = Origin::File(path.to_owned());
        let Some(key) = find(section, name) else {
            let name = format!("{section}.{name}");
            let nearest = nearest(&name, all_keys().map(Key::path));
            return Err(ConfigError::Unknown { origin, name, nearest });
        };
        match Value::from_toml(key.kind, value) {
            Ok(value) => self.put(key, value, origin),
            Err(unfit) => return Err(unfit_for(key, origin, unfit.0)),
        }
        Ok(())
    }

    fn lay_entry(
        &mut self,
        path: &Path,
        section: &'static Section,
        entries: &Entries,
        name: &str,
        value: &toml::Value,
    ) -> Result<(), ConfigError> {
        let origin = Origin::File(path.to_owned());
        let Some(text) = value.as_str() else {
            let (section, expectation) = (section.name, entries.value);
            let why = format!("it is of type {}", value.type_str());
            return Err(ConfigError::Entry { origin, section, name: name.to_owned(), expectation, why });
        };
        self.entries.insert((section.name, name.to_owned()), Entry { text: text.to_owned(), origin });
        Ok(())
    }

    /// A variable in one of our sections must be a setting; one that only resembles a setting is a slip too.
    fn lay_environment(&mut self, environment: &Environment) -> Result<(), ConfigError> {
        for (name, text) in environment.beginning_with("LAMBENT_") {
            if OTHER_VARIABLES.contains(&name) {
                continue;
            }
            let origin = Origin::Variable(name.to_owned());
            if let Some(key) = all_keys().find(|key| key.variable() == name) {
                self.lay_text(key, text, origin)?;
                continue;
            }
            let nearest = nearest(name, all_keys().map(Key::variable));
            let section =
                |section: &Section| name.starts_with(&format!("LAMBENT_{}_", section.name.to_uppercase()));
            if nearest.is_some() || SECTIONS.iter().any(section) {
                return Err(ConfigError::Unknown { origin, name: name.to_owned(), nearest });
            }
        }
        Ok(())
    }

    pub(super) fn lay_text(
        &mut self,
        key: &'static Key,
        text: &str,
        origin: Origin,
    ) -> Result<(), ConfigError> {
        match Value::from_text(key.kind, text) {
            Ok(value) => self.put(key, value, origin),
            Err(unfit) => return Err(unfit_for(key, origin, unfit.0)),
        }
        Ok(())
    }

    fn put(&mut self, key: &'static Key, value: Value, origin: Origin) {
        self.values.insert((key.section, key.name), Setting { value, origin });
    }

    /// The setting, unless nobody said anything and its default is found out at the start.
    pub(crate) fn get(&self, key: &Key) -> Option<&Setting> {
        self.values.get(&(key.section, key.name))
    }

    /// Where its value comes from.
    pub(crate) fn origin(&self, key: &Key) -> Origin {
        self.get(key).map_or(Origin::Default, |setting| setting.origin.clone())
    }

    /// Its text; empty where there is none.
    pub(super) fn text(&self, key: &Key) -> &str {
        match self.get(key) {
            Some(Setting { value: Value::Text(text), .. }) => text,
            _ => "",
        }
    }

    /// Its number, if it has one.
    pub(super) fn number(&self, key: &Key) -> Option<u64> {
        match self.get(key) {
            Some(Setting { value: Value::Number(number), .. }) => Some(*number),
            _ => None,
        }
    }

    /// Whether it is switched on.
    pub(super) fn is_on(&self, key: &Key) -> bool {
        matches!(self.get(key), Some(Setting { value: Value::Switch(true), .. }))
    }

    /// The lines of a section under names of the operator's own.
    pub(crate) fn entries<'a>(&'a self, section: &'a str) -> impl Iterator<Item = (&'a str, &'a Entry)> {
        let here = self.entries.iter().filter(move |((of, _), _)| *of == section);
        here.map(|((_, name), entry)| (name.as_str(), entry))
    }

    /// Its texts.
    pub(super) fn list(&self, key: &Key) -> &[String] {
        match self.get(key) {
            Some(Setting { value: Value::List(texts), .. }) => texts,
            _ => &[],
        }
    }

    /// The error for a value that is of its kind and still makes no sense.
    pub(super) fn unfit(&self, key: &'static Key, expectation: &str) -> ConfigError {
        ConfigError::Unfit {
            origin: self.origin(key),
            key,
            expectation: expectation.to_owned(),
            found: format!("`{}`", self.text(key)),
        }
    }
}

pub(super) fn unfit_for(key: &'static Key, origin: Origin, found: String) -> ConfigError {
    let found = if matches!(key.kind, Kind::Secret) { "something else".to_owned() } else { found };
    ConfigError::Unfit { origin, key, expectation: key.kind.expectation(), found }
}

fn all_keys() -> impl Iterator<Item = &'static Key> {
    SECTIONS.iter().flat_map(|section| section.keys.iter().copied())
}

fn nearest(name: &str, known: impl Iterator<Item = String>) -> Option<String> {
    let scored = known.map(|known| (strsim::normalized_damerau_levenshtein(name, &known), known));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= ALIKE).then_some(best.1)
}
