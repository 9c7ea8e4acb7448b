//! The real binary, started and stopped as an operator would.

pub use crate::user::User;

use crate::http::{self, Reply};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// A server on a free port. It is killed when this is dropped, and its data directory removed.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    user: User,
    directory: Arc<TempDir>,
    said: Arc<Mutex<String>>,
}

impl Server {
    /// Starts one with the defaults.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[], &[])
    }

    /// Starts one with further arguments of `serve` and variables.
    #[must_use]
    pub fn start_with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::start_as(User::Own, arguments, variables)
    }

    /// Starts one as another user.
    #[must_use]
    pub fn start_as(user: User, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let directory = Arc::new(TempDir::new().expect("a temporary directory"));
        let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self::start_in(user, directory, arguments, variables)
    }

    fn start_in(
        user: User,
        directory: Arc<TempDir>,
        arguments: Vec<String>,
        variables: Vec<(String, String)>,
    ) -> Self {
        let mut child = user
            .command(&directory)
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(directory.path().join("data"))
            .args(&arguments)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let said = Arc::new(Mutex::new(String::new()));
        let (sender, ready) = sync_channel(1);
        listen_to(child.stdout.take().expect("stdout is piped"), &said, sender.clone());
        listen_to(child.stderr.take().expect("stderr is piped"), &said, sender);
        let address = match ready.recv_timeout(START_TIMEOUT) {
            Ok(address) => address,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                let _ = child.kill();
                panic!("the server did not become ready:\n{}", text(&said));
            }
        };
        Self { child, address, arguments, variables, user, directory, said }
    }

    /// Starts again on the same data directory, on another port. The server must have ended.
    #[must_use]
    pub fn restart(mut self) -> Self {
        self.kill();
        let (arguments, variables) =
            (std::mem::take(&mut self.arguments), std::mem::take(&mut self.variables));
        Self::start_in(self.user, Arc::clone(&self.directory), arguments, variables)
    }

    /// The variables it will have when it is started again.
    pub fn set_variables(&mut self, variables: &[(&str, &str)]) {
        self.variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    }

    /// Whether its process has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("the server can be waited for").is_some()
    }

    /// `SIGKILL`, and waits until the process is gone. Again is no error.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// `SIGTERM`; gives the exit code.
    pub fn terminate(&mut self) -> i32 {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(told.success());
        let deadline = Instant::now() + STOP_TIMEOUT;
        loop {
            if let Some(status) = self.child.try_wait().expect("the server can be waited for") {
                return status.code().unwrap_or(-1);
            }
            assert!(Instant::now() < deadline, "the server did not stop:\n{}", self.log());
            pause();
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://…`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its data directory.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Its first key, as the variables that AWS's tools read, from `lambent env`.
    #[must_use]
    pub fn key(&self) -> Vec<(String, String)> {
        let mut command = self.user.command(&self.directory);
        let output =
            command.args(["env", "--data-dir"]).arg(self.data_dir()).output().expect("the binary runs");
        assert!(output.status.success(), "{output:?}");
        let exports = String::from_utf8(output.stdout).expect("lines for a shell");
        let exports = exports.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
        let key = exports.filter(|(name, _)| name.contains("KEY"));
        key.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// What it has said so far, on stdout and stderr.
    #[must_use]
    pub fn log(&self) -> String {
        text(&self.said)
    }

    /// One request.
    #[must_use]
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        http::request(self.address, method, path, headers, body)
    }

    /// One request whose answer is JSON.
    #[must_use]
    pub fn get_json(&self, path: &str) -> serde_json::Value {
        let reply = self.request("GET", path, &[], b"");
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.json()
    }

    /// The status of an event, from the events API.
    #[must_use]
    pub fn event(&self, request_id: &str) -> serde_json::Value {
        self.get_json(&format!("/_lambent/v1/events/{request_id}"))
    }

    /// Waits until an event is settled, and gives its status.
    #[must_use]
    pub fn settled(&self, request_id: &str, at_most: Duration) -> serde_json::Value {
        wait_for(at_most, &format!("event {request_id} to be settled"), || {
            let event = self.event(request_id);
            let state = event.get("state").and_then(serde_json::Value::as_str).map(str::to_owned);
            matches!(state.as_deref(), Some("succeeded" | "failed" | "cancelled")).then_some(event)
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            #[expect(clippy::print_stderr, reason = "what the server said belongs to a failed test's output")]
            {
                eprintln!("--- the server said:\n{}", self.log());
            }
        }
    }
}

/// The binary under test.
#[must_use]
pub fn binary() -> PathBuf {
    crate::prepared("LAMBENT_TEST_BIN")
}

/// Looks again and again until there is something, or fails. For things that nobody announces.
pub fn wait_for<T>(at_most: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + at_most;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited {at_most:?} in vain for {what}");
        pause();
    }
}

#[expect(clippy::disallowed_methods, reason = "between two looks at something that does not announce itself")]
fn pause() {
    std::thread::sleep(Duration::from_millis(10));
}

/// Keeps what the server says; the address comes from its ready line.
fn listen_to(output: impl Read + Send + 'static, said: &Arc<Mutex<String>>, ready: SyncSender<SocketAddr>) {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(address) = ready_at(&line) {
                let _ = ready.try_send(address);
            }
            let mut said = said.lock().expect("no thread panics with it");
            said.push_str(&line);
            said.push('\n');
        }
    });
}

fn ready_at(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("is ready at http://")?;
    rest.split_whitespace().next()?.parse().ok()
}

fn text(said: &Mutex<String>) -> String {
    said.lock().expect("no thread panics with it").clone()
}

/// Every process that descends from this one, and when it started, which tells it from a later one of its number.
#[must_use]
pub fn descendants(pid: u32) -> Vec<(u32, u64)> {
    let Ok(all) = std::fs::read_dir("/proc") else { return Vec::new() };
    let processes: Vec<(u32, u32, u64)> = all
        .flatten()
        .filter_map(|entry| entry.file_name().to_string_lossy().parse().ok())
        .filter_map(|pid| stat(pid).map(|(parent, start)| (pid, parent, start)))
        .collect();
    let mut family = vec![pid];
    let mut found = Vec::new();
    while let Some(parent) = family.pop() {
        for &(child, _, start) in processes.iter().filter(|(_, of, _)| *of == parent) {
            family.push(child);
            found.push((child, start));
        }
    }
    found
}

/// Whether that process, and not another that has its number now, still runs.
#[must_use]
pub fn is_alive((pid, start): (u32, u64)) -> bool {
    stat(pid).is_some_and(|(_, now)| now == start)
}

/// Parent and start time of a process that is not a zombie.
fn stat(pid: u32) -> Option<(u32, u64)> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold anything; what counts stands behind its last parenthesis.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    if *fields.first()? == "Z" {
        return None;
    }
    Some((fields.get(1)?.parse().ok()?, fields.get(19)?.parse().ok()?))
}
