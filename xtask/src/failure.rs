//! Why a command of the repository failed: one sentence for the person at the terminal.

use std::fmt;
use std::io;
use std::path::Path;

/// A sentence saying what could not be done. It is printed after `error: ` and ends the program with 1.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// An I/O error together with the path it was about, which `io::Error` does not carry.
    pub(crate) fn at(path: &Path, source: &io::Error) -> Self {
        Self(format!("{}: {source}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self(message)
    }
}

impl From<io::Error> for Failure {
    fn from(source: io::Error) -> Self {
        Self(source.to_string())
    }
}
