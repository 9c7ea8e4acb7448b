// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
pub struct DescribeLogStreamsRequest {
    #[serde(rename = "logGroupName")]
    pub log_group_name: Option<String>,
    #[serde(rename = "logGroupIdentifier")]
    pub log_group_identifier: Option<String>,
    #[serde(rename = "logStreamNamePrefix")]
    pub log_stream_name_prefix: Option<String>,
    #[serde(rename = "orderBy")]
    pub order_by: Option<String>,
    #[serde(rename = "descending")]
    pub descending: Option<bool>,
    #[serde(rename = "nextToken")]
    pub next_token: Option<String>,
    #[serde(rename = "limit")]
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
