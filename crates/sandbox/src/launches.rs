//! The bounded way to the thread that starts processes. A burst of callers waits for room, each until its own
//! deadline: they may block, and the thread takes a millisecond for each.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::SandboxError;

/// Requests that may wait for the thread.
const QUEUE_MAX: usize = 64;

/// One process to start, with its end of the control socket as standard input.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) control: OwnedFd,
    pub(crate) started: SyncSender<io::Result<u32>>,
}

/// The callers' end. The thread ends with the last of them.
#[derive(Debug, Clone)]
pub(crate) struct Launches {
    sender: SyncSender<Launch>,
    room: Arc<Room>,
}

/// The thread's end.
#[derive(Debug)]
pub(crate) struct Requests {
    receiver: Receiver<Launch>,
    room: Arc<Room>,
}

/// Where callers wait while the queue is full. The lock is held from the look at the queue until the wait, so
/// that room made in between is not missed.
#[derive(Debug, Default)]
struct Room {
    lock: Mutex<()>,
    made: Condvar,
}

pub(crate) fn queue() -> (Launches, Requests) {
    let (sender, receiver) = sync_channel(QUEUE_MAX);
    let room = Arc::new(Room::default());
    (Launches { sender, room: Arc::clone(&room) }, Requests { receiver, room })
}

impl Launches {
    /// Hands a request over, waiting for room until `deadline`.
    pub(crate) fn send(&self, mut launch: Launch, deadline: Instant) -> Result<(), SandboxError> {
        let mut guard = self.room.lock.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            launch = match self.sender.try_send(launch) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(SandboxError::Stopped),
                Err(TrySendError::Full(launch)) => launch,
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(SandboxError::Busy);
            }
            guard = self.room.made.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Requests {
    /// The next request; at most after `timeout` if there is one.
    pub(crate) fn receive(&self, timeout: Option<Duration>) -> Result<Launch, RecvTimeoutError> {
        let launch = match timeout {
            Some(timeout) => self.receiver.recv_timeout(timeout)?,
            None => self.receiver.recv()?,
        };
        drop(self.room.lock.lock());
        self.room.made.notify_one();
        Ok(launch)
    }
}

impl Drop for Requests {
    /// Nobody will make room any more. Those that wait look again at their deadlines, which are near.
    fn drop(&mut self) {
        self.room.made.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch() -> Launch {
        let control = std::fs::File::open("/dev/null").unwrap().into();
        Launch { control, started: sync_channel(1).0 }
    }

    #[test]
    fn a_burst_waits_for_room() {
        let (launches, requests) = queue();
        for _ in 0..QUEUE_MAX {
            launches.send(launch(), Instant::now()).unwrap();
        }
        let deadline = Instant::now() + Duration::from_secs(60);
        std::thread::scope(|scope| {
            for _ in 0..QUEUE_MAX {
                scope.spawn(|| launches.send(launch(), deadline).unwrap());
            }
            for _ in 0..2 * QUEUE_MAX {
                requests.receive(Some(Duration::from_secs(60))).unwrap();
            }
        });
    }

    #[test]
    fn no_room_by_the_deadline_is_busy() {
        let (launches, requests) = queue();
        while launches.send(launch(), Instant::now()).is_ok() {}
        let deadline = Instant::now() + Duration::from_millis(20);
        assert!(matches!(launches.send(launch(), deadline), Err(SandboxError::Busy)));
        assert!(Instant::now() >= deadline);
        drop(requests);
        assert!(matches!(launches.send(launch(), deadline), Err(SandboxError::Stopped)));
    }
}
