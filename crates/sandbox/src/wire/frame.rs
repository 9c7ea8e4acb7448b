//! Frames and descriptors over the socket, blocking or not as the socket is.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};

use super::codec::malformed;

/// The longest frame either side takes. The largest real one carries the runtime's files.
const FRAME_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The most descriptors beside one frame.
const FRAME_FDS_MAX: usize = 8;

/// Sends one frame on a blocking socket.
pub(crate) fn send_frame(socket: BorrowedFd<'_>, payload: &[u8], fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    send_all(socket, payload, fds, |_| Err(Errno::AGAIN.into()))
}

/// Sends one frame on a non-blocking socket, waiting at most `timeout` for room.
pub(crate) fn send_frame_timed(
    socket: BorrowedFd<'_>,
    payload: &[u8],
    fds: &[BorrowedFd<'_>],
    timeout: Duration,
) -> io::Result<()> {
    let deadline = Instant::now() + timeout;
    send_all(socket, payload, fds, |socket| wait_for(socket, PollFlags::OUT, deadline))
}

/// Waits until `socket` has one of `events` or hung up; `TimedOut` at the deadline.
pub(crate) fn wait_for(socket: BorrowedFd<'_>, events: PollFlags, deadline: Instant) -> io::Result<()> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let left = left.try_into().map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        match poll(&mut [PollFd::from_borrowed_fd(socket, events)], Some(&left)) {
            Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}

fn send_all(
    socket: BorrowedFd<'_>,
    payload: &[u8],
    fds: &[BorrowedFd<'_>],
    full: impl Fn(BorrowedFd<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let length = u32::try_from(payload.len()).ok().filter(|_| payload.len() <= FRAME_BYTES_MAX);
    let mut frame = length.ok_or_else(|| malformed("a frame is too long"))?.to_le_bytes().to_vec();
    frame.extend_from_slice(payload);
    let mut rest = frame.as_slice();
    let mut fds = Some(fds).filter(|fds| !fds.is_empty());
    while !rest.is_empty() {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FRAME_FDS_MAX))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        if let Some(fds) = fds
            && !ancillary.push(SendAncillaryMessage::ScmRights(fds))
        {
            return Err(malformed("too many descriptors"));
        }
        // A peer that is gone must be an error here, not a signal that ends the process.
        match sendmsg(socket, &[IoSlice::new(rest)], &mut ancillary, SendFlags::NOSIGNAL) {
            Ok(sent) => {
                fds = None;
                rest = rest.get(sent..).unwrap_or_default();
            }
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => full(socket)?,
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// Puts frames together from whatever the socket gives.
#[derive(Debug, Default)]
pub(crate) struct FrameReader {
    bytes: Vec<u8>,
    fds: Vec<OwnedFd>,
    ended: bool,
}

/// Whether to wait for a frame. A non-blocking socket never waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    Yes,
    No,
}

/// What a read brought.
#[derive(Debug)]
pub(crate) enum Received {
    /// A whole frame and the descriptors that have come so far.
    Frame(Vec<u8>, Vec<OwnedFd>),
    /// Nothing yet.
    Nothing,
    /// The other side has closed.
    End,
}

impl FrameReader {
    /// The next frame, or [`Received::Nothing`] when there is none and nobody waits.
    pub(crate) fn receive(&mut self, socket: BorrowedFd<'_>, wait: Wait) -> io::Result<Received> {
        loop {
            if let Some(frame) = self.pop()? {
                return Ok(Received::Frame(frame, std::mem::take(&mut self.fds)));
            }
            if self.ended {
                return Ok(Received::End);
            }
            match self.fill(socket, wait) {
                Ok(()) | Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(Received::Nothing),
                // The other side went with bytes of ours unread: it is gone all the same.
                Err(Errno::CONNRESET) => self.ended = true,
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    fn pop(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some((header, rest)) = self.bytes.split_first_chunk::<4>() else { return Ok(None) };
        let length = usize::try_from(u32::from_le_bytes(*header)).unwrap_or(usize::MAX);
        if length > FRAME_BYTES_MAX {
            return Err(malformed("a frame is too long"));
        }
        let Some(frame) = rest.get(..length).map(<[u8]>::to_vec) else { return Ok(None) };
        self.bytes.drain(..4 + length);
        Ok(Some(frame))
    }

    fn fill(&mut self, socket: BorrowedFd<'_>, wait: Wait) -> Result<(), Errno> {
        let mut buffer = [0_u8; 16 * 1024];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FRAME_FDS_MAX))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let flags = match wait {
            Wait::Yes => RecvFlags::CMSG_CLOEXEC,
            Wait::No => RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT,
        };
        let iov = &mut [IoSliceMut::new(&mut buffer)];
        let message = recvmsg(socket, iov, &mut ancillary, flags)?;
        for item in ancillary.drain() {
            if let RecvAncillaryMessage::ScmRights(fds) = item {
                // More than any frame carries are dropped, that is closed: the number held is bounded.
                let room = FRAME_FDS_MAX.saturating_sub(self.fds.len());
                self.fds.extend(fds.take(room));
            }
        }
        self.ended = message.bytes == 0;
        self.bytes.extend_from_slice(buffer.get(..message.bytes).unwrap_or_default());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn a_large_frame_arrives_whole_with_its_descriptor() {
        let (left, right) = UnixStream::pair().unwrap();
        let payload: Vec<u8> = (0..1_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let expected = payload.clone();
        let sender = std::thread::spawn(move || {
            let null = std::fs::File::open("/dev/null").unwrap();
            send_frame(left.as_fd(), &payload, &[null.as_fd()]).unwrap();
        });
        let mut reader = FrameReader::default();
        let Received::Frame(frame, fds) = reader.receive(right.as_fd(), Wait::Yes).unwrap() else {
            panic!("no frame")
        };
        assert_eq!(frame, expected);
        assert_eq!(fds.len(), 1);
        sender.join().unwrap();
        assert!(matches!(reader.receive(right.as_fd(), Wait::Yes).unwrap(), Received::End));
    }

    #[test]
    fn an_absurd_length_is_refused() {
        let (mut left, right) = UnixStream::pair().unwrap();
        left.write_all(&u32::MAX.to_le_bytes()).unwrap();
        assert!(FrameReader::default().receive(right.as_fd(), Wait::Yes).is_err());
    }

    #[test]
    fn a_full_socket_is_a_timeout_not_a_hang() {
        let (left, _right) = UnixStream::pair().unwrap();
        left.set_nonblocking(true).unwrap();
        let error = send_frame_timed(left.as_fd(), &vec![0; 8_000_000], &[], Duration::from_millis(20));
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
