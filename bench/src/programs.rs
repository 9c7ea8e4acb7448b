//! The interpreters of this machine, and how long they take to start with nothing to do.

use crate::failure::Failure;
use crate::process;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// One interpreter, as the server found it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Interpreter {
    /// The program itself. What PATH names may be a script of a version manager that takes longer to
    /// decide than the interpreter takes to start.
    #[serde(rename = "program")]
    pub(crate) path: PathBuf,
    /// Lambda's word for it.
    #[serde(rename = "identifier")]
    pub(crate) runtime: String,
}

/// See the module's text.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) python: Interpreter,
    pub(crate) node: Interpreter,
}

/// The part of `lambent doctor --output json` that is used here.
#[derive(Debug, Deserialize)]
struct Doctor {
    runtimes: Vec<serde_json::Value>,
}

impl Programs {
    /// Asks the server, so that both sides run the same programs: of each language the newest.
    pub(crate) async fn find(server: &Path) -> Result<Self, Failure> {
        let output = Command::new(server)
            .args(["doctor", "--output", "json"])
            .stdin(Stdio::null())
            .output()
            .await
            .map_err(|cause| Failure::at("ask the server for its runtimes", cause))?;
        let doctor: Doctor = serde_json::from_slice(&output.stdout)
            .map_err(|cause| Failure::at("read the server's runtimes", cause))?;
        Ok(Self { python: doctor.newest("python")?, node: doctor.newest("nodejs")? })
    }
}

impl Doctor {
    /// The server lists them in the order of their versions. Entries without a program are not interpreters.
    fn newest(&self, language: &str) -> Result<Interpreter, Failure> {
        let all = self.runtimes.iter().rev().filter_map(|entry| Interpreter::deserialize(entry).ok());
        all.into_iter()
            .find(|interpreter| interpreter.runtime.starts_with(language))
            .ok_or_else(|| Failure::new(format!("the server finds no {language} on this machine")))
    }
}

impl Interpreter {
    /// From the start of the program to its end.
    pub(crate) async fn start(&self, arguments: &[&str]) -> Result<Duration, Failure> {
        start(Command::new(&self.path).args(arguments)).await
    }
}

/// From the start of a program to its end.
pub(crate) async fn start(command: &mut Command) -> Result<Duration, Failure> {
    let started = Instant::now();
    let mut child = process::spawn(command.stdout(Stdio::null()))?;
    let status = child.wait().await.map_err(|cause| Failure::at("wait for a program", cause))?;
    let took = started.elapsed();
    if status.success() { Ok(took) } else { Err(Failure::new(format!("a bare start ended with {status}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_a_language_is_the_last_with_a_program() {
        let doctor: Doctor = serde_json::from_value(serde_json::json!({ "runtimes": [
            { "identifier": "python3.9", "program": "/a" },
            { "identifier": "python3.13", "program": "/b" },
            { "identifier": "python3.14" },
            { "identifier": "nodejs22.x", "program": "/c" },
        ], "other": 1 }))
        .unwrap();
        assert_eq!(doctor.newest("python").unwrap().runtime, "python3.13");
        assert_eq!(doctor.newest("nodejs").unwrap().path, Path::new("/c"));
        assert!(doctor.newest("ruby").is_err());
    }
}
