//! The native sample function, built with the public crate `lambda_runtime`.
//!
//! It is a workspace of its own: its dependencies are a customer's, not ours, and must not reach our
//! lock file.

use std::path::Path;

use super::Variable;
use crate::failure::Failure;
use crate::process::{self, step};
use crate::workspace::Workspace;

const MANIFEST: &str = "examples/functions/rust-hello/Cargo.toml";

/// Builds the function and says where its executable is.
pub(super) fn build(workspace: &Workspace, home: &Path) -> Result<Vec<Variable>, Failure> {
    let target = home.join("rust-hello");
    step("native sample function: rust-hello", || {
        process::run(
            workspace
                .cargo()
                .args(["build", "--locked", "--quiet", "--manifest-path", MANIFEST, "--target-dir"])
                .arg(&target),
        )
    })?;
    Ok(vec![("LAMBENT_TEST_RUST_HELLO", target.join("debug/bootstrap").into_os_string())])
}
