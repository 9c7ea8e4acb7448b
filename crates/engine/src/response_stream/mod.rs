//! The way of a response from the Runtime API to a caller who takes it as it comes, while the function still runs.
//!
//! Three parties hold a part of it. The Runtime API has the [`ResponseWriter`]; the caller has what becomes the
//! [`ResponseStream`](crate::ResponseStream); the environment has the [`Watch`], with which it ends the stream when the
//! run is over, whatever its runtime still sends. The way is bounded: a caller who does not read makes the function
//! wait, under its own timeout. A caller who has gone away does not: the rest is thrown away and the function runs on,
//! as in AWS.

mod pace;

use bytes::Bytes;
use http::HeaderValue;
use lambent_domain::limits::STREAMED_RESPONSE_BYTES_MAX;
use pace::Pace;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Chunks on their way to the caller at a time.
const CHUNKS_MAX: usize = 16;
/// Larger ones are divided, so that what is on its way is at most 1 MiB.
const CHUNK_BYTES_MAX: usize = 64 << 10;

/// A response that nobody has begun yet. `bytes_per_second` is what it is slowed down to after its first bytes.
pub(crate) fn channel(bytes_per_second: Option<u64>) -> (ResponseWriter, Incoming) {
    let (begun, begins) = oneshot::channel();
    let (sender, chunks) = mpsc::channel(CHUNKS_MAX);
    let writer = ResponseWriter {
        begun: Some(begun),
        chunks: Some(sender),
        watch: Arc::new(Watch { bytes: AtomicU64::new(0), over: CancellationToken::new() }),
        pace: bytes_per_second.map(Pace::new),
    };
    (writer, Incoming { begins, chunks })
}

/// The caller's side.
#[derive(Debug)]
pub(crate) struct Incoming {
    /// Resolves with the content type when the first chunk is there, and fails if there never will be one.
    pub(crate) begins: oneshot::Receiver<Option<HeaderValue>>,
    pub(crate) chunks: mpsc::Receiver<Bytes>,
}

/// The Runtime API's side. The caller sees the end of the chunks when it is dropped.
#[derive(Debug)]
pub(crate) struct ResponseWriter {
    begun: Option<oneshot::Sender<Option<HeaderValue>>>,
    /// None once the caller has gone away.
    chunks: Option<mpsc::Sender<Bytes>>,
    watch: Arc<Watch>,
    pace: Option<Pace>,
}

/// The environment's side.
#[derive(Debug)]
pub(crate) struct Watch {
    bytes: AtomicU64,
    over: CancellationToken,
}

/// Why nothing more is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The run has ended.
    Over,
    /// More than a stream may have; the chunk was not handed on.
    TooLarge,
}

impl ResponseWriter {
    pub(crate) fn watch(&self) -> Arc<Watch> {
        Arc::clone(&self.watch)
    }

    /// Hands a piece of the response on; waits until the caller has room for it. The first one begins the response.
    pub(crate) async fn write(
        &mut self,
        content_type: Option<&HeaderValue>,
        mut data: Bytes,
    ) -> Result<(), Stopped> {
        if data.is_empty() {
            return Ok(());
        }
        if self.watch.count(data.len()) > STREAMED_RESPONSE_BYTES_MAX {
            return Err(Stopped::TooLarge);
        }
        let over = self.watch.over.clone();
        let sending = async {
            while let Some(chunks) = &self.chunks
                && !data.is_empty()
            {
                let chunk = data.split_to(data.len().min(CHUNK_BYTES_MAX));
                if let Some(pace) = &mut self.pace {
                    pace.wait(chunk.len()).await;
                }
                if chunks.send(chunk).await.is_err() {
                    self.chunks = None;
                }
                if let Some(begun) = self.begun.take() {
                    let _ = begun.send(content_type.cloned());
                }
            }
        };
        tokio::select! {
            biased;
            () = over.cancelled() => Err(Stopped::Over),
            () = sending => Ok(()),
        }
    }
}

impl Watch {
    /// The run is over: nothing more reaches the caller.
    pub(crate) fn end(&self) {
        self.over.cancel();
    }

    /// Resolves when the run is over.
    pub(crate) async fn ended(&self) {
        self.over.cancelled().await;
    }

    /// What the function has sent, whether or not the caller has taken it.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    fn count(&self, more: usize) -> u64 {
        let more = u64::try_from(more).unwrap_or(u64::MAX);
        self.bytes.fetch_add(more, Ordering::Relaxed).saturating_add(more)
    }
}

#[cfg(test)]
mod tests;
