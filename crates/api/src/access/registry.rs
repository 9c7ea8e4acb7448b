//! The keys that are known at this moment, and what roles may do.
//!
//! A look-up takes a shared lock for as long as it takes to copy a pointer; a change swaps the whole table.

use super::principal;
use super::sessions::Sessions;
use crate::sigv4::{self, KeyCache, Secret};
use lambent_domain::arn::AccountId;
use lambent_domain::policy::Principal;
use lambent_domain::time::Timestamp;
use lambent_store::access::{self as stored, KeyStatus, PolicyText, Role, RoleName};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What a caller may do, as far as it is a matter of the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Everything.
    Full,
    /// What the policy says.
    Policy(PolicyText),
    /// Nothing.
    None,
}

/// Whether a key may be used at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Active,
    Disabled,
    /// Its session is over by the clock.
    Expired,
}

/// Where a key's rights come from.
#[derive(Clone, Debug)]
pub(super) enum Grant {
    /// From the key.
    Own(Rights),
    /// From the role of that name, as it is when they are asked for.
    Role(Option<RoleName>),
}

/// A key that a request can be signed with: one that lasts, or a session's.
#[derive(Clone, Debug)]
pub struct AccessKey {
    pub id: Arc<str>,
    pub principal: Principal,
    pub secret: sigv4::Secret,
    /// Of a function's session: the function.
    pub function_arn: Option<Arc<str>>,
    pub(super) disabled: bool,
    /// Of a session: what must come with the request, and until when.
    pub(super) session: Option<(Secret, Timestamp)>,
    pub(super) grant: Grant,
}

impl AccessKey {
    /// Whether it may be used now.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> Status {
        match &self.session {
            _ if self.disabled => Status::Disabled,
            Some((_, expires_at)) if now >= *expires_at => Status::Expired,
            Some(_) | None => Status::Active,
        }
    }

    /// Whether the request's token is the one that belongs to the key: a session's own, or none for a key that lasts.
    /// Compared in constant time.
    #[must_use]
    pub fn takes_token(&self, token: Option<&str>) -> bool {
        match (&self.session, token) {
            (Some((ours, _)), Some(theirs)) => ours.is(theirs),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

/// Cheap to clone; every clone sees every change.
#[derive(Clone, Debug)]
pub struct Registry {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    account: AccountId,
    /// From the configuration: they stay as they are.
    configured: Vec<Arc<Role>>,
    table: RwLock<Arc<Table>>,
    sessions: Sessions,
    signing_keys: KeyCache,
}

#[derive(Debug, Default)]
struct Table {
    keys: HashMap<String, Arc<AccessKey>>,
    roles: HashMap<RoleName, Arc<Role>>,
}

impl Registry {
    /// One that knows the configuration's roles and no key. At most `sessions_max` sessions are open at a time.
    #[must_use]
    pub fn new(account: AccountId, configured: Vec<Role>, sessions_max: usize) -> Self {
        let sessions = Sessions::new(account.clone(), sessions_max);
        let configured = configured.into_iter().map(Arc::new).collect();
        let (table, signing_keys) = (RwLock::default(), KeyCache::new());
        let registry =
            Self { shared: Arc::new(Shared { account, configured, table, sessions, signing_keys }) };
        registry.replace(&stored::Access::default());
        registry
    }

    /// Knows these keys and roles from now on, and no others. Where the configuration has a role of the same name, the
    /// file counts: it was made later, by hand.
    pub fn replace(&self, access: &stored::Access) {
        let mut table = Table::default();
        for key in &access.keys {
            let known = AccessKey {
                id: key.id.as_str().into(),
                principal: principal::user(&key.id, &key.name, &self.shared.account),
                secret: sigv4::Secret::new(key.secret.expose()),
                function_arn: None,
                disabled: key.status == KeyStatus::Disabled,
                session: None,
                grant: Grant::Own(key.policy.clone().map_or(Rights::Full, Rights::Policy)),
            };
            table.keys.insert(key.id.to_string(), Arc::new(known));
        }
        for role in self.shared.configured.iter().chain(&access.roles) {
            table.roles.insert(role.name.clone(), Arc::clone(role));
        }
        *self.shared.table.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
    }

    /// The key of that id, whatever its status.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Arc<AccessKey>> {
        self.table().keys.get(id).cloned().or_else(|| self.shared.sessions.find(id))
    }

    /// What the holder of a key may do now.
    #[must_use]
    pub fn rights(&self, key: &AccessKey) -> Rights {
        match &key.grant {
            Grant::Own(rights) => rights.clone(),
            Grant::Role(Some(name)) => self.rights_of_role(name),
            Grant::Role(None) => Rights::None,
        }
    }

    /// What whoever has this role may do; nothing if there is no such role.
    #[must_use]
    pub fn rights_of_role(&self, name: &RoleName) -> Rights {
        let role = self.table().roles.get(name).cloned();
        role.map_or(Rights::None, |role| Rights::Policy(role.policy.clone()))
    }

    /// The sessions of functions.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.shared.sessions
    }

    /// The signing keys of late.
    pub(crate) fn signing_keys(&self) -> &KeyCache {
        &self.shared.signing_keys
    }

    fn table(&self) -> Arc<Table> {
        Arc::clone(&self.shared.table.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambent_store::access::{AccessStore, KeyName};

    const POLICY: &str =
        r#"{"Statement":[{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"*"}]}"#;
    const OTHER: &str = r#"{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

    fn role(name: &str, policy: &str) -> Role {
        Role { name: RoleName::new(name).unwrap(), policy: PolicyText::new(policy).unwrap() }
    }

    fn policy(text: &str) -> Rights {
        Rights::Policy(PolicyText::new(text).unwrap())
    }

    #[test]
    fn keys_come_and_go_with_their_files() {
        let dir = tempfile::tempdir().unwrap();
        let store = AccessStore::new(dir.path());
        let now = Timestamp::from_millis(5);
        let registry = Registry::new(AccountId::new("123456789012").unwrap(), Vec::new(), 1);
        let name = |text| KeyName::new(text).unwrap();
        let full = store.create_key(name("root"), None, now).unwrap();
        let few = store.create_key(name("ci"), Some(PolicyText::new(POLICY).unwrap()), now).unwrap();
        assert!(registry.find(full.id.as_str()).is_none());
        registry.replace(&store.read().unwrap());

        let key = registry.find(full.id.as_str()).unwrap();
        assert_eq!(key.principal.arn(), "arn:aws:iam::123456789012:user/root");
        assert!(key.secret.is(full.secret.expose()));
        assert_eq!((key.status(now), registry.rights(&key)), (Status::Active, Rights::Full));
        assert!(key.takes_token(None) && !key.takes_token(Some("")));
        assert_eq!(registry.rights(&registry.find(few.id.as_str()).unwrap()), policy(POLICY));

        store.set_key_status("root", KeyStatus::Disabled).unwrap();
        store.delete_key("ci").unwrap();
        registry.replace(&store.read().unwrap());
        assert_eq!(registry.find(full.id.as_str()).unwrap().status(now), Status::Disabled);
        assert!(registry.find(few.id.as_str()).is_none());
    }

    #[test]
    fn a_role_in_a_file_counts_before_one_in_the_configuration() {
        let registry = Registry::new(
            AccountId::new("123456789012").unwrap(),
            vec![role("a", POLICY), role("b", POLICY)],
            1,
        );
        let rights = |name| registry.rights_of_role(&RoleName::new(name).unwrap());
        assert_eq!((rights("a"), rights("c")), (policy(POLICY), Rights::None));
        registry.replace(&stored::Access { roles: vec![Arc::new(role("a", OTHER))], ..Default::default() });
        assert_eq!((rights("a"), rights("b")), (policy(OTHER), policy(POLICY)));
        registry.replace(&stored::Access::default());
        assert_eq!(rights("a"), policy(POLICY));
    }
}
