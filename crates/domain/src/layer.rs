//! Layers: packages that functions share below `/opt`.

use crate::arn::{AccountId, Malformed, Region};
use crate::function::CodePackage;
use crate::policy::ResourcePolicy;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Most layers that a function may have (D gettingstarted-limits).
pub const LAYERS_MAX: usize = 5;

/// Longest name of a layer, as the service model has it.
const NAME_BYTES_MAX: usize = 140;

/// A layer's name: 1 to 140 of `[a-zA-Z0-9-_]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LayerName(Arc<str>);

impl LayerName {
    /// Checks the characters and the length.
    ///
    /// # Errors
    /// [`Malformed`] when it is empty, too long, or has others.
    pub fn new(text: &str) -> Result<Self, Malformed> {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if text.is_empty() || text.len() > NAME_BYTES_MAX || !text.bytes().all(legal) {
            return Err(Malformed { kind: "layer name" });
        }
        Ok(Self(text.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LayerName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for LayerName {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::new(&text)
    }
}

impl From<LayerName> for String {
    fn from(name: LayerName) -> Self {
        name.0.as_ref().to_owned()
    }
}

/// `arn:aws:lambda:<region>:<account>:layer:<name>[:<version>]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LayerArn {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The layer's name.
    pub name: LayerName,
    /// The version; none for the layer as such.
    pub version: Option<u64>,
}

impl LayerArn {
    /// Reads an ARN, with or without a version.
    ///
    /// # Errors
    /// [`Malformed`] when it is none of a layer.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let malformed = Malformed { kind: "layer ARN" };
        let parts: Vec<&str> = text.split(':').collect();
        let (["arn", partition, "lambda", region, account, "layer", name], version) =
            parts.split_at_checked(7).map_or((&parts[..], &[][..]), |(head, tail)| (head, tail))
        else {
            return Err(malformed);
        };
        if !partition.starts_with("aws") {
            return Err(malformed);
        }
        let version = match version {
            [] => None,
            [number] => Some(version_number(number).ok_or(malformed)?),
            _ => return Err(malformed),
        };
        Ok(Self {
            region: Region::new(region)?,
            account: AccountId::new(account)?,
            name: LayerName::new(name)?,
            version,
        })
    }
}

/// A version's number as it is printed: `03` and `+3` name none, so no version has two names.
fn version_number(text: &str) -> Option<u64> {
    let is_printed =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if is_printed { text.parse().ok() } else { None }
}

impl fmt::Display for LayerArn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "arn:aws:lambda:{}:{}:layer:{}", self.region, self.account, self.name)?;
        self.version.map_or(Ok(()), |version| write!(out, ":{version}"))
    }
}

/// A layer with its versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// Its name.
    pub name: LayerName,
    /// Counts the changes; the precondition of the next one.
    pub generation: u64,
    /// The versions by number. Never changed once they are there; stored on their own.
    #[serde(skip)]
    pub versions: BTreeMap<u64, Arc<LayerVersion>>,
    /// The highest number that was ever given: numbers are not used again.
    #[serde(default)]
    pub last_version: u64,
    /// Resource policies by version.
    #[serde(default)]
    pub policies: BTreeMap<u64, ResourcePolicy>,
}

/// One version of a layer: immutable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerVersion {
    /// Its number, from 1.
    pub number: u64,
    /// The package.
    pub code: CodePackage,
    /// Free text.
    #[serde(default)]
    pub description: String,
    /// Runtimes it says to work with. To say that there are none is something else than to say nothing (recorded).
    #[serde(default)]
    pub compatible_runtimes: Option<Vec<String>>,
    /// Architectures it says to work with, in the same way.
    #[serde(default)]
    pub compatible_architectures: Option<Vec<String>>,
    /// Free text or an SPDX identifier.
    #[serde(default)]
    pub license_info: Option<String>,
    /// When it was published.
    pub created: Timestamp,
}

/// A layer as a function's configuration names it. The package is named too, because a function keeps its layers when
/// their versions are deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionLayer {
    /// The version's ARN.
    pub arn: String,
    /// Its package.
    pub code: CodePackage,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_of_layers_and_of_nothing_else() {
        for text in [
            "arn:aws:lambda:us-east-1:000000000000:layer:tools",
            "arn:aws:lambda:us-east-1:000000000000:layer:tools:7",
        ] {
            assert_eq!(LayerArn::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "tools",
            "arn:aws:lambda:us-east-1:000000000000:function:tools",
            "arn:aws:lambda:us-east-1:000000000000:layer:",
            "arn:aws:lambda:us-east-1:000000000000:layer:tools:x",
            "arn:aws:lambda:us-east-1:000000000000:layer:tools:1:2",
            "arn:aws:lambda:us-east-1:000000000000:layer:tools:03",
            "arn:aws:lambda:us-east-1:000000000000:layer:tools:+3",
            "arn:aws:lambda:us-east-1:000000000000:layer:tools:",
            "arn:aws:s3:us-east-1:000000000000:layer:tools",
            "arn:aws:lambda:us-east-1:00000000000:layer:tools",
        ] {
            assert!(LayerArn::parse(text).is_err(), "{text}");
        }
    }
}
