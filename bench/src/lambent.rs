//! The real server, spoken to over HTTP as any client would.

use crate::failure::Failure;
use crate::package::Package;
use crate::process::Server;
use crate::signer::Signer;
use crate::wire::{self, Head, request};
use bytes::Bytes;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{Instant, sleep};

/// Between two looks at the counters: seldom enough to cost nothing, often enough for a figure of seconds.
const LOOK: Duration = Duration::from_millis(20);
const RUNNING_MAX: Duration = Duration::from_secs(20);
const FUNCTIONS: &str = "/2015-03-31/functions";
/// The setting with which everybody has to sign.
pub(crate) const AUTH_REQUIRED: (&str, &str) = ("LAMBENT_SERVER_AUTH", "required");
const SETTLED: &str = "lambent_async_events_settled_total{disposition=\"succeeded\"}";
const RUNNING: &str = "lambent_concurrent_executions";

/// A running server and its data, which goes with it.
#[derive(Debug)]
pub(crate) struct Lambent {
    server: Server,
    scratch: TempDir,
    binary: PathBuf,
    settings: Vec<(String, String)>,
    /// Where every request has to be signed.
    signer: Option<Signer>,
}

impl Lambent {
    /// Starts it on a free port with a new data directory. It does not wait for invocations when it is
    /// told to stop: some of ours sleep for ever.
    pub(crate) async fn start(
        binary: &Path,
        scratch: TempDir,
        settings: &[(&str, &str)],
    ) -> Result<Self, Failure> {
        let kept = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let server = Self::serve(binary, scratch.path(), settings.iter().copied()).await?;
        let signer = match settings.contains(&AUTH_REQUIRED) {
            true => Some(Signer::of(binary, &scratch.path().join("data")).await?),
            false => None,
        };
        Ok(Self { server, scratch, binary: binary.to_owned(), settings: kept, signer })
    }

    async fn serve<'a>(
        binary: &Path,
        scratch: &Path,
        settings: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Server, Failure> {
        let mut command = Command::new(binary);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(scratch.join("data"))
            .current_dir(scratch)
            .env("LAMBENT_SERVER_DRAIN_TIMEOUT_SECS", "0")
            .envs(settings);
        Server::start(&mut command, &scratch.join("server.log")).await
    }

    /// `SIGKILL`, and a start on the same data directory.
    pub(crate) async fn kill_and_restart(mut self) -> Result<Self, Failure> {
        self.server.kill().await?;
        let settings = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        self.server = Self::serve(&self.binary, self.scratch.path(), settings).await?;
        Ok(self)
    }

    /// A request whose answer is of this status: what it says, and how long it took on a connection of its own.
    pub(crate) async fn timed(
        &self,
        method: &str,
        path: &str,
        body: &[u8],
        status: u16,
    ) -> Result<(Bytes, Duration), Failure> {
        let request = self.request(method, path, body)?;
        let mut connection = wire::Connection::open(self.address()).await?;
        let asked = Instant::now();
        let (head, body) = connection.call(&request).await?;
        let took = asked.elapsed();
        expect(&format!("{method} {path}"), head, &body, status)?;
        Ok((body, took))
    }

    /// The same where the answer is JSON.
    pub(crate) async fn json(&self, method: &str, path: &str, body: &[u8]) -> Result<Value, Failure> {
        let (body, _) = self.timed(method, path, body, 200).await?;
        serde_json::from_slice(&body).map_err(|cause| Failure::at(path, cause))
    }

    /// A request as this server wants it: signed if it asks for that.
    pub(crate) fn request(&self, method: &str, path: &str, body: &[u8]) -> Result<Bytes, Failure> {
        match &self.signer {
            Some(signer) => signer.request(method, path, body),
            None => Ok(request(method, path, body)),
        }
    }

    /// The event that every section sends.
    pub(crate) fn invoke_async(&self, name: &str, payload: &str) -> Result<Bytes, Failure> {
        self.request("POST", &invoke_async_path(name), payload.as_bytes())
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// How long it took to be ready.
    pub(crate) fn start_took(&self) -> Duration {
        self.server.took
    }

    pub(crate) fn resident_mib(&self) -> Result<f64, Failure> {
        self.server.resident_mib()
    }

    pub(crate) async fn stop(self) -> Result<(), Failure> {
        self.server.stop().await?;
        self.scratch.close().map_err(|cause| Failure::at("remove a data directory", cause))
    }

    pub(crate) async fn create(&self, name: &str, package: &Package) -> Result<Duration, Failure> {
        let asked = Instant::now();
        let request = self.request("POST", FUNCTIONS, &package.create(name))?;
        let (head, body) = wire::call(self.address(), &request).await?;
        expect("CreateFunction", head, &body, 201)?;
        Ok(asked.elapsed())
    }

    pub(crate) async fn delete(&self, name: &str) -> Result<(), Failure> {
        let request = self.request("DELETE", &format!("{FUNCTIONS}/{name}"), b"")?;
        let (head, body) = wire::call(self.address(), &request).await?;
        expect("DeleteFunction", head, &body, 204)
    }

    /// One synchronous invocation that has to succeed.
    pub(crate) async fn invoke(&self, name: &str, payload: &str) -> Result<Duration, Failure> {
        let request = invoke_request(name, payload);
        let asked = Instant::now();
        let (head, body) = wire::call(self.address(), &request).await?;
        let took = asked.elapsed();
        expect("Invoke", head, &body, 200)?;
        Ok(took)
    }

    /// Waits until so many events have succeeded since the start.
    pub(crate) async fn wait_for_settled(&self, events: u64, at_most: Duration) -> Result<(), Failure> {
        self.wait_for(SETTLED, events, at_most).await
    }

    /// Waits until so many invocations run.
    pub(crate) async fn wait_for_running(&self, invocations: u64) -> Result<(), Failure> {
        self.wait_for(RUNNING, invocations, RUNNING_MAX).await
    }

    async fn wait_for(&self, name: &str, least: u64, at_most: Duration) -> Result<(), Failure> {
        let deadline = Instant::now() + at_most;
        let request = self.request("GET", "/metrics", b"")?;
        let mut connection = wire::Connection::open(self.address()).await?;
        loop {
            let (head, body) = connection.call(&request).await?;
            expect("metrics", head, &body, 200)?;
            let value = counter(&String::from_utf8_lossy(&body), name)?;
            if value >= least {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(Failure::new(format!("{name} was {value} and not {least} in time")));
            }
            sleep(LOOK).await;
        }
    }
}

pub(crate) fn create_request(name: &str, package: &Package) -> Bytes {
    request("POST", FUNCTIONS, &package.create(name))
}

pub(crate) fn invoke_request(name: &str, payload: &str) -> Bytes {
    request("POST", &format!("/2015-03-31/functions/{name}/invocations"), payload.as_bytes())
}

pub(crate) fn invoke_async_request(name: &str, payload: &str) -> Bytes {
    request("POST", &invoke_async_path(name), payload.as_bytes())
}

fn invoke_async_path(name: &str) -> String {
    format!("/2014-11-13/functions/{name}/invoke-async/")
}

fn expect(what: &str, head: Head, body: &[u8], status: u16) -> Result<(), Failure> {
    if head.status == status && !head.function_error {
        return Ok(());
    }
    Err(Failure::new(format!("{what} answered {}: {}", head.status, String::from_utf8_lossy(body))))
}

/// The value of one line of Prometheus's text form.
fn counter(metrics: &str, name: &str) -> Result<u64, Failure> {
    let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    value.ok_or_else(|| Failure::new(format!("the server's metrics have no {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_found_by_its_whole_name() {
        let text = format!("# HELP x\n{SETTLED} 42\nother 1\n");
        assert_eq!(counter(&text, SETTLED).unwrap(), 42);
        assert!(counter(&text, "other_total").is_err());
    }
}
