//! The client with the SDK for Go, built from the packages Debian has of it.

use std::path::Path;
use std::process::Command;

use super::{Variable, debian, stamp};
use crate::failure::Failure;
use crate::process;

const SOURCE: &str = "tests/clients/go/main.go";

/// Builds the client, unless it is there for this source and this compiler.
pub(super) fn prepare(root: &Path, home: &Path) -> Result<Vec<Variable>, Failure> {
    let source = root.join(SOURCE);
    let text = std::fs::read(&source).map_err(|error| Failure::at(&source, &error))?;
    let compiler = process::output(Command::new("go").arg("version"))?;
    let folder = home.join("go");
    let program = folder.join("client");
    stamp::once("Go client", &folder, &[&text, compiler.as_bytes()], || {
        process::output(
            Command::new("go")
                .args(["build", "-o"])
                .arg(&program)
                .arg(&source)
                // Debian's packages are a folder of sources from before there were modules; nothing is fetched.
                .env("GO111MODULE", "off")
                .env("GOPATH", debian::GO_PATH)
                .env("GOCACHE", home.join("go-cache")),
        )
        .map(drop)
    })?;
    Ok(vec![("LAMBENT_TEST_GO_CLIENT", program.into_os_string())])
}
