//! Prints what this host can do.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a program for people")]

use std::process::ExitCode;

use lambent_sandbox::{Options, probe, sandbox_init_main};

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("sandbox-init") {
        return sandbox_init_main();
    }
    let report = probe(&Options::default()).expect("a probe");
    report.mechanisms.iter().for_each(|mechanism| println!("{mechanism}"));
    println!("confined {:?}, built in {:?}", report.confined, report.build_time);
    ExitCode::SUCCESS
}
