//! The sandbox's own processes, from `exec` of our binary to `exec` of the runtime.

pub(crate) mod seccomp;
mod syscalls;

use std::process::ExitCode;

/// The whole of the hidden subcommand that [`crate::Options::args`] names: the binary's `main` calls it before
/// it does anything else, above all before it starts a thread, and returns what it returns.
pub fn sandbox_init_main() -> ExitCode {
    ExitCode::FAILURE
}
