//! Whether a caller may: what is asked, put together from the request, and the decision on it.
//!
//! A caller with full rights to a resource without a policy, which is nearly every one, is let through at once.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use http::HeaderMap;
use http::header::USER_AGENT;
use lambent_domain::arn::FunctionArn;
use lambent_domain::function::{Function, Scope};
use lambent_domain::layer::{Layer, LayerArn};
use lambent_domain::policy::{self, AccessRequest, Context, Policy, PolicyKind};
use lambent_domain::qualifier::Qualifier;
use lambent_domain::reference::FunctionReference;
use lambent_domain::request_id::RequestId;
use lambent_store::resources::Resources;

use super::denied;
use crate::access::Rights;
use crate::authenticate::Caller;
use crate::error::ApiError;
use crate::state::AppState;

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
    pub(crate) request_id: RequestId,
    /// The names under which the server may be addressed, besides those of loopback.
    pub(crate) names: &'a [String],
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject<'a> {
    /// A function of this server's, or a version or alias of it.
    Function(&'a FunctionArn),
    /// Whatever has this ARN, or `*`.
    Arn(&'a str),
}

/// A resource that may have a policy.
enum Found {
    Function(Arc<Function>, Scope),
    Layer(Arc<Layer>, u64),
}

impl Asked<'_> {
    /// Whether there is anything to decide: the caller's rights or the subject's policy may forbid something.
    pub(crate) fn is_to_be_decided(&self, subject: Subject<'_>) -> bool {
        let has_policy = || subject.find(&self.state.resources).is_some_and(|found| found.policy().is_some());
        !matches!(self.caller.rights, Rights::Full) || has_policy()
    }

    /// Refuses what the caller may not do. `known` adds to the condition keys what does not stand in the request's head.
    pub(crate) fn authorize(
        &self,
        action: &str,
        subject: Subject<'_>,
        known: impl FnOnce(&mut Context<'_>),
    ) -> Result<(), ApiError> {
        let found = subject.find(&self.state.resources);
        let attached = found.as_ref().and_then(Found::policy);
        if matches!(self.caller.rights, Rights::Full) && attached.is_none() {
            return Ok(());
        }
        let resource = subject.arn();
        let mut context = self.context();
        if let Some(Found::Function(function, _)) = &found {
            for (key, value) in &function.tags {
                context.set(format!("aws:ResourceTag/{key}"), value.clone());
            }
        }
        known(&mut context);
        let principal = &self.caller.principal;
        let request = AccessRequest { principal, action, resource: &resource, context: &context };
        let decision = match &self.caller.rights {
            Rights::Full => policy::decide(&request, FULL_RIGHTS.as_ref().as_slice(), attached),
            Rights::Policy(text) => policy::decide(&request, &[text.policy()], attached),
            Rights::None => policy::decide(&request, &[], attached),
        };
        let Some(message) = denied::message(&request, decision) else { return Ok(()) };
        self.state.refusals.record(self, action, &resource);
        Err(ApiError::access_denied(message))
    }

    fn context(&self) -> Context<'_> {
        let mut context = Context::of(&self.caller.principal);
        context.set_time(self.state.clock.now());
        context.set("aws:SourceIp", self.peer.ip.to_canonical().to_string());
        context.set("aws:SecureTransport", if self.peer.secure { "true" } else { "false" });
        if let Some(agent) = self.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()) {
            context.set("aws:UserAgent", agent);
        }
        if let Some(function) = &self.caller.function_arn {
            context.set("lambda:SourceFunctionArn", &**function);
        }
        context
    }
}

impl Subject<'_> {
    fn arn(&self) -> Cow<'_, str> {
        match self {
            Self::Function(arn) => arn.to_string().into(),
            Self::Arn(arn) => (*arn).into(),
        }
    }

    /// The resource, if it is here and of a kind that has policies.
    fn find(&self, resources: &Resources) -> Option<Found> {
        let function = |name: &str, qualifier: Option<Qualifier>| {
            Some(Found::Function(resources.functions.find(name)?, Scope(qualifier)))
        };
        match self {
            Self::Function(arn) => function(arn.name.as_str(), arn.qualifier.clone()),
            Self::Arn(arn) if arn.contains(":function:") => {
                let reference = FunctionReference::parse(arn).ok()?;
                function(reference.name.as_str(), reference.qualifier)
            }
            Self::Arn(arn) => {
                let arn = LayerArn::parse(arn).ok()?;
                Some(Found::Layer(resources.layers.find(arn.name.as_str())?, arn.version?))
            }
        }
    }
}

impl Found {
    fn policy(&self) -> Option<&Policy> {
        let attached = match self {
            Self::Function(function, scope) => function.policies.get(scope)?,
            Self::Layer(layer, version) => layer.policies.get(version)?,
        };
        Some(&attached.policy)
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
