//! Our language runtimes, run by the host's real interpreters against a Runtime API played by the test.
//!
//! `python` and `node` say what a function and its caller see; `oracle_…` run the same functions under AWS's own clients,
//! `start_times` measures.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected has failed"
)]

mod fake_api;
mod node;
mod node_streaming;
mod oracle_node;
mod oracle_python;
mod python;
mod scenario;
mod start_times;
