//! A sandbox's notices, to be awaited.

use lambent_sandbox::{Exit, Notice, Notices};
use std::io;
use std::os::fd::AsFd;
use tokio::io::Interest;
use tokio::net::UnixStream;

/// What a sandbox says about itself.
#[derive(Debug)]
pub(super) struct NoticeStream {
    notices: Notices,
    /// A second descriptor of the same socket, only to wait on.
    readable: UnixStream,
}

/// How a runtime's process came to its end.
#[derive(Debug)]
pub(super) enum RuntimeEnd {
    Exited(Exit),
    NotStarted(String),
    Gone,
}

impl NoticeStream {
    pub(super) fn new(notices: Notices) -> io::Result<Self> {
        let socket = notices.as_fd().try_clone_to_owned()?;
        let readable = UnixStream::from_std(socket.into())?;
        Ok(Self { notices, readable })
    }

    /// A notice that is there already.
    pub(super) fn try_next(&mut self) -> io::Result<Option<Notice>> {
        self.notices.try_next()
    }

    /// Waits for the next notice. A sandbox that speaks nonsense is as good as gone. Loses nothing when dropped.
    pub(super) async fn next(&mut self) -> Notice {
        loop {
            if self.readable.readable().await.is_err() {
                return Notice::Gone;
            }
            let notices = &mut self.notices;
            // "Nothing there" must be told as `WouldBlock`, or the socket counts as readable for ever.
            let read = self.readable.try_io(Interest::READABLE, || {
                notices.try_next()?.ok_or_else(|| io::ErrorKind::WouldBlock.into())
            });
            match read {
                Ok(notice) => return notice,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => {
                    tracing::warn!(%error, "failed to understand a sandbox");
                    return Notice::Gone;
                }
            }
        }
    }

    /// Waits for the end of the runtime's process; whatever means that it will never answer counts as one.
    pub(super) async fn runtime_end(&mut self) -> RuntimeEnd {
        loop {
            match self.next().await {
                Notice::Exited(exit) => return RuntimeEnd::Exited(exit),
                Notice::StartFailed { reason } => return RuntimeEnd::NotStarted(reason),
                Notice::Gone => return RuntimeEnd::Gone,
                Notice::Started { .. } | Notice::ResetDone => {}
            }
        }
    }
}
