//! The shape of the generated route table.

use crate::generated::lambda::operations::Operation;

/// What the model says about an operation besides its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationTraits {
    pub name: &'static str,
    /// The status of a success, unless the handler knows a better one.
    pub status: u16,
    pub idempotent: bool,
}

impl OperationTraits {
    pub const fn new(name: &'static str, status: u16, idempotent: bool) -> Self {
        Self { name, status, idempotent }
    }
}

/// All paths below one date, the API version an operation appeared with.
#[derive(Clone, Copy, Debug)]
pub struct DateRoutes {
    pub date: &'static str,
    pub routes: &'static [Route],
}

#[derive(Clone, Copy, Debug)]
pub struct Route {
    pub method: &'static str,
    /// The path after the date.
    pub segments: &'static [Segment],
    /// A pair the query must hold for this route to be meant.
    pub query: Option<(&'static str, &'static str)>,
    pub operation: Operation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    Literal(&'static str),
    Label,
}

impl Route {
    pub const fn new(
        method: &'static str,
        segments: &'static [Segment],
        query: Option<(&'static str, &'static str)>,
        operation: Operation,
    ) -> Self {
        Self { method, segments, query, operation }
    }
}
