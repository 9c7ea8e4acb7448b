//! Group commit at its barest: one thread takes all bodies that wait, writes them at once, flushes once,
//! and tells everybody.

use crate::failure::Failure;
use bytes::Bytes;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use tokio::sync::{mpsc, oneshot};

const WAITING_MAX: usize = 4096;
const BATCH_MAX: usize = 1024;

struct Append {
    body: Bytes,
    /// Whether the body is on the disk.
    done: oneshot::Sender<bool>,
}

/// Hands bodies to the thread.
#[derive(Debug, Clone)]
pub(super) struct Appender(mpsc::Sender<Append>);

impl Appender {
    pub(super) fn start(path: &Path) -> Result<Self, Failure> {
        let file = OpenOptions::new().append(true).create(true).open(path);
        let file = file.map_err(|cause| Failure::at(path.display(), cause))?;
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        let thread = std::thread::Builder::new().name("commit".to_owned());
        thread.spawn(move || run(file, receiver)).map_err(|cause| Failure::at("start a thread", cause))?;
        Ok(Self(sender))
    }

    /// Returns once the body is on the disk; `false` when it could not be brought there.
    pub(super) async fn append(&self, body: Bytes) -> bool {
        let (done, told) = oneshot::channel();
        self.0.send(Append { body, done }).await.is_ok() && told.await.unwrap_or(false)
    }
}

fn run(mut file: File, mut appends: mpsc::Receiver<Append>) {
    let mut bytes = Vec::new();
    let mut waiting = Vec::with_capacity(BATCH_MAX);
    while appends.blocking_recv_many(&mut waiting, BATCH_MAX) > 0 {
        bytes.clear();
        for append in &waiting {
            bytes.extend_from_slice(&append.body);
        }
        let written = write(&mut file, &bytes).is_ok();
        for append in waiting.drain(..) {
            // Whoever has stopped waiting does not need to know.
            let _ = append.done.send(written);
        }
    }
}

fn write(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_data()
}
