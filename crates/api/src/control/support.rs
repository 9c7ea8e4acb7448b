//! What becomes of each operation of the service model. The table in `docs/COMPATIBILITY.md` is written from this one, and
//! the test that drives every operation holds the binary against that page.

use std::fmt::Write as _;

use crate::generated::lambda::operations::Operation;

/// What is done with an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Support {
    /// Answered as AWS answers it, with its effect.
    Works,
    /// What it sets is kept and given back, and has no effect.
    StoredOnly,
    /// Refused by name.
    NotYet,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    operation: Operation,
    support: Support,
    /// What a caller has to know beyond that; may be empty.
    note: &'static str,
}

const fn works(operation: Operation, note: &'static str) -> Entry {
    Entry { operation, support: Support::Works, note }
}

const fn stored_only(operation: Operation, note: &'static str) -> Entry {
    Entry { operation, support: Support::StoredOnly, note }
}

const fn not_yet(operation: Operation) -> Entry {
    Entry { operation, support: Support::NotYet, note: "" }
}

static TABLE: [Entry; 91] = [
    works(Operation::AddLayerVersionPermission, ""),
    works(Operation::AddPermission, ""),
    not_yet(Operation::CheckpointDurableExecution),
    works(Operation::CreateAlias, ""),
    not_yet(Operation::CreateCapacityProvider),
    stored_only(Operation::CreateCodeSigningConfig, "signatures of packages are not checked"),
    stored_only(Operation::CreateEventSourceMapping, "a mapping is always `Disabled`, and says why"),
    works(Operation::CreateFunction, "from a zip in the request or in a bucket; see *Members of a function*"),
    works(Operation::CreateFunctionUrlConfig, "`BUFFERED` and `RESPONSE_STREAM`, CORS, `AWS_IAM` and `NONE`"),
    works(Operation::DeleteAlias, ""),
    not_yet(Operation::DeleteCapacityProvider),
    works(Operation::DeleteCodeSigningConfig, ""),
    not_yet(Operation::DeleteDurableExecution),
    works(Operation::DeleteEventSourceMapping, ""),
    works(Operation::DeleteFunction, ""),
    works(Operation::DeleteFunctionCodeSigningConfig, ""),
    works(Operation::DeleteFunctionConcurrency, ""),
    works(Operation::DeleteFunctionEventInvokeConfig, ""),
    works(Operation::DeleteFunctionUrlConfig, ""),
    works(Operation::DeleteLayerVersion, ""),
    works(Operation::DeleteProvisionedConcurrencyConfig, ""),
    works(Operation::DeleteResourcePolicy, ""),
    works(Operation::GetAccountSettings, "limits and use of this server"),
    works(Operation::GetAlias, ""),
    not_yet(Operation::GetCapacityProvider),
    works(Operation::GetCodeSigningConfig, ""),
    not_yet(Operation::GetDurableExecution),
    not_yet(Operation::GetDurableExecutionHistory),
    not_yet(Operation::GetDurableExecutionState),
    works(Operation::GetEventSourceMapping, ""),
    works(Operation::GetFunction, "`Code.Location` is a signed URL of this server"),
    works(Operation::GetFunctionCodeSigningConfig, ""),
    works(Operation::GetFunctionConcurrency, ""),
    works(Operation::GetFunctionConfiguration, ""),
    works(Operation::GetFunctionEventInvokeConfig, ""),
    works(Operation::GetFunctionRecursionConfig, ""),
    not_yet(Operation::GetFunctionScalingConfig),
    works(Operation::GetFunctionUrlConfig, ""),
    works(Operation::GetLayerVersion, "`Content.Location` is a signed URL of this server"),
    works(Operation::GetLayerVersionByArn, ""),
    works(Operation::GetLayerVersionPolicy, ""),
    works(Operation::GetPolicy, ""),
    works(Operation::GetProvisionedConcurrencyConfig, ""),
    works(Operation::GetResourcePolicy, ""),
    works(Operation::GetRuntimeManagementConfig, ""),
    works(
        Operation::Invoke,
        "`RequestResponse`, `Event`, `DryRun`; `LogType: Tail`; `ClientContext` reaches synchronous calls only",
    ),
    works(Operation::InvokeAsync, "with and without the trailing slash; body to 262,144 bytes"),
    works(Operation::InvokeWithResponseStream, "to 200 MB; 2 MB/s after the first 6 MB"),
    works(Operation::ListAliases, ""),
    not_yet(Operation::ListCapacityProviders),
    works(Operation::ListCodeSigningConfigs, ""),
    not_yet(Operation::ListDurableExecutionsByFunction),
    works(Operation::ListEventSourceMappings, ""),
    works(Operation::ListFunctionEventInvokeConfigs, ""),
    works(Operation::ListFunctionUrlConfigs, ""),
    not_yet(Operation::ListFunctionVersionsByCapacityProvider),
    works(
        Operation::ListFunctions,
        "pages of 50 at most, in order of names; `FunctionVersion=ALL`; `MasterRegion` is not looked at",
    ),
    works(Operation::ListFunctionsByCodeSigningConfig, ""),
    works(Operation::ListLayerVersions, ""),
    works(Operation::ListLayers, ""),
    works(Operation::ListProvisionedConcurrencyConfigs, ""),
    works(Operation::ListTags, ""),
    works(Operation::ListVersionsByFunction, ""),
    not_yet(Operation::PauseDurableExecution),
    works(Operation::PublishLayerVersion, "from a zip in the request or in a bucket"),
    works(Operation::PublishVersion, "`CodeSha256`, `RevisionId`; no new version when nothing has changed"),
    stored_only(Operation::PutFunctionCodeSigningConfig, ""),
    works(Operation::PutFunctionConcurrency, "of the server's own concurrency"),
    works(Operation::PutFunctionEventInvokeConfig, "retries, age and destinations"),
    works(Operation::PutFunctionRecursionConfig, "the 17th call of a function in one chain is stopped"),
    not_yet(Operation::PutFunctionScalingConfig),
    works(Operation::PutProvisionedConcurrencyConfig, "the environments are really kept ready"),
    works(Operation::PutResourcePolicy, "for functions, versions and aliases"),
    stored_only(Operation::PutRuntimeManagementConfig, "the runtimes are those of the machine"),
    works(Operation::RemoveLayerVersionPermission, ""),
    works(Operation::RemovePermission, ""),
    not_yet(Operation::ResumeDurableExecution),
    not_yet(Operation::SendDurableExecutionCallbackFailure),
    not_yet(Operation::SendDurableExecutionCallbackHeartbeat),
    not_yet(Operation::SendDurableExecutionCallbackSuccess),
    not_yet(Operation::StopDurableExecution),
    works(Operation::TagResource, ""),
    works(Operation::UntagResource, ""),
    works(Operation::UpdateAlias, ""),
    not_yet(Operation::UpdateCapacityProvider),
    stored_only(Operation::UpdateCodeSigningConfig, ""),
    stored_only(Operation::UpdateEventSourceMapping, ""),
    works(Operation::UpdateFunctionCode, "the same; `DryRun`, `Publish`, `RevisionId`, `Architectures`"),
    works(Operation::UpdateFunctionConfiguration, "merges what is given; `RevisionId`"),
    works(Operation::UpdateFunctionEventInvokeConfig, "the same, merged"),
    works(Operation::UpdateFunctionUrlConfig, ""),
];

/// Whether an operation is answered as AWS answers it, or at least kept; the others are refused by name.
pub(crate) fn is_answered(operation: Operation) -> bool {
    TABLE.iter().any(|entry| entry.operation == operation && entry.support != Support::NotYet)
}

/// The table as Markdown, a row for each operation.
pub(crate) fn markdown() -> String {
    let mut table = String::from("| operation | state | of it |\n| --- | --- | --- |\n");
    for Entry { operation, support, note } in &TABLE {
        let state = match support {
            Support::Works => "works",
            Support::StoredOnly => "stored only",
            Support::NotYet => "not yet",
        };
        let space = if note.is_empty() { "" } else { " " };
        // Writing to a String cannot fail.
        let _ = writeln!(table, "| {} | {state} | {note}{space}|", operation.traits().name);
    }
    table
}
