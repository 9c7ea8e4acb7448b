//! The interpreters of this machine, and how long they take to start with nothing to do.

use crate::failure::Failure;
use crate::process;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// One interpreter.
#[derive(Debug)]
pub(crate) struct Interpreter {
    /// The program itself. What PATH names may be a script of a version manager that takes longer to
    /// decide than the interpreter takes to start.
    pub(crate) path: PathBuf,
    /// Lambda's word for it.
    pub(crate) runtime: String,
}

/// See the module's text.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) python: Interpreter,
    pub(crate) node: Interpreter,
}

impl Programs {
    pub(crate) async fn find() -> Result<Self, Failure> {
        let python = "import sys; print(sys.executable); print('python%d.%d' % sys.version_info[:2])";
        let node = "console.log(`${process.execPath}\\nnodejs${process.versions.node.split('.')[0]}.x`)";
        Ok(Self {
            python: Interpreter::ask("python3", &["-c", python]).await?,
            node: Interpreter::ask("node", &["-e", node]).await?,
        })
    }
}

impl Interpreter {
    /// Asks it for two lines: where it is and what runtime it is.
    async fn ask(program: &str, arguments: &[&str]) -> Result<Self, Failure> {
        let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().await;
        let output = output.map_err(|cause| Failure::at(format_args!("start {program}"), cause))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut lines = text.lines();
        match (lines.next(), lines.next()) {
            (Some(path), Some(runtime)) => Ok(Self { path: path.into(), runtime: runtime.to_owned() }),
            _ => Err(Failure::new(format!("{program} does not say where it is"))),
        }
    }

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
