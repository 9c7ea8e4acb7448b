//! Concurrency of functions, provisioned environments, layers, tenants and the ends of events: the engine with real sandboxes, without the
//! front door.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

mod events;
mod layers;
mod provisioned;
mod reserved;
mod tenants;
mod world;

use libtest_mimic::{Arguments, Trial};
use std::future::Future;
use std::process::ExitCode;

fn main() -> ExitCode {
    // A sandbox's first process is this program again.
    if std::env::args().nth(1).as_deref() == Some("sandbox-init") {
        return lambent_sandbox::sandbox_init_main();
    }
    let trials = vec![
        trial("events::three_runs_and_then_everybody_is_told", events::three_runs_and_then_everybody_is_told),
        trial("events::the_age_is_checked_ahead", events::age),
        trial("events::a_function_that_is_off_tells_of_events_that_never_ran", events::off),
        trial(
            "events::what_waits_over_a_code_update_runs_the_new_code",
            events::what_waits_over_a_code_update_runs_the_new_code,
        ),
        trial("events::a_policy_of_the_functions_own_decides", events::policy),
        trial("events::a_paused_queue_waits_and_calls_go_on", events::a_paused_queue_waits_and_calls_go_on),
        trial(
            "events::an_alias_that_is_made_anew_finds_its_events",
            events::an_alias_that_is_made_anew_finds_its_events,
        ),
        trial("events::the_seventeenth_invocation_of_a_chain_is_stopped", events::recursion),
        trial("layers::a_function_imports_from_its_layers_and_the_later_one_wins", layers::imports),
        trial("layers::a_bootstrap_may_come_from_a_layer", layers::bootstrap),
        trial("provisioned::calls_find_environments_that_are_ready", provisioned::calls_find_them_ready),
        trial("provisioned::more_calls_than_there_are_spill_over", provisioned::spill_over),
        trial("provisioned::environments_move_with_their_alias_and_go", provisioned::move_and_go),
        trial("provisioned::code_that_cannot_be_initialised_is_a_failure", provisioned::init_failure),
        trial("provisioned::one_that_ended_is_replaced", provisioned::replaced),
        trial("provisioned::a_start_brings_them_back", provisioned::restart),
        trial("provisioned::events_run_in_them", provisioned::events),
        trial("reserved::no_more_than_reserved_run", reserved::no_more_run),
        trial("reserved::events_wait_for_a_place_of_their_functions_own", reserved::events_wait),
        trial("reserved::nothing_reserved_is_off", reserved::off),
        trial("tenants::two_tenants_never_share_a_process", tenants::two_tenants_never_share_a_process),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial<F: Future<Output = ()>>(name: &str, test: impl FnOnce() -> F + Send + 'static) -> Trial {
    Trial::test(name, move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        runtime.block_on(test());
        Ok(())
    })
}
