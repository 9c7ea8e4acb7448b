//! The query of a request.

use super::segment;

/// Names and values, in the order in which they were given.
#[derive(Debug, Default)]
pub(super) struct Query(String);

impl Query {
    /// The same with one more parameter, if it has a value.
    pub(super) fn with(mut self, name: &str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            self.0.push(if self.0.is_empty() { '?' } else { '&' });
            self.0.push_str(&format!("{name}={}", segment(value)));
        }
        self
    }

    /// A path with this query.
    pub(super) fn on(&self, path: &str) -> String {
        format!("{path}{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn parameters_that_have_a_value_are_escaped() {
        assert_eq!(Query::default().with("a", None).on("/x"), "/x");
        let query = Query::default().with("a", Some("1&b=2 c")).with("b", None).with("c", Some("x"));
        assert_eq!(query.on("/x"), "/x?a=1%26b%3D2%20c&c=x");
    }
}
