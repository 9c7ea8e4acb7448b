//! An access key, and its file.

use super::policy::PolicyText;
use lambent_domain::arn::Malformed;
use lambent_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The public half: `AKIA` or `ASIA` and 16 characters of base 32, as AWS's are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccessKeyId(Arc<str>);

impl AccessKeyId {
    /// Characters of every id.
    pub const LENGTH: usize = 20;

    /// Checks the form.
    ///
    /// # Errors
    /// When it is not of that form.
    pub fn new(text: &str) -> Result<Self, Malformed> {
        let legal = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let prefixed = text.starts_with("AKIA") || text.starts_with("ASIA");
        if text.len() != Self::LENGTH || !prefixed || !text.bytes().all(legal) {
            return Err(Malformed { kind: "access key id" });
        }
        Ok(Self(text.into()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What a person calls a key; also the name of the user it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(Arc<str>);

impl KeyName {
    /// IAM's rule for user names: 1 to 64 of letters, digits and `+=,.@_-`. What looks like a key's id is no name.
    ///
    /// # Errors
    /// When it is none.
    pub fn new(text: &str) -> Result<Self, Malformed> {
        if !super::role::is_iam_name(text) || AccessKeyId::new(text).is_ok() {
            return Err(Malformed { kind: "key name" });
        }
        Ok(Self(text.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Something that must not be shown: the private half of a key, or a session's token.
#[derive(Clone)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Fewer characters could be guessed.
    const LENGTH_MIN: usize = 16;
    const LENGTH_MAX: usize = 128;

    /// Checks that it could be a secret: printable and neither short nor endless.
    ///
    /// # Errors
    /// When it could not.
    pub fn new(text: &str) -> Result<Self, Malformed> {
        let length = (Self::LENGTH_MIN..=Self::LENGTH_MAX).contains(&text.len());
        if !length || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Malformed { kind: "secret" });
        }
        Ok(Self(text.into()))
    }

    /// The text itself: to sign with, to write to the key's own file, or to show it once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(hidden)")
    }
}

/// Whether a key may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyStatus {
    /// It may.
    Active,
    /// It may not, until it is enabled again.
    Disabled,
}

impl KeyStatus {
    /// As it is shown and written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// An access key.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// Its public half.
    pub id: AccessKeyId,
    /// Its private half.
    pub secret: Secret,
    /// What a person calls it. No two keys have the same.
    pub name: KeyName,
    /// When it was made.
    pub created: Timestamp,
    /// Whether it may be used.
    pub status: KeyStatus,
    /// What it may do. None: everything.
    pub policy: Option<PolicyText>,
}

/// How it is written. `policy` is IAM's JSON as one text, kept to the letter.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyFile {
    id: String,
    secret: String,
    name: String,
    created_ms: u64,
    status: KeyStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
}

impl AccessKey {
    /// The file's text.
    pub(super) fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(&KeyFile {
            id: self.id.to_string(),
            secret: self.secret.expose().to_owned(),
            name: self.name.to_string(),
            created_ms: self.created.as_millis(),
            status: self.status,
            policy: self.policy.as_ref().map(|policy| policy.as_str().to_owned()),
        })?;
        text.push(b'\n');
        Ok(text)
    }

    /// Reads a file's text; the error says what is wrong and quotes nothing of it.
    pub(super) fn from_json(stem: &str, bytes: &[u8]) -> Result<Self, String> {
        let file: KeyFile = serde_json::from_slice(bytes).map_err(|error| super::files::not_json(&error))?;
        if file.id != stem {
            return Err("is named differently from the id in it".to_owned());
        }
        let policy = file.policy.as_deref().map(PolicyText::new).transpose();
        Ok(Self {
            id: AccessKeyId::new(&file.id).map_err(|error| format!("has a {error}"))?,
            secret: Secret::new(&file.secret).map_err(|error| format!("has a {error}"))?,
            name: KeyName::new(&file.name).map_err(|error| format!("has a {error}"))?,
            created: Timestamp::from_millis(file.created_ms),
            status: file.status,
            policy: policy.map_err(|fault| format!("has a policy that is none: {fault}"))?,
        })
    }
}
