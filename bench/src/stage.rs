//! Everything a section needs: the binaries, the interpreters, a directory on a real disk.

use crate::arguments::{Arguments, Mode};
use crate::failure::Failure;
use crate::lambent::Lambent;
use crate::limits::LoopFigures;
use crate::process::Server;
use crate::programs::{Interpreter, Programs};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;

/// See the module's text.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) mode: Mode,
    /// Where data directories and results go: on the disk that holds the build.
    pub(crate) directory: PathBuf,
    pub(crate) programs: Programs,
    server: PathBuf,
    native: PathBuf,
    this: PathBuf,
}

impl Stage {
    /// Looks whether everything is there, so that it fails now and not in the middle.
    pub(crate) async fn set(arguments: &Arguments) -> Result<Self, Failure> {
        let this = std::env::current_exe().map_err(|cause| Failure::at("find this program", cause))?;
        let release = this.parent().ok_or_else(|| Failure::new("this program is in no directory"))?;
        let target = release.parent().unwrap_or(release);
        let directory = target.join("bench");
        std::fs::create_dir_all(&directory).map_err(|cause| Failure::at(directory.display(), cause))?;
        let server = arguments.server.clone().unwrap_or_else(|| release.join("lambent"));
        let native = arguments.native.clone();
        let native = native.unwrap_or_else(|| directory.join("rust-hello/release/bootstrap"));
        for (file, what) in [(&server, "the server"), (&native, "the native function")] {
            if !file.is_file() {
                let file = file.display();
                return Err(Failure::new(format!("{what} is not at {file}; `cargo xtask bench` builds it")));
            }
        }
        let programs = Programs::find(&server).await?;
        Ok(Self { mode: arguments.mode(), directory, programs, server, native, this })
    }

    /// The native function's program.
    pub(crate) fn native(&self) -> &Path {
        &self.native
    }

    /// A directory that goes when it is dropped.
    pub(crate) fn scratch(&self) -> Result<TempDir, Failure> {
        tempfile::Builder::new()
            .prefix("run-")
            .tempdir_in(&self.directory)
            .map_err(|cause| Failure::at("make a directory", cause))
    }

    /// The real server on a new data directory, with these settings as variables.
    pub(crate) async fn lambent(&self, settings: &[(&str, &str)]) -> Result<Lambent, Failure> {
        Lambent::start(&self.server, self.scratch()?, settings).await
    }

    /// The bare server that answers 202, with this file behind it or none.
    pub(crate) async fn bare(&self, append: Option<&Path>, said: &Path) -> Result<Server, Failure> {
        let mut command = Command::new(&self.this);
        command.arg("accept");
        if let Some(path) = append {
            command.arg("--append").arg(path);
        }
        Server::start(&mut command, said).await
    }

    /// Invocations per second of the bare loop with these programs.
    pub(crate) async fn bare_loop(
        &self,
        program: &[&OsStr],
        processes: u16,
        payload: &str,
        window: Duration,
    ) -> Result<f64, Failure> {
        let output = Command::new(&self.this)
            .args(["runtime-loop", "--payload", payload, "--processes", &processes.to_string()])
            .args(["--window-millis", &window.as_millis().to_string(), "--"])
            .args(program)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(|cause| Failure::at("run the bare loop", cause))?;
        if !output.status.success() {
            return Err(Failure::new(format!("the bare loop ended with {}", output.status)));
        }
        let figures: LoopFigures = serde_json::from_slice(&output.stdout)
            .map_err(|cause| Failure::at("read the bare loop's figures", cause))?;
        Ok(figures.per_second)
    }

    pub(crate) fn python(&self) -> &Interpreter {
        &self.programs.python
    }
}

/// The roles are typed by this program alone; they have to be what `limits::Limit` reads.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limit;
    use clap::Parser as _;

    #[test]
    fn the_roles_are_understood() {
        let typed = ["x", "accept", "--append", "/tmp/a"];
        assert!(matches!(Arguments::parse_from(typed).role, Some(Limit::Accept { append: Some(_) })));
        let typed = [
            "x",
            "runtime-loop",
            "--payload",
            "{}",
            "--processes",
            "2",
            "--window-millis",
            "5",
            "--",
            "p",
            "-a",
        ];
        let Some(Limit::RuntimeLoop { processes, program, .. }) = Arguments::parse_from(typed).role else {
            panic!("not a loop")
        };
        assert_eq!((processes, program.len()), (2, 2));
    }
}
