//! A synchronous call whose caller takes the response as it comes.

use crate::engine::{Engine, Refusal};
use crate::environment::Run;
use crate::response_stream::{self, Incoming};
use bytes::Bytes;
use http::HeaderValue;
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::{FunctionFailure, Outcome};
use lambent_domain::qualifier::Version;
use tokio::sync::{mpsc, oneshot};

/// How a streaming call has begun.
#[derive(Debug)]
pub enum Streaming {
    /// The function failed before the first byte of its response: an ordinary function error.
    Failed {
        /// What went wrong.
        failure: FunctionFailure,
        /// The version that ran.
        executed_version: Version,
        /// The last 4,096 bytes of its log, from START on.
        log_tail: Bytes,
    },
    /// The response has begun, or is there already.
    Begun(ResponseStream),
}

/// A response on its way. Dropping it does not stop the function: the rest of its response is thrown away.
#[derive(Debug)]
pub struct ResponseStream {
    executed_version: Version,
    content_type: Option<HeaderValue>,
    chunks: Chunks,
    end: End,
}

/// Where chunks come from.
#[derive(Debug)]
enum Chunks {
    /// The function, which may still run.
    Coming(mpsc::Receiver<Bytes>),
    /// A response that came in one piece.
    Whole(Option<Bytes>),
}

/// The end of the run.
#[derive(Debug)]
enum End {
    Awaited(oneshot::Receiver<Result<Run, Refusal>>),
    Known(StreamEnd),
}

/// How a streamed response ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamEnd {
    /// What went wrong after the first byte; none if the response is complete.
    pub failure: Option<FunctionFailure>,
    /// The last 4,096 bytes of the run's log, from START on.
    pub log_tail: Bytes,
}

impl Engine {
    /// A synchronous call whose response is handed on as it comes. Returns as soon as its first byte or a failure before
    /// it is there; a runtime that answers in one piece gives one chunk.
    ///
    /// The invocation goes on to its end even if the caller stops reading or goes away, as in AWS. A caller who reads
    /// slowly makes the function wait, within the function's own timeout.
    ///
    /// # Errors
    /// [`Refusal`] when it was not run; a failing function is a [`Streaming::Failed`], not an error.
    pub async fn invoke_streaming(&self, invocation: Invocation) -> Result<Streaming, Refusal> {
        let executed_version = invocation.version.version;
        let (writer, incoming) = response_stream::channel(self.options().stream_bytes_per_second);
        let mut end = self.begin(invocation, Some(writer))?;
        let Incoming { begins, chunks } = incoming;
        let ended = tokio::select! {
            biased;
            Ok(content_type) = begins => {
                let (chunks, end) = (Chunks::Coming(chunks), End::Awaited(end));
                return Ok(Streaming::Begun(ResponseStream { executed_version, content_type, chunks, end }));
            }
            ended = &mut end => ended,
        };
        // Nothing was or will be streamed: the end of the run is all there is.
        let run = ended.unwrap_or(Err(Refusal::EnvironmentFailed))?;
        let log_tail = run.log_tail;
        Ok(match run.outcome {
            Outcome::Failed(failure) => Streaming::Failed { failure, executed_version, log_tail },
            Outcome::Returned { payload } => Streaming::Begun(ResponseStream {
                executed_version,
                content_type: run.content_type,
                chunks: Chunks::Whole(Some(payload).filter(|payload| !payload.is_empty())),
                end: End::Known(StreamEnd { failure: None, log_tail }),
            }),
        })
    }
}

impl ResponseStream {
    /// The version that runs.
    #[must_use]
    pub fn executed_version(&self) -> Version {
        self.executed_version
    }

    /// `Content-Type` of the response, as its runtime sent it.
    #[must_use]
    pub fn content_type(&self) -> Option<&HeaderValue> {
        self.content_type.as_ref()
    }

    /// The next chunk, none of them empty; `None` when there are no more, and then [`ResponseStream::end`] tells why.
    /// Loses nothing when dropped.
    pub async fn next(&mut self) -> Option<Bytes> {
        match &mut self.chunks {
            Chunks::Coming(chunks) => chunks.recv().await,
            Chunks::Whole(chunk) => chunk.take(),
        }
    }

    /// Waits for the end of the run. Chunks that have not been taken are thrown away.
    ///
    /// # Errors
    /// [`Refusal`] when the environment was lost: a fault of ours or the host's.
    pub async fn end(self) -> Result<StreamEnd, Refusal> {
        // A function that waits for room goes on.
        drop(self.chunks);
        match self.end {
            End::Known(end) => Ok(end),
            End::Awaited(end) => {
                let run = end.await.unwrap_or(Err(Refusal::EnvironmentFailed))?;
                let failure = match run.outcome {
                    Outcome::Returned { .. } => None,
                    Outcome::Failed(failure) => Some(failure),
                };
                Ok(StreamEnd { failure, log_tail: run.log_tail })
            }
        }
    }
}
