// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct FilterLogEventsRequest {
    #[serde(rename = "logGroupName", skip_serializing_if = "Option::is_none")]
    pub log_group_name: Option<String>,
    #[serde(rename = "logGroupIdentifier", skip_serializing_if = "Option::is_none")]
    pub log_group_identifier: Option<String>,
    #[serde(rename = "logStreamNames", skip_serializing_if = "Option::is_none")]
    pub log_stream_names: Option<Vec<String>>,
    #[serde(rename = "logStreamNamePrefix", skip_serializing_if = "Option::is_none")]
    pub log_stream_name_prefix: Option<String>,
    #[serde(rename = "startTime", skip_serializing_if = "Option::is_none")]
    pub start_time: Option<i64>,
    #[serde(rename = "endTime", skip_serializing_if = "Option::is_none")]
    pub end_time: Option<i64>,
    #[serde(rename = "filterPattern", skip_serializing_if = "Option::is_none")]
    pub filter_pattern: Option<String>,
    #[serde(rename = "nextToken", skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(rename = "limit", skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    #[serde(rename = "startFromHead", skip_serializing_if = "Option::is_none")]
    pub start_from_head: Option<bool>,
    #[serde(rename = "interleaved", skip_serializing_if = "Option::is_none")]
    pub interleaved: Option<bool>,
    #[serde(rename = "unmask", skip_serializing_if = "Option::is_none")]
    pub unmask: Option<bool>,
}

impl Check for FilterLogEventsRequest {
    fn check(&self, found: &mut Violations) {
        found.text("logGroupName", self.log_group_name.as_deref(), &constraints::LOG_GROUP_NAME);
        found.text(
            "logGroupIdentifier",
            self.log_group_identifier.as_deref(),
            &constraints::LOG_GROUP_IDENTIFIER,
        );
        found.texts(
            "logStreamNames",
            self.log_stream_names.as_deref(),
            Some(&constraints::INPUT_LOG_STREAM_NAMES),
            Some(&constraints::LOG_STREAM_NAME),
        );
        found.text(
            "logStreamNamePrefix",
            self.log_stream_name_prefix.as_deref(),
            &constraints::LOG_STREAM_NAME,
        );
        found.whole("startTime", self.start_time, &constraints::TIMESTAMP);
        found.whole("endTime", self.end_time, &constraints::TIMESTAMP);
        found.text("filterPattern", self.filter_pattern.as_deref(), &constraints::FILTER_PATTERN);
        found.text("nextToken", self.next_token.as_deref(), &constraints::NEXT_TOKEN);
        found.whole("limit", self.limit, &constraints::EVENTS_LIMIT);
    }
}
