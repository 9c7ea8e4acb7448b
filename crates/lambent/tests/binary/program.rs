//! Running the binary with bounds, and a server that ends with its test.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything may take on a slow machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The binary with a clean environment: no setting of the machine's owner, no colours.
pub(crate) fn lambent(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lambent"));
    command.args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if name_text.starts_with("LAMBENT_") || name_text.starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs it to its end.
pub(crate) fn run(arguments: &[&str]) -> Finished {
    run_in(Path::new("/"), arguments)
}

/// Runs it to its end in a directory.
pub(crate) fn run_in(directory: &Path, arguments: &[&str]) -> Finished {
    let child = lambent(arguments)
        .current_dir(directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    Finished(child.wait_with_output().unwrap())
}

/// What it said and how it ended.
#[derive(Debug)]
pub(crate) struct Finished(pub(crate) Output);

impl Finished {
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    /// Demands an exit code.
    #[track_caller]
    pub(crate) fn code(self, expected: i32) -> Self {
        assert_eq!(
            self.0.status.code(),
            Some(expected),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout(),
            self.stderr()
        );
        self
    }
}

/// A server that was started and is ready.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub(crate) endpoint: String,
}

impl Server {
    /// Starts one on a free port; returns when it says that it is ready.
    pub(crate) fn start(data_dir: &Path, arguments: &[&str]) -> Self {
        Self::start_saying(data_dir, arguments, Stdio::inherit())
    }

    /// The same; what it says to people goes to `stderr`.
    pub(crate) fn start_saying(data_dir: &Path, arguments: &[&str], stderr: Stdio) -> Self {
        let data_dir_text = data_dir.to_str().unwrap();
        let mut child = lambent(&["serve", "--listen", "127.0.0.1:0", "--data-dir", data_dir_text])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let endpoint = line.split(' ').find(|word| word.starts_with("http"));
        let endpoint = endpoint.unwrap_or_else(|| panic!("no address in {line:?}")).to_owned();
        Self { child, stdout, endpoint }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Runs a client's command against it.
    pub(crate) fn client(&self, arguments: &[&str]) -> Finished {
        run(&[arguments, &["--endpoint", &self.endpoint]].concat())
    }

    /// Starts a client's command against it.
    pub(crate) fn client_started(&self, arguments: &[&str]) -> Child {
        let mut command = lambent(arguments);
        command.args(["--endpoint", &self.endpoint]).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// Waits for its end; a server that does not end fails the test.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let mut rest = Vec::new();
        self.stdout.read_to_end(&mut rest).unwrap();
        self.child.wait().unwrap()
    }

    /// Waits until a function's log has a line with these words.
    pub(crate) fn await_log(&self, function: &str, words: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.client(&["logs", function]).stdout().contains(words) {
            assert!(Instant::now() < deadline, "{function} never logged {words:?}");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A directory with one Python file.
pub(crate) fn python(source: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("app.py"), source).unwrap();
    let path = directory.path().to_owned();
    (directory, path)
}
