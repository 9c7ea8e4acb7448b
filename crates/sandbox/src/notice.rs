//! What a sandbox says about itself after it is built, as a descriptor to wait on.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;

use crate::wire::{FrameReader, Received, Report, Wait, wait_for};

/// How the runtime's first process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It exited with this status.
    Code(i32),
    /// This signal killed it.
    Signal(i32),
}

/// Something that happened in a sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The runtime runs. The number is its process id as the sandbox itself counts.
    Started {
        /// Process id inside.
        pid: i32,
    },
    /// The program could not be executed; the sandbox is as before.
    StartFailed {
        /// For the operator: the step and the kernel's answer.
        reason: String,
    },
    /// The runtime's first process ended. Processes it started may still run until a reset or the end.
    Exited(Exit),
    /// A reset is complete: nothing the function started is left, and another program may be started.
    ResetDone,
    /// Every process of the sandbox is gone, with its mounts and cgroups. Nothing comes after it.
    Gone,
}

/// The stream of a sandbox's notices. The descriptor is non-blocking and readable when [`Self::try_next`] may
/// have something, so it fits `tokio::io::unix::AsyncFd` as it is.
#[derive(Debug)]
pub struct Notices {
    control: Arc<UnixStream>,
    reader: FrameReader,
}

impl Notices {
    pub(crate) fn new(control: Arc<UnixStream>, reader: FrameReader) -> Self {
        Self { control, reader }
    }

    /// The next notice, or `None` when there is none yet. After [`Notice::Gone`] it says so again for ever.
    ///
    /// # Errors
    /// The sandbox sent something malformed, or the socket failed. The sandbox cannot be relied on any more
    /// and should be killed.
    pub fn try_next(&mut self) -> io::Result<Option<Notice>> {
        loop {
            let frame = match self.reader.receive(self.control.as_fd(), Wait::No)? {
                Received::Frame(frame, _fds) => frame,
                Received::Nothing => return Ok(None),
                Received::End => return Ok(Some(Notice::Gone)),
            };
            return Ok(Some(match Report::decode(&frame)? {
                Report::Started(pid) => Notice::Started { pid },
                Report::StartFailed(reason) => Notice::StartFailed { reason },
                Report::Exited(exit) => Notice::Exited(exit),
                Report::ResetDone => Notice::ResetDone,
                // Said while it was built; a second time it means nothing.
                Report::Ready | Report::Failed(_) => continue,
            }));
        }
    }

    /// The same, waiting for one: for callers that may block. `None` after `timeout`.
    ///
    /// # Errors
    /// As [`Self::try_next`].
    pub fn wait_next(&mut self, timeout: Duration) -> io::Result<Option<Notice>> {
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(notice) = self.try_next()? {
                return Ok(Some(notice));
            }
            match wait_for(self.control.as_fd(), PollFlags::IN, deadline) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::TimedOut => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }
}

impl AsFd for Notices {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.control.as_fd()
    }
}

impl AsRawFd for Notices {
    fn as_raw_fd(&self) -> RawFd {
        self.control.as_raw_fd()
    }
}
