//! What is deployed: the files, and what they say about how to run them.

mod archive;
mod guess;

pub(crate) use guess::{Guess, Language};

use crate::failure::Failure;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;

/// The largest file that is read to see what it defines, in bytes. A larger one says nothing.
const GLANCE_BYTES_MAX: u64 = 1 << 20;

/// A deployment package.
#[derive(Debug)]
pub(crate) struct Package {
    /// The zip file.
    pub(crate) zip: Vec<u8>,
    /// What the files at its top say.
    pub(crate) guess: Guess,
}

/// The files at the top of a package: name to contents (empty when large) and whether it may be executed.
#[derive(Debug, Default)]
struct TopLevel(BTreeMap<String, (String, bool)>);

impl Package {
    /// Reads a directory or a zip file. Blocks.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let doing = || format!("read {}", path.display());
        let metadata = std::fs::metadata(path).map_err(|error| Failure::failed(doing(), error))?;
        let zip = if metadata.is_dir() {
            archive::pack(path).map_err(|error| {
                Failure::failed(format!("pack {}", path.display()), &error).maybe_hint(error.hint())
            })?
        } else {
            std::fs::read(path).map_err(|error| Failure::failed(doing(), error))?
        };
        let limit = lambent_domain::limits::ZIPPED_BYTES_MAX;
        if zip.len() > limit {
            let cause = format!("the package has {} bytes, and at most {limit} are taken", zip.len());
            return Err(Failure::failed(doing(), cause));
        }
        let top = TopLevel::of_zip(&zip).map_err(|error| {
            Failure::failed(doing(), error).hint("PATH is a directory, or a zip file of one")
        })?;
        Ok(Self { guess: guess::guess(&top), zip })
    }
}

/// A package of one source file.
pub(crate) fn single_file(name: &str, source: &str) -> Result<Vec<u8>, Failure> {
    archive::single_file(name, source).map_err(|error| Failure::failed(format!("pack {name}"), error))
}

impl TopLevel {
    fn of_zip(zip: &[u8]) -> zip::result::ZipResult<Self> {
        let mut archive = zip::ZipArchive::new(Cursor::new(zip))?;
        let mut top = Self::default();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index)?;
            let name = file.name()?.into_owned();
            if !file.is_file() || name.contains('/') {
                continue;
            }
            let executable = file.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
            let mut text = String::new();
            if guess::is_source(&name) {
                // A file that is not text defines nothing that could be recognised.
                let read = file.by_ref().take(GLANCE_BYTES_MAX).read_to_string(&mut text);
                if read.is_err() {
                    text.clear();
                }
            }
            top.0.insert(name, (text, executable));
        }
        Ok(top)
    }
}
