//! Runtime identifiers such as `python3.12`, and what family they belong to.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A runtime's identifier as in AWS.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Runtime(Arc<str>);

/// What kind of program a runtime's identifier asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuntimeFamily {
    /// `provided`, `provided.al2`, `provided.al2023`: the package brings its own `bootstrap`.
    Provided,
    /// `python3.<minor>`.
    Python {
        /// The minor version of Python 3.
        minor: u8,
    },
    /// `nodejs<major>.x`.
    Node {
        /// The major version of Node.js.
        major: u8,
    },
    /// Anything else AWS knows: Java, .NET, Ruby and so on.
    Other,
}

impl Runtime {
    /// Takes the identifier as it stands; whether AWS knows it is the service model's business.
    #[must_use]
    pub fn new(identifier: &str) -> Self {
        Self(identifier.into())
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The family it belongs to.
    #[must_use]
    pub fn family(&self) -> RuntimeFamily {
        let text = self.as_str();
        if matches!(text, "provided" | "provided.al2" | "provided.al2023") {
            return RuntimeFamily::Provided;
        }
        if let Some(minor) = text.strip_prefix("python3.").and_then(|minor| minor.parse().ok()) {
            return RuntimeFamily::Python { minor };
        }
        let major = text.strip_prefix("nodejs").and_then(|rest| rest.strip_suffix(".x"));
        match major.and_then(|major| major.parse().ok()) {
            Some(major) => RuntimeFamily::Node { major },
            None => RuntimeFamily::Other,
        }
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families() {
        let family = |text| Runtime::new(text).family();
        assert_eq!(family("provided.al2023"), RuntimeFamily::Provided);
        assert_eq!(family("python3.12"), RuntimeFamily::Python { minor: 12 });
        assert_eq!(family("nodejs20.x"), RuntimeFamily::Node { major: 20 });
        for other in ["nodejs", "nodejs4.3", "python2.7", "java21", "python3.", "provided.al3"] {
            assert_eq!(family(other), RuntimeFamily::Other, "{other}");
        }
    }
}
