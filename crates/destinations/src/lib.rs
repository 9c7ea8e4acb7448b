//! Station 13, deliver: sends the records of events that are over to where they are wanted.
//!
//! The [`Courier`] takes records from the store's outbox, finds the sender for each target, and makes true in the outbox
//! what came of the try. Delivery is at least once: a record stays on the disk until it arrived or was given up, and what
//! is under way when the server stops is sent again. It never touches the event queue, except to send to a function.
//!
//! * A target that does not answer holds up nobody else: behind three failures in a row its circuit opens, and it is
//!   held: its records stay on the disk until one of them, alone, finds it well again or they are too old. No target has more than its share of the places.
//! * Every try has a deadline, and everything that waits has a bound.
//! * Only what the operator configured is ever called: without an endpoint or a route there is no call, but a clear error
//!   on the delivery. Redirects are not followed.
//!
//! It is a crate of its own so that nobody who builds the engine has to build AWS's clients.

mod aws;
mod circuit;
mod courier;
mod fault;
mod file;
mod function;
mod http;
mod message;
mod nats;
mod options;
mod pattern;
mod routes;
mod sender;
mod webhook;

pub use courier::{Courier, Parts};
pub use nats::NatsOptions;
pub use options::{
    Addressing, Credentials, FileOptions, Options, OwnTarget, Route, Secret, ServiceOptions, Services,
    UnfitTarget,
};
pub use pattern::{Pattern, UnfitPattern};
