//! The native functions, built with the public crate `lambda_runtime`: the sample, and the one that fails as it is told.
//!
//! Each is a workspace of its own: its dependencies are a customer's, not ours, and must not reach our
//! lock file.

use std::path::Path;

use super::Variable;
use crate::failure::Failure;
use crate::process::{self, step};
use crate::workspace::Workspace;

/// A function's folder, and the variable that tells the tests where its executable is.
const FUNCTIONS: [(&str, &str); 2] = [
    ("examples/functions/rust-hello", "LAMBENT_TEST_RUST_HELLO"),
    ("tests/functions/rust-failures", "LAMBENT_TEST_RUST_FAILURES"),
];

/// Builds the functions and says where their executables are.
pub(super) fn build(workspace: &Workspace, home: &Path) -> Result<Vec<Variable>, Failure> {
    // One target directory: what both depend on is built once.
    let target = home.join("native-functions");
    FUNCTIONS.iter().map(|(folder, variable)| build_one(workspace, &target, folder, variable)).collect()
}

fn build_one(
    workspace: &Workspace,
    target: &Path,
    folder: &str,
    variable: &'static str,
) -> Result<Variable, Failure> {
    let name = folder.rsplit('/').next().unwrap_or(folder);
    step(&format!("native function: {name}"), || {
        process::run(
            workspace
                .cargo()
                .args(["build", "--locked", "--quiet", "--manifest-path"])
                .arg(format!("{folder}/Cargo.toml"))
                .arg("--target-dir")
                .arg(target),
        )
    })?;
    // Both are called `bootstrap`, so each is kept before the next one is built.
    let kept = target.join(name);
    let built = target.join("debug/bootstrap");
    std::fs::copy(&built, &kept).map_err(|source| Failure::at(&built, &source))?;
    Ok((variable, kept.into_os_string()))
}
