//! The runtime's states and what may be called in each (facts: execution-environment §1.3).
//!
//! ```text
//! Started ──next──▶ Ready ──(an invocation)──▶ Running ──response|error──▶ Answered ──next──▶ Ready …
//!    │                                            └─a stream begins─▶ Responding ─ends─┘
//!    └──init/error──▶ InitFailed
//! ```
//!
//! `next` while Running is legal and gives the same invocation. The state is checked before the id.

use lambent_domain::request_id::RequestId;

/// Where a runtime is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RuntimeState {
    /// Its process runs and has called nothing yet.
    Started,
    /// It has reported that its initialisation failed; nothing more is legal.
    InitFailed,
    /// It waits in `next`.
    Ready,
    /// It has been given this invocation.
    Running(RequestId),
    /// It is sending the response to this invocation, which goes to the caller as it comes.
    Responding(RequestId),
    /// It has answered and not yet asked again.
    Answered,
}

/// Why a call is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rejection {
    /// 403: not in this state.
    InvalidState { from: &'static str, to: &'static str },
    /// 400: another invocation is running.
    InvalidRequestId,
}

impl RuntimeState {
    /// `GET invocation/next`.
    pub(super) fn next(self) -> Result<Self, Rejection> {
        match self {
            Self::Started | Self::Ready | Self::Answered => Ok(Self::Ready),
            Self::Running(_) => Ok(self),
            Self::InitFailed | Self::Responding(_) => Err(self.rejected("Ready")),
        }
    }

    /// Whether `POST invocation/{id}/response` or `error` is legal now; an id that is no UUID is none.
    pub(super) fn may_answer(self, request_id: Option<RequestId>) -> Result<(), Rejection> {
        match self {
            Self::Running(running) if request_id == Some(running) => Ok(()),
            Self::Running(_) => Err(Rejection::InvalidRequestId),
            Self::Started | Self::InitFailed | Self::Ready | Self::Responding(_) | Self::Answered => {
                Err(self.rejected("InvocationResponse"))
            }
        }
    }

    /// The beginning of a streamed `response`.
    pub(super) fn begin_stream(self, request_id: RequestId) -> Result<Self, Rejection> {
        self.may_answer(Some(request_id)).map(|()| Self::Responding(request_id))
    }

    /// The end of a streamed `response`.
    pub(super) fn end_stream(self, request_id: RequestId) -> Result<Self, Rejection> {
        if self == Self::Responding(request_id) {
            Ok(Self::Answered)
        } else {
            Err(self.rejected("ResponseSent"))
        }
    }

    /// `POST invocation/{id}/response` or `error`.
    pub(super) fn answer(self, request_id: Option<RequestId>) -> Result<Self, Rejection> {
        self.may_answer(request_id).map(|()| Self::Answered)
    }

    /// `POST init/error`.
    pub(super) fn init_error(self) -> Result<Self, Rejection> {
        match self {
            Self::Started => Ok(Self::InitFailed),
            Self::InitFailed | Self::Ready | Self::Running(_) | Self::Responding(_) | Self::Answered => {
                Err(self.rejected("InitError"))
            }
        }
    }

    /// The refusal of a step from here to the state of that name.
    pub(super) fn rejected(self, to: &'static str) -> Rejection {
        let from = match self {
            Self::Started => "Started",
            Self::InitFailed => "InitError",
            Self::Ready => "Ready",
            Self::Running(_) => "Running",
            Self::Responding(_) => "InvocationResponse",
            Self::Answered => "ResponseSent",
        };
        Rejection::InvalidState { from, to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: RequestId = RequestId::from_bytes([1; 16]);
    const OTHER: RequestId = RequestId::from_bytes([2; 16]);

    #[test]
    fn every_call_in_every_state() {
        use RuntimeState as S;
        let refused = |result: Result<S, Rejection>| matches!(result, Err(Rejection::InvalidState { .. }));
        let states = [S::Started, S::InitFailed, S::Ready, S::Running(ID), S::Responding(ID), S::Answered];
        for state in states {
            match state.next() {
                Ok(S::Ready) => assert!(matches!(state, S::Started | S::Ready | S::Answered)),
                Ok(same) => assert_eq!((same, state), (S::Running(ID), S::Running(ID))),
                Err(_) => assert!(matches!(state, S::InitFailed | S::Responding(_))),
            }
            match state {
                S::Running(_) => {
                    assert_eq!(state.answer(Some(ID)), Ok(S::Answered));
                    assert_eq!(state.answer(Some(OTHER)), Err(Rejection::InvalidRequestId));
                    assert_eq!(state.answer(None), Err(Rejection::InvalidRequestId));
                }
                _ => assert!(refused(state.answer(Some(OTHER))), "the state is checked before the id"),
            }
            assert_eq!(state.init_error().is_ok(), state == S::Started);
            let begun = state.begin_stream(ID);
            assert_eq!(begun.is_ok(), state == S::Running(ID));
            assert_eq!(state.end_stream(ID).is_ok(), state == S::Responding(ID));
            assert!(refused(state.end_stream(OTHER)));
        }
    }
}
