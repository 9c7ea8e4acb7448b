//! Members that travel in the path, the query or the headers.

use std::borrow::Cow;

use http::HeaderMap;

use crate::route::Query;

/// Fills the members of a request that are not in its body.
pub trait Located {
    fn locate(&mut self, parts: &Parts<'_>) -> Result<(), Malformed>;
}

/// A located member's text is not a value of the member's type.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed {
    pub member: &'static str,
}

/// Where located members are found.
#[derive(Debug)]
pub struct Parts<'a> {
    pub labels: &'a [Cow<'a, str>],
    pub query: &'a Query,
    pub headers: &'a HeaderMap,
}

impl Parts<'_> {
    /// The path's label at `index`, in the order of the URI template.
    pub fn label(&self, index: usize) -> Option<String> {
        self.labels.get(index).map(|label| label.clone().into_owned())
    }

    pub fn label_whole(&self, index: usize, name: &'static str) -> Result<Option<i64>, Malformed> {
        self.labels.get(index).map(|text| text.parse().map_err(|_| Malformed { member: name })).transpose()
    }

    pub fn query(&self, name: &str) -> Option<String> {
        self.query.get(name).map(str::to_owned)
    }

    /// Every value of a repeated parameter; `None` when it was not given at all.
    pub fn query_all(&self, name: &str) -> Option<Vec<String>> {
        let values: Vec<String> = self.query.all(name).map(str::to_owned).collect();
        (!values.is_empty()).then_some(values)
    }

    pub fn query_whole(&self, name: &'static str) -> Result<Option<i64>, Malformed> {
        self.query.get(name).map(|text| text.parse().map_err(|_| Malformed { member: name })).transpose()
    }

    /// A header's text; one that is not ASCII text counts as absent.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }
}
