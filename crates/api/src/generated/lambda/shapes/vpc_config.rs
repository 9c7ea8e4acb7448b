// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct VpcConfig {
    #[serde(rename = "SubnetIds", skip_serializing_if = "Option::is_none")]
    pub subnet_ids: Option<Vec<String>>,
    #[serde(rename = "SecurityGroupIds", skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    #[serde(rename = "Ipv6AllowedForDualStack", skip_serializing_if = "Option::is_none")]
    pub ipv6_allowed_for_dual_stack: Option<bool>,
}

impl Check for VpcConfig {
    fn check(&self, found: &mut Violations) {
        found.texts(
            "subnetIds",
            self.subnet_ids.as_deref(),
            Some(&constraints::SUBNET_IDS),
            Some(&constraints::SUBNET_ID),
        );
        found.texts(
            "securityGroupIds",
            self.security_group_ids.as_deref(),
            Some(&constraints::SECURITY_GROUP_IDS),
            Some(&constraints::SECURITY_GROUP_ID),
        );
    }
}
