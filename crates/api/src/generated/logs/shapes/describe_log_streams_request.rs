// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct DescribeLogStreamsRequest {
    #[serde(rename = "logGroupName", skip_serializing_if = "Option::is_none")]
    pub log_group_name: Option<String>,
    #[serde(rename = "logGroupIdentifier", skip_serializing_if = "Option::is_none")]
    pub log_group_identifier: Option<String>,
    #[serde(rename = "logStreamNamePrefix", skip_serializing_if = "Option::is_none")]
    pub log_stream_name_prefix: Option<String>,
    #[serde(rename = "orderBy", skip_serializing_if = "Option::is_none")]
    pub order_by: Option<String>,
    #[serde(rename = "descending", skip_serializing_if = "Option::is_none")]
    pub descending: Option<bool>,
    #[serde(rename = "nextToken", skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(rename = "limit", skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

impl Check for DescribeLogStreamsRequest {
    fn check(&self, found: &mut Violations) {
        found.text("logGroupName", self.log_group_name.as_deref(), &constraints::LOG_GROUP_NAME);
        found.text(
            "logGroupIdentifier",
            self.log_group_identifier.as_deref(),
            &constraints::LOG_GROUP_IDENTIFIER,
        );
        found.text(
            "logStreamNamePrefix",
            self.log_stream_name_prefix.as_deref(),
            &constraints::LOG_STREAM_NAME,
        );
        found.text("orderBy", self.order_by.as_deref(), &constraints::ORDER_BY);
        found.text("nextToken", self.next_token.as_deref(), &constraints::NEXT_TOKEN);
        found.whole("limit", self.limit, &constraints::DESCRIBE_LIMIT);
    }
}
