//! The store's contract, as tests that any implementation has to pass. The embedded one is put under it in
//! [`embedded`]; another is a second module like it.

mod backend;
mod embedded;
mod functions;
mod model;
mod queue;
mod queue_time;
