//! The failing disk: a small library that is put before the C library's calls of one server.

use std::path::Path;
use std::process::Command;

use super::{Variable, stamp};
use crate::failure::Failure;
use crate::process;

const SOURCE: &str = "tests/faults/faults.c";

/// Compiles it, unless it is there for this source. `cc` is there: Rust links with it.
pub(super) fn prepare(root: &Path, home: &Path) -> Result<Vec<Variable>, Failure> {
    let source = root.join(SOURCE);
    let text = std::fs::read(&source).map_err(|error| Failure::at(&source, &error))?;
    let folder = home.join("faults");
    let library = folder.join("libfaults.so");
    stamp::once("failing disk", &folder, &[&text], || {
        let options = ["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"];
        process::output(Command::new("cc").args(options).arg(&library).arg(&source).arg("-ldl")).map(drop)
    })?;
    Ok(vec![("LAMBENT_TEST_FAULTS_LIBRARY", library.into_os_string())])
}
