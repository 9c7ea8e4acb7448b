//! Lists of events, newest first, over one function or all of them.
//!
//! The order of acceptance is the order of time, so a filter by time is a range of it, found by bisection. A filter that
//! only failures can pass goes through their index ([`super::failures`]), any other through the history. One call looks at a
//! bounded number of events: a page may be short, and says where to go on.

use super::Shared;
use super::failures;
use super::keys::{self, number};
use super::purges::Purges;
use super::record::{Entry, decode_event, malformed};
use super::status;
use crate::StorageError;
use crate::embedded::disk::{Entries, View};
use crate::queue::{EventFilter, EventPage, Position};
use lambent_domain::arn::FunctionName;
use lambent_domain::event::{EventState, EventStatus};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Most events that one call looks at.
const LOOK_MAX: usize = 10_000;
/// How long one call looks, however few it has seen: a slow or busy disk makes pages shorter, not calls longer.
const LOOK_TIME_MAX: Duration = Duration::from_millis(250);
/// Most bytes of events' records that one call reads.
const LOOK_BYTES_MAX: usize = 32 << 20;

/// One function's events, or its failures, newest first.
struct Stream {
    entries: std::iter::Rev<Entries>,
    of_failures: bool,
}

/// The next event of a stream.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    accepted: u64,
    request_id: RequestId,
    stream: usize,
}

/// What there was at one moment.
pub(super) struct Sight {
    pub(super) view: View,
    /// Taken before the view: a purge that ends in between has removed its records, which the view still shows.
    pub(super) purges: Arc<Purges>,
    pub(super) now: Timestamp,
    bytes_left: usize,
}

impl Shared {
    pub(super) fn sight(&self) -> Sight {
        let (purges, latest) = {
            let state = self.lock();
            (state.purges(), state.latest())
        };
        let now = latest.max(self.clock.now());
        Sight { view: self.disk.snapshot(), purges, now, bytes_left: LOOK_BYTES_MAX }
    }

    pub(super) fn list(
        &self,
        filter: &EventFilter,
        before: Option<Position>,
        limit: usize,
    ) -> Result<EventPage, StorageError> {
        let mut sight = self.sight();
        let before = before.map_or(u64::MAX, |Position(accepted)| accepted);
        if filter.state == Some(EventState::Running) {
            return self.list_running(&mut sight, filter, before, limit);
        }
        let mut streams = self.streams(&sight, filter, before)?;
        let mut heads = BinaryHeap::new();
        for stream in 0..streams.len() {
            heads.extend(next_head(&mut streams, stream)?);
        }
        let (mut events, mut last) = (Vec::new(), None);
        let begin = Instant::now();
        for looked in 0..LOOK_MAX {
            let out_of_time = looked > 0 && begin.elapsed() >= LOOK_TIME_MAX;
            if events.len() >= limit || sight.bytes_left == 0 || out_of_time {
                break;
            }
            let Some(Head { accepted, request_id, stream }) = heads.pop() else { break };
            heads.extend(next_head(&mut streams, stream)?);
            events.extend(self.look(&mut sight, filter, accepted, request_id)?);
            last = Some(Position(accepted));
        }
        Ok(EventPage { events, next: last.filter(|_| !heads.is_empty()) })
    }

    /// There are as many of these as leases, which are in memory.
    fn list_running(
        &self,
        sight: &mut Sight,
        filter: &EventFilter,
        before: u64,
        limit: usize,
    ) -> Result<EventPage, StorageError> {
        let mut leased = self.lock().leased(filter.function.as_ref());
        leased.retain(|(accepted, _)| *accepted < before);
        leased.sort_unstable_by(|left, right| right.cmp(left));
        let (mut events, mut last) = (Vec::new(), None);
        let mut leased = leased.into_iter().peekable();
        while events.len() < limit
            && let Some((accepted, request_id)) = leased.next()
        {
            events.extend(self.look(sight, filter, accepted, request_id)?);
            last = Some(Position(accepted));
        }
        Ok(EventPage { events, next: last.filter(|_| leased.peek().is_some()) })
    }

    fn streams(&self, sight: &Sight, filter: &EventFilter, before: u64) -> Result<Vec<Stream>, StorageError> {
        let failures =
            filter.state == Some(EventState::Failed) || filter.dead_letters_only || filter.error.is_some();
        let mut streams = Vec::new();
        let functions = match &filter.function {
            Some(function) => vec![function.clone()],
            None => self.functions(sight)?,
        };
        for function in functions {
            let from = match filter.accepted_from {
                Some(at) => self.first_accepted(sight, &function, at)?,
                None => 0,
            };
            let to = match filter.accepted_before {
                Some(at) => self.first_accepted(sight, &function, at)?.min(before),
                None => before,
            };
            let mut add = |keyspace, (from, to): (u64, u64), of_failures| {
                if from < to {
                    let entries = sight.view.range(keyspace, keys::history_within(&function, from, to)).rev();
                    streams.push(Stream { entries, of_failures });
                }
            };
            // Failures from before there was an index stand in the history alone.
            let indexed = if failures { self.indexed_from } else { u64::MAX };
            add(&self.disk.history, (from, to.min(indexed)), false);
            add(&self.disk.failures, (from.max(indexed), to), true);
        }
        Ok(streams)
    }

    /// Every function of which an event is known, by leaps from one to the next.
    fn functions(&self, sight: &Sight) -> Result<Vec<FunctionName>, StorageError> {
        let mut functions = Vec::new();
        let mut from = Vec::new();
        while let Some(entry) = sight.view.range(&self.disk.history, from..).next() {
            let (key, _) = entry?;
            let function = keys::function(&key).ok_or_else(|| malformed("key of the history"))?;
            from = keys::end(&function);
            functions.push(function);
        }
        Ok(functions)
    }

    /// The place in the order of acceptance of the function's first event that was accepted then or later.
    fn first_accepted(
        &self,
        sight: &Sight,
        function: &FunctionName,
        at: Timestamp,
    ) -> Result<u64, StorageError> {
        let newest = sight.view.range(&self.disk.history, keys::history_before(function, None)).next_back();
        let Some(newest) = newest.transpose()? else { return Ok(u64::MAX) };
        let (mut low, mut high) = (0, accepted(&newest.0)?);
        if self.accepted_at(sight, &newest.1)?.is_some_and(|newest| newest < at) {
            return Ok(u64::MAX);
        }
        // The answer is in low..=high all the time.
        while low < high {
            let middle = low + (high - low) / 2;
            let range = keys::history_within(function, middle, high);
            let Some(found) = sight.view.range(&self.disk.history, range).next().transpose()? else {
                high = middle;
                continue;
            };
            match self.accepted_at(sight, &found.1)? {
                Some(found_at) if found_at < at => low = accepted(&found.0)? + 1,
                Some(_) | None => high = middle,
            }
        }
        Ok(high)
    }

    fn accepted_at(&self, sight: &Sight, id: &[u8]) -> Result<Option<Timestamp>, StorageError> {
        let id: [u8; 16] = id.try_into().map_err(|_| malformed("request id"))?;
        match self.entry_in(&sight.view, RequestId::from_bytes(id))? {
            None => Ok(None),
            Some(Entry::Settled { status, .. }) => Ok(Some(status.accepted_at)),
            Some(Entry::Unsettled { function, place, .. }) => {
                let record = sight.view.get(&self.disk.events, keys::event(&function, place))?;
                record.map(|record| Ok(decode_event(&function, &record)?.0.accepted_at)).transpose()
            }
        }
    }

    /// The event if it passes. What can be told without its record is looked at first.
    fn look(
        &self,
        sight: &mut Sight,
        filter: &EventFilter,
        accepted: u64,
        request_id: RequestId,
    ) -> Result<Option<EventStatus>, StorageError> {
        let entry = self.entry_in(&sight.view, request_id)?;
        // A request id may have been used again, for an event that is listed in another place.
        let Some(entry) = entry.filter(|entry| entry.accepted() == accepted) else { return Ok(None) };
        if let Entry::Unsettled { function, place, .. } = &entry {
            let state = self.state_in(sight, request_id, function, *place);
            if filter.state.is_some_and(|wanted| wanted != state) || filter.dead_letters_only {
                return Ok(None);
            }
        }
        let status = self.status_of_entry(sight, request_id, entry)?;
        sight.bytes_left = sight.bytes_left.saturating_sub(status::weight(&status));
        Ok(Some(status).filter(|status| passes(filter, status)))
    }
}

fn passes(filter: &EventFilter, status: &EventStatus) -> bool {
    let EventFilter { function, state, accepted_from, accepted_before, error, dead_letters_only } = filter;
    function.as_ref().is_none_or(|function| *function == status.function)
        && state.is_none_or(|state| state == status.state)
        && accepted_from.is_none_or(|from| status.accepted_at >= from)
        && accepted_before.is_none_or(|before| status.accepted_at < before)
        && error.as_ref().is_none_or(|text| failed_with(status, text))
        && (!dead_letters_only || status.dead_letter)
}

/// Whether the last run's error contains the text.
fn failed_with(status: &EventStatus, text: &str) -> bool {
    let Some(attempt) = status.attempts.last() else { return false };
    let text = text.to_lowercase();
    [&attempt.error_type, &attempt.error_message]
        .into_iter()
        .flatten()
        .any(|said| said.to_lowercase().contains(&text))
}

fn next_head(streams: &mut [Stream], stream: usize) -> Result<Option<Head>, StorageError> {
    let Some(Stream { entries, of_failures }) = streams.get_mut(stream) else { return Ok(None) };
    let Some(entry) = entries.next() else { return Ok(None) };
    let (key, value) = entry?;
    let (request_id, accepted) = if *of_failures {
        let (request_id, _, accepted) = failures::read(&key, &value)?;
        (request_id, accepted)
    } else {
        let id = value.as_ref().try_into().map_err(|_| malformed("request id"))?;
        (RequestId::from_bytes(id), accepted(&key)?)
    };
    Ok(Some(Head { accepted, request_id, stream }))
}

fn accepted(key: &[u8]) -> Result<u64, StorageError> {
    key.last_chunk::<8>().and_then(|accepted| number(accepted)).ok_or_else(|| malformed("key of the history"))
}
