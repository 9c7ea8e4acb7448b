//! A policy as it is attached to a function or a layer version.

use super::{Policy, PolicyKind, RESOURCE_POLICY_BYTES_MAX};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A resource policy: who else may use what it is attached to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResourcePolicy {
    /// The policy; stored as it prints, and compiled when it is read.
    #[serde(serialize_with = "print", deserialize_with = "parse")]
    pub policy: Policy,
    /// Changes with every change; the precondition of updates.
    pub revision_id: Uuid,
}

fn print<S: Serializer>(policy: &Policy, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(policy)
}

fn parse<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Policy, D::Error> {
    let text = String::deserialize(deserializer)?;
    Policy::parse(&text, PolicyKind::Resource, RESOURCE_POLICY_BYTES_MAX).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_policy_is_read_as_it_was() {
        let text = r#"{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"s","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f"}]}"#;
        let policy = Policy::parse(text, PolicyKind::Resource, RESOURCE_POLICY_BYTES_MAX).unwrap();
        let attached = ResourcePolicy { policy, revision_id: Uuid::from_u128(7) };
        let stored = serde_json::to_string(&attached).unwrap();
        let read: ResourcePolicy = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, attached);
        assert_eq!(read.policy.to_string(), text);
        assert!(serde_json::from_str::<ResourcePolicy>(&stored.replace("Allow", "Perhaps")).is_err());
    }
}
