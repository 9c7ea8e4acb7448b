//! `cargo xtask bench`: the load generator and its limits, built as a release.
//!
//! The measuring is the package `lambent-bench`; this only builds both ends alike and starts it, so
//! that a figure can never come from a debug build of the server.

use crate::failure::Failure;
use crate::process::{self, step};
use crate::workspace::Workspace;

const PACKAGE: &str = "lambent-bench";

/// Builds the server and the benchmark, then runs the benchmark with the arguments given.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let workspace = Workspace::load()?;
    if !workspace.has(PACKAGE) {
        return Err(Failure::new(format!("the workspace has no package {PACKAGE} yet")));
    }
    step("build the server as a release", || {
        process::run(workspace.cargo().args(["build", "--release", "--locked", "-p", "lambent"]))
    })?;
    step("benchmark", || {
        process::run(
            workspace
                .cargo()
                .args(["run", "--release", "--locked", "-p", PACKAGE, "--"])
                .args(args)
                .env("LAMBENT_BENCH_SERVER", workspace.target.join("release/lambent")),
        )
    })
}
