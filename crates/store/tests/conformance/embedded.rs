//! The embedded store under the suite: as it is set up by default, and with a memory so small that everything beyond a
//! few events has to come from the disk.

use crate::backend::{Backend, TestClock, suite};
use lambent_store::embedded::{EmbeddedStore, Options, QueueLimits};
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

    fn with_little_memory() -> Self {
        let limits = QueueLimits {
            window_events: 2,
            window_bytes: 1 << 20,
            window_bytes_total: 4096,
            refill_events: 2,
            pending_bytes: 4096,
        };
        Self::open(Options { limits, ..Options::default() })
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

mod random_histories {
    use super::Embedded;
    use crate::model;
    use proptest::prelude::*;

    proptest! {
        // Each case opens a store and reopens it several times, so few cases; the long run raises PROPTEST_CASES.
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn agree_with_the_model(steps in model::steps()) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(model::run(&mut Embedded::with_little_memory(), steps));
        }
    }
}

suite!(super::Embedded::by_default(); resources:
    what_is_created_is_found_also_after_a_restart,
    a_name_is_taken_once,
    of_two_creations_at_once_one_wins,
    a_change_needs_the_present_generation,
    a_resource_that_was_made_anew_is_another,
    parts_come_and_go_with_their_resource,
    what_is_deleted_stays_deleted,
    the_listing_is_by_name_and_paged,
    packages_are_in_use_while_a_function_or_a_layer_names_them,
    kinds_do_not_mix,
);

/// The queue's suites, for one way of setting it up.
macro_rules! queue_suites {
    ($name:ident, $open:expr) => {
        mod $name {
            use crate::backend::suite;

            suite!($open; queue:
                an_event_is_received_as_it_was_enqueued,
                functions_are_separate_and_in_order,
                a_success_ends_it_and_is_remembered,
                giving_up_keeps_the_reason,
                a_release_puts_it_back_in_its_place,
                a_restart_returns_what_is_unsettled_with_its_attempts,
                a_restart_keeps_the_order,
                the_listing_is_newest_first_and_paged_through_every_state,
                the_counts_add_up,
                many_callers_at_once_lose_nothing,
                a_closed_queue_takes_nothing_and_closes_again,
                large_payloads_come_back_whole,
                receive_keeps_to_its_maximum,
            );
            suite!($open; queue_time:
                a_retry_waits_for_its_time,
                a_put_back_counts_as_no_attempt,
                a_delayed_event_does_not_hold_up_new_ones,
                a_lease_runs_out_and_the_late_settlement_changes_nothing,
                a_late_release_changes_nothing,
                setting_the_wall_clock_ends_no_lease,
                a_function_is_named_once_until_found_empty,
                whoever_waits_is_woken_by_an_enqueue,
                a_due_retry_and_a_lost_lease_are_announced,
                a_start_names_every_function_with_events,
                a_clock_that_steps_back_keeps_events_flowing_in_order,
            );
        }
    };
}

queue_suites!(by_default, super::super::Embedded::by_default());
queue_suites!(little_memory, super::super::Embedded::with_little_memory());
