//! A role: a name that functions are given, and what whoever has it may do.

use super::policy::PolicyText;
use lambent_domain::arn::{AccountId, Malformed};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A role's name, which is the last part of its ARN.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleName(Arc<str>);

impl RoleName {
    /// IAM's rule: 1 to 64 of letters, digits and `+=,.@_-`.
    ///
    /// # Errors
    /// When it is none.
    pub fn new(text: &str) -> Result<Self, Malformed> {
        if is_iam_name(text) { Ok(Self(text.into())) } else { Err(Malformed { kind: "role name" }) }
    }

    /// The name in `arn:aws:iam::<account>:role/<name>`, of a role of this account.
    ///
    /// Nothing else names a role that is defined here: not the role of another account, which has only its name in common
    /// with ours, and not one with a path, because roles are defined by name alone.
    #[must_use]
    pub fn of_arn(arn: &str, account: &AccountId) -> Option<Self> {
        let (owner, name) = arn.strip_prefix("arn:aws:iam::")?.split_once(":role/")?;
        if owner == account.as_str() { Self::new(name).ok() } else { None }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Safe as a file's name too: it is not empty, has no slash, and does not begin with a dot.
pub(super) fn is_iam_name(text: &str) -> bool {
    let legal = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'=' | b',' | b'.' | b'@' | b'_' | b'-')
    };
    (1..=64).contains(&text.len()) && !text.starts_with('.') && text.bytes().all(legal)
}

/// A role.
#[derive(Debug, Clone)]
pub struct Role {
    /// Its name.
    pub name: RoleName,
    /// What whoever has it may do.
    pub policy: PolicyText,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RoleFile {
    name: String,
    policy: String,
}

impl Role {
    pub(super) fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        let file = RoleFile { name: self.name.to_string(), policy: self.policy.as_str().to_owned() };
        let mut text = serde_json::to_vec_pretty(&file)?;
        text.push(b'\n');
        Ok(text)
    }

    pub(super) fn from_json(stem: &str, bytes: &[u8]) -> Result<Self, String> {
        let file: RoleFile = serde_json::from_slice(bytes).map_err(|error| super::files::not_json(&error))?;
        if file.name != stem {
            return Err("is named differently from the role in it".to_owned());
        }
        Ok(Self {
            name: RoleName::new(&file.name).map_err(|error| format!("has a {error}"))?,
            policy: PolicyText::new(&file.policy)
                .map_err(|fault| format!("has a policy that is none: {fault}"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_of_this_account_is_named_by_the_end_of_its_arn() {
        let account = AccountId::new("000000000000").unwrap();
        let cases = [
            ("arn:aws:iam::000000000000:role/worker", Some("worker")),
            ("arn:aws:iam::000000000000:role/service/team-a/worker", None),
            ("arn:aws:iam::111122223333:role/worker", None),
            ("arn:aws:iam:::role/worker", None),
            ("arn:aws-cn:iam::000000000000:role/worker", None),
            ("arn:aws:iam:us-east-1:000000000000:role/worker", None),
            ("arn:aws:iam::000000000000:role/a:b", None),
            ("arn:aws:iam::000000000000:role/", None),
            ("arn:aws:iam::000000000000:user/worker", None),
            ("arn:aws:sts::000000000000:role/worker", None),
            ("nra:aws:iam::000000000000:role/worker", None),
            ("worker", None),
            ("", None),
        ];
        for (arn, expected) in cases {
            assert_eq!(RoleName::of_arn(arn, &account).as_ref().map(RoleName::as_str), expected, "{arn}");
        }
    }

    #[test]
    fn no_name_leaves_its_directory() {
        for wrong in ["", ".", "..", ".x", "a/b", "a\0", "ä", "a b", &"a".repeat(65)] {
            assert!(!is_iam_name(wrong), "{wrong:?}");
        }
        assert!(is_iam_name("a+=,.@_-9") && is_iam_name(&"a".repeat(64)));
    }
}
