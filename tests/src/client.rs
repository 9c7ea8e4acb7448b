//! The real clients: boto3, the AWS CLI and the JavaScript SDK, as users run them.

use crate::Server;
use std::ffi::OsString;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A client's process to be: its program and what it needs to find the server.
#[derive(Debug)]
pub struct Client {
    program: OsString,
    arguments: Vec<OsString>,
    variables: Vec<(&'static str, OsString)>,
    _directory: TempDir,
}

impl Client {
    /// A Python script with boto3; `client` and `logs` are made for it.
    #[must_use]
    pub fn boto3(server: &Server, script: &str) -> Self {
        let preamble = "import boto3, json, os, sys, base64, time\n\
            from botocore.config import Config\n\
            config = Config(retries={'max_attempts': 0}, read_timeout=60)\n\
            client = boto3.client('lambda', config=config)\n\
            logs = boto3.client('logs', config=config)\n";
        Self::script(server, "LAMBENT_TEST_PYTHON", "script.py", &format!("{preamble}{script}"), &[])
    }

    /// A JavaScript module with the SDK v3 to import from.
    #[must_use]
    pub fn javascript(server: &Server, script: &str) -> Self {
        let modules = crate::prepared("LAMBENT_TEST_NODE_MODULES");
        let mut client = Self::script(server, "node", "script.mjs", script, &[]);
        // Modules are looked for upwards of the script: a link stands beside it.
        let link = client._directory.path().join("node_modules");
        std::os::unix::fs::symlink(modules, link).expect("a link to the modules");
        client.variables.push(("NODE_NO_WARNINGS", "1".into()));
        client
    }

    /// The AWS CLI, version 1.
    #[must_use]
    pub fn aws(server: &Server, arguments: &[&str]) -> Self {
        Self::cli(server, "LAMBENT_TEST_AWS", arguments)
    }

    /// The AWS CLI, version 2, which alone can tail a log.
    #[must_use]
    pub fn aws_2(server: &Server, arguments: &[&str]) -> Self {
        // Debian's does not know the variable for the endpoint yet.
        let url = server.url();
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--endpoint-url", &url]).collect();
        Self::cli(server, "LAMBENT_TEST_AWS_2", &arguments)
    }

    fn cli(server: &Server, program: &str, arguments: &[&str]) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        Self {
            program: crate::prepared(program).into(),
            arguments: arguments.iter().map(OsString::from).collect(),
            variables: variables(server, &directory),
            _directory: directory,
        }
    }

    fn script(server: &Server, program: &str, name: &str, text: &str, arguments: &[&str]) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let path = directory.path().join(name);
        std::fs::write(&path, text).expect("the script is written");
        let program =
            if program.starts_with("LAMBENT_") { crate::prepared(program).into() } else { program.into() };
        let arguments =
            std::iter::once(path.into_os_string()).chain(arguments.iter().map(OsString::from)).collect();
        Self { program, arguments, variables: variables(server, &directory), _directory: directory }
    }

    /// The same with the server's first key, where any will not do.
    #[must_use]
    pub fn with_first_key(mut self, server: &Server) -> Self {
        let key = server.key();
        for (name, value) in &mut self.variables {
            if let Some((_, ours)) = key.iter().find(|(ours, _)| ours == name) {
                *value = ours.into();
            }
        }
        self
    }

    /// Runs it to its end, which must be a good one, and gives what it printed.
    #[must_use]
    pub fn output(&self) -> String {
        let output = self.command().output().expect("the client runs");
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "the client failed: {}\n{out}\n{err}", output.status);
        out.into_owned()
    }

    /// The command, for a test that follows or interrupts it. Its files live as long as this client.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }
}

pub(crate) fn variables(server: &Server, directory: &TempDir) -> Vec<(&'static str, OsString)> {
    vec![
        ("AWS_ENDPOINT_URL", server.url().into()),
        ("AWS_ACCESS_KEY_ID", "test".into()),
        ("AWS_SECRET_ACCESS_KEY", "test".into()),
        ("AWS_DEFAULT_REGION", "us-east-1".into()),
        ("AWS_REGION", "us-east-1".into()),
        // Whatever the machine's owner has configured is not part of the test.
        ("AWS_CONFIG_FILE", directory.path().join("none").into()),
        ("AWS_SHARED_CREDENTIALS_FILE", directory.path().join("none").into()),
        ("AWS_PAGER", "".into()),
        ("AWS_EC2_METADATA_DISABLED", "true".into()),
    ]
}
