//! The real binary, as a person or a script meets it: what it prints, its exit codes, how it starts and stops.
//!
//! Every test has a data directory and a port of its own. Functions are in Python, which the host must have.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected has failed")]

mod access;
mod client;
mod demo;
mod events;
mod program;
mod refusals;
mod stopping;
mod tls;
