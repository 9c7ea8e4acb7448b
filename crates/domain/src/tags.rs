//! Tags: what may be tagged, and with what.

use crate::arn::{AccountId, FunctionName, Region};
use crate::qualifier::Qualifier;
use crate::reference::FunctionReference;
use std::collections::BTreeMap;

/// Most tags of one resource (D gettingstarted-limits).
pub const TAGS_MAX: usize = 50;

/// What has tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// Its region.
    pub region: Region,
    /// Its owner.
    pub account: AccountId,
    /// The thing itself.
    pub resource: TaggedResource,
}

/// Things with tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaggedResource {
    /// A function; with a qualifier the ARN is of something that has no tags.
    Function(FunctionName, Option<Qualifier>),
    /// An event source mapping by its UUID.
    EventSourceMapping(String),
    /// A code signing configuration by its id.
    CodeSigningConfig(String),
    /// Something that this server does not have.
    Other,
}

/// Why tags were not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagsRefused {
    /// There are none.
    Empty,
    /// There would be more than [`TAGS_MAX`].
    TooMany,
    /// A key is of those that AWS keeps for itself.
    Reserved,
}

/// Reads the ARN of something that can be tagged; nothing else has such an ARN.
#[must_use]
pub fn parse(arn: &str) -> Option<Tagged> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", _, "lambda", region, account, kind, rest @ ..] = parts.as_slice() else { return None };
    let resource = match (*kind, rest) {
        ("function", _) => {
            let FunctionReference { name, qualifier, .. } = FunctionReference::parse(arn).ok()?;
            TaggedResource::Function(name, qualifier)
        }
        ("event-source-mapping", [id]) => TaggedResource::EventSourceMapping((*id).to_owned()),
        ("code-signing-config", [id]) => TaggedResource::CodeSigningConfig((*id).to_owned()),
        (_, _) => TaggedResource::Other,
    };
    Some(Tagged { region: Region::new(region).ok()?, account: AccountId::new(account).ok()?, resource })
}

/// Whether these may be all the tags of something.
///
/// # Errors
/// [`TagsRefused`].
pub fn check(tags: &BTreeMap<String, String>) -> Result<(), TagsRefused> {
    let reserved = |key: &String| key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"));
    if tags.keys().any(reserved) {
        return Err(TagsRefused::Reserved);
    }
    if tags.len() > TAGS_MAX { Err(TagsRefused::TooMany) } else { Ok(()) }
}

/// Sets tags beside those that are there, or in the place of those with the same key. Nothing is changed if any is
/// refused.
///
/// # Errors
/// [`TagsRefused`].
pub fn add(
    present: &mut BTreeMap<String, String>,
    added: &BTreeMap<String, String>,
) -> Result<(), TagsRefused> {
    if added.is_empty() {
        return Err(TagsRefused::Empty);
    }
    let mut all = present.clone();
    all.extend(added.iter().map(|(key, value)| (key.clone(), value.clone())));
    check(&all)?;
    *present = all;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(keys: impl IntoIterator<Item = String>) -> BTreeMap<String, String> {
        keys.into_iter().map(|key| (key, "value".to_owned())).collect()
    }

    fn numbered(count: usize) -> BTreeMap<String, String> {
        tags((0..count).map(|number| format!("key{number}")))
    }

    #[test]
    fn there_are_fifty_at_most_counted_by_key() {
        let mut present = numbered(TAGS_MAX - 1);
        assert_eq!(add(&mut present, &numbered(TAGS_MAX)), Ok(()));
        assert_eq!(add(&mut present, &tags(["one more".to_owned()])), Err(TagsRefused::TooMany));
        assert_eq!(present, numbered(TAGS_MAX));
        assert_eq!(add(&mut BTreeMap::new(), &numbered(TAGS_MAX + 1)), Err(TagsRefused::TooMany));
        assert_eq!(add(&mut present, &BTreeMap::new()), Err(TagsRefused::Empty));
        assert_eq!(check(&BTreeMap::new()), Ok(()), "a function may be created without");
    }

    #[test]
    fn keys_of_aws_are_not_for_owners() {
        for (key, refused) in
            [("aws:x", true), ("AWS:", true), ("aWs:é", true), ("awsx", false), ("éaws:", false)]
        {
            assert_eq!(check(&tags([key.to_owned()])).is_err(), refused, "{key}");
        }
    }

    #[test]
    fn only_arns_of_lambda_name_what_has_tags() {
        let resource = |rest: &str| parse(&format!("arn:aws:lambda:us-east-1:000000000000:{rest}"));
        let name = FunctionName::new("f").unwrap();
        for (rest, expected) in [
            ("function:f", Some(TaggedResource::Function(name.clone(), None))),
            ("function:f:$LATEST", Some(TaggedResource::Function(name.clone(), Some(Qualifier::Latest)))),
            ("function:f:live", Some(TaggedResource::Function(name, Some(Qualifier::from("live"))))),
            ("code-signing-config:csc-1", Some(TaggedResource::CodeSigningConfig("csc-1".to_owned()))),
            ("event-source-mapping:1-2", Some(TaggedResource::EventSourceMapping("1-2".to_owned()))),
            ("capacity-provider:p", Some(TaggedResource::Other)),
            ("function:f:1:2", None),
        ] {
            assert_eq!(resource(rest).map(|tagged| tagged.resource), expected, "{rest}");
        }
        for bad in [
            "",
            "f",
            "arn:aws:s3:::b",
            "arn:aws:lambda:mars:000000000000:function:f",
            "arn:aws:lambda:us-east-1:1:function:f",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
