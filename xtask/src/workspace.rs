//! What cargo knows about the workspace: where it is, where it builds, who depends on whom.

use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;

use crate::failure::Failure;
use crate::process;

/// The part of `cargo metadata` the commands use.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// One member of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest_path: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a dependency table.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None` for `[dependencies]`, else `dev` or `build`.
    pub(crate) kind: Option<String>,
    /// Present exactly when the dependency is a folder of this repository.
    pub(crate) path: Option<PathBuf>,
}

impl Workspace {
    /// Asks cargo. Members only, so nothing is resolved and nothing is fetched.
    pub(crate) fn load() -> Result<Self, Failure> {
        let json = process::output(Command::new("cargo").args([
            "metadata",
            "--format-version=1",
            "--no-deps",
            "--offline",
        ]))?;
        serde_json::from_str(&json).map_err(|source| {
            Failure::new(format!("cargo metadata answered what was not expected: {source}"))
        })
    }

    pub(crate) fn has(&self, package: &str) -> bool {
        self.packages.iter().any(|member| member.name == package)
    }

    /// A cargo command that runs at the root of the workspace, wherever it was called from.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.root);
        command
    }
}
