//! What a function's owner sets beside its configuration, most of it for one qualifier.

use crate::qualifier::Qualifier;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a setting belongs to: the function as such, or one of its versions or aliases.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Scope(pub Option<Qualifier>);

impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |qualifier| qualifier.fmt(out))
    }
}

impl From<String> for Scope {
    fn from(text: String) -> Self {
        Self((!text.is_empty()).then(|| Qualifier::from(text)))
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

/// `RecursiveLoop`: what happens to a function that calls itself in a circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum RecursiveLoop {
    /// The circle is ended.
    #[default]
    Terminate,
    /// It goes on.
    Allow,
}

/// An event invoke config as its owner has set it; what is not set has AWS's default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AsyncInvokeSettings {
    /// When it was set.
    pub last_modified: Timestamp,
    /// `MaximumRetryAttempts`, 0 to 2.
    #[serde(default)]
    pub retry_attempts_max: Option<u32>,
    /// `MaximumEventAgeInSeconds`, 60 to 21,600.
    #[serde(default)]
    pub event_age_max_secs: Option<u32>,
    /// ARN of the destination for successes.
    #[serde(default)]
    pub on_success: Option<String>,
    /// ARN of the destination for failures.
    #[serde(default)]
    pub on_failure: Option<String>,
}

/// How many environments of a version are kept ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionedConcurrency {
    /// `ProvisionedConcurrentExecutions`, at least 1.
    pub requested: u32,
    /// When it was set.
    pub last_modified: Timestamp,
}

/// `PutRuntimeManagementConfig`: kept and returned, as runtimes are those of the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeManagement {
    /// `Auto`, `FunctionUpdate` or `Manual`.
    pub update_runtime_on: String,
    /// For `Manual`.
    #[serde(default)]
    pub runtime_version_arn: Option<String>,
}

/// Who may call a function URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UrlAuthType {
    /// Signed requests whose principal may `lambda:InvokeFunctionUrl`.
    AwsIam,
    /// Anybody, where the resource policy says so.
    None,
}

/// Whether a URL's answers are sent whole or as they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UrlInvokeMode {
    /// `BUFFERED`.
    Buffered,
    /// `RESPONSE_STREAM`.
    ResponseStream,
}

impl UrlAuthType {
    /// As AWS writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwsIam => "AWS_IAM",
            Self::None => "NONE",
        }
    }
}

impl UrlInvokeMode {
    /// As AWS writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Buffered => "BUFFERED",
            Self::ResponseStream => "RESPONSE_STREAM",
        }
    }
}

/// A function URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionUrl {
    /// The first label of its host name: 32 lower-case letters and digits.
    pub url_id: String,
    /// Who may call it.
    pub auth_type: UrlAuthType,
    /// How it answers.
    pub invoke_mode: UrlInvokeMode,
    /// What pages of other sites may do.
    #[serde(default)]
    pub cors: Option<UrlCors>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub last_modified: Timestamp,
}

/// `Cors` of a function URL.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UrlCors {
    /// `AllowCredentials`.
    #[serde(default)]
    pub allow_credentials: Option<bool>,
    /// `AllowHeaders`.
    #[serde(default)]
    pub allow_headers: Option<Vec<String>>,
    /// `AllowMethods`.
    #[serde(default)]
    pub allow_methods: Option<Vec<String>>,
    /// `AllowOrigins`.
    #[serde(default)]
    pub allow_origins: Option<Vec<String>>,
    /// `ExposeHeaders`.
    #[serde(default)]
    pub expose_headers: Option<Vec<String>>,
    /// `MaxAge` in seconds, 0 to 86,400.
    #[serde(default)]
    pub max_age_secs: Option<u32>,
}
