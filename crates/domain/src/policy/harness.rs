//! What fuzzers run: any bytes as policies and a request, with what must hold whatever they are.

use super::{AccessRequest, Context, Decision, Policy, PolicyKind, Principal, decide, permission};
use crate::arn::AccountId;

const BYTES_MAX: usize = 65_536;
const DENY_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;

/// Reads bytes as lines: who asks, the action, the resource, a condition key and its value, and then a policy, which is
/// tried as an identity's and as a resource's.
///
/// Nothing panics; a policy prints as one that prints the same; nobody is allowed what is also denied altogether.
pub fn policies(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.splitn(6, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (who, action, resource, key, value, policy) = (line(), line(), line(), line(), line(), line());
    let Some(principal) = principal(who) else { return };
    let mut context = Context::of(&principal);
    context.set_all(key, value.split('|'));
    let request = AccessRequest { principal: &principal, action, resource, context: &context };

    let identity = read(policy, PolicyKind::Identity);
    let shared = read(policy, PolicyKind::Resource);
    let own: Vec<&Policy> = identity.iter().collect();
    let decision = decide(&request, &own, shared.as_ref());
    if principal == Principal::Anonymous && shared.is_none() {
        assert!(!decision.is_allowed(), "a stranger was allowed by nothing");
    }
    if let Ok(deny_all) = Policy::parse(DENY_ALL, PolicyKind::Identity, BYTES_MAX) {
        let denied: Vec<&Policy> = own.iter().copied().chain([&deny_all]).collect();
        let decision = decide(&request, &denied, shared.as_ref());
        assert_eq!(decision, Decision::DeniedExplicitly(PolicyKind::Identity));
    }
    if let Some(policy) = &shared {
        // Whatever was read can be edited.
        assert!(permission::remove(Some(policy), "\u{0}").is_err());
    }
}

fn read(text: &str, kind: PolicyKind) -> Option<Policy> {
    let policy = Policy::parse(text, kind, BYTES_MAX).map_err(|malformed| malformed.to_string()).ok()?;
    let printed = policy.to_string();
    let again = Policy::parse(&printed, kind, usize::MAX).ok();
    assert_eq!(again.map(|again| again.to_string()), Some(printed), "a policy does not print as itself");
    Some(policy)
}

fn principal(who: &str) -> Option<Principal> {
    let account = AccountId::new("111122223333").ok()?;
    Some(match who.split_once(' ') {
        Some(("user", name)) => Principal::User {
            arn: format!("arn:aws:iam::{account}:user/{name}"),
            name: name.to_owned(),
            user_id: "AIDAEXAMPLE".to_owned(),
            account,
        },
        Some(("role", name)) => Principal::AssumedRole {
            role_arn: format!("arn:aws:iam::{account}:role/{name}"),
            session_arn: format!("arn:aws:sts::{account}:assumed-role/{name}/session"),
            user_id: "AROAEXAMPLE:session".to_owned(),
            account,
        },
        Some(("service", name)) => Principal::Service { name: name.to_owned() },
        _ if who == "root" => Principal::Root { account },
        _ => Principal::Anonymous,
    })
}
