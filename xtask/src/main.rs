//! The repository's own commands: `cargo xtask check | test | bench | codegen`.
//!
//! CI runs these and nothing else, so what passes here passes there. They need cargo, and what a
//! command needs beyond it the command fetches itself, into `target/`, saying so.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for a person at a terminal")]

mod codegen;
mod failure;

use std::process::ExitCode;

use failure::Failure;

const USAGE: &str = "\
usage: cargo xtask <command>

  check                       formatting, clippy, rustdoc, tidy, dependency policy
  test [filter...] [--long]   sets up all the tests need, then runs them
  bench [arguments...]        the benchmark, against its limits in the same run
  codegen [--check]           writes the wire types from AWS's service model";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<(), Failure> {
    let Some((command, rest)) = args.split_first() else {
        return Err(Failure::new(format!("no command given\n{USAGE}")));
    };
    match command.as_str() {
        "codegen" => codegen::run(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(Failure::new(format!("unknown command `{other}`\n{USAGE}"))),
    }
}
