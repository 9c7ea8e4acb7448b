//! The store's contract, as tests that any implementation has to pass. The embedded one is put under it on
//! the engine's files ([`embedded`]) and on the disk in memory ([`simulated`]).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and its helpers are outside of test functions"
)]

mod backend;
mod dead_letters;
mod embedded;
mod listing;
mod model;
mod outbox;
mod queue;
mod queue_enqueue;
mod queue_over;
mod queue_time;
mod resources;
mod simulated;
mod suites;
