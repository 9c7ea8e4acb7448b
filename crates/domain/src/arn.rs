//! What a function is called: its name, and the ARN that names it across regions and accounts.

use crate::qualifier::Qualifier;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A value that does not have the form its type asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("malformed {kind}")]
pub struct Malformed {
    /// What was expected, in lower case: `function name`, `region`, `account id`.
    pub kind: &'static str,
}

/// A function's bare name: one or more of `[a-zA-Z0-9-_.]`.
///
/// The dot and lengths above 64 are legal when a function is *named* and refused when one is *created*
/// (facts: async-invocation §3); the second rule is [`FunctionName::is_creatable`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FunctionName(Arc<str>);

impl FunctionName {
    /// Longest bare name that CreateFunction takes, in bytes.
    pub const CREATABLE_BYTES_MAX: usize = 64;

    /// Checks the alphabet; any length from one up.
    pub fn new(text: &str) -> Result<Self, Malformed> {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if text.is_empty() || !text.bytes().all(legal) {
            return Err(Malformed { kind: "function name" });
        }
        Ok(Self(text.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether CreateFunction takes it: at most 64 characters and no dot.
    #[must_use]
    pub fn is_creatable(&self) -> bool {
        self.0.len() <= Self::CREATABLE_BYTES_MAX && !self.0.contains('.')
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for FunctionName {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::new(&text)
    }
}

impl From<FunctionName> for String {
    fn from(name: FunctionName) -> Self {
        name.0.as_ref().to_owned()
    }
}

/// An AWS region's name, such as `us-east-1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(Arc<str>);

impl Region {
    /// Two letters, optional `-gov` or `-iso` with a letter, a word and a digit; `eusc-` may stand in front.
    pub fn new(text: &str) -> Result<Self, Malformed> {
        if is_region(text) { Ok(Self(text.into())) } else { Err(Malformed { kind: "region" }) }
    }

    /// The region as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_region(text: &str) -> bool {
    let text = text.strip_prefix("eusc-").unwrap_or(text);
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let digit = |part: &str| part.len() == 1 && part.bytes().all(|byte| byte.is_ascii_digit());
    let partition = |part: &str| {
        part == "gov"
            || part
                .strip_prefix("iso")
                .is_some_and(|rest| rest.is_empty() || (rest.len() == 1 && letters(rest)))
    };
    let mut parts = text.split('-');
    match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(country), Some(word), Some(number), None, None) => {
            country.len() == 2 && letters(country) && letters(word) && digit(number)
        }
        (Some(country), Some(special), Some(word), Some(number), None) => {
            country.len() == 2 && letters(country) && partition(special) && letters(word) && digit(number)
        }
        _ => false,
    }
}

impl fmt::Display for Region {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for Region {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::new(&text)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0.as_ref().to_owned()
    }
}

/// A twelve-digit AWS account number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(Arc<str>);

impl AccountId {
    /// Exactly twelve digits.
    pub fn new(text: &str) -> Result<Self, Malformed> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.into()))
        } else {
            Err(Malformed { kind: "account id" })
        }
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for AccountId {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::new(&text)
    }
}

impl From<AccountId> for String {
    fn from(account: AccountId) -> Self {
        account.0.as_ref().to_owned()
    }
}

/// `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FunctionArn {
    /// The region the function lives in.
    pub region: Region,
    /// The account that owns it.
    pub account: AccountId,
    /// Its name.
    pub name: FunctionName,
    /// The version or alias that is meant; none in an unqualified ARN.
    pub qualifier: Option<Qualifier>,
}

impl fmt::Display for FunctionArn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "arn:aws:lambda:{}:{}:function:{}", self.region, self.account, self.name)?;
        match &self.qualifier {
            Some(qualifier) => write!(out, ":{qualifier}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_by_the_recorded_form() {
        for good in [
            "us-east-1",
            "eu-central-2",
            "us-gov-west-1",
            "us-iso-east-1",
            "us-isob-east-1",
            "eusc-de-east-1",
        ] {
            assert!(Region::new(good).is_ok(), "{good}");
        }
        for bad in
            ["", "us", "us-east", "us-east-11", "usa-east-1", "us-east-x", "us-foo-east-1", "US-east-1"]
        {
            assert!(Region::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_dotted_or_long_name_may_be_named_but_not_created() {
        assert!(!FunctionName::new("a.b").unwrap().is_creatable());
        assert!(!FunctionName::new(&"a".repeat(65)).unwrap().is_creatable());
        assert!(FunctionName::new(&"a".repeat(64)).unwrap().is_creatable());
        for bad in ["", "*", "my-function!", "a:b", "a/b", "ä"] {
            assert!(FunctionName::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_arn_prints_its_qualifier_only_when_it_has_one() {
        let mut arn = FunctionArn {
            region: Region::new("us-east-1").unwrap(),
            account: AccountId::new("000000000000").unwrap(),
            name: FunctionName::new("hello").unwrap(),
            qualifier: None,
        };
        assert_eq!(arn.to_string(), "arn:aws:lambda:us-east-1:000000000000:function:hello");
        arn.qualifier = Some(Qualifier::Latest);
        assert_eq!(arn.to_string(), "arn:aws:lambda:us-east-1:000000000000:function:hello:$LATEST");
    }
}
