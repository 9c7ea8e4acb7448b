//! Group commit: one thread takes everything that waits, commits it at once, answers all.

use crate::engines::{Engine, Op};
use std::{sync::Arc, thread::JoinHandle};
use tokio::sync::{mpsc, oneshot};

type Request = (Op, oneshot::Sender<()>);

#[derive(Clone)]
pub struct Committer {
    requests: mpsc::Sender<Request>,
}

const BATCH_MAX: usize = 1024;

impl Committer {
    pub fn start(engine: Arc<dyn Engine>) -> (Self, JoinHandle<()>) {
        let (requests, mut waiting) = mpsc::channel::<Request>(BATCH_MAX);
        let thread = std::thread::spawn(move || {
            let mut taken = Vec::with_capacity(BATCH_MAX);
            while waiting.blocking_recv_many(&mut taken, BATCH_MAX) > 0 {
                let (ops, replies): (Vec<_>, Vec<_>) = taken.drain(..).unzip();
                engine.commit(&ops, true).expect("commit");
                for reply in replies {
                    let _ = reply.send(());
                }
            }
        });
        (Self { requests }, thread)
    }

    pub async fn enqueue(&self, op: Op) {
        let (reply, answer) = oneshot::channel();
        assert!(self.requests.send((op, reply)).await.is_ok(), "committer stopped");
        answer.await.expect("committer stopped");
    }
}
