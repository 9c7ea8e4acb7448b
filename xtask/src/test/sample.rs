//! The native functions, built with the public crate `lambda_runtime`: the sample, and the one that fails as it is told.
//! And the client with the SDK for Rust.
//!
//! Each is a workspace of its own: its dependencies are a customer's, not ours, and must not reach our
//! lock file.

use std::path::{Path, PathBuf};

use super::Variable;
use crate::failure::Failure;
use crate::process::{self, step};
use crate::workspace::Workspace;

/// What is built: its folder, its executable, and the variable that tells the tests where that is.
const PROGRAMS: [(&str, &str, &str); 3] = [
    ("examples/functions/rust-hello", "bootstrap", "LAMBENT_TEST_RUST_HELLO"),
    ("tests/functions/rust-failures", "bootstrap", "LAMBENT_TEST_RUST_FAILURES"),
    ("tests/clients/rust", "rust-client", "LAMBENT_TEST_RUST_CLIENT"),
];

/// Builds the programs and says where their executables are.
pub(super) fn build(workspace: &Workspace, home: &Path) -> Result<Vec<Variable>, Failure> {
    // One target directory: what several depend on is built once.
    let target = home.join("native-functions");
    let build = |(folder, executable, variable): &(&str, &str, &'static str)| {
        Ok((*variable, build_one(workspace, &target, folder, executable)?.into_os_string()))
    };
    PROGRAMS.iter().map(build).collect()
}

fn build_one(
    workspace: &Workspace,
    target: &Path,
    folder: &str,
    executable: &str,
) -> Result<PathBuf, Failure> {
    let name = folder.rsplit('/').next().unwrap_or(folder);
    step(&format!("native program: {name}"), || {
        process::run(
            workspace
                .cargo()
                .args(["build", "--locked", "--quiet", "--manifest-path"])
                .arg(format!("{folder}/Cargo.toml"))
                .arg("--target-dir")
                .arg(target),
        )
    })?;
    // Functions are all called `bootstrap`, so each is kept before the next one is built.
    let kept = target.join(name);
    let built = target.join("debug").join(executable);
    std::fs::copy(&built, &kept).map_err(|source| Failure::at(&built, &source))?;
    Ok(kept)
}
