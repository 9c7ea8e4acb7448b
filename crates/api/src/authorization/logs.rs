//! What a request to CloudWatch Logs needs to be allowed.
//!
//! AWS judges by the ARN of a log stream, `log-group:<name>:log-stream:<stream>` with an empty stream where the operation
//! reads none, so that the usual `log-group:<name>:*` in a policy covers both. Group and stream are those that the
//! operation is then answered for, as they were read from the request; see `logs::request`.

use super::Subject;
use crate::generated::logs::operations::Operation;
use crate::naming::Identity;

/// As in a policy's `Action`.
pub fn action(operation: Operation) -> String {
    format!("logs:{}", operation.name())
}

/// One stream of a group of this server's, or with an empty name the group's streams at large.
pub fn resource(identity: &Identity, group: &str, stream: &str) -> Subject {
    let Identity { region, account } = identity;
    Subject::Other(format!("arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{stream}"))
}
