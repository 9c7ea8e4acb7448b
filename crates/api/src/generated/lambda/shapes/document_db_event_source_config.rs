// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

use super::super::constraints;
use crate::model::{Check, Violations};

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct DocumentDBEventSourceConfig {
    #[serde(rename = "DatabaseName", skip_serializing_if = "Option::is_none")]
    pub database_name: Option<String>,
    #[serde(rename = "CollectionName", skip_serializing_if = "Option::is_none")]
    pub collection_name: Option<String>,
    #[serde(rename = "FullDocument", skip_serializing_if = "Option::is_none")]
    pub full_document: Option<String>,
}

impl Check for DocumentDBEventSourceConfig {
    fn check(&self, found: &mut Violations) {
        found.text("databaseName", self.database_name.as_deref(), &constraints::DATABASE_NAME);
        found.text("collectionName", self.collection_name.as_deref(), &constraints::COLLECTION_NAME);
        found.text("fullDocument", self.full_document.as_deref(), &constraints::FULL_DOCUMENT);
    }
}
