//! What is known about a request besides who, what and on which resource: the condition keys and their values.

use std::borrow::Cow;

use super::date;
use super::principal::Principal;
use crate::time::Timestamp;

/// Condition keys, compared without regard to case, each with one value or several.
///
/// A request has a dozen, so they are a list that is searched from the front.
#[derive(Debug, Clone, Default)]
pub struct Context<'a> {
    entries: Vec<(Cow<'a, str>, Values<'a>)>,
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
        let mut context = Self { entries: Vec::with_capacity(16) };
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
        self.set("aws:CurrentTime", date::written(now));
        self.set("aws:EpochTime", (now.as_millis() / 1_000).to_string());
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
            None => &[],
        }
    }
}
