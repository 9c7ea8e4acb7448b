//! Who may have a place, as numbers alone: no waiting, no locks, no tasks.
//!
//! A function with a reservation has that many places to itself, and never more; what the reservations leave is shared
//! by all others. A provisioned environment keeps a place for as long as it is there, busy or not, so that a run in it
//! needs none; that place counts within its function's reservation or among the shared ones.
//!
//! Of the shared places two parts are kept back. Events never take the last tenth: a backlog cannot shut out callers who
//! wait for their answer. And of the events' places a function that already runs one never takes the last quarter: long
//! runs of some functions cannot shut out the first event of another (F1). A reservation is its function's alone, so
//! nothing of it is kept back.
//!
//! Invariants: there are never more places taken than the limit, whatever changes (C1). Reservations count for what is
//! admitted afterwards; what runs goes on. Whoever waits and could have a place gets it at once.

use super::waiting::{Class, Waiting};
use lambent_domain::arn::FunctionName;
use lambent_store::sabotage::{Sabotage, strikes};
use std::collections::{BTreeSet, HashMap};

/// The shared places that are left also where reservations come to more than the limit, which an operator may lower.
const SHARED_MIN: usize = 2;

/// What a place is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A synchronous call.
    Call,
    /// An event from the queue.
    Event,
    /// A provisioned environment.
    Provisioned,
}

/// A place that was given out. It must come back by [`Ledger::release`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) struct Taken {
    purpose: Purpose,
    /// An event of a function that ran one already.
    further: bool,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPlace {
    /// As many run as may.
    Shared,
    /// The function has a reservation and has used it up.
    Reserved,
}

/// A place for one who waited.
pub(super) type Grant = (u64, FunctionName, Taken);

/// See the module's text.
#[derive(Debug)]
pub(super) struct Ledger {
    limit: usize,
    taken: usize,
    /// All reservations together.
    reserved: usize,
    /// The functions without a reservation together.
    shared: Use,
    /// Those that have a reservation, take a place or wait for one.
    functions: HashMap<FunctionName, Account>,
    waiting: Waiting,
    /// Provisioned environments of all functions, and those of them that are at work.
    provisioned: usize,
    busy: usize,
}

/// Places taken.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Use {
    taken: usize,
    provisioned: usize,
    events: usize,
    further: usize,
}

/// What is known of one function.
#[derive(Debug, Default)]
struct Account {
    reservation: Option<usize>,
    used: Use,
    /// Its provisioned environments that are at work.
    busy: usize,
    /// Its tickets in [`Ledger::waiting`].
    tickets: BTreeSet<u64>,
}

impl Ledger {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            taken: 0,
            reserved: 0,
            shared: Use::default(),
            functions: HashMap::new(),
            waiting: Waiting::default(),
            provisioned: 0,
            busy: 0,
        }
    }

    /// Invocations that run.
    pub(super) fn running(&self) -> usize {
        self.taken.saturating_sub(self.provisioned).saturating_add(self.busy)
    }

    /// Invocations that run in provisioned environments.
    pub(super) fn busy(&self) -> usize {
        self.busy
    }

    /// Whether the function is turned off by a reservation of nothing.
    pub(super) fn is_off(&self, function: &FunctionName) -> bool {
        self.functions.get(function).is_some_and(|account| account.reservation == Some(0))
    }

    /// Takes a place, if there is one.
    pub(super) fn take(&mut self, function: &FunctionName, purpose: Purpose) -> Result<Taken, NoPlace> {
        let account = self.functions.get(function);
        let further = purpose == Purpose::Event && account.is_some_and(|account| account.used.events > 0);
        let reservation =
            account.and_then(|account| account.reservation.map(|most| (most, account.used.taken)));
        let reservation = reservation.filter(|_| !strikes(Sabotage::IgnoresReservation));
        self.room(reservation, purpose, further)?;
        let taken = Taken { purpose, further };
        self.book(function, |used| used.add(taken));
        self.taken += 1;
        self.provisioned += usize::from(purpose == Purpose::Provisioned);
        Ok(taken)
    }

    /// Gives a place back. The grants are for those who waited for it.
    #[must_use]
    pub(super) fn release(&mut self, function: &FunctionName, taken: Taken) -> Vec<Grant> {
        self.book(function, |used| used.remove(taken));
        self.taken = self.taken.saturating_sub(1);
        self.provisioned -= usize::from(taken.purpose == Purpose::Provisioned);
        let grants = self.grants(Some(function));
        self.forget_if_idle(function);
        grants
    }

    /// Begins a run in a provisioned environment, which has its place. Only a reservation that was made smaller since
    /// can speak against it.
    pub(super) fn begin_provisioned(&mut self, function: &FunctionName) -> Result<(), NoPlace> {
        let account = self.functions.entry(function.clone()).or_default();
        let running = account.used.taken.saturating_sub(account.used.provisioned) + account.busy;
        if account.reservation.is_some_and(|most| running >= most) {
            return Err(NoPlace::Reserved);
        }
        account.busy += 1;
        self.busy += 1;
        Ok(())
    }

    /// Ends it.
    pub(super) fn end_provisioned(&mut self, function: &FunctionName) {
        if let Some(account) = self.functions.get_mut(function) {
            account.busy = account.busy.saturating_sub(1);
        }
        self.busy = self.busy.saturating_sub(1);
        self.forget_if_idle(function);
    }

    /// Sets or removes a function's reservation.
    #[must_use]
    pub(super) fn reserve(&mut self, function: &FunctionName, reservation: Option<usize>) -> Vec<Grant> {
        let account = self.functions.entry(function.clone()).or_default();
        let before = std::mem::replace(&mut account.reservation, reservation);
        let used = account.used;
        self.reserved = self.reserved - before.unwrap_or(0) + reservation.unwrap_or(0);
        match (before, reservation) {
            (None, Some(_)) => self.shared.remove_all(used),
            (Some(_), None) => self.shared.add_all(used),
            (None, None) | (Some(_), Some(_)) => {}
        }
        self.sort(function);
        let grants = self.grants(None);
        self.forget_if_idle(function);
        grants
    }

    /// Stands in line. The place comes with a later grant of this ticket.
    pub(super) fn wait(&mut self, function: &FunctionName, purpose: Purpose) -> u64 {
        let ticket = self.waiting.enter(function, purpose);
        self.functions.entry(function.clone()).or_default().tickets.insert(ticket);
        self.sort(function);
        ticket
    }

    /// Leaves the line; nothing happens if the place was granted.
    pub(super) fn leave(&mut self, ticket: u64) {
        let Some((function, _)) = self.waiting.remove(ticket) else { return };
        if let Some(account) = self.functions.get_mut(&function) {
            account.tickets.remove(&ticket);
        }
        self.forget_if_idle(&function);
    }

    /// The events of a function that wait.
    pub(super) fn waiting_events(&self, function: &FunctionName) -> Vec<u64> {
        let tickets = self.functions.get(function).into_iter().flat_map(|account| &account.tickets);
        tickets.copied().filter(|ticket| self.waiting.purpose(*ticket) == Some(Purpose::Event)).collect()
    }

    /// Whether there is room; `reservation` is the function's, and what it has taken.
    fn room(
        &self,
        reservation: Option<(usize, usize)>,
        purpose: Purpose,
        further: bool,
    ) -> Result<(), NoPlace> {
        if let Some((most, taken)) = reservation {
            // Places beyond the limit are still taken by those who ran before the reservation was made.
            return if taken >= most {
                Err(NoPlace::Reserved)
            } else {
                (self.taken < self.limit).then_some(()).ok_or(NoPlace::Shared)
            };
        }
        let places = self.limit.saturating_sub(self.reserved).max(SHARED_MIN);
        let shared = &self.shared;
        let fits = self.taken < self.limit && shared.taken < places;
        let fits = fits
            && match purpose {
                Purpose::Call => true,
                Purpose::Event => {
                    let on_demand = places.saturating_sub(shared.provisioned);
                    let events = on_demand.saturating_sub((on_demand / 10).max(1)).max(1);
                    shared.events < events && (!further || shared.further < (events - events / 4).max(1))
                }
                Purpose::Provisioned => {
                    shared.provisioned < places.saturating_sub((places / 10).max(SHARED_MIN))
                }
            };
        fits.then_some(()).ok_or(NoPlace::Shared)
    }

    /// Changes what a function has taken, and what all without a reservation have, if it is one of them.
    fn book(&mut self, function: &FunctionName, change: impl Fn(&mut Use)) {
        let account = match self.functions.get_mut(function) {
            Some(account) => account,
            None => self.functions.entry(function.clone()).or_default(),
        };
        let had_events = account.used.events > 0;
        change(&mut account.used);
        let other_class = had_events != (account.used.events > 0) && !account.tickets.is_empty();
        if account.reservation.is_none() {
            change(&mut self.shared);
        }
        if other_class {
            self.sort(function);
        }
    }

    /// Puts a function's tickets into the lines they belong to now.
    fn sort(&mut self, function: &FunctionName) {
        let Some(account) = self.functions.get(function) else { return };
        for ticket in &account.tickets {
            let class = match (account.reservation, self.waiting.purpose(*ticket)) {
                (Some(_), _) => Class::Reserved,
                (None, Some(Purpose::Provisioned)) => Class::Provisioned,
                (None, _) if account.used.events > 0 => Class::FurtherEvent,
                (None, _) => Class::FirstEvent,
            };
            self.waiting.file(*ticket, class);
        }
    }

    /// Gives places to those who wait and can have one now: after a change of this function, or of anything.
    fn grants(&mut self, function: Option<&FunctionName>) -> Vec<Grant> {
        let mut grants = Vec::new();
        while !self.waiting.is_empty() {
            let Some(ticket) = self.next_in_line(function) else { break };
            let Some((waiter, purpose)) = self.waiting.remove(ticket) else { break };
            if let Some(account) = self.functions.get_mut(&waiter) {
                account.tickets.remove(&ticket);
            }
            match self.take(&waiter, purpose) {
                Ok(taken) => grants.push((ticket, waiter, taken)),
                // Never: it was next because there was room.
                Err(_) => break,
            }
        }
        grants
    }

    fn next_in_line(&self, function: Option<&FunctionName>) -> Option<u64> {
        let own = function.and_then(|function| self.functions.get(function)).and_then(|account| {
            let reservation = account.reservation.map(|most| (most, account.used.taken))?;
            let ticket = account.tickets.first()?;
            self.room(Some(reservation), self.waiting.purpose(*ticket)?, false).ok()?;
            Some(*ticket)
        });
        own.or_else(|| self.next_of_shared()).or_else(|| {
            // Only when all places were taken can anybody else with a reservation have missed this one: others still
            // have what it was promised.
            let was_full = self.taken + 1 >= self.limit;
            if was_full || function.is_none() { self.next_of_reserved() } else { None }
        })
    }

    fn next_of_shared(&self) -> Option<u64> {
        let first = |class, purpose, further| {
            let ticket = self.waiting.first(class)?;
            self.room(None, purpose, further).ok().map(|()| ticket)
        };
        first(Class::Provisioned, Purpose::Provisioned, false).or_else(|| {
            let events = [
                first(Class::FirstEvent, Purpose::Event, false),
                first(Class::FurtherEvent, Purpose::Event, true),
            ];
            events.into_iter().flatten().min()
        })
    }

    fn next_of_reserved(&self) -> Option<u64> {
        self.waiting.all(Class::Reserved).find(|ticket| {
            let account = self.waiting.function(*ticket).and_then(|function| self.functions.get(function));
            account.is_some_and(|account| {
                let reservation = account.reservation.map(|most| (most, account.used.taken));
                self.room(reservation, Purpose::Event, false).is_ok()
            })
        })
    }

    fn forget_if_idle(&mut self, function: &FunctionName) {
        let idle = self.functions.get(function).is_some_and(|account| {
            account.reservation.is_none()
                && account.used.taken == 0
                && account.busy == 0
                && account.tickets.is_empty()
        });
        if idle {
            self.functions.remove(function);
        }
    }
}

impl Use {
    fn add(&mut self, taken: Taken) {
        self.taken += 1;
        self.provisioned += usize::from(taken.purpose == Purpose::Provisioned);
        self.events += usize::from(taken.purpose == Purpose::Event);
        self.further += usize::from(taken.further);
    }

    fn remove(&mut self, taken: Taken) {
        self.taken -= 1;
        self.provisioned -= usize::from(taken.purpose == Purpose::Provisioned);
        self.events -= usize::from(taken.purpose == Purpose::Event);
        self.further -= usize::from(taken.further);
    }

    fn add_all(&mut self, other: Self) {
        self.taken += other.taken;
        self.provisioned += other.provisioned;
        self.events += other.events;
        self.further += other.further;
    }

    fn remove_all(&mut self, other: Self) {
        self.taken -= other.taken;
        self.provisioned -= other.provisioned;
        self.events -= other.events;
        self.further -= other.further;
    }
}

#[cfg(test)]
mod tests;
