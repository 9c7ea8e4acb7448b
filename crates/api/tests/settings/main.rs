//! What owners set beside a function's configuration, and what they have beside functions (layers, policies, signing
//! configurations, event source mappings, events), through the real router in-process: whole answers as they were recorded of
//! AWS, ids and dates redacted, and tables of refusals.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

mod aliases;
mod app;
mod code_signing;
mod concurrency;
mod effect;
mod event_invoke;
mod event_sources;
mod events;
mod judged;
mod layer_permissions;
mod layers;
mod permissions;
mod provisioned;
mod resource_policy;
#[path = "../bad_requests/server.rs"]
#[expect(dead_code, reason = "the tests over sockets use the rest")]
mod server;
mod small;
mod tags;
mod urls;

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
    let trials: Vec<Trial> = first_half().into_iter().chain(second_half()).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn first_half() -> Vec<Trial> {
    trials![
        aliases::an_alias_lives_as_recorded,
        aliases::aliases_that_may_not_be_are_refused_as_recorded,
        aliases::what_was_set_for_an_alias_goes_with_it,
        code_signing::a_config_lives_as_recorded,
        code_signing::configs_that_are_not_there_are_refused_as_recorded,
        code_signing::a_config_in_use_stays,
        code_signing::lists_come_in_pages,
        concurrency::a_reservation_lives_as_recorded,
        concurrency::reservations_that_may_not_be_are_refused_as_recorded,
        concurrency::of_many_reservations_at_a_time_no_two_are_of_the_same,
        concurrency::the_account_is_counted,
        effect::an_event_is_tried_as_often_as_is_set_where_it_was_sent,
        event_invoke::a_config_lives_as_recorded,
        event_invoke::destinations_are_kept_and_cleared,
        event_invoke::configs_that_may_not_be_are_refused_as_recorded,
        event_sources::a_mapping_of_a_queue_lives_as_recorded,
        event_sources::a_mapping_of_a_stream_has_the_defaults_of_streams,
        event_sources::mappings_that_may_not_be_are_refused_as_recorded,
        event_sources::where_to_start_is_said_of_streams_and_of_nothing_else,
        event_sources::members_that_a_source_does_not_take_are_refused,
        event_sources::a_source_is_mapped_to_a_function_once,
        event_sources::mappings_are_listed_by_function_and_source,
        event_sources::a_mapping_outlives_its_function,
        events::an_event_is_shown_and_ended,
        events::an_event_waits_until_its_sender_wants_it_run,
        events::an_event_with_a_key_is_accepted_once,
        events::a_batch_is_answered_line_by_line,
        events::failed_events_are_listed_and_sent_again,
        events::what_has_nowhere_to_go_is_not_sent_again,
        events::a_retry_policy_is_kept_until_it_is_deleted,
        events::the_metrics_add_up_at_every_scrape,
    ]
}

fn second_half() -> Vec<Trial> {
    trials![
        judged::logs_are_judged_by_what_is_read,
        judged::no_spelling_is_a_way_around_a_policy,
        judged::mappings_are_judged_by_their_functions,
        judged::destinations_have_to_be_invokable_to_whoever_names_them,
        judged::what_is_said_at_length_is_not_judged_in_its_favour,
        judged::chunks_that_nobody_checks_are_refused,
        layer_permissions::a_policy_lives_as_recorded,
        layer_permissions::permissions_that_may_not_be_are_refused_as_recorded,
        layers::a_layer_lives_as_recorded,
        layers::what_a_version_says_of_itself_is_listed,
        layers::layers_that_are_not_there_are_refused_as_recorded,
        layers::layers_that_may_not_be_are_refused,
        layers::a_function_keeps_the_layer_that_it_was_given,
        layers::of_many_publications_at_a_time_each_has_its_number,
        layers::lists_come_in_pages,
        permissions::permissions_are_written_as_recorded,
        permissions::a_policy_lives_as_recorded,
        permissions::versions_and_aliases_have_policies_of_their_own,
        permissions::a_revision_is_that_of_what_the_policy_is_attached_to,
        permissions::permissions_that_may_not_be_are_refused_as_recorded,
        permissions::members_that_the_model_does_not_allow_are_refused,
        permissions::a_policy_has_a_most,
        provisioned::a_config_lives_as_recorded,
        provisioned::configs_that_may_not_be_are_refused_as_recorded,
        resource_policy::a_whole_policy_takes_the_place_of_what_was_added,
        resource_policy::policies_that_may_not_be_are_refused,
        resource_policy::a_statement_about_something_else_is_kept,
        small::recursion_is_stopped_unless_it_is_allowed,
        small::runtime_management_is_kept_for_each_version,
        tags::tags_live_as_recorded,
        tags::mappings_and_signing_configs_have_tags_too,
        tags::what_has_no_tags_is_refused_as_recorded,
        urls::a_url_lives_as_recorded,
        urls::urls_are_listed_in_pages,
        urls::configs_that_may_not_be_are_refused_as_recorded,
        urls::a_function_of_tenants_has_no_url,
        urls::an_open_url_needs_both_permissions,
        urls::a_signed_url_is_for_those_who_sign,
        urls::pages_ask_first,
        urls::hosts_of_no_url_lead_nowhere,
    ]
}
