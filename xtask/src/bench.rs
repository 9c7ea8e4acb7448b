//! `cargo xtask bench`: the load generator, its limits and what it measures, all built as releases.
//!
//! The measuring is the package `lambent-bench`; this only builds all ends alike and starts it, so
//! that a figure can never come from a debug build of the server.

use crate::failure::Failure;
use crate::process::{self, step};
use crate::workspace::Workspace;

const PACKAGE: &str = "lambent-bench";

/// A workspace of its own: see `xtask/src/test/sample.rs`.
const NATIVE_MANIFEST: &str = "examples/functions/rust-hello/Cargo.toml";

/// Builds the server, the native function and the benchmark, then runs the benchmark with the arguments given.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let workspace = Workspace::load()?;
    if !workspace.has(PACKAGE) {
        return Err(Failure::new(format!("the workspace has no package {PACKAGE} yet")));
    }
    step("build the server as a release", || {
        process::run(workspace.cargo().args(["build", "--release", "--locked", "-p", "lambent"]))
    })?;
    let native = workspace.target.join("bench/rust-hello");
    step("build the native function as a release", || {
        process::run(
            workspace
                .cargo()
                .args(["build", "--release", "--locked", "--manifest-path", NATIVE_MANIFEST, "--target-dir"])
                .arg(&native),
        )
    })?;
    step("benchmark", || {
        process::run(
            workspace
                .cargo()
                .args(["run", "--release", "--locked", "-p", PACKAGE, "--"])
                .args(args)
                .env("LAMBENT_BENCH_SERVER", workspace.target.join("release/lambent"))
                .env("LAMBENT_BENCH_NATIVE", native.join("release/bootstrap")),
        )
    })
}
