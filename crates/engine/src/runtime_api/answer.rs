//! What passes between an environment and its runtime.

use bytes::Bytes;
use http::HeaderValue;
use lambent_domain::request_id::RequestId;
use lambent_domain::tenant::TenantId;

/// What `next` hands out.
#[derive(Debug, Clone)]
pub(crate) struct NextInvocation {
    pub(crate) request_id: RequestId,
    /// Unix milliseconds at which the timeout strikes.
    pub(crate) deadline_ms: u64,
    pub(crate) invoked_arn: String,
    pub(crate) trace: Option<String>,
    pub(crate) client_context: Option<Bytes>,
    pub(crate) tenant_id: Option<TenantId>,
    pub(crate) payload: Bytes,
}

/// How the runtime answered an invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// `response` with this body.
    Response { content_type: Option<HeaderValue>, body: Bytes },
    /// `response`, all of which has been handed to the caller as it came.
    Streamed { content_type: Option<HeaderValue> },
    /// `error`, or a stream that ended with one: the type as sent, if any, and the body as posted.
    Error { error_type: Option<String>, body: Bytes },
    /// The body was larger than this many bytes.
    TooLarge { limit: u64 },
    /// The upload broke off.
    Truncated,
    /// A response mode that does not exist.
    InvalidResponseMode,
}

impl Answer {
    /// What the runtime said that its response is.
    pub(crate) fn content_type(&self) -> Option<HeaderValue> {
        match self {
            Self::Response { content_type, .. } | Self::Streamed { content_type } => content_type.clone(),
            Self::Error { .. } | Self::TooLarge { .. } | Self::Truncated | Self::InvalidResponseMode => None,
        }
    }
}

/// How a runtime's initialisation ended, by its own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum InitSignal {
    /// It has asked for its first invocation.
    Ready,
    /// `init/error`: the type as sent, if any, and the body as posted.
    Error { error_type: Option<String>, body: Bytes },
}
