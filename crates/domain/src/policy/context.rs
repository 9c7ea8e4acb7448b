//! What is known about a request besides who, what and on which resource: the condition keys and their values.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::date;
use super::principal::Principal;
use crate::time::Timestamp;

/// Condition keys, compared without regard to case, each with one value or several.
///
/// A request has a dozen, so they are a list that is searched from the front.
#[derive(Debug, Clone, Default)]
pub struct Context<'a> {
    entries: Vec<(Cow<'a, str>, Values<'a>)>,
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
        let mut context = Self { entries: Vec::with_capacity(16), time: None };
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
        self.put(key.into(), Values::One(value.into()));
    }

    /// Gives a key any number of values, in place of what it had; none is as if the key were not there.
    pub fn set_all<I>(&mut self, key: impl Into<Cow<'a, str>>, values: I)
    where
        I: IntoIterator,
        I::Item: Into<Cow<'a, str>>,
    {
        self.put(key.into(), Values::Several(values.into_iter().map(Into::into).collect()));
    }

    fn put(&mut self, key: Cow<'a, str>, values: Values<'a>) {
        match self.entries.iter_mut().find(|(own, _)| own.eq_ignore_ascii_case(&key)) {
            Some((_, own)) => *own = values,
            None => self.entries.push((key, values)),
        }
    }

    /// The values of a key; none if it is not known.
    #[must_use]
    pub fn values(&self, key: &str) -> &[Cow<'a, str>] {
        match self.entries.iter().find(|(own, _)| own.eq_ignore_ascii_case(key)) {
            Some((_, Values::One(value))) => std::slice::from_ref(value),
            Some((_, Values::Several(values))) => values,
            None => self
                .time
                .as_ref()
                .and_then(|time| time.value(key))
                .map(std::slice::from_ref)
                .unwrap_or_default(),
        }
    }
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

    #[test]
    fn keys_have_the_values_they_were_given_last() {
        let mut context = Context::new();
        context.set_time(Timestamp::from_millis(1_795_841_327_250));
        assert_eq!(context.values("aws:currenttime"), ["2026-11-28T04:48:47Z"]);
        assert_eq!(context.values("aws:EpochTime"), ["1795841327"]);
        context.set("aws:TagKeys", "a");
        context.set_all("AWS:tagkeys", ["b", "c"]);
        assert_eq!(context.values("aws:TagKeys"), ["b", "c"]);
        assert!(context.values("aws:SourceIp").is_empty());
        context.set_all("aws:TagKeys", Vec::<String>::new());
        assert!(context.values("aws:TagKeys").is_empty());
    }
}
