//! Lambent: the binary. Command line, configuration, wiring, and the order in which everything stops.

mod access;
mod cli;
mod client;
mod commands;
mod config;
mod environment;
mod failure;
mod host;
mod output;
mod package;
mod server;
mod telemetry;

use clap::Parser;
use commands::{Context, End};
use environment::Environment;
use output::Output;
use std::process::ExitCode;

/// The argument with which the server starts this program again as the first process of a sandbox.
const SANDBOX_INIT: &str = "sandbox-init";

fn main() -> ExitCode {
    // Before anything else: this child must stay small and single-threaded, and it confines itself.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == SANDBOX_INIT) {
        return lambent_sandbox::sandbox_init_main();
    }
    let environment = Environment::of_process();
    let output = Output::new(&environment);
    let context = Context { environment, output };
    match context.run(cli::Cli::parse()) {
        Ok(()) | Err(End::Gone) => ExitCode::SUCCESS,
        Err(End::Said(exit)) => ExitCode::from(exit.code()),
        Err(End::Failure(failure)) => {
            output.failure(&failure.to_string());
            ExitCode::from(failure.exit().code())
        }
    }
}
