// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct AddPermissionResponse {
    #[serde(rename = "Statement", skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}
