//! Brings the pinned service model to this machine, below `target/`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::model::Model;
use super::scope::{SERVICES, Service};
use crate::failure::Failure;

const REQUIREMENTS: &str = include_str!("requirements.txt");

/// Prints a gzip file's content: Python is needed for the package anyway, so the generator needs no inflater of its own.
const GUNZIP: &str = "import gzip, sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())";

/// The models of every service in scope, downloading the pinned package unless it is already there.
pub(crate) fn models(target: &Path) -> Result<Vec<(Service, Model)>, Failure> {
    let package = target.join("botocore");
    let marker = target.join("requirements.installed");
    if fs::read_to_string(&marker).ok().as_deref() != Some(REQUIREMENTS) {
        install(target, &package)?;
        fs::write(&marker, REQUIREMENTS)?;
    }
    let mut models = Vec::new();
    for service in SERVICES {
        let path = package.join("botocore/data").join(service.model).join("service-2.json.gz");
        let output =
            Command::new("python3").args(["-c", GUNZIP]).arg(&path).stderr(Stdio::inherit()).output();
        let output = output.map_err(|source| Failure::new(format!("python3 cannot be started: {source}")))?;
        if !output.status.success() {
            return Err(Failure::new(format!("{} cannot be unpacked", path.display())));
        }
        let model = serde_json::from_slice(&output.stdout)
            .map_err(|source| Failure::new(format!("{} is not a service model: {source}", path.display())))?;
        models.push((*service, model));
    }
    Ok(models)
}

fn install(target: &Path, package: &Path) -> Result<(), Failure> {
    println!("fetching the service model: {}", REQUIREMENTS.lines().last().unwrap_or_default());
    fs::create_dir_all(target)?;
    if package.exists() {
        fs::remove_dir_all(package)?;
    }
    let requirements = target.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS)?;
    let venv = target.join("venv");
    step(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    step(
        Command::new(venv.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"])
            .args(["--no-deps", "--require-hashes", "--target"])
            .arg(package)
            .arg("--requirement")
            .arg(&requirements),
    )
}

fn step(command: &mut Command) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(|source| Failure::new(format!("{command:?} cannot be started: {source}")))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{command:?} ended with {status}"))) }
}
