//! What was recorded of AWS and belongs to no one operation: which of several complaints comes first, what a function
//! without concurrency answers, how packages are too large. Through the real router in-process, whole answers.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

#[path = "../settings/app.rs"]
#[expect(dead_code, reason = "the tests of settings use the rest")]
mod app;
mod order;
#[path = "../bad_requests/server.rs"]
#[expect(dead_code, reason = "the tests over sockets use the rest")]
mod server;
mod sizes;
mod throttled;

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
        order::the_first_complaint_is_the_recorded_one,
        sizes::packages_are_too_large_as_recorded,
        throttled::a_function_without_concurrency_refuses_calls_and_takes_events,
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
