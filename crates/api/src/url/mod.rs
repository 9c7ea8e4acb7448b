//! Function URLs, as far as they can be computed: which URL a host name means, the event that a request becomes, the
//! answer that a function's response becomes, and what a URL answers itself.
//!
//! Everything here is pure. A request comes from a stranger and a response from a function, and neither can make an
//! illegal HTTP message or an unbounded one. Where AWS's own behaviour was recorded, the tests say so.

mod answer;
mod cors;
mod event;
mod host;
mod refusal;

pub use answer::{Head, Malformed, PreludeReader, answer, has_prelude, streamed_head};
pub use cors::{decorate, preflight};
pub use event::{Caller, IamCaller, TooLarge, UrlRequest, event};
pub use host::{UrlHost, UrlId, function_url};
pub use refusal::{bad_gateway, forbidden, no_such_url, too_large};
