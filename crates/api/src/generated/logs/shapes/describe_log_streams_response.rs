// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::LogStream;

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct DescribeLogStreamsResponse {
    #[serde(rename = "logStreams", skip_serializing_if = "Option::is_none")]
    pub log_streams: Option<Vec<LogStream>>,
    #[serde(rename = "nextToken", skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}
