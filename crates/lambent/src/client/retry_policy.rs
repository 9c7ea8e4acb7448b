//! A function's retry policy.

use super::events::FUNCTIONS;
use super::{Client, ClientError, segment};
use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};

/// A policy as it is set, where the server knows what is left out, and as it is read, where nothing is.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RetryPolicy {
    pub(crate) maximum_attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) initial_seconds: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) multiplier: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) maximum_seconds: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) jitter: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<ErrorRule>,
}

/// Runs at most after such an error.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorRule {
    pub(crate) error_type: String,
    pub(crate) maximum_attempts: u32,
}

impl Client {
    pub(crate) async fn retry_policy(&self, function: &str) -> Result<RetryPolicy, ClientError> {
        let answer = self.call(Method::GET, &path(function), &[], Bytes::new()).await?;
        self.json(&answer)
    }

    pub(crate) async fn put_retry_policy(
        &self,
        function: &str,
        policy: &RetryPolicy,
    ) -> Result<RetryPolicy, ClientError> {
        let headers = [("content-type", "application/json")];
        let answer = self.call(Method::PUT, &path(function), &headers, self.encode(policy)?).await?;
        self.json(&answer)
    }

    pub(crate) async fn delete_retry_policy(&self, function: &str) -> Result<(), ClientError> {
        self.call(Method::DELETE, &path(function), &[], Bytes::new()).await.map(|_| ())
    }
}

fn path(function: &str) -> String {
    format!("{FUNCTIONS}/{}/retry-policy", segment(function))
}
