//! The query string as decoded pairs.

use super::percent::{self, Undecodable};

/// The pairs of a query string. Requests without one, nearly all of them, cost nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Reads `a=b&c=d`; a key without a value has the empty one.
    pub fn parse(query: Option<&str>) -> Result<Self, Undecodable> {
        let Some(query) = query.filter(|query| !query.is_empty()) else { return Ok(Self::default()) };
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((part(key)?, part(value)?))
        });
        Ok(Self { pairs: pairs.collect::<Result<_, _>>()? })
    }

    /// The first value of `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.all(key).next()
    }

    /// The names of all pairs.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_str())
    }

    /// Every value of `key`, in the order they were given.
    pub fn all(&self, key: &str) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// In a query a plus sign is a blank.
fn part(text: &str) -> Result<String, Undecodable> {
    Ok(percent::decode(&text.replace('+', " "))?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_and_the_first_wins() {
        let query = Query::parse(Some("Qualifier=%24LATEST&a=b+c&List&Qualifier=2&&=x")).unwrap();
        assert_eq!(query.get("Qualifier"), Some("$LATEST"));
        assert_eq!(query.get("a"), Some("b c"));
        assert_eq!(query.get("List"), Some(""));
        assert_eq!(query.get("absent"), None);
        assert_eq!(query.all("Qualifier").collect::<Vec<_>>(), ["$LATEST", "2"]);
        assert_eq!(Query::parse(Some("a=%zz")), Err(Undecodable));
        assert_eq!(Query::parse(None), Ok(Query::default()));
    }
}
