//! The store's contract, as tests that any implementation has to pass. The embedded one is put under it in
//! [`embedded`]; another is a second module like it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and its helpers are outside of test functions"
)]

mod backend;
mod embedded;
mod model;
mod queue;
mod queue_time;
mod resources;
