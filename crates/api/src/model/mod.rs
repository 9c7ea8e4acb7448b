//! What the generated code is written in terms of: routes, error shapes, constraints and travelling values.

mod constraint;
mod located;
mod route;
mod value;
mod violations;

pub use constraint::{Count, Pattern, Real, Text, Whole};
pub use located::{Located, Malformed, Parts};
pub use route::{DateRoutes, OperationTraits, Route, Segment};
pub use value::{Blob, Sensitive};
pub use violations::{Check, Violations};

/// An error as the service model defines it: the wire knows nothing else about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorShape {
    pub name: &'static str,
    pub status: u16,
    /// `Message` or `message`: typed SDKs read only the one their shape has.
    pub message_key: &'static str,
}

impl ErrorShape {
    pub const fn new(name: &'static str, status: u16, message_key: &'static str) -> Self {
        Self { name, status, message_key }
    }
}
