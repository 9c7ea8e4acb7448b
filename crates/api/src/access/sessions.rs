//! Short-lived keys for functions: one for each environment, taken back when the environment ends.

use super::principal;
use super::registry::{AccessKey, Grant};
use crate::sigv4;
use lambent_domain::arn::AccountId;
use lambent_domain::time::Timestamp;
use lambent_store::access::{self as stored, AccessKeyId, RoleName, Secret};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a session lasts at most: AWS's longest for a role.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// The open sessions. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sessions {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    account: AccountId,
    max: usize,
    open: Mutex<HashMap<String, Arc<AccessKey>>>,
}

/// What a function signs its calls with.
#[derive(Debug)]
pub struct SessionCredentials {
    pub access_key_id: AccessKeyId,
    pub secret: Secret,
    pub token: Secret,
    pub expires_at: Timestamp,
    pub guard: SessionGuard,
}

/// Ends its session when dropped.
#[derive(Debug)]
pub struct SessionGuard {
    id: AccessKeyId,
    shared: Arc<Shared>,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// As many are open as there may be environments.
    #[error("{0} sessions are open, which is as many as there may be")]
    Full(usize),
    /// The system has no random numbers.
    #[error("no random numbers: {0}")]
    Random(#[from] io::Error),
}

impl Sessions {
    pub(super) fn new(account: AccountId, max: usize) -> Self {
        Self { shared: Arc::new(Shared { account, max, open: Mutex::default() }) }
    }

    /// Opens a session for a function, with the rights that its role has whenever they are asked for.
    pub fn issue(
        &self,
        role_arn: &str,
        function_arn: &str,
        now: Timestamp,
    ) -> Result<SessionCredentials, IssueError> {
        let (id, secret, token) =
            (stored::session_key_id()?, stored::session_secret()?, stored::session_token()?);
        let expires_at = now.plus(SESSION_LIFETIME);
        let role = RoleName::of_arn(role_arn, &self.shared.account);
        let key = AccessKey {
            id: id.as_str().into(),
            principal: principal::function(role.as_ref(), role_arn, function_arn, &self.shared.account),
            secret: sigv4::Secret::new(secret.expose()),
            function_arn: Some(function_arn.into()),
            disabled: false,
            session: Some((sigv4::Secret::new(token.expose()), expires_at)),
            grant: Grant::Role(role),
        };
        let mut open = self.shared.lock();
        if open.len() >= self.shared.max {
            return Err(IssueError::Full(self.shared.max));
        }
        open.insert(id.to_string(), Arc::new(key));
        drop(open);
        let guard = SessionGuard { id: id.clone(), shared: Arc::clone(&self.shared) };
        Ok(SessionCredentials { access_key_id: id, secret, token, expires_at, guard })
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<AccessKey>> {
        self.shared.lock().get(id).cloned()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<AccessKey>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SessionGuard {
    fn drop(&mut self) {
        self.shared.lock().remove(self.id.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Registry, Rights, Status};
    use super::*;
    use lambent_domain::policy::Principal;
    use lambent_store::access::{PolicyText, Role};

    const ROLE: &str = "arn:aws:iam::000000000000:role/worker";
    const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:greeter";
    const POLICY: &str =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:*","Resource":"*"}]}"#;

    fn registry(max: usize) -> Registry {
        let role = Role { name: RoleName::new("worker").unwrap(), policy: PolicyText::new(POLICY).unwrap() };
        Registry::new(AccountId::new("000000000000").unwrap(), vec![role], max)
    }

    #[test]
    fn a_session_is_its_roles_and_ends_with_its_guard() {
        let registry = registry(2);
        let now = Timestamp::from_millis(1);
        let session = registry.sessions().issue(ROLE, FUNCTION, now).unwrap();
        let id = session.access_key_id.to_string();
        assert!(id.starts_with("ASIA"));
        let key = registry.find(&id).unwrap();
        assert_eq!(key.principal.arn(), "arn:aws:sts::000000000000:assumed-role/worker/greeter");
        assert!(matches!(&key.principal, Principal::AssumedRole { role_arn, .. } if role_arn == ROLE));
        assert_eq!(registry.rights(&key), Rights::Policy(PolicyText::new(POLICY).unwrap()));
        assert!(key.takes_token(Some(session.token.expose())));
        assert!(!key.takes_token(None) && !key.takes_token(Some("other")));
        assert_eq!(key.status(now), Status::Active);
        assert_eq!(key.status(session.expires_at), Status::Expired);
        assert!(!format!("{session:?} {key:?}").contains(session.secret.expose()));
        drop(session);
        assert!(registry.find(&id).is_none());
    }

    #[test]
    fn their_number_is_bounded() {
        let registry = registry(2);
        let now = Timestamp::from_millis(1);
        let issue = || registry.sessions().issue(ROLE, FUNCTION, now);
        let (first, _second) = (issue().unwrap(), issue().unwrap());
        assert!(matches!(issue(), Err(IssueError::Full(2))));
        drop(first);
        issue().unwrap();
    }

    #[test]
    fn an_unknown_role_and_what_is_no_role_have_no_rights() {
        let registry = registry(2);
        for role in [
            "arn:aws:iam::000000000000:role/unknown",
            // Only in name the role that is defined.
            "arn:aws:iam::111122223333:role/worker",
            "arn:aws:iam::000000000000:role/team/worker",
            "soup",
            "",
        ] {
            let session = registry.sessions().issue(role, FUNCTION, Timestamp::from_millis(1)).unwrap();
            let key = registry.find(session.access_key_id.as_str()).unwrap();
            assert_eq!(registry.rights(&key), Rights::None, "{role}");
        }
    }
}
