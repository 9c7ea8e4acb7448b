//! The function that fails as it is told, in three languages, and what one run of it gives.

use crate::log::Log;
use lambent_tests::server::wait_for;
use lambent_tests::{Package, Reply, Server, runtime};
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// Until an environment has been emptied. Long, because a busy machine is not what is tested.
const RESET_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Python,
    Node,
    Rust,
}

pub(crate) const LANGUAGES: [Language; 3] = [Language::Python, Language::Node, Language::Rust];

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Python => "python",
            Self::Node => "node",
            Self::Rust => "rust",
        })
    }
}

impl Language {
    pub(crate) fn runtime(self) -> &'static str {
        match self {
            Self::Python => runtime::python(),
            Self::Node => runtime::node(),
            Self::Rust => "provided.al2023",
        }
    }

    fn package(self) -> Package {
        match self {
            Self::Python => Package::of("failures.py", include_str!("../../functions/python/failures.py")),
            Self::Node => Package::of("failures.mjs", include_str!("../../functions/node/failures.mjs")),
            Self::Rust => Package::of_bootstrap(&lambent_tests::prepared("LAMBENT_TEST_RUST_FAILURES")),
        }
    }
}

/// A function in a server. There must be no other whose environment waits while this one is used.
pub(crate) struct Function<'a> {
    server: &'a Server,
    pub(crate) name: String,
}

impl<'a> Function<'a> {
    /// Deploys the one that fails as it is told.
    pub(crate) fn deploy(server: &'a Server, language: Language, extra: &Value) -> Self {
        let name = format!("failures-{language}");
        // A busy machine must not make a function late that is not meant to be.
        let mut settings = json!({ "Timeout": 60 });
        settings.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        server.create_function(&name, language.runtime(), "failures.handler", language.package(), settings);
        Self { server, name }
    }

    /// Deploys one of its own.
    pub(crate) fn of(
        server: &'a Server,
        runtime: &str,
        handler: &str,
        package: Package,
        extra: Value,
    ) -> Self {
        let name = "own".to_owned();
        server.create_function(&name, runtime, handler, package, extra);
        Self { server, name }
    }

    /// One synchronous run, which always has status 200; waits until the environment can be used again.
    pub(crate) fn run(&self, event: &Value) -> Run {
        let reply = self.server.invoke(&self.name, &event.to_string());
        assert_eq!(reply.status, 200, "{}: {}", self.name, reply.text());
        wait_for(RESET_TIMEOUT, "the environment to be free", || (idle(self.server) == 1).then_some(()));
        Run { id: reply.request_id(), reply }
    }

    /// Everything it has logged: there is one environment, so there is one stream.
    pub(crate) fn log(&self) -> Log {
        Log::of(self.server, &format!("/aws/lambda/{}", self.name))
    }

    pub(crate) fn delete(self) {
        let reply = self.server.request("DELETE", &format!("/2015-03-31/functions/{}", self.name), &[], b"");
        assert_eq!(reply.status, 204, "{}", reply.text());
        wait_for(RESET_TIMEOUT, "the environment to be gone", || (idle(self.server) == 0).then_some(()));
    }
}

/// What one run gave.
pub(crate) struct Run {
    pub(crate) id: String,
    pub(crate) reply: Reply,
}

impl Run {
    /// The payload of a run that succeeded.
    pub(crate) fn succeeded(&self) -> Value {
        assert_eq!(self.reply.header("x-amz-function-error"), None, "{}", self.reply.text());
        assert_eq!(self.reply.header("x-amz-executed-version"), Some("$LATEST"));
        self.reply.json()
    }

    /// The payload, word for word, of one that failed.
    pub(crate) fn failed(&self) -> String {
        assert_eq!(self.reply.header("x-amz-function-error"), Some("Unhandled"), "{}", self.reply.text());
        assert_eq!(self.reply.header("x-amz-executed-version"), Some("$LATEST"));
        self.reply.text()
    }

    /// How often this process has run the function, and whether an earlier run's file is there.
    pub(crate) fn runs_and_marked(&self) -> (u64, bool) {
        let payload = self.succeeded();
        (payload["runs"].as_u64().unwrap(), payload["marked"].as_bool().unwrap())
    }
}

/// Warm environments waiting for work.
fn idle(server: &Server) -> u64 {
    let metrics = server.request("GET", "/metrics", &[], b"").text();
    let line = metrics.lines().find_map(|line| line.strip_prefix("lambent_environments_idle "));
    line.unwrap_or_else(|| panic!("no such metric in {metrics}")).parse().unwrap()
}
