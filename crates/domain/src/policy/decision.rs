//! Whether a request is allowed: one pure function over policies that are already compiled.

use super::context::Context;
use super::document::Policy;
use super::principal::Principal;
use super::principal_clause::Reach;

/// What a policy is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// To a user or a role: it speaks of them, and names no principal.
    Identity,
    /// To a function or a layer version: it says of whom it speaks.
    Resource,
}

/// Who asks to do what.
#[derive(Debug, Clone, Copy)]
pub struct AccessRequest<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// What for, as `lambda:InvokeFunction`.
    pub action: &'a str,
    /// On what: an ARN, or `*` for actions on nothing in particular. Its account is whose resource it is.
    pub resource: &'a str,
    /// What else is known.
    pub context: &'a Context<'a>,
}

/// The answer, with as much of the reason as AWS tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allowed,
    /// A statement with `Deny` applies, in a policy of this kind.
    DeniedExplicitly(PolicyKind),
    /// No policy of this kind allows it, and one would have to.
    NotAllowed(PolicyKind),
}

impl Decision {
    /// Whether to go ahead.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        self == Self::Allowed
    }
}

/// Decides. `identity` are the policies of who asks, `resource` is the policy of what is asked for.
#[must_use]
pub fn decide(request: &AccessRequest<'_>, identity: &[&Policy], resource: Option<&Policy>) -> Decision {
    if identity.iter().any(|policy| policy.denies(request)) {
        return Decision::DeniedExplicitly(PolicyKind::Identity);
    }
    if resource.is_some_and(|policy| policy.denies(request)) {
        return Decision::DeniedExplicitly(PolicyKind::Resource);
    }
    let by_resource = resource.and_then(|policy| policy.allows(request));
    let Some(account) = request.principal.account() else {
        // Services and strangers have no policies of their own.
        let allowed = by_resource == Some(Reach::Direct);
        return if allowed { Decision::Allowed } else { Decision::NotAllowed(PolicyKind::Resource) };
    };
    let same_account = owner(request.resource).is_none_or(|owner| owner == account.as_str());
    if same_account && by_resource == Some(Reach::Direct) {
        return Decision::Allowed;
    }
    let by_identity = matches!(request.principal, Principal::Root { .. })
        || identity.iter().any(|policy| policy.allows(request).is_some());
    match (by_identity, same_account || by_resource.is_some()) {
        (true, true) => Decision::Allowed,
        (false, _) => Decision::NotAllowed(PolicyKind::Identity),
        (true, false) => Decision::NotAllowed(PolicyKind::Resource),
    }
}

/// Whose resource it is; `None` where the ARN does not say, which is the caller's own account.
fn owner(resource: &str) -> Option<&str> {
    let account = resource.split(':').nth(4)?;
    (resource.starts_with("arn:") && !account.is_empty()).then_some(account)
}
