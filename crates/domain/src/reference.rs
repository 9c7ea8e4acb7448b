//! How a caller may name a function: bare name, partial ARN or full ARN, with or without a qualifier.
//!
//! The recorded table is async-invocation §3. AWS publishes a regular expression whose parts are all optional and
//! greedy; here the text is cut at its colons and the longest prefix that leaves a legal name wins, which accepts
//! the same texts without a regular expression on the hot path.

use crate::arn::{AccountId, FunctionName, Malformed, Region};
use crate::qualifier::Qualifier;

/// A function as a caller named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionReference {
    /// Given only in an ARN that has one.
    pub region: Option<Region>,
    /// Given only in an ARN or partial ARN that has one.
    pub account: Option<AccountId>,
    /// The bare name.
    pub name: FunctionName,
    /// The suffix behind the name.
    pub qualifier: Option<Qualifier>,
}

/// Longest text that is looked at, in bytes (`NamespacedFunctionName` in the service model).
pub const REFERENCE_BYTES_MAX: usize = 256;

impl FunctionReference {
    /// Reads a `FunctionName` parameter.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        // The ordinary case, a bare name, needs no splitting.
        if let Ok(name) = FunctionName::new(text) {
            return Ok(Self { region: None, account: None, name, qualifier: None });
        }
        let parts: Vec<&str> = text.split(':').collect();
        if let ["arn", partition, "lambda", region, account, rest @ ..] = parts.as_slice()
            && is_partition(partition)
        {
            let region = Some(Region::new(region)?);
            let account = Some(AccountId::new(account)?);
            return Self::behind(rest, region, account);
        }
        let (region, rest) = match parts.split_first() {
            Some((first, rest)) if !rest.is_empty() => match Region::new(first) {
                Ok(region) => (Some(region), rest),
                Err(_) => (None, parts.as_slice()),
            },
            _ => (None, parts.as_slice()),
        };
        let (account, rest) = match rest.split_first() {
            Some((first, behind)) if !behind.is_empty() => match AccountId::new(first) {
                Ok(account) => (Some(account), behind),
                Err(_) => (None, rest),
            },
            _ => (None, rest),
        };
        Self::behind(rest, region, account).or_else(|_| Self::behind(&parts, None, None))
    }

    /// Reads `[function:]name[:qualifier]`; `function` alone, or before a qualifier, is a function's name.
    fn behind(parts: &[&str], region: Option<Region>, account: Option<AccountId>) -> Result<Self, Malformed> {
        if let ["function", rest @ ..] = parts
            && let Ok((name, qualifier)) = name_and_qualifier(rest)
        {
            return Ok(Self { region, account, name, qualifier });
        }
        let (name, qualifier) = name_and_qualifier(parts)?;
        Ok(Self { region, account, name, qualifier })
    }
}

fn name_and_qualifier(parts: &[&str]) -> Result<(FunctionName, Option<Qualifier>), Malformed> {
    match parts {
        [name] => Ok((FunctionName::new(name)?, None)),
        [name, qualifier] if is_suffix(qualifier) => {
            Ok((FunctionName::new(name)?, Some(Qualifier::from(*qualifier))))
        }
        _ => Err(Malformed { kind: "function reference" }),
    }
}

/// `aws` and whatever letters and dashes follow; AWS's pattern also takes an empty partition.
fn is_partition(text: &str) -> bool {
    let rest = text.strip_prefix("aws");
    text.is_empty()
        || rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-'))
}

/// The suffix is stricter than the `Qualifier` parameter: a dollar sign only in the two spelled-out words.
fn is_suffix(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    matches!(text, "$LATEST" | "$LATEST.PUBLISHED") || (!text.is_empty() && text.bytes().all(legal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:";

    fn parsed(text: &str) -> (String, Option<String>) {
        let reference = FunctionReference::parse(text).unwrap_or_else(|_| panic!("{text} should parse"));
        (reference.name.to_string(), reference.qualifier.map(|qualifier| qualifier.to_string()))
    }

    #[test]
    fn legal_forms() {
        let plain = ("f".to_owned(), None);
        let latest = ("f".to_owned(), Some("$LATEST".to_owned()));
        for text in [
            "f",
            "function:f",
            "000000000000:function:f",
            "000000000000:f",
            "us-east-1:000000000000:function:f",
        ] {
            assert_eq!(parsed(text), plain, "{text}");
        }
        assert_eq!(parsed(&format!("{ARN}function:f")), plain);
        assert_eq!(parsed(&format!("{ARN}function:f:$LATEST")), latest);
        assert_eq!(parsed("f:$LATEST"), latest);
        assert_eq!(parsed("f:$LATEST.PUBLISHED").1.unwrap(), "$LATEST.PUBLISHED");
        assert_eq!(parsed("arn:aws-cn:lambda:cn-north-1:000000000000:function:f:1").1.unwrap(), "1");
        assert_eq!(parsed(&"a".repeat(65)).0.len(), 65);
        assert_eq!(parsed("000000000000"), ("000000000000".to_owned(), None));
    }

    #[test]
    fn function_may_be_a_functions_name() {
        assert_eq!(parsed(&format!("{ARN}function")).0, "function");
        assert_eq!(parsed(&format!("{ARN}function:function:$LATEST")).0, "function");
        assert_eq!(parsed("function:$LATEST"), ("function".to_owned(), Some("$LATEST".to_owned())));
    }

    #[test]
    fn refused_by_the_recorded_table() {
        let long = [
            format!("{ARN}function:my-function:1:2"),
            format!("{ARN}function:my-function:$LATES"),
            "arn:aws:lambda:invalid-region:000000000000:function:f".to_owned(),
            "arn:aws:lambda:us-east-1:invalid-account:function:f".to_owned(),
            "arn:aws:lambda::000000000000:function:f".to_owned(),
            "arn:aws:lambda:us-east-1::function:f".to_owned(),
            "arn:aws:s3:us-east-1:000000000000:function:f".to_owned(),
        ];
        let short =
            ["", "*", "my-function!", "function:f:$LATEST:extra", "f:", ":f", "f:$LATES", "f:$", "f:a!"];
        for text in long.iter().map(String::as_str).chain(short) {
            assert!(FunctionReference::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_parses_or_is_refused(text in ".{0,300}") {
            let _ = FunctionReference::parse(&text).map(|reference| {
                assert!(FunctionName::new(reference.name.as_str()).is_ok());
            });
        }

        #[test]
        fn what_parses_keeps_its_name(name in "[a-zA-Z0-9_.-]{1,64}", qualifier in "[a-zA-Z0-9_-]{1,20}") {
            prop_assume!(name != "function" && Region::new(&name).is_err() && AccountId::new(&name).is_err());
            let reference = FunctionReference::parse(&format!("{ARN}function:{name}:{qualifier}")).unwrap();
            prop_assert_eq!(reference.name.as_str(), name.as_str());
            prop_assert_eq!(reference.qualifier.unwrap().to_string(), qualifier);
        }
    }
}
