// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
pub struct GetLogEventsRequest {
    #[serde(rename = "logGroupName")]
    pub log_group_name: Option<String>,
    #[serde(rename = "logGroupIdentifier")]
    pub log_group_identifier: Option<String>,
    #[serde(rename = "logStreamName")]
    pub log_stream_name: Option<String>,
    #[serde(rename = "startTime")]
    pub start_time: Option<i64>,
    #[serde(rename = "endTime")]
    pub end_time: Option<i64>,
    #[serde(rename = "nextToken")]
    pub next_token: Option<String>,
    #[serde(rename = "limit")]
    pub limit: Option<i64>,
    #[serde(rename = "startFromHead")]
    pub start_from_head: Option<bool>,
    #[serde(rename = "unmask")]
    pub unmask: Option<bool>,
}

impl Check for GetLogEventsRequest {
    fn check(&self, found: &mut Violations) {
        found.text("logGroupName", self.log_group_name.as_deref(), &constraints::LOG_GROUP_NAME);
        found.text(
            "logGroupIdentifier",
            self.log_group_identifier.as_deref(),
            &constraints::LOG_GROUP_IDENTIFIER,
        );
        found.required("logStreamName", self.log_stream_name.is_some());
        found.text("logStreamName", self.log_stream_name.as_deref(), &constraints::LOG_STREAM_NAME);
        found.whole("startTime", self.start_time, &constraints::TIMESTAMP);
        found.whole("endTime", self.end_time, &constraints::TIMESTAMP);
        found.text("nextToken", self.next_token.as_deref(), &constraints::NEXT_TOKEN);
        found.whole("limit", self.limit, &constraints::EVENTS_LIMIT);
    }
}
