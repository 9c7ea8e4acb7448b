//! Idempotency keys: which events were accepted under one, so that sending an event twice makes one event.
//!
//! ```text
//! <function> 00 <whose> <SHA-256>  → payload's SHA-256, request id, when it is forgotten
//! 00 <when, 8 bytes> <sequence, 8> → the key above: the order in which they are forgotten
//! ```
//!
//! The hash is that of the key, the qualifier and the tenant: what one tenant sends is never taken for what another has
//! sent. The keys that this server makes for itself are apart from those of callers, also where they are counted.
//!
//! Both are written in the batch of the event, so that a key is remembered exactly if its event is. No function's name
//! begins with a null byte. A key that is used again after its window is remembered anew; the older line then points at
//! an entry that is forgotten later, and only goes itself.

use super::admission::Admission;
use super::counts::Counts;
use super::keys::Place;
use super::record::{Reader, malformed};
use crate::StorageError;
use crate::embedded::disk::{Batch, Disk};
use crate::queue::{Accepted, EnqueueError, IdempotencyKey};
use lambent_domain::arn::FunctionName;
use lambent_domain::event::Event;
use lambent_domain::qualifier::Qualifier;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::ops::Bound;
use std::time::Duration;

const FORM: u8 = 1;
/// Whose a key is.
const CALLERS: u8 = 2;
const SERVERS: u8 = 1;
/// Most keys forgotten in one go, so that enqueues need not wait long behind it.
const FORGET_MAX: usize = 256;

/// What an event is to be remembered by, worked out by the caller: the one committer need not hash for all.
#[derive(Debug)]
pub(super) struct Sending {
    stored_key: Vec<u8>,
    window: Duration,
    payload_sha256: [u8; 32],
}

impl Sending {
    pub(super) fn new(event: &Event, key: IdempotencyKey) -> Self {
        let whose = if key.is_servers() { SERVERS } else { CALLERS };
        let IdempotencyKey { key, window } = key;
        // Without a qualifier it is meant for the same version as with this one.
        let qualifier = event.qualifier.as_ref().unwrap_or(&Qualifier::Latest).to_string();
        let tenant = event.tenant_id.as_ref().map(|tenant| tenant.as_str());
        let mut scope = Sha256::new();
        for part in [Some(key.as_str()), Some(&qualifier), tenant].into_iter().flatten() {
            scope.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            scope.update(part);
        }
        let function = event.function.as_str().as_bytes();
        let stored_key = [function, &[0, whose], scope.finalize().as_slice()].concat();
        Self { stored_key, window, payload_sha256: Sha256::digest(&event.payload).into() }
    }

    /// The function among whose keys it counts; none for a key of the server's own.
    fn counted_by(&self) -> Option<FunctionName> {
        counted_by(&self.stored_key)
    }
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sent {
    payload_sha256: [u8; 32],
    request_id: RequestId,
    until: Timestamp,
}

impl Sent {
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = vec![FORM];
        bytes.extend_from_slice(&self.payload_sha256);
        bytes.extend_from_slice(self.request_id.as_bytes());
        bytes.extend_from_slice(&self.until.as_millis().to_be_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = Reader(bytes);
        let [form] = rest.take()?;
        (form == FORM).then_some(())?;
        Some(Self {
            payload_sha256: rest.take()?,
            request_id: RequestId::from_bytes(rest.take()?),
            until: Timestamp::from_millis(u64::from_be_bytes(rest.take()?)),
        })
    }
}

/// The keys of one batch, which are not on the disk yet.
#[derive(Debug, Default)]
pub(super) struct Pending(HashMap<Vec<u8>, Sent>);

/// The bounds, and how far the keys are forgotten.
#[derive(Debug)]
pub(super) struct IdempotencyKeys {
    window_max: Duration,
    keys_max: u64,
    function_keys_max: u64,
    /// Nothing older is left in the line, only traces of removals that a scan would wade through.
    behind: Option<Place>,
    /// Keys remembered since the last look.
    since_look: usize,
    /// The last look did not get to the end of what is over.
    more: bool,
}

impl IdempotencyKeys {
    pub(super) fn new(admission: &Admission) -> Self {
        Self {
            window_max: admission.idempotency_window_max,
            keys_max: admission.idempotency_keys_max,
            function_keys_max: admission.idempotency_function_keys_max,
            behind: None,
            since_look: 0,
            more: false,
        }
    }

    /// The request id under which it was accepted before, if it was.
    pub(super) fn find(
        disk: &Disk,
        pending: &Pending,
        sending: &Sending,
        now: Timestamp,
    ) -> Result<Option<Accepted>, EnqueueError> {
        let sent = match pending.0.get(&sending.stored_key) {
            Some(sent) => Some(*sent),
            None => read(disk, &sending.stored_key)?,
        };
        match sent.filter(|sent| now < sent.until) {
            None => Ok(None),
            Some(sent) if sent.payload_sha256 == sending.payload_sha256 => {
                Ok(Some(Accepted::Before(sent.request_id)))
            }
            Some(_) => Err(EnqueueError::KeyReused),
        }
    }

    /// Whether this key can be remembered too. The server's own have their own room: they live for an hour, and no caller
    /// can use that up.
    pub(super) fn has_room(&self, sending: &Sending, counts: &Counts) -> Result<(), StorageError> {
        let keys = counts.idempotency_keys();
        let has_room = match sending.counted_by() {
            None => keys.servers < self.keys_max,
            Some(function) => {
                keys.callers < self.keys_max && counts.keys_of(&function) < self.function_keys_max
            }
        };
        if has_room { Ok(()) } else { Err(StorageError::Full) }
    }

    /// Remembers the key with the event that is accepted in the same batch.
    pub(super) fn remember(
        &mut self,
        disk: &Disk,
        batch: &mut Batch,
        pending: &mut Pending,
        sending: Sending,
        (request_id, now): (RequestId, Timestamp),
        counts: &mut Counts,
    ) {
        counts.key_remembered(sending.counted_by().as_ref());
        let Sending { stored_key, window, payload_sha256 } = sending;
        let until = now.plus(window.min(self.window_max));
        let line = Place::new(until, counts.next_sequence());
        let sent = Sent { payload_sha256, request_id, until };
        batch.insert(&disk.idempotency, stored_key.as_slice(), sent.to_bytes());
        batch.insert(&disk.idempotency, line_key(line), stored_key.as_slice());
        // A clock that stepped back files behind what was forgotten already; the scan has to start there again.
        self.behind = self.behind.filter(|behind| *behind < line);
        self.since_look += 1;
        pending.0.insert(stored_key, sent);
    }

    /// Whether to look without waiting for the next tick.
    pub(super) fn is_due(&self) -> bool {
        self.more || self.since_look >= FORGET_MAX / 2
    }

    /// Adds to the batch that keys are forgotten whose window is over; returns whether any are.
    pub(super) fn forget(
        &mut self,
        disk: &Disk,
        batch: &mut Batch,
        now: Timestamp,
        counts: &mut Counts,
    ) -> Result<bool, StorageError> {
        self.since_look = 0;
        let from = self.behind.unwrap_or(Place::new(Timestamp::from_millis(0), 0));
        let (mut forgotten, mut last) = (0_usize, self.behind);
        let line = disk.idempotency.range((Bound::Included(line_key(from)), Bound::Excluded(vec![1])));
        for entry in line.take(FORGET_MAX) {
            let (key, stored_key) = entry?;
            let place = super::keys::place(&key).ok_or_else(|| malformed("idempotency key's place"))?;
            if place.due > now {
                break;
            }
            forgotten += 1;
            last = Some(place);
            counts.key_forgotten(counted_by(&stored_key).as_ref());
            // It may have been used again, and be in the line a second time.
            if read(disk, &stored_key)?.is_some_and(|sent| sent.until <= place.due) {
                batch.remove(&disk.idempotency, stored_key);
            }
            batch.remove(&disk.idempotency, key);
        }
        self.behind = last;
        self.more = forgotten >= FORGET_MAX;
        Ok(forgotten > 0)
    }
}

fn read(disk: &Disk, stored_key: &[u8]) -> Result<Option<Sent>, StorageError> {
    let sent = disk.idempotency.get(stored_key)?;
    sent.map(|sent| Sent::from_bytes(&sent).ok_or_else(|| malformed("idempotency key"))).transpose()
}

/// The function among whose keys a stored key counts.
fn counted_by(stored_key: &[u8]) -> Option<FunctionName> {
    let end = stored_key.iter().position(|byte| *byte == 0)?;
    let (function, rest) = stored_key.split_at_checked(end)?;
    if rest.get(1) == Some(&SERVERS) {
        return None;
    }
    FunctionName::new(std::str::from_utf8(function).ok()?).ok()
}

fn line_key(place: Place) -> Vec<u8> {
    [&[0], place.to_bytes().as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_known_of_a_key_reads_back_as_written(payload_sha256: [u8; 32], id: [u8; 16], until: u64) {
            let until = Timestamp::from_millis(until);
            let sent = Sent { payload_sha256, request_id: RequestId::from_bytes(id), until };
            prop_assert_eq!(Sent::from_bytes(&sent.to_bytes()), Some(sent));
        }

        #[test]
        fn noise_is_no_key_or_another(noise: Vec<u8>) {
            let _ = Sent::from_bytes(&noise);
        }
    }
}
