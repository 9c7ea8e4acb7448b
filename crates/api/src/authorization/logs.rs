//! What a request to CloudWatch Logs needs to be allowed.
//!
//! AWS judges by the ARN of a log stream, `log-group:<name>:log-stream:<stream>` with an empty stream where the request
//! names none, so that the usual `log-group:<name>:*` in a policy covers both.

use serde::Deserialize;

use crate::generated::logs::operations::Operation;
use crate::naming::Identity;

/// As in a policy's `Action`.
pub fn action(operation: Operation) -> String {
    format!("logs:{}", operation.name())
}

/// The members by which the operations name log groups.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Named {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_group_identifiers: Vec<String>,
    log_group_names: Vec<String>,
    log_stream_name: Option<String>,
    resource_arn: Option<String>,
}

/// Everything that the request is about, all of which has to be allowed. A body that is not understood is about `*`; it
/// will be refused for what it is.
pub fn resources(operation: Operation, identity: &Identity, body: &[u8]) -> Vec<String> {
    let named: Named = serde_json::from_slice(body).unwrap_or_default();
    if operation == Operation::DescribeLogGroups {
        return vec![stream_arn(identity, "", None)];
    }
    let stream = named.log_stream_name.as_deref();
    let groups = named.log_group_name.iter().chain(&named.log_group_identifier);
    let groups = groups.chain(&named.log_group_identifiers).chain(&named.log_group_names);
    let mut resources: Vec<String> = groups.map(|group| stream_arn(identity, group, stream)).collect();
    resources.extend(named.resource_arn);
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    resources
}

fn stream_arn(identity: &Identity, group: &str, stream: Option<&str>) -> String {
    let stream = stream.unwrap_or_default();
    if group.starts_with("arn:") {
        let group = group.strip_suffix(":*").unwrap_or(group);
        return format!("{group}:log-stream:{stream}");
    }
    let Identity { region, account } = identity;
    format!("arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{stream}")
}
