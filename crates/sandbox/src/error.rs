//! What can go wrong for the server that asks for a sandbox. Messages are for the operator: they name
//! host paths, so they never reach a function's caller.

use std::io;
use std::time::Duration;

/// A sandbox could not be built or steered.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The request itself is wrong; asking again is pointless.
    #[error("the sandbox specification is invalid: {0}")]
    InvalidSpec(String),
    /// The host lacks what the isolation option demands.
    #[error("this host cannot isolate a function as asked: {0}")]
    Unsupported(String),
    /// As many builds as the spawner takes at once were waiting until the timeout, or run already.
    #[error("the sandbox spawner has no room for another request")]
    Busy,
    /// The spawner's thread has ended, which happens only while the process shuts down.
    #[error("the sandbox spawner has stopped")]
    Stopped,
    /// The child did not get ready, or take an order, in time. It has been killed.
    #[error("the sandbox did not answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// The child reported that a step failed; the text names the step and the thing.
    #[error("the sandbox could not be set up: {0}")]
    Setup(String),
    /// A system call of ours failed.
    #[error("cannot {what}: {source}")]
    Io {
        /// The step, fit for "cannot …".
        what: String,
        /// The kernel's answer.
        source: io::Error,
    },
}

impl SandboxError {
    pub(crate) fn io(what: impl Into<String>, source: impl Into<io::Error>) -> Self {
        Self::Io { what: what.into(), source: source.into() }
    }
}

/// Gives an error the step it happened in. The children speak in these texts, since all that can be done
/// with a failed step there is to report it.
pub(crate) trait Step<T> {
    fn step(self, what: impl FnOnce() -> String) -> Result<T, String>;
}

impl<T, E: std::fmt::Display> Step<T> for Result<T, E> {
    fn step(self, what: impl FnOnce() -> String) -> Result<T, String> {
        self.map_err(|error| format!("{}: {error}", what()))
    }
}
