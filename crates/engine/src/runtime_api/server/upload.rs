//! Reading what a runtime posts: collected, or handed on as it comes.

use crate::response_stream::{ResponseWriter, Stopped};
use crate::runtime_api::Answer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use lambent_domain::limits::{RESPONSE_BYTES_MAX, STREAMED_RESPONSE_BYTES_MAX};

/// What is read and thrown away of a response that is too large, so that its sender can read the refusal.
const DISCARDED_BYTES_MAX: usize = 64 << 20;
/// Room that is made for a body on its sender's word; more as it comes.
const INITIAL_BYTES: usize = 64 << 10;

const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
const ERROR_BODY: &str = "lambda-runtime-function-error-body";

/// A body and what came behind it.
pub(super) struct Collected {
    pub(super) body: Bytes,
    pub(super) trailers: Option<HeaderMap>,
}

/// Why there is no whole body.
pub(super) enum ReadError {
    TooLarge,
    BrokenOff,
}

/// Collects a body of at most [`RESPONSE_BYTES_MAX`]. A larger one is read on without being kept, because a sender
/// that is cut off in the middle never sees why.
pub(super) async fn collect(mut body: Incoming) -> Result<Collected, ReadError> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut whole = BytesMut::with_capacity(announced.min(INITIAL_BYTES));
    let mut trailers = None;
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(ReadError::BrokenOff) };
        let data = match frame.into_data() {
            Ok(data) => data,
            Err(other) => {
                trailers = other.into_trailers().ok();
                continue;
            }
        };
        // The whole body in one frame, as small ones come, is taken as it is.
        if seen == 0 && body.is_end_stream() && data.len() <= RESPONSE_BYTES_MAX {
            return Ok(Collected { body: data, trailers });
        }
        seen = seen.saturating_add(data.len());
        if seen <= RESPONSE_BYTES_MAX {
            whole.extend_from_slice(&data);
        } else if seen > DISCARDED_BYTES_MAX {
            return Err(ReadError::TooLarge);
        } else {
            whole = BytesMut::new();
        }
    }
    if seen > RESPONSE_BYTES_MAX {
        return Err(ReadError::TooLarge);
    }
    Ok(Collected { body: whole.freeze(), trailers })
}

/// Hands a body to the caller as it comes, until its end or that of the run; `None` means the latter.
pub(super) async fn forward(
    mut body: Incoming,
    content_type: Option<HeaderValue>,
    writer: &mut ResponseWriter,
) -> Option<Answer> {
    let watch = writer.watch();
    let mut trailers = None;
    let mut discarded = 0_usize;
    loop {
        let frame = tokio::select! {
            biased;
            () = watch.ended() => return None,
            frame = body.frame() => frame,
        };
        let frame = match frame {
            Some(Ok(frame)) => frame,
            Some(Err(_)) => return Some(Answer::Truncated),
            None => break,
        };
        match frame.into_data() {
            Ok(data) => {
                let bytes = data.len();
                match writer.write(content_type.as_ref(), data).await {
                    Ok(()) => {}
                    Err(Stopped::Over) => return None,
                    Err(Stopped::TooLarge) => discarded = discarded.saturating_add(bytes),
                }
                if discarded > DISCARDED_BYTES_MAX {
                    break;
                }
            }
            Err(other) => trailers = other.into_trailers().ok(),
        }
    }
    if discarded > 0 {
        return Some(Answer::TooLarge { limit: STREAMED_RESPONSE_BYTES_MAX });
    }
    Some(trailers.as_ref().and_then(trailing_error).unwrap_or(Answer::Streamed { content_type }))
}

/// The error that a stream ended with, if it did.
pub(super) fn trailing_error(trailers: &HeaderMap) -> Option<Answer> {
    let error_type = error_type(trailers);
    let sent = trailers.get(ERROR_BODY);
    if error_type.is_none() && sent.is_none() {
        return None;
    }
    // Whatever is no base64 is passed on as it is, like the body of any other error.
    let decoded = |sent: &HeaderValue| {
        STANDARD.decode(sent.as_bytes()).map_or_else(|_| Bytes::copy_from_slice(sent.as_bytes()), Bytes::from)
    };
    Some(Answer::Error { error_type, body: sent.map(decoded).unwrap_or_default() })
}

/// The type of an error, as sent.
pub(super) fn error_type(headers: &HeaderMap) -> Option<String> {
    headers.get(ERROR_TYPE)?.to_str().ok().map(str::to_owned)
}
