//! What the outbox knows in memory: which records are out, and from where on the disk each line is to be looked at.
//!
//! Records can be megabytes, so they stay on the disk until somebody takes them. In memory there is one entry for each
//! that is out, and one for each line that has a record ([`super::outbox_lines`]). Of a line it says `low`: every record
//! of it that is not out is at or behind there. Leases are measured as those of events are ([`super::leases`]) and end
//! with this process, and so do holds.

use super::keys::Place;
use super::outbox_lines::Line;
use super::outgoing::Due;
use crate::outbox::OutboxStats;
use lambent_domain::invocation_record::Purpose;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::time::Duration;
use tokio::time::Instant;

/// The longest lease: an instant can't be later than the clock can count.
const LEASE_MAX: Duration = Duration::from_secs(365 * 24 * 3600);

/// A record that is out.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecordLease {
    pub(super) line: Line,
    pub(super) place: Place,
    pub(super) due: Due,
    pub(super) request_id: RequestId,
    /// Which of the deliveries in the event's status it is.
    pub(super) delivery: u32,
    pub(super) purpose: Purpose,
    deadline: Instant,
    /// What came of it is on the way to the disk.
    settling: bool,
}

/// What is known of a line.
#[derive(Debug)]
struct LineState {
    low: Option<Place>,
    /// Nothing of it is read before.
    held_until: Option<Instant>,
    /// Most records that the next look takes. Behind a hold it begins with one and doubles, so that whether a target is
    /// well again is not asked with all that waits for it.
    step: usize,
    /// Records of it that are out, and their bytes.
    out: usize,
    bytes: u64,
}

impl Default for LineState {
    fn default() -> Self {
        Self { low: None, held_until: None, step: usize::MAX, out: 0, bytes: 0 }
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct OutboxState {
    bytes_max: u64,
    lines: BTreeMap<Line, LineState>,
    /// The line that was looked at last: those behind it are next.
    turn: Option<Line>,
    /// Somebody looks at the disk: at which lines, and the first place that was added to each meanwhile.
    looking: Option<BTreeMap<Line, Option<Place>>>,
    leases: HashMap<u64, RecordLease>,
    places: BTreeSet<Place>,
    deadlines: BTreeSet<(Instant, u64)>,
    /// Bytes of the records that are out.
    bytes: u64,
    last_number: u64,
    stats: OutboxStats,
}

/// A line that is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) line: Line,
    pub(super) from: Place,
    pub(super) records_max: usize,
    pub(super) bytes_max: u64,
}

/// What to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plan {
    /// Read these lines from the disk, for so many bytes.
    Look { looks: Vec<Look>, bytes_max: u64 },
    /// Nothing before this has passed, unless one is told.
    Sleep(Duration),
}

impl OutboxState {
    pub(super) fn new(bytes_max: usize, stats: OutboxStats, firsts: Vec<(Line, Place)>) -> Self {
        let state = |low| LineState { low: Some(low), ..LineState::default() };
        Self {
            bytes_max: u64::try_from(bytes_max).unwrap_or(u64::MAX),
            lines: firsts.into_iter().map(|(line, low)| (line, state(low))).collect(),
            turn: None,
            looking: None,
            leases: HashMap::new(),
            places: BTreeSet::new(),
            deadlines: BTreeSet::new(),
            bytes: 0,
            last_number: 0,
            stats,
        }
    }

    /// Whether the disk is to be looked at now, for `max` records. Whoever is told so has to call
    /// [`OutboxState::end_looks`].
    pub(super) fn plan(
        &mut self,
        max: usize,
        now: Timestamp,
        steady_now: Instant,
        sleep_max: Duration,
    ) -> Plan {
        self.expire(steady_now);
        self.lines.retain(|_, line| line.is_needed(steady_now));
        let deadline = self.deadlines.first().map(|(at, _)| at.saturating_duration_since(steady_now));
        let mut sleep = deadline.map_or(sleep_max, |deadline| deadline.min(sleep_max));
        let full = self.bytes >= self.bytes_max && !self.leases.is_empty();
        if full || self.looking.is_some() {
            return Plan::Sleep(sleep);
        }
        // No target gets all of the memory, lest one that takes its time keeps it from the others.
        let line_bytes_max = self.bytes_max.div_ceil(2);
        let (mut looks, mut ready) = (Vec::new(), 0_usize);
        let behind = self.turn.map_or(Bound::Unbounded, Bound::Excluded);
        let up_to = self.turn.map(|turn| self.lines.range(..=turn)).into_iter().flatten();
        for (line, state) in self.lines.range((behind, Bound::Unbounded)).chain(up_to) {
            match state.wait(now, steady_now, line_bytes_max) {
                Ok(from) => {
                    ready += 1;
                    if looks.len() < max {
                        let bytes_max = line_bytes_max.saturating_sub(state.bytes);
                        looks.push(Look { line: *line, from, records_max: state.step, bytes_max });
                    }
                }
                Err(wait) => sleep = sleep.min(wait),
            }
        }
        let Some(last) = looks.last() else { return Plan::Sleep(sleep) };
        self.turn = Some(last.line);
        let share = max.div_ceil(ready).max(1);
        looks.iter_mut().for_each(|look| look.records_max = look.records_max.min(share));
        self.looking = Some(looks.iter().map(|look| (look.line, None)).collect());
        Plan::Look { looks, bytes_max: self.bytes_max.saturating_sub(self.bytes) }
    }

    /// Whether the record at this place is out.
    pub(super) fn is_out(&self, place: Place) -> bool {
        self.places.contains(&place)
    }

    /// A damaged record: it is never handed out in this life of the server, so that it holds up no other.
    pub(super) fn set_aside(&mut self, place: Place) {
        self.places.insert(place);
    }

    pub(super) fn grant(
        &mut self,
        (line, place, due): (Line, Place, Due),
        (request_id, delivery, purpose): (RequestId, u32, Purpose),
        now: Instant,
        lease: Duration,
    ) -> u64 {
        let deadline = now + lease.min(LEASE_MAX);
        self.last_number += 1;
        let number = self.last_number;
        self.places.insert(place);
        self.deadlines.insert((deadline, number));
        self.bytes += due.bytes;
        let state = self.lines.entry(line).or_default();
        state.out += 1;
        state.bytes += due.bytes;
        let lease =
            RecordLease { line, place, due, request_id, delivery, purpose, deadline, settling: false };
        self.leases.insert(number, lease);
        number
    }

    /// A line was looked at; `next` is the first place that was seen and left, none if there is nothing more.
    pub(super) fn end_look(&mut self, line: Line, next: Option<Place>) {
        let added = self.looking.as_mut().and_then(|looking| looking.remove(&line)).flatten();
        let state = self.lines.entry(line).or_default();
        state.low = earlier(next, added);
        state.step = state.step.saturating_mul(2);
    }

    /// A line could not be looked at: it is left alone for a while.
    pub(super) fn abandon_look(&mut self, line: Line, until: Instant) {
        self.lines.entry(line).or_default().held_until = Some(until);
    }

    /// Nobody looks any more. Lines it did not come to are as they were.
    pub(super) fn end_looks(&mut self) {
        self.looking = None;
    }

    pub(super) fn begin_settle(&mut self, number: u64) -> Option<RecordLease> {
        let lease = self.leases.get_mut(&number).filter(|lease| !lease.settling)?;
        lease.settling = true;
        self.deadlines.remove(&(lease.deadline, number));
        Some(*lease)
    }

    /// Nobody has the record any more, and nothing of its line is read before `wait` is over.
    pub(super) fn hold(&mut self, number: u64, now: Instant, wait: Duration) {
        if self.leases.get(&number).is_none_or(|lease| lease.settling) {
            return;
        }
        let Some(lease) = self.remove(number) else { return };
        self.added(lease.line, lease.place);
        let state = self.lines.entry(lease.line).or_default();
        state.held_until = Some(now + wait.min(LEASE_MAX));
        state.step = 1;
    }

    /// A held line may be read; says whether it was one.
    pub(super) fn resume(&mut self, line: Line) -> bool {
        self.lines.get_mut(&line).is_some_and(|state| state.held_until.take().is_some())
    }

    pub(super) fn abandon_settle(&mut self, number: u64) {
        if let Some(lease) = self.leases.get_mut(&number) {
            lease.settling = false;
            self.deadlines.insert((lease.deadline, number));
        }
    }

    /// What came of it is on the disk.
    pub(super) fn end(&mut self, number: u64) {
        self.remove(number);
    }

    /// A record is on the disk, to be sent at this place of the line.
    pub(super) fn added(&mut self, line: Line, place: Place) {
        let state = self.lines.entry(line).or_default();
        state.low = earlier(state.low, Some(place));
        if let Some(added) = self.looking.as_mut().and_then(|looking| looking.get_mut(&line)) {
            *added = earlier(*added, Some(place));
        }
    }

    pub(super) fn set_stats(&mut self, stats: OutboxStats) {
        self.stats = stats;
    }

    pub(super) fn stats(&self) -> OutboxStats {
        self.stats
    }

    fn expire(&mut self, now: Instant) {
        while let Some((_, number)) = self.deadlines.first().filter(|(deadline, _)| *deadline <= now).copied()
        {
            if let Some(lease) = self.remove(number) {
                tracing::warn!(request.id = %lease.request_id, "a record's lease ran out; it is due again");
                self.added(lease.line, lease.place);
            }
        }
    }

    fn remove(&mut self, number: u64) -> Option<RecordLease> {
        let lease = self.leases.remove(&number)?;
        self.deadlines.remove(&(lease.deadline, number));
        self.places.remove(&lease.place);
        self.bytes = self.bytes.saturating_sub(lease.due.bytes);
        if let Some(state) = self.lines.get_mut(&lease.line) {
            state.out = state.out.saturating_sub(1);
            state.bytes = state.bytes.saturating_sub(lease.due.bytes);
        }
        Some(lease)
    }
}

impl LineState {
    fn is_needed(&self, now: Instant) -> bool {
        self.low.is_some() || self.out > 0 || self.held_until.is_some_and(|until| until > now)
    }

    /// From where it is to be read, or how long not.
    fn wait(&self, now: Timestamp, steady_now: Instant, bytes_max: u64) -> Result<Place, Duration> {
        let Some(low) = self.low else { return Err(Duration::MAX) };
        if let Some(until) = self.held_until.filter(|until| *until > steady_now) {
            return Err(until - steady_now);
        }
        if low.due > now {
            return Err(low.due.since(now));
        }
        if self.out > 0 && self.bytes >= bytes_max {
            return Err(Duration::MAX);
        }
        Ok(low)
    }
}

fn earlier(a: Option<Place>, b: Option<Place>) -> Option<Place> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
