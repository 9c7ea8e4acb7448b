//! The virtual environment with boto3, the AWS CLI and the official Python runtime client.

use std::path::Path;
use std::process::Command;

use super::{Variable, stamp};
use crate::failure::Failure;
use crate::process;

const REQUIREMENTS: &str = "tests/requirements.txt";

/// Without what it depends on, a compiler of eighty megabytes: the tests deploy and invoke with it, and build nothing.
const CARGO_LAMBDA: &str = "cargo-lambda==1.9.2";

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
        "Python clients: boto3, AWS CLI, awslambdaric, cargo-lambda",
        &folder,
        &[&pinned, interpreter.as_bytes(), CARGO_LAMBDA.as_bytes()],
        || {
            process::output(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
            let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
            process::output(Command::new(&python).args(install).arg("--requirement").arg(&requirements))?;
            process::output(Command::new(&python).args(install).args(["--no-deps", CARGO_LAMBDA])).map(drop)
        },
    )?;
    Ok(vec![
        ("LAMBENT_TEST_PYTHON", python.into_os_string()),
        ("LAMBENT_TEST_AWS", folder.join("bin/aws").into_os_string()),
        ("LAMBENT_TEST_CARGO_LAMBDA", folder.join("bin/cargo-lambda").into_os_string()),
    ])
}
