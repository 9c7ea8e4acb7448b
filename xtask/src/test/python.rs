//! The virtual environment with boto3, the AWS CLI and the official Python runtime client.

use std::path::Path;
use std::process::Command;

use super::{Variable, stamp};
use crate::failure::Failure;
use crate::process;

const REQUIREMENTS: &str = "tests/requirements.txt";

/// Makes the environment, unless it is there for these versions and this interpreter.
pub(super) fn prepare(root: &Path, home: &Path) -> Result<Vec<Variable>, Failure> {
    let requirements = root.join(REQUIREMENTS);
    let pinned = std::fs::read(&requirements).map_err(|source| Failure::at(&requirements, &source))?;
    let interpreter = process::output(
        Command::new("python3").args(["-c", "import sys; print(sys.executable, sys.version)"]),
    )?;
    let folder = home.join("venv");
    let python = folder.join("bin/python");
    stamp::once(
        "Python clients: boto3, AWS CLI, awslambdaric",
        &folder,
        &[&pinned, interpreter.as_bytes()],
        || {
            process::output(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
            process::output(
                Command::new(&python)
                    .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
                    .arg("--requirement")
                    .arg(&requirements),
            )
            .map(drop)
        },
    )?;
    Ok(vec![
        ("LAMBENT_TEST_PYTHON", python.into_os_string()),
        ("LAMBENT_TEST_AWS", folder.join("bin/aws").into_os_string()),
    ])
}
