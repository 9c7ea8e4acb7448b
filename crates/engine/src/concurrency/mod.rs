//! Station 8, admit: how much may run at a time on this machine (C1).
//!
//! A synchronous call is admitted at once or refused; an event waits its turn, first come first served over all
//! functions, so that a function with a long backlog gets one turn in each round (F1). While it waits it holds nothing.
//! Who may have a place says the `ledger`; here are the lock around it, the waiting, and the permits that give their
//! places back by themselves.

mod ledger;
#[cfg(test)]
mod tests;
mod waiting;

pub(crate) use ledger::NoPlace;

use crate::chance::Hashing;
use lambent_domain::arn::FunctionName;
use ledger::{Grant, Ledger, Purpose, Taken};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// The server's concurrency limit.
#[derive(Debug, Clone)]
pub(crate) struct Concurrency {
    shared: Arc<Shared>,
}

/// The right to run one invocation, or to keep one provisioned environment; dropping it gives the place free.
#[derive(Debug)]
pub(crate) struct ConcurrencyPermit {
    shared: Arc<Shared>,
    function: FunctionName,
    right: Right,
}

#[derive(Debug)]
enum Right {
    Place(Taken),
    /// To run in a provisioned environment, which has a place of its own.
    InProvisioned,
}

/// What an event's turn is.
#[derive(Debug)]
pub(crate) enum Turn {
    /// To run.
    Run(ConcurrencyPermit),
    /// To be given up: its function is turned off.
    Off,
}

/// Why a call was not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAdmitted {
    /// There is no place.
    Full(NoPlace),
    /// [`Concurrency::close`] was called.
    Closed,
}

#[derive(Debug)]
struct Shared {
    limit: usize,
    book: Mutex<Book>,
}

/// Nothing that may take long happens while this is locked, and no permit is dropped.
#[derive(Debug)]
struct Book {
    ledger: Ledger,
    /// By ticket: whoever waits.
    waiters: HashMap<u64, oneshot::Sender<Turn>, Hashing>,
    closed: bool,
}

/// Takes a waiter out of the line when it stops waiting.
struct Place<'a> {
    shared: &'a Shared,
    ticket: u64,
}

impl Concurrency {
    /// At most `limit` invocations at a time; at least 2, so that neither kind can shut out the other.
    pub(crate) fn new(limit: usize) -> Self {
        let limit = limit.max(2);
        let book = Book { ledger: Ledger::new(limit), waiters: HashMap::default(), closed: false };
        Self { shared: Arc::new(Shared { limit, book: Mutex::new(book) }) }
    }

    /// The limit.
    pub(crate) fn limit(&self) -> usize {
        self.shared.limit
    }

    /// How many invocations run, and how many of them in provisioned environments.
    pub(crate) fn running(&self) -> (usize, usize) {
        let book = self.shared.lock();
        (book.ledger.running(), book.ledger.busy())
    }

    /// Admits a synchronous call, or tells it why not.
    pub(crate) fn admit(&self, function: &FunctionName) -> Result<ConcurrencyPermit, NotAdmitted> {
        self.take(function, Purpose::Call)
    }

    /// Admits an event that cannot wait, or tells it why not.
    pub(crate) fn try_admit_event(&self, function: &FunctionName) -> Result<ConcurrencyPermit, NotAdmitted> {
        self.take(function, Purpose::Event)
    }

    /// Admits a run, of whatever kind, in a provisioned environment of the function.
    pub(crate) fn admit_to_provisioned(
        &self,
        function: &FunctionName,
    ) -> Result<ConcurrencyPermit, NotAdmitted> {
        let mut book = self.shared.lock();
        if book.closed {
            return Err(NotAdmitted::Closed);
        }
        book.ledger.begin_provisioned(function).map_err(NotAdmitted::Full)?;
        Ok(self.shared.permit(function, Right::InProvisioned))
    }

    /// Waits for the turn of an event of this function; `None` once [`Concurrency::close`] was called.
    pub(crate) async fn admit_event(&self, function: &FunctionName) -> Option<Turn> {
        self.wait(function, Purpose::Event).await
    }

    /// Waits for the place of a provisioned environment; `None` once [`Concurrency::close`] was called.
    pub(crate) async fn place_provisioned(&self, function: &FunctionName) -> Option<ConcurrencyPermit> {
        match self.wait(function, Purpose::Provisioned).await? {
            Turn::Run(permit) => Some(permit),
            Turn::Off => None,
        }
    }

    /// Sets or removes a function's reservation. It counts for what starts afterwards.
    pub(crate) fn reserve(&self, function: &FunctionName, reservation: Option<u32>) {
        let reservation =
            reservation.map(|places| usize::try_from(places).unwrap_or(usize::MAX).min(self.limit()));
        let (granted, off) = {
            let mut book = self.shared.lock();
            let grants = book.ledger.reserve(function, reservation);
            let granted = self.shared.granted(&mut book, grants);
            let off = if reservation == Some(0) { book.ledger.waiting_events(function) } else { Vec::new() };
            let off: Vec<_> = off
                .into_iter()
                .filter_map(|ticket| {
                    book.ledger.leave(ticket);
                    book.waiters.remove(&ticket)
                })
                .collect();
            (granted, off)
        };
        tell(granted);
        for waiter in off {
            let _ = waiter.send(Turn::Off);
        }
    }

    /// Admits nothing more; what runs goes on.
    pub(crate) fn close(&self) {
        let waiters = {
            let mut book = self.shared.lock();
            book.closed = true;
            std::mem::take(&mut book.waiters)
        };
        drop(waiters);
    }

    fn take(&self, function: &FunctionName, purpose: Purpose) -> Result<ConcurrencyPermit, NotAdmitted> {
        let mut book = self.shared.lock();
        if book.closed {
            return Err(NotAdmitted::Closed);
        }
        let taken = book.ledger.take(function, purpose).map_err(NotAdmitted::Full)?;
        Ok(self.shared.permit(function, Right::Place(taken)))
    }

    async fn wait(&self, function: &FunctionName, purpose: Purpose) -> Option<Turn> {
        let (place, turn) = {
            let mut book = self.shared.lock();
            if book.closed {
                return None;
            }
            if purpose == Purpose::Event && book.ledger.is_off(function) {
                return Some(Turn::Off);
            }
            if let Ok(taken) = book.ledger.take(function, purpose) {
                return Some(Turn::Run(self.shared.permit(function, Right::Place(taken))));
            }
            let (sender, turn) = oneshot::channel();
            let ticket = book.ledger.wait(function, purpose);
            book.waiters.insert(ticket, sender);
            (Place { shared: &self.shared, ticket }, turn)
        };
        let turn = turn.await.ok();
        drop(place);
        turn
    }
}

impl Shared {
    fn permit(self: &Arc<Self>, function: &FunctionName, right: Right) -> ConcurrencyPermit {
        ConcurrencyPermit { shared: Arc::clone(self), function: function.clone(), right }
    }

    /// The permits for those who waited, to be told once the lock is free: one who has stopped waiting drops its own,
    /// and that takes the lock again.
    fn granted(
        self: &Arc<Self>,
        book: &mut Book,
        grants: Vec<Grant>,
    ) -> Vec<(Option<oneshot::Sender<Turn>>, ConcurrencyPermit)> {
        let permits = grants.into_iter().map(|(ticket, function, taken)| {
            (book.waiters.remove(&ticket), self.permit(&function, Right::Place(taken)))
        });
        permits.collect()
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tell(granted: Vec<(Option<oneshot::Sender<Turn>>, ConcurrencyPermit)>) {
    for (waiter, permit) in granted {
        if let Some(waiter) = waiter {
            let _ = waiter.send(Turn::Run(permit));
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut book = self.shared.lock();
        book.ledger.leave(self.ticket);
        book.waiters.remove(&self.ticket);
    }
}

impl Drop for ConcurrencyPermit {
    fn drop(&mut self) {
        let granted = {
            let mut book = self.shared.lock();
            match self.right {
                Right::Place(taken) => {
                    let grants = book.ledger.release(&self.function, taken);
                    if grants.is_empty() {
                        return;
                    }
                    self.shared.granted(&mut book, grants)
                }
                Right::InProvisioned => return book.ledger.end_provisioned(&self.function),
            }
        };
        tell(granted);
    }
}

/// The default limit: what fits into three quarters of the memory at 128 MB each, at most AWS's 1,000, at least 16.
#[must_use]
pub fn default_limit(memory_bytes: u64, cores: usize) -> usize {
    let by_memory = usize::try_from(memory_bytes / 4 * 3 / (128 << 20)).unwrap_or(usize::MAX);
    // Functions mostly wait; beyond this many to a core even waiting ones cost more in switching than they bring.
    let by_cores = cores.saturating_mul(64);
    by_memory.min(by_cores).clamp(16, 1_000)
}
