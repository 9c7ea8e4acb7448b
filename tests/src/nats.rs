//! A real NATS server, and a subscriber that speaks just enough of its protocol.

use crate::prepared;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const TIMEOUT: Duration = Duration::from_secs(30);

/// The server, with JetStream; killed when this is dropped.
#[derive(Debug)]
pub struct Nats {
    child: Child,
    address: String,
    token: String,
    _directory: TempDir,
}

/// A message as it came.
#[derive(Debug)]
pub struct Message {
    /// Its headers, as their text.
    pub headers: String,
    /// Its body.
    pub body: Vec<u8>,
}

/// A connection that has subscribed.
#[derive(Debug)]
pub struct Subscriber {
    stream: BufReader<TcpStream>,
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Nats {
    /// Starts one that asks for this token.
    #[must_use]
    pub fn start(token: &str) -> Self {
        // The server can't be asked which port it took, so it is given one that was free a moment ago.
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = port.expect("a free port").port().to_string();
        let directory = TempDir::new().expect("a temporary directory");
        let mut child = Command::new(prepared("LAMBENT_TEST_NATS"))
            .args(["-a", "127.0.0.1", "-p", &port, "--auth", token, "-js", "-sd"])
            .arg(directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("nats-server is installed");
        let mut said =
            BufReader::new(child.stderr.take().expect("stderr is piped")).lines().map_while(Result::ok);
        assert!(said.by_ref().any(|line| line.contains("Server is ready")), "nats-server starts");
        std::thread::spawn(move || said.for_each(drop));
        Self { child, address: format!("127.0.0.1:{port}"), token: token.to_owned(), _directory: directory }
    }

    /// `HOST:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Subscribes.
    #[must_use]
    pub fn subscribe(&self, subject: &str) -> Subscriber {
        let stream = TcpStream::connect(&self.address).expect("the server listens");
        stream.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
        let mut subscriber = Subscriber { stream: BufReader::new(stream) };
        let login = serde_json::json!({
            "verbose": false, "pedantic": false, "auth_token": self.token, "headers": true, "no_responders": true,
        });
        subscriber.write(format!("CONNECT {login}\r\nSUB {subject} 1\r\nPING\r\n").as_bytes());
        while subscriber.line() != "PONG" {}
        subscriber
    }

    /// A request to JetStream, and its answer.
    #[must_use]
    pub fn ask(&self, subject: &str, body: &Value) -> Value {
        let mut answers = self.subscribe("_INBOX.tests");
        let body = body.to_string();
        answers.write(format!("PUB {subject} _INBOX.tests {}\r\n{body}\r\n", body.len()).as_bytes());
        serde_json::from_slice(&answers.next().body).expect("an answer in JSON")
    }
}

impl Subscriber {
    fn write(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).expect("the server reads");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("the server goes on");
        line.trim_end().to_owned()
    }

    /// Waits for the next message.
    #[expect(clippy::should_implement_trait, reason = "there is no end of it")]
    pub fn next(&mut self) -> Message {
        loop {
            let line = self.line();
            let mut words = line.split_whitespace();
            let kind = words.next().unwrap_or_default().to_owned();
            let numbers: Vec<usize> = words.filter_map(|word| word.parse().ok()).collect();
            match (kind.as_str(), numbers.as_slice()) {
                ("PING", _) => self.write(b"PONG\r\n"),
                ("MSG", [.., bytes]) => return Message { headers: String::new(), body: self.bytes(*bytes) },
                ("HMSG", [.., header_bytes, bytes]) => {
                    let mut headers = self.bytes_of(*bytes + 2);
                    headers.truncate(*bytes);
                    let body = headers.split_off(*header_bytes);
                    return Message { headers: String::from_utf8_lossy(&headers).into_owned(), body };
                }
                _ => {}
            }
        }
    }

    fn bytes(&mut self, bytes: usize) -> Vec<u8> {
        let mut all = self.bytes_of(bytes + 2);
        all.truncate(bytes);
        all
    }

    fn bytes_of(&mut self, bytes: usize) -> Vec<u8> {
        let mut all = vec![0; bytes];
        self.stream.read_exact(&mut all).expect("the whole message comes");
        all
    }
}
