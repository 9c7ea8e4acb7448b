// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct LogGroup {
    #[serde(rename = "logGroupName", skip_serializing_if = "Option::is_none")]
    pub log_group_name: Option<String>,
    #[serde(rename = "creationTime", skip_serializing_if = "Option::is_none")]
    pub creation_time: Option<i64>,
    #[serde(rename = "retentionInDays", skip_serializing_if = "Option::is_none")]
    pub retention_in_days: Option<i64>,
    #[serde(rename = "metricFilterCount", skip_serializing_if = "Option::is_none")]
    pub metric_filter_count: Option<i64>,
    #[serde(rename = "arn", skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    #[serde(rename = "storedBytes", skip_serializing_if = "Option::is_none")]
    pub stored_bytes: Option<i64>,
    #[serde(rename = "kmsKeyId", skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    #[serde(rename = "dataProtectionStatus", skip_serializing_if = "Option::is_none")]
    pub data_protection_status: Option<String>,
    #[serde(rename = "inheritedProperties", skip_serializing_if = "Option::is_none")]
    pub inherited_properties: Option<Vec<String>>,
    #[serde(rename = "logGroupClass", skip_serializing_if = "Option::is_none")]
    pub log_group_class: Option<String>,
    #[serde(rename = "logGroupArn", skip_serializing_if = "Option::is_none")]
    pub log_group_arn: Option<String>,
    #[serde(rename = "deletionProtectionEnabled", skip_serializing_if = "Option::is_none")]
    pub deletion_protection_enabled: Option<bool>,
    #[serde(rename = "bearerTokenAuthenticationEnabled", skip_serializing_if = "Option::is_none")]
    pub bearer_token_authentication_enabled: Option<bool>,
    #[serde(rename = "retentionPolicyName", skip_serializing_if = "Option::is_none")]
    pub retention_policy_name: Option<String>,
}
