//! Which tests make up the suite, to be instantiated for each implementation.

/// Random histories against the model. Each case opens a store and reopens it several times, so few cases; the long run
/// raises `PROPTEST_CASES`.
macro_rules! random_histories {
    ($open:expr, cases: $cases:expr) => {
        mod random_histories {
            use crate::model;
            use proptest::prelude::*;

            proptest! {
                #![proptest_config(ProptestConfig { cases: $cases, ..ProptestConfig::default() })]

                #[test]
                fn agree_with_the_model(steps in model::steps()) {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    runtime.block_on(async { model::run(&mut $open, steps).await });
                }
            }
        }
    };
}
pub(crate) use random_histories;

/// The suite of the resources.
macro_rules! resource_suites {
    ($open:expr) => {
        crate::backend::suite!($open; resources:
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
    };
}
pub(crate) use resource_suites;

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
            suite!($open; outbox:
                a_record_is_stored_with_the_disposition_and_told_until_it_arrives,
                records_come_in_the_order_in_which_they_are_due,
                a_lost_lease_and_a_restart_return_a_record,
                a_target_that_is_held_stays_away_until_then,
                targets_take_turns,
                a_record_that_is_too_old_was_not_tried_and_makes_a_dead_letter,
                two_records_of_one_event_end_on_their_own,
                a_second_settlement_of_a_record_changes_nothing,
                large_records_come_one_after_another,
                whoever_waits_for_a_record_is_woken,
            );
            suite!($open; dead_letters:
                a_failed_event_nobody_is_told_of_is_kept_whole,
                a_success_is_no_dead_letter,
                a_record_that_is_given_up_makes_a_dead_letter,
                a_record_given_up_after_a_success_makes_none,
                the_last_answer_of_a_failed_run_stays_with_the_event,
                a_redriven_event_is_new_and_the_old_one_says_so,
                what_is_not_kept_is_not_redriven,
                purging_the_list_leaves_the_events_known,
                a_dead_letter_leaves_the_list_once_however_many_ask,
            );
            suite!($open; queue_over:
                a_cancelled_event_does_not_run_wherever_it_waits,
                what_runs_or_is_over_is_not_cancelled,
                a_cancellation_and_a_receive_exclude_each_other,
                a_purge_ends_what_waits_and_nothing_else,
                a_purge_behind_a_purge_ends_what_the_first_had_spared,
                events_flow_through_a_purge,
            );
            suite!($open; listing:
                every_state_is_found_over_all_functions,
                errors_are_found_by_their_text,
                dead_letters_are_found_among_failures,
                times_are_bounds_of_acceptance,
                a_listing_goes_on_where_it_stopped_while_events_come,
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
            suite!($open; queue_enqueue:
                a_delayed_event_waits_for_its_time,
                a_delayed_event_is_announced_when_its_time_has_come,
                delays_keep_their_order_and_hold_up_nobody,
                high_goes_ahead_of_normal_and_normal_does_not_starve,
                a_high_event_waits_for_its_time_and_keeps_its_place,
                an_event_sent_twice_is_one,
                a_key_is_apart_for_each_qualifier_and_tenant,
                a_key_is_forgotten_after_its_window,
                the_same_event_sent_many_times_at_once_is_one,
                many_events_are_answered_one_by_one,
                a_thousand_events_go_in_at_once,
                totals_outlive_a_restart,
            );
        }
    };
}
pub(crate) use queue_suites;

/// The queue's suite for one with little room ([`crate::backend::little_room`]).
macro_rules! bounds_suite {
    ($open:expr) => {
        mod little_room {
            use crate::backend::suite;

            suite!($open; queue_enqueue:
                a_full_backlog_refuses_and_makes_room_again,
                bytes_are_bounded_as_well,
                idempotency_keys_are_bounded,
            );
            suite!($open; outbox:
                a_record_without_room_has_failed_and_its_event_is_a_dead_letter,
            );
        }
    };
}
pub(crate) use bounds_suite;
