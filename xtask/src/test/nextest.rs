//! cargo-nextest, which runs the tests: each in its own process, so that one cannot spoil another.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::process::{self, step};
use crate::workspace::Workspace;

/// The newest that our pinned toolchain is known to build.
const VERSION: &str = "0.9.143";

/// Installs it below the target directory, unless the machine has one.
pub(super) fn prepare(workspace: &Workspace, home: &Path) -> Result<(), Failure> {
    if program(workspace).is_some() {
        println!("==> cargo-nextest: there");
        return Ok(());
    }
    step("cargo-nextest: building it, once (minutes)", || {
        process::run(
            workspace
                .cargo()
                .args(["install", "--quiet", "--locked", "--version", VERSION, "cargo-nextest", "--root"])
                .arg(tools(home))
                .arg("--target-dir")
                .arg(home.join("nextest-build")),
        )
    })
}

/// `cargo nextest`, whichever of the two it is.
pub(super) fn command(workspace: &Workspace) -> Result<Command, Failure> {
    let program = program(workspace).ok_or_else(|| Failure::new("cargo-nextest has gone"))?;
    let mut command = Command::new(program);
    command.arg("nextest").current_dir(&workspace.root);
    Ok(command)
}

fn program(workspace: &Workspace) -> Option<PathBuf> {
    let ours = tools(&workspace.target.join("test-env")).join("bin/cargo-nextest");
    if ours.is_file() { Some(ours) } else { process::find("cargo-nextest") }
}

/// Named for the version, so that a new one is built when the pin moves.
fn tools(home: &Path) -> PathBuf {
    home.join(format!("nextest-{VERSION}"))
}
