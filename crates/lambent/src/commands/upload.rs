//! A request body that draws a bar while it leaves.

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use indicatif::{ProgressBar, ProgressStyle};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Pieces in which the body is handed to the connection: small enough to count, large enough not to matter.
const CHUNK_BYTES: usize = 64 * 1024;

/// The body and its bar. The bar goes when the body has been sent.
#[derive(Debug)]
pub(super) struct Upload {
    rest: Bytes,
    bar: ProgressBar,
}

impl Upload {
    pub(super) fn new(body: Bytes) -> Self {
        let bar = ProgressBar::new(u64::try_from(body.len()).unwrap_or(u64::MAX));
        if let Ok(style) = ProgressStyle::with_template("uploading {bar:30} {bytes}/{total_bytes}") {
            bar.set_style(style);
        }
        Self { rest: body, bar }
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.rest.len().min(CHUNK_BYTES);
        let chunk = self.rest.split_to(length);
        self.bar.inc(u64::try_from(length).unwrap_or(u64::MAX));
        if self.rest.is_empty() {
            self.bar.finish_and_clear();
        }
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    /// Exact, so that the request has a `Content-Length`.
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.rest.len()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn everything_leaves_in_order() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let upload = Upload::new(bytes.clone().into());
        assert_eq!(upload.size_hint().exact(), Some(200_000));
        assert_eq!(upload.collect().await.unwrap().to_bytes(), bytes);
    }
}
