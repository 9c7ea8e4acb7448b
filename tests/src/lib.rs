//! What the suites share: the real binary on a free port and a temporary directory, functions to put into it, and the
//! real clients to call it with. `cargo xtask test` prepares the clients and says where they are.

#![expect(clippy::panic, reason = "this crate is for tests, which end that way")]
#![expect(clippy::expect_used, reason = "this crate is for tests, which end that way")]

pub mod chance;
pub mod client;
pub mod events;
pub mod faults;
pub mod function;
pub mod http;
pub mod moto;
pub mod nats;
pub mod runtime;
pub mod script;
pub mod server;
pub mod user;

pub use chance::Chance;
pub use client::Client;
pub use faults::Faults;
pub use function::Package;
pub use http::Reply;
pub use moto::Moto;
pub use nats::Nats;
pub use script::Script;
pub use server::Server;

use std::path::PathBuf;

/// A path that `cargo xtask test` prepares. A test that needs one and lacks it fails: it must not pass unseen.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the tests' own variables; no configuration of the product")]
pub fn prepared(variable: &str) -> PathBuf {
    match std::env::var(variable) {
        Ok(path) => path.into(),
        Err(_) => panic!("{variable} is not set; run the tests with `cargo xtask test`"),
    }
}

/// Whether the long suites were asked for.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the tests' own variables; no configuration of the product")]
pub fn is_long() -> bool {
    std::env::var("LAMBENT_TEST_LONG").is_ok()
}
