// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct AccountLimit {
    #[serde(rename = "TotalCodeSize", skip_serializing_if = "Option::is_none")]
    pub total_code_size: Option<i64>,
    #[serde(rename = "CodeSizeUnzipped", skip_serializing_if = "Option::is_none")]
    pub code_size_unzipped: Option<i64>,
    #[serde(rename = "CodeSizeZipped", skip_serializing_if = "Option::is_none")]
    pub code_size_zipped: Option<i64>,
    #[serde(rename = "ConcurrentExecutions", skip_serializing_if = "Option::is_none")]
    pub concurrent_executions: Option<i64>,
    #[serde(rename = "UnreservedConcurrentExecutions", skip_serializing_if = "Option::is_none")]
    pub unreserved_concurrent_executions: Option<i64>,
}
