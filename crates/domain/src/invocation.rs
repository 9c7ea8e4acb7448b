//! One run of a function, synchronous or from the queue.

use crate::arn::FunctionArn;
use crate::function::FunctionVersion;
use crate::request_id::RequestId;
use crate::tenant::TenantId;
use bytes::Bytes;
use std::sync::Arc;

/// What an execution environment needs to run a function once.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The identifier the caller was given.
    pub request_id: RequestId,
    /// The version to run.
    pub version: Arc<FunctionVersion>,
    /// The ARN as the caller named the function: with a qualifier only if one was given (§3).
    pub invoked_arn: FunctionArn,
    /// What the function receives.
    pub payload: Bytes,
    /// X-Ray context, as the header's text.
    pub trace: Option<String>,
    /// Decoded `X-Amz-Client-Context`; synchronous calls only.
    pub client_context: Option<Bytes>,
    /// `X-Amz-Tenant-Id`; only for functions with tenant isolation.
    pub tenant_id: Option<TenantId>,
}
