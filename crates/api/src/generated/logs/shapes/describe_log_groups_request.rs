// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct DescribeLogGroupsRequest {
    #[serde(rename = "accountIdentifiers", skip_serializing_if = "Option::is_none")]
    pub account_identifiers: Option<Vec<String>>,
    #[serde(rename = "logGroupNamePrefix", skip_serializing_if = "Option::is_none")]
    pub log_group_name_prefix: Option<String>,
    #[serde(rename = "logGroupNamePattern", skip_serializing_if = "Option::is_none")]
    pub log_group_name_pattern: Option<String>,
    #[serde(rename = "nextToken", skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(rename = "limit", skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    #[serde(rename = "includeLinkedAccounts", skip_serializing_if = "Option::is_none")]
    pub include_linked_accounts: Option<bool>,
    #[serde(rename = "logGroupClass", skip_serializing_if = "Option::is_none")]
    pub log_group_class: Option<String>,
    #[serde(rename = "logGroupIdentifiers", skip_serializing_if = "Option::is_none")]
    pub log_group_identifiers: Option<Vec<String>>,
}

impl Check for DescribeLogGroupsRequest {
    fn check(&self, found: &mut Violations) {
        found.texts(
            "accountIdentifiers",
            self.account_identifiers.as_deref(),
            Some(&constraints::ACCOUNT_IDS),
            Some(&constraints::ACCOUNT_ID),
        );
        found.text("logGroupNamePrefix", self.log_group_name_prefix.as_deref(), &constraints::LOG_GROUP_NAME);
        found.text(
            "logGroupNamePattern",
            self.log_group_name_pattern.as_deref(),
            &constraints::LOG_GROUP_NAME_PATTERN,
        );
        found.text("nextToken", self.next_token.as_deref(), &constraints::NEXT_TOKEN);
        found.whole("limit", self.limit, &constraints::DESCRIBE_LIMIT);
        found.text("logGroupClass", self.log_group_class.as_deref(), &constraints::LOG_GROUP_CLASS);
        found.texts(
            "logGroupIdentifiers",
            self.log_group_identifiers.as_deref(),
            Some(&constraints::DESCRIBE_LOG_GROUPS_LOG_GROUP_IDENTIFIERS),
            Some(&constraints::LOG_GROUP_IDENTIFIER),
        );
    }
}
