//! The JavaScript SDK, installed exactly as the lock file says.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Variable, stamp};
use crate::failure::Failure;
use crate::process;

/// Copied together: npm installs beside them, and the repository's own folders stay clean.
const INPUTS: [&str; 2] = ["package.json", "package-lock.json"];

/// Makes the folder of modules, unless it is there for these versions.
pub(super) fn prepare(root: &Path, home: &Path) -> Result<Vec<Variable>, Failure> {
    let folder = home.join("node");
    let mut contents = Vec::new();
    for input in INPUTS {
        let path = root.join("tests").join(input);
        contents.push(fs::read(&path).map_err(|source| Failure::at(&path, &source))?);
    }
    let inputs: Vec<&[u8]> = contents.iter().map(Vec::as_slice).collect();
    stamp::once("JavaScript client: @aws-sdk/client-lambda", &folder, &inputs, || {
        for (input, content) in INPUTS.iter().zip(&contents) {
            let path = folder.join(input);
            fs::write(&path, content).map_err(|source| Failure::at(&path, &source))?;
        }
        process::output(
            Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])
                .current_dir(&folder),
        )
        .map(drop)
    })?;
    Ok(vec![("LAMBENT_TEST_NODE_MODULES", folder.join("node_modules").into_os_string())])
}
