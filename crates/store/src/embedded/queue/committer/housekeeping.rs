//! What the committer does besides what it is asked for: it removes what was purged, forgets what was kept long enough,
//! and flushes settlements. In small pieces, so that nobody waits long behind one.

use super::{Committer, TICK};
use crate::StorageError;
use crate::embedded::disk::{Batch, Durability};
use crate::embedded::queue::chores::{Books, Round};
use tokio::time::Instant;

impl Committer {
    /// Whether there is something to do that need not wait for the next tick.
    pub(super) fn has_work(&self) -> bool {
        !self.purging.is_empty() || (!self.stuck && self.is_due())
    }

    fn is_due(&self) -> bool {
        self.kept.is_due(&self.counts) || self.idempotency.is_due()
    }

    /// Does one piece.
    pub(super) fn work(&mut self) {
        if !self.purging.is_empty() {
            let books = Books {
                counts: &mut self.counts,
                kept: &mut self.kept,
                purging: &mut self.purging,
                gate: &self.gate,
            };
            self.unflushed |= Round::run_purge(&self.shared, books);
        }
        if self.last_tick.elapsed() >= TICK {
            self.tick();
        } else if !self.stuck && self.is_due() {
            self.forget();
        }
    }

    /// Forgets old outcomes and flushes settlements. Failures are kept by the disk and show in `health`.
    pub(super) fn tick(&mut self) {
        self.last_tick = Instant::now();
        self.gate.look(&self.shared.disk);
        self.forget();
        // Without anything to flush this still tells whether the engine's own work has failed.
        let _ = if self.unflushed { self.flush() } else { self.shared.disk.flush(Durability::Process) };
    }

    fn forget(&mut self) {
        let now = self.shared.clock.now();
        let forgot =
            self.tidy(|this, batch| this.kept.forget(&this.shared.disk, batch, now, &mut this.counts));
        let keys =
            self.tidy(|this, batch| this.idempotency.forget(&this.shared.disk, batch, now, &mut this.counts));
        let letters = self.tidy(|this, batch| this.kept.give_up_letters(&this.shared.disk, batch, now));
        let results = self.tidy(|this, batch| this.kept.give_up_results(&this.shared.disk, batch));
        // What can't be read now is looked at again when something else happens.
        self.stuck = !(forgot || keys || letters || results);
    }

    /// Writes one batch of what is given up, and says whether anything is.
    fn tidy(&mut self, give_up: impl FnOnce(&mut Self, &mut Batch) -> Result<bool, StorageError>) -> bool {
        let mut batch = self.shared.disk.batch();
        match give_up(self, &mut batch) {
            Ok(false) => false,
            Ok(true) => {
                self.counts.write(&self.shared.disk, &mut batch);
                self.kept.write(&self.shared.disk, &mut batch);
                let written = self.shared.disk.commit(batch, Durability::Process).is_ok();
                if written {
                    self.unflushed = true;
                    self.kept.publish(&self.shared);
                }
                written
            }
            Err(error) => {
                tracing::warn!(%error, "could not read what is to be given up");
                false
            }
        }
    }
}
