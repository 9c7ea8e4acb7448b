//! How a command fails: what it was doing, why that did not work, what to do about it, and the exit code.
//!
//! The table of exit codes is part of the outside view: scripts rely on it, so a code never changes its meaning.

use std::fmt;

/// Why the program ends with something other than 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// What was asked for did not work.
    Failed,
    /// The command line itself is wrong. The number is clap's.
    Usage,
    /// The function ran and failed.
    FunctionError,
    /// No server answered.
    Unreachable,
    /// The server answered and refused.
    Refused,
    /// A setting is wrong.
    Configuration,
    /// An event that was waited for has failed.
    EventFailed,
    /// An event that was waited for was cancelled.
    EventCancelled,
    /// An event that was waited for was not over in time.
    StillWaiting,
    /// Stopped by a signal while there was still something to do.
    Interrupted,
}

/// Every code, its number and its meaning, as `lambent --help` prints them.
const TABLE: [(Exit, u8, &str); 10] = [
    (Exit::Failed, 1, "it did not work; the message says why"),
    (Exit::Usage, 2, "the command line is wrong"),
    (Exit::FunctionError, 3, "the function was run and failed (its error is the output)"),
    (Exit::Unreachable, 4, "no Lambent server answers at the endpoint"),
    (Exit::Refused, 5, "the server refused the request"),
    (Exit::Configuration, 6, "a setting is wrong or not allowed"),
    (Exit::EventFailed, 7, "the event that was waited for was given up (its error is on stderr)"),
    (Exit::EventCancelled, 8, "the event that was waited for was cancelled"),
    (Exit::StillWaiting, 9, "the event that was waited for was not over in time, and goes on"),
    (
        Exit::Interrupted,
        130,
        "stopped: a server by a second signal, a wait by Ctrl-C; nothing accepted is lost",
    ),
];

impl Exit {
    /// The number the process ends with.
    pub(crate) fn code(self) -> u8 {
        TABLE.iter().find(|(exit, ..)| *exit == self).map_or(1, |(_, code, _)| *code)
    }

    /// The table, for people.
    pub(crate) fn table() -> String {
        let mut text = String::from("Exit codes:\n    0  all went well");
        for (_, code, meaning) in TABLE {
            text.push_str(&format!("\n  {code:3}  {meaning}"));
        }
        text
    }
}

/// A command's failure. Printed as `error: failed to <doing>: <cause>` and perhaps `hint: <hint>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    exit: Exit,
    doing: String,
    cause: String,
    hint: Option<String>,
}

impl Failure {
    /// A failure of this kind; `doing` fits after "failed to".
    pub(crate) fn new(exit: Exit, doing: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self { exit, doing: doing.into(), cause: cause.to_string(), hint: None }
    }

    /// An ordinary failure.
    pub(crate) fn failed(doing: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self::new(Exit::Failed, doing, cause)
    }

    /// The same with a way out of it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with a way out of it, if there is one.
    pub(crate) fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    /// The code the process ends with.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "failed to {}: {}", self.doing, self.cause)?;
        match &self.hint {
            Some(hint) => write!(out, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_has_a_number_of_its_own_and_a_line() {
        let text = Exit::table();
        let mut codes: Vec<u8> = TABLE.iter().map(|(exit, ..)| exit.code()).collect();
        for code in &codes {
            assert!(text.contains(&format!("\n  {code:3}  ")), "{code} in {text}");
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), TABLE.len());
    }

    #[test]
    fn a_failure_reads_as_a_sentence_and_a_hint() {
        let failure = Failure::failed("deploy hello", "no such directory").hint("give a path");
        assert_eq!(failure.to_string(), "failed to deploy hello: no such directory\nhint: give a path");
    }
}
