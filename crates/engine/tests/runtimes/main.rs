//! Our language runtimes, run by the host's real interpreters against a Runtime API played by the test.
//!
//! `python` and `node` say what a function and its caller see; `oracle` runs the same functions under AWS's own client,
//! `start_times` measures.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected has failed"
)]

mod fake_api;
mod node;
mod oracle;
mod python;
mod scenario;
mod start_times;
