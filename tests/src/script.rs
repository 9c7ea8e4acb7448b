//! Programs that use a server as a stranger would who was given its address and a key: every request of theirs is signed,
//! and the server takes no other.

use crate::{Package, Server, client, runtime};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The function that the clients put into the server.
const ECHO: &str = "def handler(event, context):\n    print('got', event)\n    return {'event': event}\n";

/// A program, what it is given, and the folder it works in.
#[derive(Debug)]
pub struct Script {
    command: Command,
    directory: TempDir,
}

impl Script {
    /// One with the server's address, its first key, and the name of a file with a package for it to deploy.
    #[must_use]
    pub fn new(server: &Server, program: impl Into<OsString>) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let package = directory.path().join("package.zip");
        std::fs::write(&package, Package::of("app.py", ECHO).into_zip()).expect("the package is written");
        let mut command = Command::new(program.into());
        command.envs(client::variables(server, &directory)).envs(server.key());
        command.env("LAMBENT_TEST_PACKAGE", &package).env("LAMBENT_TEST_RUNTIME", runtime::python());
        command.env_remove("AWS_SESSION_TOKEN");
        // Python would leave what it compiles beside the sources.
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("NODE_NO_WARNINGS", "1");
        command.current_dir(directory.path()).stdin(Stdio::null());
        Self { command, directory }
    }

    /// One with a file of `tests/clients` as its first argument.
    #[must_use]
    pub fn of(server: &Server, program: impl Into<OsString>, file: &str) -> Self {
        let mut script = Self::new(server, program);
        script.command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(file));
        script
    }

    /// The folder it works in.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// For further arguments and variables.
    pub fn command(&mut self) -> &mut Command {
        &mut self.command
    }

    /// Runs it to its end, which must be a good one, and gives what it printed.
    #[must_use]
    pub fn output(&mut self) -> String {
        let output = self.command.output().expect("the script runs");
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "the script failed: {}\n{out}\n{err}", output.status);
        out.into_owned()
    }
}
