//! Runs code: takes events from the queue and calls from the API, places them into execution environments, and
//! writes down what happened.
//!
//! [`Engine`] is the door. A synchronous call and an event from the queue take the same path from admission on:
//! `concurrency`, `pool`, `environment`; only the `dispatcher` knows the queue.

mod chance;
pub mod clock;
pub mod concurrency;
mod credentials;
pub mod deliveries;
mod dispatcher;
mod engine;
mod environment;
mod failures;
mod housekeeping;
mod isolation;
pub mod logs;
mod pauses;
mod pool;
mod processor;
mod provisioned;
mod recursion;
mod response_stream;
mod runtime_api;
pub mod runtimes;
mod seats;
#[cfg(feature = "simulation")]
pub mod simulation;
pub mod stats;
mod streaming;
pub mod tasks;

pub use credentials::FunctionCredentials;
pub use engine::{Completion, Engine, EngineOptions, Parts, PrivateApi, Refusal, Throttle};
pub use provisioned::{ProvisionedState, ProvisionedStatus};
pub use streaming::{ResponseStream, StreamEnd, Streaming};
