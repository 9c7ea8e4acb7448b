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

    /// A number in the path names a thing, and a thing has one name: `03` and `+3` are not taken for `3`.
    pub fn label_whole(&self, index: usize, name: &'static str) -> Result<Option<i64>, Malformed> {
        let Some(text) = self.labels.get(index) else { return Ok(None) };
        let number: i64 = text.parse().map_err(|_| Malformed { member: name })?;
        if number.to_string() == **text { Ok(Some(number)) } else { Err(Malformed { member: name }) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_paths_are_written_in_one_way() {
        let (query, headers) = (Query::parse(None).unwrap(), HeaderMap::new());
        let read = |text: &'static str| {
            let labels = [Cow::Borrowed(text)];
            let parts = Parts { labels: &labels, query: &query, headers: &headers };
            parts.label_whole(0, "VersionNumber").ok().flatten()
        };
        assert_eq!((read("3"), read("0"), read("-3"), read("10")), (Some(3), Some(0), Some(-3), Some(10)));
        for other in ["03", "+3", "-0", " 3", "3 ", "", "x", "9223372036854775808"] {
            assert_eq!(read(other), None, "{other:?}");
        }
    }
}
