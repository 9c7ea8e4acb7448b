//! What stays behind when an event is over: its outcome, its payload if it is a dead letter, its result, and the records
//! that wait to be sent. The committer alone writes these.
//!
//! An outcome is remembered for the retention of outcomes, and beyond that while its event is a dead letter or a record
//! of it waits. Such an outcome is *held*: it is out of the line of those that are forgotten by age and count, and goes
//! with the last thing that needed it.

use super::Shared;
use super::counts::Counts;
use super::failures::{self, Mark};
use super::keep::DeadLetterRetention;
use super::keys::{self, Place, number};
use super::outbox_lines::Line;
use super::outcomes::Outcomes;
use super::outgoing::Due;
use super::overflow;
use super::record::{Entry, Reader, malformed};
use super::settle::{Extra, Outcome};
use super::shelf::{Fill, Kind, Shelf};
use crate::StorageError;
use crate::embedded::Options;
use crate::embedded::disk::{Batch, Disk, Durability};
use crate::outbox::OutboxStats;
use lambent_domain::arn::FunctionName;
use lambent_domain::event::EventStatus;
use lambent_domain::invocation_record::DeliveryState;
use lambent_domain::time::Timestamp;

/// Most dead letters or results given up in one go, so that enqueues need not wait long behind it.
const GIVE_UP_MAX: usize = 128;

/// Keys that can't be a function's name.
const OUTBOX: &str = "$outbox";
const INDEXED_FROM: &str = "$indexed_from";

/// See the module.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) outcomes: Outcomes,
    pub(super) letters: Shelf,
    results: Shelf,
    dead_letters: DeadLetterRetention,
    results_bytes_max: u64,
    outbox: OutboxStats,
    outbox_bytes_max: u64,
    /// What was last shown by [`Kept::publish`].
    published: (Fill, OutboxStats),
    /// The first order of acceptance whose failures are all in the index.
    indexed_from: u64,
    indexed_from_is_new: bool,
    /// Places of records in the batch that is being made.
    added: Vec<(Line, Place)>,
}

impl Kept {
    pub(super) fn open(disk: &Disk, options: &Options, counts: &Counts) -> Result<Self, StorageError> {
        let indexed_from = match disk.counts.get(INDEXED_FROM)? {
            Some(stored) => number(&stored).ok_or_else(|| malformed("beginning of the index"))?,
            None => counts.last_sequence() + 1,
        };
        let outbox = match disk.counts.get(OUTBOX)? {
            None => OutboxStats::default(),
            Some(stored) => read_stats(&stored).ok_or_else(|| malformed("count of records"))?,
        };
        if outbox.waiting > 0 {
            // The last process may have ended between the write of a record and its flush. If this flush fails, the disk
            // remembers it, and no record is handed out.
            let _ = disk.flush(Durability::Power);
        }
        let letters = Shelf::open(Kind::Letters, disk)?;
        Ok(Self {
            outcomes: Outcomes::new(options.retention),
            published: (letters.fill(), outbox),
            letters,
            results: Shelf::open(Kind::Results, disk)?,
            dead_letters: options.dead_letters,
            results_bytes_max: options.results.bytes_max,
            outbox,
            outbox_bytes_max: options.outbox.bytes_max,
            indexed_from,
            indexed_from_is_new: true,
            added: Vec::new(),
        })
    }

    /// Dead letters now, records with their counts, and where the index of failures begins.
    pub(super) fn opened(&self) -> (Fill, OutboxStats, u64) {
        let (letters, outbox) = self.published;
        (letters, outbox, self.indexed_from)
    }

    /// Replaces the entry of an event by its outcome, with all that stays behind.
    pub(super) fn file(
        &mut self,
        disk: &Disk,
        batch: &mut Batch,
        function: &FunctionName,
        mut outcome: Outcome,
        counts: &mut Counts,
    ) {
        self.make_fit(&mut outcome);
        let Outcome { request_id, accepted, settled_at, entry, failure, extra } = outcome;
        self.outcomes.file(disk, batch, request_id, settled_at, entry, counts);
        if failure.is_some() {
            failures::write(disk, batch, function, accepted, request_id, failure);
        }
        let Some(extra) = extra else { return };
        let Extra { records, letter, result } = *extra;
        for (line, record) in records {
            self.add_record(disk, batch, (line, settled_at), record, counts);
        }
        let mut place = || Place::new(settled_at, counts.next_sequence());
        if let Some(letter) = letter {
            self.letters.put(disk, batch, place(), request_id, &letter);
        }
        if let Some(result) = result {
            self.results.put(disk, batch, place(), request_id, &result);
        }
    }

    /// Takes out of the outcome the records that the outbox has no room for.
    fn make_fit(&mut self, outcome: &mut Outcome) {
        let Some(extra) = &outcome.extra else { return };
        let room = self.outbox_bytes_max.saturating_sub(self.outbox.waiting_bytes);
        let bytes: usize = extra.records.iter().map(|(_, record)| record.len()).sum();
        if u64::try_from(bytes).is_ok_and(|bytes| bytes <= room) {
            return;
        }
        match overflow::refuse(outcome, room) {
            Ok(refused) => {
                self.outbox.destinations_failed += refused.destinations;
                self.outbox.dead_letters_failed += refused.dead_letters;
                tracing::warn!(
                    request.id = %outcome.request_id,
                    "the outbox is full: a record is not stored, and its delivery has failed"
                );
            }
            // Rather more bytes than an end that is not told.
            Err(error) => tracing::error!(%error, "could not take a record out of a settlement"),
        }
    }

    fn add_record(
        &mut self,
        disk: &Disk,
        batch: &mut Batch,
        (line, due): (Line, Timestamp),
        record: Vec<u8>,
        counts: &mut Counts,
    ) {
        let number = counts.next_sequence();
        let bytes = u64::try_from(record.len()).unwrap_or(u64::MAX);
        batch.insert(&disk.outgoing, number.to_be_bytes(), record);
        let place = Place::new(due, number);
        self.put_due(disk, batch, line, place, Due { number, attempts: 0, bytes });
        self.change_outbox(|stats| {
            stats.waiting += 1;
            stats.waiting_bytes += bytes;
        });
    }

    /// Puts a record into the order of what is due.
    pub(super) fn put_due(&mut self, disk: &Disk, batch: &mut Batch, line: Line, place: Place, due: Due) {
        batch.insert(&disk.outbox, line.key(place), due.to_bytes());
        self.added.push((line, place));
    }

    pub(super) fn change_outbox(&mut self, change: impl FnOnce(&mut OutboxStats)) {
        change(&mut self.outbox);
    }

    /// Adds the counts that have changed to the batch.
    pub(super) fn write(&mut self, disk: &Disk, batch: &mut Batch) {
        if std::mem::take(&mut self.indexed_from_is_new) {
            batch.insert(&disk.counts, INDEXED_FROM, self.indexed_from.to_be_bytes());
        }
        self.letters.write(disk, batch);
        self.results.write(disk, batch);
        if self.outbox != self.published.1 {
            batch.insert(&disk.counts, OUTBOX, stats_bytes(&self.outbox));
        }
    }

    /// Shows what the written batch has changed to whoever waits for it.
    pub(super) fn publish(&mut self, shared: &Shared) {
        let (letters, outbox) = std::mem::replace(&mut self.published, (self.letters.fill(), self.outbox));
        if letters != self.letters.fill() {
            shared.lock().set_dead_letters(self.letters.fill());
        }
        if outbox != self.outbox || !self.added.is_empty() {
            let mut state = shared.lock_outbox();
            state.set_stats(self.outbox);
            self.added.drain(..).for_each(|(line, place)| state.added(line, place));
            drop(state);
            shared.outbox_wake.notify_one();
        }
    }

    /// Adds to the batch that the oldest dead letters beyond their retention leave the list; says whether any do.
    pub(super) fn give_up_letters(
        &mut self,
        disk: &Disk,
        batch: &mut Batch,
        now: Timestamp,
    ) -> Result<bool, StorageError> {
        let DeadLetterRetention { age_max, bytes_max } = self.dead_letters;
        let mut removed = 0_u32;
        for oldest in self.letters.oldest(disk, GIVE_UP_MAX)? {
            let crowded = self.letters.fill().bytes > bytes_max;
            if !crowded && now.since(oldest.place.due) <= age_max {
                break;
            }
            if let Some(entry) = read_entry(disk, oldest.request_id)? {
                self.close_letter(disk, batch, entry)?;
            }
            self.letters.remove(disk, batch, &oldest);
            self.letters.removed_up_to(oldest.place);
            removed += u32::from(crowded);
        }
        if removed > 0 {
            tracing::warn!(
                count = removed,
                "dead letters were removed, because the list has as many bytes as it may"
            );
        }
        Ok(self.letters.fill() != self.published.0)
    }

    /// The event of this entry leaves the dead-letter list.
    pub(super) fn close_letter(
        &self,
        disk: &Disk,
        batch: &mut Batch,
        entry: Entry,
    ) -> Result<Option<Entry>, StorageError> {
        let Entry::Settled { accepted, mut status, held } = entry else { return Ok(Some(entry)) };
        status.dead_letter = false;
        failures::write(disk, batch, &status.function, accepted, status.request_id, Mark::of(&status));
        rewrite(disk, batch, accepted, status, held)
    }

    /// Adds to the batch that the oldest results beyond their bytes are given up; says whether any are.
    pub(super) fn give_up_results(&mut self, disk: &Disk, batch: &mut Batch) -> Result<bool, StorageError> {
        if self.results.fill().bytes <= self.results_bytes_max {
            return Ok(false);
        }
        for oldest in self.results.oldest(disk, GIVE_UP_MAX)? {
            if self.results.fill().bytes <= self.results_bytes_max {
                break;
            }
            if let Some(Entry::Settled { accepted, mut status, held }) = read_entry(disk, oldest.request_id)?
            {
                status.result_kept = false;
                rewrite(disk, batch, accepted, status, held)?;
            }
            self.results.remove(disk, batch, &oldest);
            self.results.removed_up_to(oldest.place);
        }
        Ok(true)
    }

    /// Adds to the batch that outcomes beyond their retention are forgotten, or held; says whether any are.
    pub(super) fn forget(
        &mut self,
        disk: &Disk,
        batch: &mut Batch,
        now: Timestamp,
        counts: &mut Counts,
    ) -> Result<bool, StorageError> {
        let ids = self.outcomes.forget(disk, batch, now, counts)?;
        let forgotten = !ids.is_empty();
        for id in ids {
            // A request id may have been used again for an event that is not over.
            if let Err(error) = self.let_go(disk, batch, id) {
                tracing::warn!(%error, "could not forget an outcome");
            }
        }
        Ok(forgotten)
    }

    /// Forgets the outcome, or holds it.
    fn let_go(&mut self, disk: &Disk, batch: &mut Batch, id: [u8; 16]) -> Result<(), StorageError> {
        // A request id may have been used again for an event that is not over.
        let Some(Entry::Settled { accepted, mut status, .. }) = read_entry(disk, id)? else { return Ok(()) };
        if std::mem::take(&mut status.result_kept) {
            self.results.take(disk, batch, id)?;
        }
        rewrite(disk, batch, accepted, status, true)?;
        Ok(())
    }

    /// Whether there is anything to do before the next tick.
    pub(super) fn is_due(&self, counts: &Counts) -> bool {
        self.outcomes.is_due(counts)
            || self.letters.fill().bytes > self.dead_letters.bytes_max
            || self.results.fill().bytes > self.results_bytes_max
    }
}

fn read_entry(disk: &Disk, id: [u8; 16]) -> Result<Option<Entry>, StorageError> {
    disk.ids.get(id)?.as_deref().map(Entry::decode).transpose()
}

/// Writes an outcome anew, or forgets it if it was only held and nothing needs it any more. Returns what is filed now.
pub(super) fn rewrite(
    disk: &Disk,
    batch: &mut Batch,
    accepted: u64,
    status: Box<EventStatus>,
    held: bool,
) -> Result<Option<Entry>, StorageError> {
    let id = *status.request_id.as_bytes();
    let waits = status.deliveries.iter().any(|delivery| delivery.state == DeliveryState::Pending);
    if held && !waits && !status.dead_letter {
        batch.remove(&disk.history, keys::history(&status.function, accepted));
        batch.remove(&disk.ids, id);
        if Mark::of(&status).is_some() {
            failures::write(disk, batch, &status.function, accepted, status.request_id, Some(Mark::Gone));
        }
        return Ok(None);
    }
    batch.insert(&disk.ids, id, Entry::encode_settled(accepted, &status, held)?);
    Ok(Some(Entry::Settled { accepted, status, held }))
}

fn stats_bytes(stats: &OutboxStats) -> Vec<u8> {
    let OutboxStats { delivered, destinations_failed, dead_letters_failed, waiting, waiting_bytes } = *stats;
    [delivered, destinations_failed, dead_letters_failed, waiting, waiting_bytes]
        .into_iter()
        .flat_map(u64::to_be_bytes)
        .collect()
}

fn read_stats(stored: &[u8]) -> Option<OutboxStats> {
    let mut rest = Reader(stored);
    let mut next = || Some(u64::from_be_bytes(rest.take()?));
    Some(OutboxStats {
        delivered: next()?,
        destinations_failed: next()?,
        dead_letters_failed: next()?,
        waiting: next()?,
        waiting_bytes: next()?,
    })
}
