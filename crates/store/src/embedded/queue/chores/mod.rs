//! What the committer is asked for now and then: the end of a record, a cancellation, a redrive, a purge.
//!
//! Unlike an enqueue or a settlement a chore reads the disk, as it is once everything asked for before is written, to see
//! what there is to change. All chores taken at a time are written as one batch, and each sees what those before it in
//! the batch have changed. A chore reads all it needs before its first change, so one that fails changes nothing.

mod cancel;
mod purge;
mod redrive;
mod settle_record;

pub(super) use redrive::Removed;

use super::Shared;
use super::admission::Gate;
use super::counts::Counts;
use super::kept::Kept;
use super::keys::Place;
use super::outbox_state::RecordLease;
use super::record::Entry;
use super::state::Written;
use crate::StorageError;
use crate::embedded::disk::{Batch, Durability};
use crate::outbox::DeliveryEnd;
use crate::queue::{Cancel, EnqueueError, Redrive};
use lambent_domain::arn::FunctionName;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use std::collections::{BTreeMap, HashMap};
use tokio::sync::oneshot;

type Reply<T> = oneshot::Sender<Result<T, StorageError>>;

/// What is asked for.
#[derive(Debug)]
pub(super) enum Chore {
    SettleRecord {
        number: u64,
        lease: RecordLease,
        end: DeliveryEnd,
        reply: Reply<()>,
    },
    Cancel {
        request_id: RequestId,
        now: Timestamp,
        reply: Reply<Cancel>,
    },
    Redrive {
        request_id: RequestId,
        again: RequestId,
        now: Timestamp,
        reply: Reply<Result<Redrive, EnqueueError>>,
    },
    Purge {
        function: FunctionName,
        now: Timestamp,
        reply: Reply<u64>,
    },
    RemoveLetters {
        function: FunctionName,
        after: Option<u64>,
        reply: Reply<Removed>,
    },
}

/// Functions of which purged records are left, and behind which place they are.
pub(super) type Purging = BTreeMap<FunctionName, Option<Place>>;

/// Done with what is known in memory once the batch is written.
type Effect = Box<dyn FnOnce(&mut Written<'_>) + Send>;

/// Done after that, or when the write has failed.
type After = Box<dyn FnOnce(&Shared, Result<(), StorageError>) + Send>;

/// What the committer keeps, and chores change.
pub(super) struct Books<'a> {
    pub(super) counts: &'a mut Counts,
    pub(super) kept: &'a mut Kept,
    pub(super) purging: &'a mut Purging,
    pub(super) gate: &'a Gate,
}

/// One batch of chores.
pub(super) struct Round<'a> {
    shared: &'a Shared,
    counts: &'a mut Counts,
    kept: &'a mut Kept,
    purging: &'a mut Purging,
    gate: &'a Gate,
    batch: Batch,
    durability: Durability,
    /// Entries that this batch changes, as they will be; none for one that is removed.
    entries: HashMap<RequestId, Option<Entry>>,
    effects: Vec<Effect>,
    after: Vec<After>,
}

impl<'a> Round<'a> {
    /// Does the chores; says whether something was written without a flush.
    pub(super) fn run(shared: &'a Shared, books: Books<'a>, chores: Vec<Chore>) -> bool {
        let Books { counts, kept, purging, gate } = books;
        let mut unflushed = false;
        for group in groups(chores) {
            let books = Books { counts: &mut *counts, kept: &mut *kept, purging: &mut *purging, gate };
            let mut round = Round::new(shared, books);
            group.into_iter().for_each(|chore| round.take(chore));
            unflushed |= round.finish();
        }
        unflushed
    }

    /// Removes some records of a purge; says whether something was written without a flush.
    pub(super) fn run_purge(shared: &'a Shared, books: Books<'a>) -> bool {
        let Some(function) = books.purging.keys().next().cloned() else { return false };
        let mut round = Round::new(shared, books);
        if let Err(error) = round.remove_purged(&function) {
            tracing::warn!(%error, function.name = %function, "could not remove purged events; a restart goes on with it");
            round.purging.remove(&function);
        }
        round.finish()
    }

    fn new(shared: &'a Shared, books: Books<'a>) -> Self {
        let Books { counts, kept, purging, gate } = books;
        let batch = shared.disk.batch();
        let (entries, effects, after) = (HashMap::new(), Vec::new(), Vec::new());
        let durability = Durability::Process;
        Round { shared, counts, kept, purging, gate, batch, durability, entries, effects, after }
    }

    fn take(&mut self, chore: Chore) {
        match chore {
            Chore::SettleRecord { number, lease, end, reply } => {
                let result = self.settle_record(number, &lease, end);
                self.answer(reply, result);
            }
            Chore::Cancel { request_id, now, reply } => {
                let result = self.cancel(request_id, now);
                self.answer(reply, result);
            }
            Chore::Redrive { request_id, again, now, reply } => {
                let result = self.redrive(request_id, again, now);
                self.answer(reply, Ok(result));
            }
            Chore::Purge { function, now, reply } => {
                let ended = self.purge(&function, now);
                self.answer(reply, Ok(ended));
            }
            Chore::RemoveLetters { function, after, reply } => {
                let result = self.remove_letters(&function, after);
                self.answer(reply, result);
            }
        }
    }

    /// Answers when the batch is written; a chore that has failed, or changed nothing, could be answered at once, but
    /// what it saw may be of this batch.
    fn answer<T: Send + 'static>(&mut self, reply: Reply<T>, result: Result<T, StorageError>) {
        self.after.push(Box::new(|_, written| {
            // Whoever has stopped waiting does not need to know.
            let _ = reply.send(written.and(result));
        }));
    }

    /// To be done in memory once the batch is written, before anybody is answered.
    fn once_written(&mut self, effect: impl FnOnce(&mut Written<'_>) + Send + 'static) {
        self.effects.push(Box::new(effect));
    }

    fn entry(&self, request_id: RequestId) -> Result<Option<Entry>, StorageError> {
        match self.entries.get(&request_id) {
            Some(changed) => Ok(changed.clone()),
            None => {
                self.shared.disk.ids.get(request_id.as_bytes())?.as_deref().map(Entry::decode).transpose()
            }
        }
    }

    fn finish(self) -> bool {
        let Round { shared, counts, kept, mut batch, durability, effects, after, .. } = self;
        counts.write(&shared.disk, &mut batch);
        kept.write(&shared.disk, &mut batch);
        let written = shared.disk.commit(batch, durability);
        if written.is_ok() {
            // Before anybody is answered, so that the counts they see are those of what they did.
            kept.publish(shared);
            {
                let mut state = shared.lock();
                let mut written = state.written(counts.last_sequence());
                effects.into_iter().for_each(|effect| effect(&mut written));
            }
            shared.wake.notify_one();
        }
        for act in after {
            act(shared, written.clone());
        }
        written.is_ok() && durability == Durability::Process
    }
}

/// Those that are done in one round each: a purge is done alone.
fn groups(chores: Vec<Chore>) -> Vec<Vec<Chore>> {
    let mut groups: Vec<Vec<Chore>> = Vec::new();
    let mut alone = true;
    for chore in chores {
        let is_purge = matches!(chore, Chore::Purge { .. });
        match groups.last_mut() {
            Some(group) if !alone && !is_purge => group.push(chore),
            _ => groups.push(vec![chore]),
        }
        alone = is_purge;
    }
    groups
}
