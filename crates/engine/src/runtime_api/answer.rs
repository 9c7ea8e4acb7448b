//! What passes between an environment and its runtime.

use bytes::Bytes;
use lambent_domain::request_id::RequestId;

/// What `next` hands out.
#[derive(Debug, Clone)]
pub(crate) struct NextInvocation {
    pub(crate) request_id: RequestId,
    /// Unix milliseconds at which the timeout strikes.
    pub(crate) deadline_ms: u64,
    pub(crate) invoked_arn: String,
    pub(crate) trace: Option<String>,
    pub(crate) client_context: Option<Bytes>,
    pub(crate) payload: Bytes,
}

/// How the runtime answered an invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// `response` with this body.
    Response(Bytes),
    /// `error`: the type as sent, if any, and the body as posted.
    Error { error_type: Option<String>, body: Bytes },
    /// The body was larger than 6 MiB and 100 bytes.
    TooLarge,
    /// The upload broke off.
    Truncated,
    /// A response mode that does not exist.
    InvalidResponseMode,
}

/// How a runtime's initialisation ended, by its own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum InitSignal {
    /// It has asked for its first invocation.
    Ready,
    /// `init/error`: the type as sent, if any, and the body as posted.
    Error { error_type: Option<String>, body: Bytes },
}
