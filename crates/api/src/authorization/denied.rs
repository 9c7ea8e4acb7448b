//! What a caller is told who may not: who, what, on which resource, and the kind of policy that is in the way.

use lambent_domain::policy::{AccessRequest, Decision, PolicyKind};

/// The message of an AccessDeniedException, in AWS's words; `None` if the request is allowed.
pub fn message(request: &AccessRequest<'_>, decision: Decision) -> Option<String> {
    let AccessRequest { principal, action, resource, .. } = request;
    let reason = match decision {
        Decision::Allowed => return None,
        Decision::DeniedExplicitly(kind) => {
            let article = match kind {
                PolicyKind::Identity => "an",
                PolicyKind::Resource => "a",
            };
            format!("with an explicit deny in {article} {} policy", based(kind))
        }
        Decision::NotAllowed(kind) => {
            format!("because no {} policy allows the {action} action", based(kind))
        }
    };
    let who = principal.arn();
    Some(format!("User: {who} is not authorized to perform: {action} on resource: {resource} {reason}"))
}

fn based(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Identity => "identity-based",
        PolicyKind::Resource => "resource-based",
    }
}
