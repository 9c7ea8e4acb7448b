//! Many events of one caller on their way to the committer.
//!
//! The committer looks up every idempotency key on the disk, and while it does, everybody waits. So events with keys go
//! to it in parts, one after the other, and what others have sent meanwhile comes between them.

use super::EmbeddedQueue;
use super::committer::{Enqueue, Incoming, Request, Taken};
use crate::StorageError;

/// Most events with a key in one part. The committer takes no more requests into a batch that has so many.
pub(super) const KEYED_MAX: usize = 256;

impl EmbeddedQueue {
    /// Stores the events; an answer for each, in order. With few keys among them it takes one flush.
    pub(super) async fn submit(&self, incoming: Vec<Incoming>) -> Vec<Taken> {
        let mut taken = Vec::with_capacity(incoming.len());
        let mut failure: Option<StorageError> = None;
        for part in parts(incoming) {
            let count = part.len();
            let error = match failure.take() {
                // What hinders one part hinders the next: it need not wait as long again to find out.
                Some(error) => error,
                None => match self.submit_part(part).await {
                    Ok(part) => {
                        taken.extend(part);
                        continue;
                    }
                    Err(error) => error,
                },
            };
            taken.extend((0..count).map(|_| Err(error.clone().into())));
            failure = Some(error);
        }
        taken
    }

    async fn submit_part(&self, incoming: Vec<Incoming>) -> Result<Vec<Taken>, StorageError> {
        let bytes = incoming.iter().map(|one| one.event.payload.len()).sum();
        let room = self.room_for(incoming.len(), bytes).await?;
        self.ask(|reply| Request::Enqueue(Enqueue::Many { incoming, reply, room })).await
    }
}

/// The events in order, with at most [`KEYED_MAX`] keys in each part.
fn parts(incoming: Vec<Incoming>) -> Vec<Vec<Incoming>> {
    let (mut parts, mut part, mut keyed) = (Vec::new(), Vec::new(), 0);
    for one in incoming {
        let has_key = one.sending.is_some();
        if has_key && keyed == KEYED_MAX {
            parts.push(std::mem::take(&mut part));
            keyed = 0;
        }
        keyed += usize::from(has_key);
        part.push(one);
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}
