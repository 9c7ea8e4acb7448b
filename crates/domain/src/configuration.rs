//! What the owner of a function has set.

use crate::arn::FunctionName;
use crate::layer::FunctionLayer;
use crate::runtime::Runtime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// The members of CreateFunction and UpdateFunctionConfiguration that Lambent keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionConfiguration {
    /// The function's name.
    pub name: FunctionName,
    /// The execution role's ARN.
    pub role: String,
    /// The runtime's identifier; none for image functions.
    pub runtime: Option<Runtime>,
    /// Where the runtime finds the function; none for image functions.
    pub handler: Option<String>,
    /// Free text.
    pub description: String,
    /// How long one invocation may take: 1 to 900 seconds, 3 by default.
    pub timeout_secs: u32,
    /// 128 to 10,240 MB, 128 by default; it also sets the share of the processor.
    pub memory_mb: u32,
    /// Size of `/tmp`: 512 to 10,240 MB, 512 by default.
    pub ephemeral_storage_mb: u32,
    /// Environment variables, 4 KB in all.
    pub environment: BTreeMap<String, String>,
    /// Whether the owner has ever said anything of variables: AWS shows an empty list only to those who gave one.
    #[serde(default)]
    pub environment_given: bool,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// Where and how the log is written.
    pub logging: LoggingConfig,
    /// `Active` or `PassThrough`.
    pub tracing_mode: String,
    /// ARN of the dead-letter queue or topic.
    pub dead_letter_target: Option<String>,
    /// Layers, in the order in which they are merged: of files with one name the later layer's is seen.
    #[serde(default)]
    pub layers: Vec<FunctionLayer>,
    /// Whether environments are shared between tenants.
    #[serde(default)]
    pub tenant_isolation: TenantIsolation,
    /// Members that have no effect on one's own machine: validated, kept and returned. Name to JSON text.
    pub stored_only: BTreeMap<String, String>,
}

impl FunctionConfiguration {
    /// A function whose owner has set nothing but its name: AWS's defaults.
    #[must_use]
    pub fn new(name: FunctionName) -> Self {
        Self {
            name,
            role: String::new(),
            runtime: None,
            handler: None,
            description: String::new(),
            timeout_secs: 3,
            memory_mb: 128,
            ephemeral_storage_mb: 512,
            environment: BTreeMap::new(),
            environment_given: false,
            architecture: "x86_64".to_owned(),
            logging: LoggingConfig::default(),
            tracing_mode: "PassThrough".to_owned(),
            dead_letter_target: None,
            layers: Vec::new(),
            tenant_isolation: TenantIsolation::default(),
            stored_only: BTreeMap::new(),
        }
    }

    /// The timeout as a duration.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.timeout_secs))
    }

    /// The log group its lines go to.
    #[must_use]
    pub fn log_group(&self) -> String {
        match &self.logging.group {
            Some(group) => group.clone(),
            None => format!("/aws/lambda/{}", self.name),
        }
    }
}

/// `TenancyConfig.TenantIsolationMode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum TenantIsolation {
    /// Callers name no tenant.
    #[default]
    None,
    /// `PER_TENANT`: callers name their tenant, and an environment only ever serves one.
    PerTenant,
}

/// `LoggingConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggingConfig {
    /// Text by default.
    pub format: LogFormat,
    /// `TRACE` … `FATAL`; only with JSON.
    pub application_level: Option<String>,
    /// `DEBUG`, `INFO` or `WARN`; only with JSON.
    pub system_level: Option<String>,
    /// A group of the owner's choosing instead of `/aws/lambda/<name>`.
    pub group: Option<String>,
}

impl Default for LoggingConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, application_level: None, system_level: None, group: None }
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogFormat {
    /// Plain lines.
    Text,
    /// One JSON object a record.
    Json,
}
