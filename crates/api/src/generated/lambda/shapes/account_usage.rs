// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct AccountUsage {
    #[serde(rename = "TotalCodeSize", skip_serializing_if = "Option::is_none")]
    pub total_code_size: Option<i64>,
    #[serde(rename = "FunctionCount", skip_serializing_if = "Option::is_none")]
    pub function_count: Option<i64>,
}
