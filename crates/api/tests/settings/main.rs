//! What owners set beside a function's configuration, through the real router in-process: whole answers as they were
//! recorded of AWS, ids and dates redacted, and tables of refusals.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

mod aliases;
mod app;
mod concurrency;
mod effect;
mod event_invoke;
mod provisioned;
#[path = "../bad_requests/server.rs"]
#[expect(dead_code, reason = "the tests over sockets use the rest")]
mod server;
mod small;
mod tags;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

/// Tests by their paths, each in a runtime of its own.
macro_rules! trials {
    ($($test:path),* $(,)?) => {
        vec![$(Trial::test(stringify!($test), || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
            runtime.block_on($test());
            Ok(())
        })),*]
    };
}

fn main() -> ExitCode {
    // A sandbox's first process is this program again.
    if std::env::args().nth(1).as_deref() == Some("sandbox-init") {
        return lambent_sandbox::sandbox_init_main();
    }
    let trials = trials![
        aliases::an_alias_lives_as_recorded,
        aliases::aliases_that_may_not_be_are_refused_as_recorded,
        aliases::what_was_set_for_an_alias_goes_with_it,
        concurrency::a_reservation_lives_as_recorded,
        concurrency::reservations_that_may_not_be_are_refused_as_recorded,
        concurrency::of_many_reservations_at_a_time_no_two_are_of_the_same,
        concurrency::the_account_is_counted,
        effect::an_event_is_tried_as_often_as_is_set_where_it_was_sent,
        event_invoke::a_config_lives_as_recorded,
        event_invoke::destinations_are_kept_and_cleared,
        event_invoke::configs_that_may_not_be_are_refused_as_recorded,
        provisioned::a_config_lives_as_recorded,
        provisioned::configs_that_may_not_be_are_refused_as_recorded,
        small::recursion_is_stopped_unless_it_is_allowed,
        small::runtime_management_is_kept_for_each_version,
        tags::tags_live_as_recorded,
        tags::mappings_and_signing_configs_have_tags_too,
        tags::what_has_no_tags_is_refused_as_recorded,
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
