//! Records that the outbox has no room for: their deliveries have failed before there was a try, and a failed event
//! becomes a dead letter, so that it is not lost. All of it is in the batch that ends the event.

use super::failures::Mark;
use super::outgoing::Outgoing;
use super::record::Entry;
use super::settle::Outcome;
use crate::StorageError;
use lambent_domain::event::EventState;
use lambent_domain::invocation_record::{DeliveryState, Purpose};

/// What the event's status says of such a delivery.
const ERROR: &str =
    "the outbox was full ([destinations] outbox_max_bytes): the record was not stored and is not sent";

/// How many were refused.
#[derive(Debug, Default)]
pub(super) struct Refused {
    pub(super) destinations: u64,
    pub(super) dead_letters: u64,
}

/// Takes out the records that are more than `room` bytes. Changes nothing if that fails.
pub(super) fn refuse(outcome: &mut Outcome, mut room: u64) -> Result<Refused, StorageError> {
    let mut refused = Refused::default();
    let Some(extra) = &mut outcome.extra else { return Ok(refused) };
    let Entry::Settled { accepted, mut status, held } = Entry::decode(&outcome.entry)? else {
        return Ok(refused);
    };
    let mut fits = Vec::with_capacity(extra.records.len());
    let mut letter = None;
    for ((_, record), delivery) in extra.records.iter().zip(&mut status.deliveries) {
        let bytes = u64::try_from(record.len()).unwrap_or(u64::MAX);
        let has_room = bytes <= room;
        fits.push(has_room);
        if has_room {
            room -= bytes;
            continue;
        }
        delivery.state = DeliveryState::Failed;
        delivery.last_error = Some(ERROR.to_owned());
        match delivery.purpose {
            Purpose::DeadLetterQueue => refused.dead_letters += 1,
            Purpose::OnSuccess | Purpose::OnFailure => refused.destinations += 1,
        }
        if status.state == EventState::Failed && !status.dead_letter {
            letter = Some(Outgoing::decode(record)?.into_letter()?);
            status.dead_letter = true;
        }
    }
    outcome.entry = Entry::encode_settled(accepted, &status, held)?;
    outcome.failure = Mark::of(&status);
    let mut fits = fits.into_iter();
    extra.records.retain(|_| fits.next().unwrap_or(true));
    extra.letter = letter.or_else(|| extra.letter.take());
    Ok(refused)
}
