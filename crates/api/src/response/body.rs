//! An answer's body: whole, or made while it is sent.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

/// Pieces between what makes a body and the socket. The producer is polled when the socket has room, so more would only
/// be kept.
const PIECES_MAX: usize = 2;

/// The body of every answer.
#[derive(Debug)]
pub enum AnswerBody {
    /// There before it is sent.
    Whole(Full<Bytes>),
    /// Made while it is sent.
    Stream(Box<StreamBody>),
}

/// A body that is made while it is sent, by a future that lives in it: it runs while the client takes what it makes,
/// waits while the client does not, and is dropped with the connection.
pub struct StreamBody {
    /// None once it has ended.
    producer: Option<Producer>,
    /// What it has made; none after the end.
    pieces: Option<mpsc::Receiver<Bytes>>,
    aborted: bool,
}

/// What makes a body, and how that ended.
type Producer = Pin<Box<dyn Future<Output = Result<(), Aborted>> + Send>>;

/// Takes what a stream is to consist of.
#[derive(Debug)]
pub struct AnswerSender {
    pieces: mpsc::Sender<Bytes>,
}

/// The body cannot be completed and nothing in it says so: the connection is closed in the middle, for the client to
/// notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aborted;

impl fmt::Display for Aborted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("answer was broken off")
    }
}

impl std::error::Error for Aborted {}

impl AnswerBody {
    /// A body that is there.
    pub(crate) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self::Whole(Full::new(bytes.into()))
    }

    /// A body that `produce` makes. When it returns `Ok` the body is complete; with [`Aborted`] the connection is closed
    /// in the middle of it.
    pub fn stream<F>(produce: impl FnOnce(AnswerSender) -> F) -> Self
    where
        F: Future<Output = Result<(), Aborted>> + Send + 'static,
    {
        let (sender, pieces) = mpsc::channel(PIECES_MAX);
        let producer: Producer = Box::pin(produce(AnswerSender { pieces: sender }));
        Self::Stream(Box::new(StreamBody { producer: Some(producer), pieces: Some(pieces), aborted: false }))
    }
}

impl Default for AnswerBody {
    fn default() -> Self {
        Self::Whole(Full::default())
    }
}

impl From<Full<Bytes>> for AnswerBody {
    fn from(whole: Full<Bytes>) -> Self {
        Self::Whole(whole)
    }
}

impl AnswerSender {
    /// Sends a piece; waits until the client has taken those before it.
    ///
    /// # Errors
    /// [`Aborted`] when nobody takes it any more.
    pub async fn send(&mut self, piece: Bytes) -> Result<(), Aborted> {
        if piece.is_empty() {
            return Ok(());
        }
        self.pieces.send(piece).await.map_err(|_| Aborted)
    }
}

impl StreamBody {
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Aborted>>> {
        if let Some(producer) = &mut self.producer
            && let Poll::Ready(ended) = producer.as_mut().poll(context)
        {
            self.producer = None;
            self.aborted = ended.is_err();
            // What was made up to now is sent, and nothing that a sender which has been kept may add.
            if let Some(pieces) = &mut self.pieces {
                pieces.close();
            }
        }
        if let Some(pieces) = &mut self.pieces {
            let piece = ready!(pieces.poll_recv(context));
            if let Some(piece) = piece {
                return Poll::Ready(Some(Ok(piece)));
            }
            // A producer may have dropped its sender and still have to say how it ended.
            if self.producer.is_some() {
                return Poll::Pending;
            }
            self.pieces = None;
            if self.aborted {
                // hyper throws away what it has not written when a body fails: let it write first.
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
        let aborted = std::mem::take(&mut self.aborted);
        Poll::Ready(aborted.then_some(Err(Aborted)))
    }
}

impl fmt::Debug for StreamBody {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("StreamBody").field("ended", &self.producer.is_none()).finish_non_exhaustive()
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Aborted;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Aborted>>> {
        match self.get_mut() {
            Self::Whole(whole) => {
                let frame = ready!(Pin::new(whole).poll_frame(context));
                Poll::Ready(frame.map(|frame| frame.map_err(|never| match never {})))
            }
            Self::Stream(stream) => {
                let piece = ready!(stream.poll_piece(context));
                Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(whole) => whole.is_end_stream(),
            Self::Stream(stream) => stream.pieces.is_none() && !stream.aborted,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(whole) => whole.size_hint(),
            Self::Stream(_) => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests;
