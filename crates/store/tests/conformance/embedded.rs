//! The embedded store under the suite: as it is set up by default, and with a memory so small that everything beyond a
//! few events has to come from the disk.

use crate::backend::{Backend, TestClock, little_memory, little_room, one_record};
use crate::suites::{bounds_suite, queue_suites, random_histories, resource_suites};
use lambent_store::embedded::{EmbeddedStore, Options};
use lambent_store::outbox::Outbox;
use lambent_store::queue::EventQueue;
use lambent_store::resources::Resources;
use std::sync::Arc;
use std::time::Duration;

struct Embedded {
    store: Option<EmbeddedStore>,
    options: Options,
    clock: Arc<TestClock>,
    dir: tempfile::TempDir,
}

impl Embedded {
    fn open(options: Options) -> Self {
        let mut opened =
            Self { store: None, options, clock: TestClock::new(), dir: tempfile::tempdir().unwrap() };
        opened.open_again();
        opened
    }

    fn by_default() -> Self {
        Self::open(Options::default())
    }

    fn with_little_room() -> Self {
        Self::open(Options { admission: little_room(), outbox: one_record(), ..Options::default() })
    }

    fn with_little_memory() -> Self {
        Self::open(Options { limits: little_memory(), ..Options::default() })
    }

    fn open_again(&mut self) {
        let store =
            EmbeddedStore::open(self.dir.path(), self.options.clone(), Arc::<TestClock>::clone(&self.clock));
        self.store = Some(store.unwrap());
    }

    fn store(&self) -> &EmbeddedStore {
        self.store.as_ref().unwrap()
    }
}

#[async_trait::async_trait]
impl Backend for Embedded {
    fn queue(&self) -> &dyn EventQueue {
        self.store().events.as_ref()
    }

    fn outbox(&self) -> &dyn Outbox {
        self.store().events.as_ref()
    }

    fn resources(&self) -> &Resources {
        &self.store().resources
    }

    fn clock(&self) -> &TestClock {
        &self.clock
    }

    async fn pass(&self, by: Duration) {
        self.clock.advance(by);
        // Paused for this moment only: a paused clock would jump to the next timer whenever the committer, which is
        // a thread that tokio does not know of, lets the test wait.
        tokio::time::pause();
        tokio::time::advance(by).await;
        tokio::time::resume();
    }

    async fn reopen(&mut self) {
        self.store = None;
        self.open_again();
    }
}

random_histories!(super::Embedded::with_little_memory(), cases: 24);
resource_suites!(super::Embedded::by_default());
bounds_suite!(super::super::Embedded::with_little_room());
queue_suites!(by_default, super::super::Embedded::by_default());
queue_suites!(little_memory, super::super::Embedded::with_little_memory());
