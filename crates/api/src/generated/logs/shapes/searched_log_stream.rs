// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct SearchedLogStream {
    #[serde(rename = "logStreamName", skip_serializing_if = "Option::is_none")]
    pub log_stream_name: Option<String>,
    #[serde(rename = "searchedCompletely", skip_serializing_if = "Option::is_none")]
    pub searched_completely: Option<bool>,
}
