//! Station 8, admit: how much may run at a time on this machine (C1).
//!
//! A synchronous call is admitted at once or refused; an event waits its turn, first come first served over all
//! functions, so that a function with a long backlog gets one turn in each round (F1). Two shares are kept back.
//! Events never take the last tenth of all places: a backlog cannot shut out callers who wait for their answer. And
//! of the events' places a function that already runs one never takes the last quarter: long runs of some functions
//! cannot shut out the first event of another.

use lambent_domain::arn::FunctionName;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The server's concurrency limit.
#[derive(Debug, Clone)]
pub struct Concurrency {
    all: Arc<Semaphore>,
    asynchronous: Arc<Semaphore>,
    further: Arc<Semaphore>,
    functions: Arc<Functions>,
    limit: usize,
}

/// The right to run one invocation; dropping it gives the place free.
#[derive(Debug)]
pub struct ConcurrencyPermit {
    _of_all: OwnedSemaphorePermit,
    _of_asynchronous: Option<OwnedSemaphorePermit>,
    _further: Option<OwnedSemaphorePermit>,
    _function: Option<FunctionCount>,
}

/// How many events of each function run; one that runs none is not in it.
#[derive(Debug, Default)]
struct Functions(Mutex<HashMap<FunctionName, usize>>);

/// One running event of a function.
#[derive(Debug)]
struct FunctionCount {
    functions: Arc<Functions>,
    function: FunctionName,
}

impl Concurrency {
    /// At most `limit` invocations at a time; at least 2, so that neither kind can shut out the other.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        let limit = limit.clamp(2, Semaphore::MAX_PERMITS);
        let asynchronous = limit - (limit / 10).max(1);
        let further = (asynchronous - asynchronous / 4).max(1);
        Self {
            all: Arc::new(Semaphore::new(limit)),
            asynchronous: Arc::new(Semaphore::new(asynchronous)),
            further: Arc::new(Semaphore::new(further)),
            functions: Arc::new(Functions::default()),
            limit,
        }
    }

    /// The limit.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// How many places are taken.
    #[must_use]
    pub fn running(&self) -> usize {
        self.limit.saturating_sub(self.all.available_permits())
    }

    /// Admits a synchronous call, or tells it that there is no room.
    #[must_use]
    pub fn admit(&self) -> Option<ConcurrencyPermit> {
        let permit = Arc::clone(&self.all).try_acquire_owned().ok()?;
        Some(ConcurrencyPermit { _of_all: permit, _of_asynchronous: None, _further: None, _function: None })
    }

    /// Waits for the turn of an event of this function; `None` once [`Concurrency::close`] was called.
    pub async fn admit_event(&self, function: &FunctionName) -> Option<ConcurrencyPermit> {
        let further = if self.functions.is_running(function) {
            Some(Arc::clone(&self.further).acquire_owned().await.ok()?)
        } else {
            None
        };
        let of_asynchronous = Arc::clone(&self.asynchronous).acquire_owned().await.ok()?;
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(ConcurrencyPermit {
            _of_all: of_all,
            _of_asynchronous: Some(of_asynchronous),
            _further: further,
            _function: Some(Functions::count(&self.functions, function)),
        })
    }

    /// Whether [`Concurrency::close`] was called.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.all.is_closed()
    }

    /// Admits nothing more; what runs goes on.
    pub fn close(&self) {
        self.all.close();
        self.asynchronous.close();
        self.further.close();
    }
}

impl Functions {
    fn is_running(&self, function: &FunctionName) -> bool {
        self.lock().contains_key(function)
    }

    fn count(functions: &Arc<Self>, function: &FunctionName) -> FunctionCount {
        *functions.lock().entry(function.clone()).or_default() += 1;
        FunctionCount { functions: Arc::clone(functions), function: function.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<FunctionName, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FunctionCount {
    fn drop(&mut self) {
        let mut functions = self.functions.lock();
        if let Some(count) = functions.get_mut(&self.function) {
            *count -= 1;
            if *count == 0 {
                functions.remove(&self.function);
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn function(name: &str) -> FunctionName {
        FunctionName::new(name).unwrap()
    }

    /// Whether an event of this function is admitted now.
    async fn admits(concurrency: &Concurrency, name: &str) -> Option<ConcurrencyPermit> {
        let function = function(name);
        let waiting = concurrency.admit_event(&function);
        tokio::time::timeout(std::time::Duration::from_millis(1), waiting).await.ok().flatten()
    }

    #[tokio::test]
    async fn events_leave_room_for_callers() {
        let concurrency = Concurrency::new(10);
        let mut events = Vec::new();
        for number in 0..9 {
            events.push(admits(&concurrency, &format!("f{number}")).await.unwrap());
        }
        assert!(admits(&concurrency, "tenth").await.is_none());
        let call = concurrency.admit().unwrap();
        assert!(concurrency.admit().is_none());
        assert_eq!(concurrency.running(), 10);
        drop(call);
        assert!(concurrency.admit().is_some());
    }

    #[tokio::test]
    async fn a_function_with_many_long_runs_leaves_room_for_the_first_event_of_others() {
        let concurrency = Concurrency::new(20);
        let mut slow = Vec::new();
        while let Some(permit) = admits(&concurrency, "slow").await {
            slow.push(permit);
        }
        // 18 places for events, of which the last four are for first events; the slow one had a first event too.
        assert_eq!(slow.len(), 15);
        let quiet = admits(&concurrency, "quiet").await.unwrap();
        assert!(admits(&concurrency, "quiet").await.is_none(), "its second event has to wait");
        drop(slow.pop());
        assert!(admits(&concurrency, "quiet").await.is_some());
        drop((quiet, slow));
        assert!(!concurrency.functions.is_running(&function("slow")));
    }

    #[tokio::test]
    async fn a_closed_limit_admits_nothing() {
        let concurrency = Concurrency::new(4);
        concurrency.close();
        assert!(concurrency.admit().is_none());
        assert!(concurrency.admit_event(&function("f")).await.is_none());
    }

    #[test]
    fn the_default_follows_the_machine() {
        assert_eq!(default_limit(24 << 30, 2), 128);
        assert_eq!(default_limit(1 << 30, 2), 16);
        assert_eq!(default_limit(1 << 40, 128), 1_000);
    }
}
