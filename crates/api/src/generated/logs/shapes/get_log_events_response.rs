// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::OutputLogEvent;

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct GetLogEventsResponse {
    #[serde(rename = "events", skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<OutputLogEvent>>,
    #[serde(rename = "nextForwardToken", skip_serializing_if = "Option::is_none")]
    pub next_forward_token: Option<String>,
    #[serde(rename = "nextBackwardToken", skip_serializing_if = "Option::is_none")]
    pub next_backward_token: Option<String>,
}
