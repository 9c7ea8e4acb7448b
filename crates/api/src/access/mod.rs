//! Who may call: the keys that are known at this moment, the sessions of functions, and how callers are held to a rate.
//!
//! [`Registry`] is what a request's signature is checked against. It is filled from the files of
//! [`lambent_store::access`] and from the `[roles]` of the configuration, and filled anew when they change
//! ([`watch`]). A [`Session`](Sessions) lasts as long as the environment it was issued to.

mod principal;
mod registry;
mod sessions;
mod watch;

pub use registry::{AccessKey, Registry, Rights, Status};
pub use sessions::{IssueError, SESSION_LIFETIME, SessionCredentials, SessionGuard, Sessions};
pub use watch::watch;

use crate::rate::RateLimiter;

/// Who has to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Nobody: the server is reached from this machine only. Signatures of known keys are checked all the same.
    Loopback,
    /// Everybody.
    Required,
}

/// Everything the door asks about callers.
#[derive(Debug)]
pub struct Access {
    pub auth: Auth,
    pub registry: Registry,
    /// None: callers are held to no rate.
    pub rate: Option<RateLimiter>,
    /// Whether clients reach this server by https, itself or through a proxy: the scheme of URLs that it gives out.
    pub https: bool,
}
