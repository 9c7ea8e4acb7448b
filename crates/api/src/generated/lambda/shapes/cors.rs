// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct Cors {
    #[serde(rename = "AllowCredentials", skip_serializing_if = "Option::is_none")]
    pub allow_credentials: Option<bool>,
    #[serde(rename = "AllowHeaders", skip_serializing_if = "Option::is_none")]
    pub allow_headers: Option<Vec<String>>,
    #[serde(rename = "AllowMethods", skip_serializing_if = "Option::is_none")]
    pub allow_methods: Option<Vec<String>>,
    #[serde(rename = "AllowOrigins", skip_serializing_if = "Option::is_none")]
    pub allow_origins: Option<Vec<String>>,
    #[serde(rename = "ExposeHeaders", skip_serializing_if = "Option::is_none")]
    pub expose_headers: Option<Vec<String>>,
    #[serde(rename = "MaxAge", skip_serializing_if = "Option::is_none")]
    pub max_age: Option<i64>,
}

impl Check for Cors {
    fn check(&self, found: &mut Violations) {
        found.texts(
            "allowHeaders",
            self.allow_headers.as_deref(),
            Some(&constraints::HEADERS_LIST),
            Some(&constraints::HEADER),
        );
        found.texts(
            "allowMethods",
            self.allow_methods.as_deref(),
            Some(&constraints::ALLOW_METHODS_LIST),
            Some(&constraints::METHOD),
        );
        found.texts(
            "allowOrigins",
            self.allow_origins.as_deref(),
            Some(&constraints::ALLOW_ORIGINS_LIST),
            Some(&constraints::ORIGIN),
        );
        found.texts(
            "exposeHeaders",
            self.expose_headers.as_deref(),
            Some(&constraints::HEADERS_LIST),
            Some(&constraints::HEADER),
        );
        found.whole("maxAge", self.max_age, &constraints::MAX_AGE);
    }
}
