//! Who may do what, over the wire, on a server where everybody has to sign.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

mod fixture;
mod hostility;
mod loopback;
mod policies;
mod reference;
#[expect(dead_code, reason = "what only the suite of bad requests needs")]
#[path = "../bad_requests/server.rs"]
mod server;
mod signatures;
mod strangers;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

macro_rules! trials {
    ($($module:ident::$test:ident,)*) => {
        vec![$(Trial::test(concat!(stringify!($module), "::", stringify!($test)), || {
            $module::$test();
            Ok(())
        }),)*]
    };
}

fn main() -> ExitCode {
    // A sandbox's first process is this program again.
    if std::env::args().nth(1).as_deref() == Some("sandbox-init") {
        return lambent_sandbox::sandbox_init_main();
    }
    let trials = trials![
        signatures::right_ones_are_taken,
        signatures::what_was_changed_on_the_way_is_refused,
        signatures::wrong_keys_are_refused,
        signatures::wrong_times_and_scopes_are_refused,
        signatures::presigned_queries_are_held_to_what_they_say,
        signatures::bodies_come_as_clients_send_them,
        strangers::nothing_tells_whether_a_function_exists,
        strangers::every_operation_refuses_who_may_do_nothing,
        strangers::every_action_on_events_refuses_who_may_do_nothing,
        strangers::nothing_tells_whether_an_event_exists,
        strangers::what_is_open_is_open_and_nothing_else,
        policies::a_key_may_do_what_its_policy_says,
        policies::conditions_count,
        policies::policies_of_functions_count,
        policies::layers_have_to_be_readable_to_whoever_uses_them,
        loopback::known_keys_are_checked_and_others_taken,
        loopback::web_pages_are_refused,
        hostility::heads_that_are_too_much_are_refused,
        hostility::bodies_that_are_too_much_are_refused,
        hostility::strangers_bodies_are_not_kept,
        hostility::callers_are_held_to_their_rate,
        hostility::slow_senders_over_tls_are_sent_away,
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
