//! The committer without a thread, for the simulation: steps of a future, which only the caller's executor and tokio's
//! clock drive, so that a run can be repeated.

use super::{BATCH_MAX, Committer, TICK};
use std::sync::Arc;
use std::sync::mpsc::TryRecvError;
use tokio::sync::Notify;

impl Committer {
    /// Runs until it is told to close, or until nobody can ask any more. Dropping it is the end of a process.
    pub(in crate::embedded::queue) async fn run_stepwise(mut self, asked: Arc<Notify>) {
        let mut taken = Vec::with_capacity(BATCH_MAX);
        loop {
            match self.requests.try_recv() {
                Ok(request) => taken.push(request),
                Err(TryRecvError::Empty) if self.has_work() => {
                    self.work();
                    tokio::task::yield_now().await;
                    continue;
                }
                Err(TryRecvError::Empty) => {
                    // A notification between the look and this line is kept by `Notify`: there is one waiter.
                    if tokio::time::timeout(TICK, asked.notified()).await.is_err() {
                        self.work();
                    }
                    continue;
                }
                Err(TryRecvError::Disconnected) => {
                    let _ = self.flush();
                    return;
                }
            }
            if let Some(pace) = self.shared.disk.pace() {
                tokio::time::sleep(pace).await;
            }
            self.take_more(&mut taken);
            if let Some(closed) = self.handle(&mut taken) {
                let _ = closed.send(self.flush());
                return;
            }
            // Those who were answered go on before more is taken.
            tokio::task::yield_now().await;
        }
    }
}
