//! Station 1: which operation a method and a path name. A pure function over the generated table.
//!
//! It is on the path of every request, so it allocates nothing unless a label is percent-encoded.

mod percent;
mod query;

use std::borrow::Cow;

use crate::generated::lambda::operations::Operation;
use crate::generated::lambda::routes::ROUTES;
use crate::model::{Route, Segment};

pub use percent::Undecodable;
pub(crate) use percent::decode;
pub use query::Query;

/// More than any path of the model has.
const SEGMENTS_MAX: usize = 8;
/// As many as any path of the model has.
const LABELS_MAX: usize = 3;

/// The labels of a path, decoded, in the order of its template.
pub type Labels<'a> = [Cow<'a, str>; LABELS_MAX];

/// A request that names an operation.
#[derive(Debug)]
pub struct Routed<'a> {
    pub operation: Operation,
    pub labels: Labels<'a>,
}

/// Why a request names no operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unroutable {
    /// No operation has such a path.
    UnknownPath,
    /// There are operations with this path, but not with this method.
    WrongMethod,
    /// A label is not percent-encoded UTF-8.
    Undecodable,
}

/// Finds the operation of a request.
///
/// One trailing slash is allowed everywhere: AWS's own page for InvokeAsync has it, and so have older SDKs.
pub fn route<'a>(method: &str, path: &'a str, query: &Query) -> Result<Routed<'a>, Unroutable> {
    let path = path.strip_prefix('/').ok_or(Unroutable::UnknownPath)?;
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut segments = [""; SEGMENTS_MAX];
    let mut count = 0;
    for segment in path.split('/') {
        *segments.get_mut(count).ok_or(Unroutable::UnknownPath)? = segment;
        count += 1;
    }
    let segments = segments.get(..count).unwrap_or_default();
    let (date, rest) = segments.split_first().ok_or(Unroutable::UnknownPath)?;
    let dated = ROUTES.iter().find(|dated| dated.date == *date).ok_or(Unroutable::UnknownPath)?;
    let mut path_known = false;
    for route in dated.routes.iter().filter(|route| is_path_of(route, rest)) {
        path_known = true;
        if route.method == method && route.query.is_none_or(|(key, value)| query.get(key) == Some(value)) {
            return Ok(Routed { operation: route.operation, labels: labels(route, rest)? });
        }
    }
    Err(if path_known { Unroutable::WrongMethod } else { Unroutable::UnknownPath })
}

fn is_path_of(route: &Route, segments: &[&str]) -> bool {
    route.segments.len() == segments.len()
        && route.segments.iter().zip(segments).all(|(expected, segment)| match expected {
            Segment::Literal(literal) => literal == segment,
            Segment::Label => !segment.is_empty(),
        })
}

fn labels<'a>(route: &Route, segments: &[&'a str]) -> Result<Labels<'a>, Unroutable> {
    let mut labels = [const { Cow::Borrowed("") }; LABELS_MAX];
    let found = route.segments.iter().zip(segments).filter(|(expected, _)| **expected == Segment::Label);
    for (label, (_, segment)) in labels.iter_mut().zip(found) {
        *label = percent::decode(segment).map_err(|Undecodable| Unroutable::Undecodable)?;
    }
    Ok(labels)
}

#[cfg(test)]
mod tests;
