//! Request bodies, bounded in size, time and memory while they are read.
//!
//! A body of one frame, as nearly every event is, is handed on without being copied.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, EXPECT};
use http_body_util::BodyExt;
use hyper::body::Body;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::error::ApiError;
use crate::server::Limits;

/// Bodies up to this size are not counted: the number of connections bounds them.
const SMALL_BYTES_MAX: usize = 64 * 1024;
/// How much of a refused body is read and thrown away, so that its sender gets to read the refusal.
const DISCARDED_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// A body that was read, and its share of the memory for bodies.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) bytes: Bytes,
    _share: Share,
}

/// Given back when it is dropped. Empty for a small body.
type Share = Vec<OwnedSemaphorePermit>;

/// Memory for bodies that are not small, all of them together. A clone is the same room.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    /// Innermost first, each counted in small bodies. Whoever waits for an outer level holds only what those within
    /// the inner one could have had.
    levels: Vec<Arc<Semaphore>>,
}

impl Room {
    pub(crate) fn new(bytes: usize) -> Self {
        Self { levels: vec![Arc::new(Semaphore::new(bytes / SMALL_BYTES_MAX))] }
    }

    /// Room for at most `bytes`, taken from this one's.
    pub(crate) fn part(&self, bytes: usize) -> Self {
        let Self { mut levels } = Self::new(bytes);
        levels.extend(self.levels.iter().cloned());
        Self { levels }
    }

    /// Waits until there is room; `None` if it is closed or `bytes` are beyond counting.
    async fn take(&self, bytes: usize) -> Option<Share> {
        let count = u32::try_from(bytes.div_ceil(SMALL_BYTES_MAX)).ok()?;
        let mut share = Share::with_capacity(self.levels.len());
        for level in &self.levels {
            share.push(Arc::clone(level).acquire_many_owned(count).await.ok()?);
        }
        Some(share)
    }
}

/// Why a body was not read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Larger than allowed; the number is the declared size, or what had come when it was given up.
    TooLarge(u64),
    TooSlow,
    Lost,
    /// The memory for bodies is used up.
    NoRoom,
}

impl From<Unread> for ApiError {
    fn from(unread: Unread) -> Self {
        match unread {
            // Whoever knows what the request asks for has a better text.
            Unread::TooLarge(_) => Self::invalid_content("The request's body is too large."),
            Unread::TooSlow => Self::timed_out("The request's body came too slowly."),
            Unread::Lost => Self::invalid_content("The request's body ended early."),
            Unread::NoRoom => Self::unavailable("Too many large requests at a time. Try again later."),
        }
    }
}

/// Reads bodies under the limits that all of them share.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    room: Room,
    grace: Duration,
    bytes_per_second_min: u64,
}

impl Reader {
    pub(crate) fn new(limits: &Limits, room: Room) -> Self {
        Self { room, grace: limits.body_grace, bytes_per_second_min: limits.bytes_per_second_min.max(1) }
    }

    /// Reads a whole body of at most `bytes_max`.
    pub(crate) async fn read<B>(
        &self,
        headers: &HeaderMap,
        body: B,
        bytes_max: usize,
    ) -> Result<Received, Unread>
    where
        B: Body<Data = Bytes>,
    {
        let mut body = pin!(body);
        let declared = declared_length(headers);
        let started = Instant::now();
        let over =
            declared.filter(|declared| usize::try_from(*declared).map_or(true, |size| size > bytes_max));
        if let Some(declared) = over {
            // A client that asked first has sent nothing yet.
            if !headers.contains_key(EXPECT) {
                self.discard(body, started).await;
            }
            return Err(Unread::TooLarge(declared));
        }
        let Some(first) = self.frame(body.as_mut(), started, 0).await? else {
            return Ok(Received { bytes: Bytes::new(), _share: Share::new() });
        };
        if body.is_end_stream() && first.len() <= SMALL_BYTES_MAX.min(bytes_max) {
            return Ok(Received { bytes: first, _share: Share::new() });
        }
        let expected = declared.and_then(|declared| usize::try_from(declared).ok()).unwrap_or(bytes_max);
        let share = self.share(expected, started).await?;
        let mut whole = BytesMut::with_capacity(expected.min(SMALL_BYTES_MAX * 16));
        let mut next = Some(first);
        while let Some(frame) = next {
            if whole.len() + frame.len() > bytes_max {
                let so_far = whole.len() as u64 + frame.len() as u64;
                let rest = self.discard(body, started).await;
                return Err(Unread::TooLarge(so_far + rest));
            }
            whole.extend_from_slice(&frame);
            next = self.frame(body.as_mut(), started, whole.len() as u64).await?;
        }
        Ok(Received { bytes: whole.freeze(), _share: share })
    }

    /// Gets rid of a body that nobody will look at.
    pub(crate) async fn refuse<B>(&self, headers: &HeaderMap, body: B)
    where
        B: Body<Data = Bytes>,
    {
        // A client that asked first has sent nothing yet.
        if !headers.contains_key(EXPECT) {
            self.discard(pin!(body), Instant::now()).await;
        }
    }

    /// The next piece of data; `None` at the end. The time for it grows with what has come already.
    async fn frame<B>(
        &self,
        mut body: std::pin::Pin<&mut B>,
        started: Instant,
        received: u64,
    ) -> Result<Option<Bytes>, Unread>
    where
        B: Body<Data = Bytes>,
    {
        let deadline = self.deadline(started, received);
        loop {
            match timeout_at(deadline, body.frame()).await {
                Err(_) => return Err(Unread::TooSlow),
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => return Err(Unread::Lost),
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) if data.is_empty() => {}
                    Ok(data) => return Ok(Some(data)),
                    // Trailers mean nothing here.
                    Err(_) => {}
                },
            }
        }
    }

    fn deadline(&self, started: Instant, received: u64) -> Instant {
        started + self.grace + Duration::from_secs(received / self.bytes_per_second_min)
    }

    /// Takes room for a body that is not small, waiting for it no longer than for the body's first bytes.
    async fn share(&self, bytes: usize, started: Instant) -> Result<Share, Unread> {
        if bytes <= SMALL_BYTES_MAX {
            return Ok(Share::new());
        }
        let taken = timeout_at(self.deadline(started, 0), self.room.take(bytes)).await;
        taken.ok().flatten().ok_or(Unread::NoRoom)
    }

    /// Reads and forgets, up to a bound; says how much that was.
    async fn discard<B>(&self, mut body: std::pin::Pin<&mut B>, started: Instant) -> u64
    where
        B: Body<Data = Bytes>,
    {
        let mut discarded = 0;
        while discarded < DISCARDED_BYTES_MAX {
            match self.frame(body.as_mut(), started, discarded).await {
                Ok(Some(data)) => discarded += data.len() as u64,
                Ok(None) | Err(_) => break,
            }
        }
        discarded
    }
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Refuses bodies in an encoding that would reach the function as garbage.
pub(crate) fn check_encoding(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(encoding) = headers.get(CONTENT_ENCODING) else { return Ok(()) };
    // What comes in AWS's chunks is taken out of them when its signature is checked.
    let is_none = |encoding: &[u8]| {
        encoding.eq_ignore_ascii_case(b"identity") || encoding.eq_ignore_ascii_case(b"aws-chunked")
    };
    if encoding.is_empty() || is_none(encoding.as_bytes()) {
        return Ok(());
    }
    Err(ApiError::unsupported_media(
        "Request bodies with a Content-Encoding, such as gzip, are not supported. Send the body as it is.",
    ))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use http::HeaderValue;
    use http_body_util::Full;
    use hyper::body::Frame;

    use super::*;

    fn reader_in(room: Room) -> Reader {
        Reader::new(&Limits::default(), room)
    }

    fn reader() -> Reader {
        reader_in(Room::new(1024 * 1024))
    }

    /// A body of equal pieces with a pause before each.
    struct Pieces {
        left: usize,
        size: usize,
        pause: Duration,
        waiting: Pin<Box<tokio::time::Sleep>>,
    }

    fn pieces(left: usize, size: usize, pause: Duration) -> Pieces {
        Pieces { left, size, pause, waiting: Box::pin(tokio::time::sleep(pause)) }
    }

    impl Body for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            if self.left == 0 {
                return Poll::Ready(None);
            }
            std::task::ready!(self.waiting.as_mut().poll(context));
            let next = Instant::now() + self.pause;
            self.waiting.as_mut().reset(next);
            self.left -= 1;
            Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![b'x'; self.size])))))
        }
    }

    #[tokio::test]
    async fn one_frame_is_passed_on_uncopied() {
        let bytes = Bytes::from_static(b"{\"a\":1}");
        let read = reader().read(&HeaderMap::new(), Full::new(bytes.clone()), 100).await.unwrap();
        assert_eq!(read.bytes.as_ptr(), bytes.as_ptr());
        let none = reader().read(&HeaderMap::new(), Full::<Bytes>::default(), 100).await.unwrap();
        assert!(none.bytes.is_empty());
    }

    #[tokio::test]
    async fn the_bound_holds_whatever_is_declared() {
        let body = || Full::new(Bytes::from(vec![b'x'; 101]));
        assert_eq!(reader().read(&HeaderMap::new(), body(), 100).await.unwrap_err(), Unread::TooLarge(101));
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("4000000000"));
        assert_eq!(reader().read(&headers, body(), 100).await.unwrap_err(), Unread::TooLarge(4_000_000_000));
        let many = pieces(10, 60, Duration::ZERO);
        assert_eq!(reader().read(&HeaderMap::new(), many, 100).await.unwrap_err(), Unread::TooLarge(600));
    }

    #[tokio::test(start_paused = true)]
    async fn a_trickle_is_cut_off_and_a_steady_sender_is_not() {
        let trickle = pieces(1_000, 1, Duration::from_secs(1));
        assert_eq!(reader().read(&HeaderMap::new(), trickle, 100_000).await.unwrap_err(), Unread::TooSlow);
        let steady = pieces(30, 20_000, Duration::from_secs(1));
        assert_eq!(reader().read(&HeaderMap::new(), steady, 600_000).await.unwrap().bytes.len(), 600_000);
    }

    #[tokio::test(start_paused = true)]
    async fn large_bodies_share_a_bounded_room() {
        let reader = reader();
        let large = || pieces(2, 300_000, Duration::ZERO);
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("600000"));
        let held = reader.read(&headers, large(), 600_000).await.unwrap();
        assert_eq!(reader.read(&headers, large(), 600_000).await.unwrap_err(), Unread::NoRoom);
        drop(held);
        assert!(reader.read(&headers, large(), 600_000).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn parts_of_a_room_hold_no_more_than_it_does_and_none_holds_all() {
        let whole = Room::new(2 * 1024 * 1024);
        let readers = [(); 3].map(|()| reader_in(whole.part(1024 * 1024)));
        let read = async |reader: &Reader| {
            let body = Full::new(Bytes::from(vec![b'x'; 700_000]));
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("700000"));
            reader.read(&headers, body, 700_000).await
        };
        let first = read(&readers[0]).await.unwrap();
        assert_eq!(read(&readers[0]).await.unwrap_err(), Unread::NoRoom, "its own part is used up");
        let second = read(&readers[1]).await.unwrap();
        assert_eq!(read(&readers[2]).await.unwrap_err(), Unread::NoRoom, "the whole room is used up");
        drop(first);
        assert!(read(&readers[2]).await.is_ok());
        drop(second);
    }
}
