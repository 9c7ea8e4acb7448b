//! The repository's own commands: `cargo xtask check | tidy | test | bench | codegen`.
//!
//! CI runs these and nothing else, so what passes here passes there. They need cargo; whatever else a
//! command needs it fetches itself, into the target directory, and says so.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for a person at a terminal")]

mod bench;
mod check;
mod codegen;
mod failure;
mod process;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use failure::Failure;

const USAGE: &str = "\
usage: cargo xtask <command>

  check                       tidy, formatting, clippy, rustdoc, dependency policy
  tidy                        only our own rules: sizes, crate edges, names, words, links
  test [filter...] [--long]   sets up all the tests need, then runs them
  bench [arguments...]        the benchmark, beside its limits in the same run
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
        "check" => check::run(rest),
        "tidy" => tidy::run(rest),
        "test" => test::run(rest),
        "bench" => bench::run(rest),
        "codegen" => codegen::run(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(Failure::new(format!("unknown command `{other}`\n{USAGE}"))),
    }
}
