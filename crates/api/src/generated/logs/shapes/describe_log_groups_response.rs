// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::LogGroup;

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct DescribeLogGroupsResponse {
    #[serde(rename = "logGroups", skip_serializing_if = "Option::is_none")]
    pub log_groups: Option<Vec<LogGroup>>,
    #[serde(rename = "nextToken", skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}
