//! What is known about a request besides who, what and on which resource: the condition keys and their values.
//!
//! Most of it is said by callers, so it is bounded here, where it comes in: a value of at most [`VALUE_BYTES_MAX`] bytes, a
//! list of at most [`VALUES_MAX`] of them, tags as the service model has them. What is longer is kept as not to be judged:
//! a condition on it holds for every `Deny` and for no `Allow`, so saying too much never gains anything.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::date;
use super::principal::Principal;
use super::tag_set::TagSet;
use crate::time::Timestamp;

/// Longest value of a condition key that is compared. An ARN of a role, the longest that AWS has, may be as long.
const VALUE_BYTES_MAX: usize = 2_048;
/// Most values of one condition key: nothing that a request may have several of may be there more often.
const VALUES_MAX: usize = 50;
const REQUEST_TAG: &str = "aws:RequestTag/";
const RESOURCE_TAG: &str = "aws:ResourceTag/";

/// Condition keys, compared without regard to case, each with one value or several.
///
/// A request has a dozen, so they are a list that is searched from the front; tags are kept apart.
#[derive(Debug, Clone, Default)]
pub struct Context<'a> {
    entries: Vec<(Cow<'a, str>, Values<'a>)>,
    request_tags: TagSet<'a>,
    resource_tags: TagSet<'a>,
    time: Option<Time>,
}

/// The time, written out once a condition asks for it: few do, and every invocation has a context.
#[derive(Debug, Clone)]
struct Time {
    now: Timestamp,
    current: OnceLock<Cow<'static, str>>,
    epoch: OnceLock<Cow<'static, str>>,
}

#[derive(Debug, Clone)]
enum Values<'a> {
    One(Cow<'a, str>),
    Several(Vec<Cow<'a, str>>),
    Unjudgeable,
}

impl<'a> Context<'a> {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What follows from who asks: `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:username`,
    /// `aws:userid`, and for a service `aws:PrincipalServiceName`.
    #[must_use]
    pub fn of(principal: &'a Principal) -> Self {
        let mut context = Self { entries: Vec::with_capacity(16), ..Self::default() };
        context.set("aws:PrincipalType", principal.kind());
        if let Some(account) = principal.account() {
            context.set("aws:PrincipalAccount", account.as_str());
        }
        match principal {
            Principal::Anonymous => context.set("aws:userid", "anonymous"),
            Principal::Root { account } => {
                context.set("aws:PrincipalArn", principal.arn().into_owned());
                context.set("aws:userid", account.as_str());
            }
            Principal::User { arn, name, user_id, .. } => {
                context.set("aws:PrincipalArn", arn.as_str());
                context.set("aws:username", name.as_str());
                context.set("aws:userid", user_id.as_str());
            }
            Principal::AssumedRole { role_arn, user_id, .. } => {
                context.set("aws:PrincipalArn", role_arn.as_str());
                context.set("aws:userid", user_id.as_str());
            }
            Principal::Service { name } => {
                context.set("aws:PrincipalServiceName", name.as_str());
                context.set("aws:PrincipalIsAWSService", "true");
            }
        }
        context
    }

    /// `aws:CurrentTime` and `aws:EpochTime`.
    pub fn set_time(&mut self, now: Timestamp) {
        self.time = Some(Time { now, current: OnceLock::new(), epoch: OnceLock::new() });
    }

    /// Gives a key one value, in place of what it had.
    pub fn set(&mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        self.set_short(key, value, VALUE_BYTES_MAX);
    }

    /// The same for a key whose value has a limit of its own.
    pub fn set_short(
        &mut self,
        key: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
        bytes_max: usize,
    ) {
        let value = value.into();
        let fits = value.len() <= bytes_max.min(VALUE_BYTES_MAX);
        self.put(key.into(), if fits { Values::One(value) } else { Values::Unjudgeable });
    }

    /// `aws:RequestTag/…`, in place of what there was.
    pub fn set_request_tags(&mut self, tags: impl IntoIterator<Item = (&'a str, &'a str)>) {
        self.request_tags = TagSet::of(tags);
    }

    /// `aws:ResourceTag/…`, in place of what there was.
    pub fn set_resource_tags(&mut self, tags: impl IntoIterator<Item = (&'a str, &'a str)>) {
        self.resource_tags = TagSet::of(tags);
    }

    /// Gives a key any number of values, in place of what it had; none is as if the key were not there.
    pub fn set_all<I>(&mut self, key: impl Into<Cow<'a, str>>, values: I)
    where
        I: IntoIterator,
        I::Item: Into<Cow<'a, str>>,
    {
        let values: Vec<Cow<'a, str>> = values.into_iter().take(VALUES_MAX + 1).map(Into::into).collect();
        let fit = values.len() <= VALUES_MAX && values.iter().all(|value| value.len() <= VALUE_BYTES_MAX);
        self.put(key.into(), if fit { Values::Several(values) } else { Values::Unjudgeable });
    }

    fn put(&mut self, key: Cow<'a, str>, values: Values<'a>) {
        match self.entries.iter_mut().find(|(own, _)| own.eq_ignore_ascii_case(&key)) {
            Some((_, own)) => *own = values,
            None => self.entries.push((key, values)),
        }
    }

    /// The values of a key, an empty list if the request has none; `None` if they cannot be judged.
    #[must_use]
    pub fn values(&self, key: &str) -> Option<&[Cow<'a, str>]> {
        match self.entries.iter().find(|(own, _)| own.eq_ignore_ascii_case(key)) {
            Some((_, Values::One(value))) => return Some(std::slice::from_ref(value)),
            Some((_, Values::Several(values))) => return Some(values),
            Some((_, Values::Unjudgeable)) => return None,
            None => {}
        }
        if let Some(tag) = behind(key, REQUEST_TAG) {
            return self.request_tags.values(tag);
        }
        if let Some(tag) = behind(key, RESOURCE_TAG) {
            return self.resource_tags.values(tag);
        }
        let time = self.time.as_ref().and_then(|time| time.value(key));
        Some(time.map(std::slice::from_ref).unwrap_or_default())
    }
}

/// What follows a prefix that is compared without regard to case.
fn behind<'k>(key: &'k str, prefix: &str) -> Option<&'k str> {
    let (head, rest) = key.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

impl Time {
    fn value(&self, key: &str) -> Option<&Cow<'static, str>> {
        if key.eq_ignore_ascii_case("aws:CurrentTime") {
            return Some(self.current.get_or_init(|| date::written(self.now).into()));
        }
        let secs = || (self.now.as_millis() / 1_000).to_string().into();
        key.eq_ignore_ascii_case("aws:EpochTime").then(|| self.epoch.get_or_init(secs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list<'a>(values: &[&'a str]) -> Vec<Cow<'a, str>> {
        values.iter().copied().map(Cow::from).collect()
    }

    #[test]
    fn keys_have_the_values_they_were_given_last() {
        let mut context = Context::new();
        context.set_time(Timestamp::from_millis(1_795_841_327_250));
        context.set("aws:TagKeys", "a");
        context.set_all("AWS:tagkeys", ["b", "c"]);
        context.set_request_tags([("Team", "x")]);
        context.set_resource_tags([("Team", "y")]);
        for (key, expected) in [
            ("aws:currenttime", &["2026-11-28T04:48:47Z"][..]),
            ("aws:EpochTime", &["1795841327"]),
            ("aws:TagKeys", &["b", "c"]),
            ("aws:requesttag/team", &["x"]),
            ("aws:ResourceTag/TEAM", &["y"]),
            ("aws:ResourceTag/", &[]),
            ("aws:SourceIp", &[]),
        ] {
            assert_eq!(context.values(key), Some(&list(expected)[..]), "{key}");
        }
        context.set_all("aws:TagKeys", Vec::<String>::new());
        assert_eq!(context.values("aws:TagKeys"), Some(&[][..]));
    }

    #[test]
    fn what_is_too_long_or_too_much_is_not_judged() {
        let mut context = Context::new();
        let (longest, long) = ("x".repeat(VALUE_BYTES_MAX), "x".repeat(VALUE_BYTES_MAX + 1));
        context.set("a", longest.as_str());
        context.set("b", long.as_str());
        context.set_short("c", "xx", 1);
        context.set_all("d", vec!["x"; VALUES_MAX]);
        context.set_all("e", vec!["x"; VALUES_MAX + 1]);
        context.set_all("f", ["x", long.as_str()]);
        let judged: Vec<&str> =
            ["a", "b", "c", "d", "e", "f"].into_iter().filter(|key| context.values(key).is_some()).collect();
        assert_eq!(judged, ["a", "d"]);
    }
}
