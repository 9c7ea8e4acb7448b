//! How large packages are once they are unpacked: AWS bounds a function's code and its layers together.

use super::{CodeStore, CodeStoreError, during};
use lambent_domain::function::CodeSha256;
use std::fs;
use std::path::PathBuf;

impl CodeStore {
    /// The bytes in a package's files; `None` if there is no such package.
    pub fn unzipped_bytes(&self, sha256: CodeSha256) -> Result<Option<u64>, CodeStoreError> {
        let Some(task) = self.task_dir(sha256) else { return Ok(None) };
        let mut bytes = 0_u64;
        let mut unseen: Vec<PathBuf> = vec![task];
        while let Some(directory) = unseen.pop() {
            for entry in fs::read_dir(&directory).map_err(during("read a package's directory"))? {
                let entry = entry.map_err(during("read a package's directory"))?;
                // Of a link, what it is; it leads to a file that is counted in its own place.
                let found = entry.metadata().map_err(during("look at a package's file"))?;
                if found.is_dir() {
                    unseen.push(entry.path());
                } else if found.is_file() {
                    bytes = bytes.saturating_add(found.len());
                }
            }
        }
        Ok(Some(bytes))
    }
}
