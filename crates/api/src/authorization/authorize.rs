//! Whether a caller may: what is asked, put together from the request, and the decision on it.
//!
//! A caller with full rights to a resource without a policy, which is nearly every one, is let through at once.

use std::net::IpAddr;
use std::sync::LazyLock;

use http::HeaderMap;
use http::header::USER_AGENT;
use lambent_domain::policy::{self, AccessRequest, Context, Policy, PolicyKind};
use lambent_domain::request_id::RequestId;

use super::subject::Found;
use super::{Subject, denied};
use crate::access::Rights;
use crate::authenticate::Caller;
use crate::error::ApiError;
use crate::state::AppState;

/// Longest `User-Agent` that is judged: the tools of AWS send less than half of that.
const USER_AGENT_BYTES_MAX: usize = 512;

/// What an identity policy with full rights would say.
const FULL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

static FULL_RIGHTS: LazyLock<Option<Policy>> =
    LazyLock::new(|| Policy::parse(FULL, PolicyKind::Identity, FULL.len()).ok());

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    pub ip: IpAddr,
    /// Whether what is said between them is encrypted, by this server or by a proxy of its operator's.
    pub secure: bool,
}

/// Who asks, and what is known of how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) state: &'a AppState,
    pub(crate) caller: &'a Caller,
    pub(crate) peer: Peer,
    pub(crate) headers: &'a HeaderMap,
    /// The names under which the server may be addressed, besides those of loopback.
    pub(crate) names: &'a [String],
    pub(crate) request_id: RequestId,
}

/// A question on one subject, which is looked up once.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    asked: &'a Asked<'a>,
    subject: Subject,
    found: Option<Found>,
}

impl Asked<'_> {
    /// Asks about a subject.
    pub(crate) fn about(&self, subject: Subject) -> Question<'_> {
        let found = subject.find(&self.state.identity, &self.state.resources);
        Question { asked: self, subject, found }
    }

    /// Refuses what the caller may not do, where nothing but the request's head bears on it.
    pub(crate) fn authorize(&self, action: &str, subject: Subject) -> Result<(), ApiError> {
        self.about(subject).decide(action, |_| ())
    }

    /// Judges what was named by something that does not say whose it is, such as an event's request id. Says whether it
    /// is there for this caller: what the caller may not use is as if it were not there, and about that the caller is
    /// judged by `*`.
    pub(crate) fn authorize_found(&self, action: &str, found: Option<Subject>) -> Result<bool, ApiError> {
        let mut recorded = false;
        if let Some(subject) = found {
            let question = self.about(subject);
            if question.refusal(action, |_| ()).is_none() {
                return Ok(true);
            }
            self.state.refusals.record(self, action, &question.subject.to_string());
            recorded = true;
        }
        let Some(message) = self.about(Subject::Anything).refusal(action, |_| ()) else { return Ok(false) };
        if !recorded {
            self.state.refusals.record(self, action, &Subject::Anything.to_string());
        }
        Err(ApiError::access_denied(message))
    }

    fn context(&self) -> Context<'_> {
        let mut context = Context::of(&self.caller.principal);
        context.set_time(self.state.clock.now());
        context.set("aws:SourceIp", self.peer.ip.to_canonical().to_string());
        context.set("aws:SecureTransport", if self.peer.secure { "true" } else { "false" });
        if let Some(agent) = self.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()) {
            context.set_short("aws:UserAgent", agent, USER_AGENT_BYTES_MAX);
        }
        if let Some(function) = &self.caller.function_arn {
            context.set("lambda:SourceFunctionArn", &**function);
        }
        context
    }
}

impl Question<'_> {
    /// Whether there is anything to decide: the caller's rights or the subject's policy may forbid something.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(self.asked.caller.rights, Rights::Full) || self.attached().is_some()
    }

    /// Refuses what the caller may not do. `known` adds to the condition keys what does not stand in the request's head.
    pub(crate) fn decide<'c>(
        &'c self,
        action: &'c str,
        known: impl FnOnce(&mut Context<'c>),
    ) -> Result<(), ApiError> {
        let Some(message) = self.refusal(action, known) else { return Ok(()) };
        self.asked.state.refusals.record(self.asked, action, &self.subject.to_string());
        Err(ApiError::access_denied(message))
    }

    /// What a caller is told who may not; `None` if it may.
    fn refusal<'c>(&'c self, action: &'c str, known: impl FnOnce(&mut Context<'c>)) -> Option<String> {
        if !self.is_open() {
            return None;
        }
        let attached = self.attached();
        let resource = self.subject.to_string();
        let mut context: Context<'c> = self.asked.context();
        if let Some(found) = &self.found {
            context.set_resource_tags(found.tags());
        }
        known(&mut context);
        let principal = &self.asked.caller.principal;
        let request = AccessRequest { principal, action, resource: &resource, context: &context };
        let decision = match &self.asked.caller.rights {
            Rights::Full => policy::decide(&request, FULL_RIGHTS.as_ref().as_slice(), attached),
            Rights::Policy(text) => policy::decide(&request, &[text.policy()], attached),
            Rights::None => policy::decide(&request, &[], attached),
        };
        denied::message(&request, decision)
    }

    fn attached(&self) -> Option<&Policy> {
        self.found.as_ref().and_then(Found::policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_rights_are_a_policy_that_is_one() {
        assert!(FULL_RIGHTS.is_some());
    }
}
