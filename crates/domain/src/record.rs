//! Resources that are kept and given back and change nothing yet: code signing configs and event source mappings.

use crate::arn::FunctionName;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One such resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// `csc-…` or a UUID: the last part of its ARN.
    pub id: String,
    /// Counts the changes; the precondition of the next one.
    pub generation: u64,
    /// The function it belongs to, if it belongs to one.
    #[serde(default)]
    pub function: Option<FunctionName>,
    /// When it was last changed.
    pub last_modified: Timestamp,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// What its owner set: a JSON object in the words of the service model.
    pub document: String,
}
