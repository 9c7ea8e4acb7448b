// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::{AccountLimit, AccountUsage};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct GetAccountSettingsResponse {
    #[serde(rename = "AccountLimit", skip_serializing_if = "Option::is_none")]
    pub account_limit: Option<AccountLimit>,
    #[serde(rename = "AccountUsage", skip_serializing_if = "Option::is_none")]
    pub account_usage: Option<AccountUsage>,
}
