//! Puts generated files on disk, formatted, and compares two folders of them.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::File;
use crate::failure::Failure;

/// Replaces everything in `folder` by `files`.
pub(crate) fn replace(folder: &Path, files: &[File]) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let mut paths = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, &file.text)?;
        paths.push(path);
    }
    // The configuration is named: files below `target/` have no rustfmt.toml above them on every machine.
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/../rustfmt.toml");
    let status =
        Command::new("rustfmt").args(["--edition", "2024", "--config-path", config]).args(&paths).status()?;
    if status.success() { Ok(()) } else { Err(Failure::new("rustfmt refused the generated files")) }
}

/// Fails, naming the files, unless both folders hold the same.
pub(crate) fn compare(fresh: &Path, committed: &Path) -> Result<(), Failure> {
    let names: BTreeSet<PathBuf> = listing(fresh)?.into_iter().chain(listing(committed)?).collect();
    let stale: Vec<String> = names
        .iter()
        .filter(|name| fs::read(fresh.join(name)).ok() != fs::read(committed.join(name)).ok())
        .map(|name| format!("  {}", committed.join(name).display()))
        .collect();
    if stale.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("stale generated files; run `cargo xtask codegen`:\n{}", stale.join("\n"))))
}

/// Paths of all files below `root`, relative to it; none when it does not exist.
fn listing(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(source) if source.kind() == io::ErrorKind::NotFound => continue,
            Err(source) => return Err(source.into()),
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(relative) = path.strip_prefix(root) {
                files.push(relative.to_path_buf());
            }
        }
    }
    Ok(files)
}
