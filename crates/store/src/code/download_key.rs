//! The key that download URLs are signed with: made once, and kept beside the packages, so that a URL outlives a restart.

use super::{CodeStoreError, during};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const FILE: &str = "download.key";
const NEW_FILE: &str = "download.key.new";
const BYTES: usize = 32;

/// 32 random bytes. Never printed.
pub struct DownloadKey([u8; BYTES]);

impl DownloadKey {
    /// The key.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; BYTES] {
        &self.0
    }

    /// Reads the key in `root`, or makes one there that only this user can read. A file that holds no key, as a crash
    /// can leave it, is replaced: nothing worse follows than that URLs given before are refused.
    pub(super) fn open(root: &Path) -> Result<Self, CodeStoreError> {
        match read(&root.join(FILE)) {
            Ok(Some(key)) => Ok(Self(key)),
            Ok(None) => make(root).map(Self).map_err(during("make the key for downloads")),
            Err(error) => Err(during("read the key for downloads")(error)),
        }
    }
}

impl fmt::Debug for DownloadKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("DownloadKey(..)")
    }
}

fn read(path: &Path) -> io::Result<Option<[u8; BYTES]>> {
    let mut found = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(BYTES as u64 + 1).read_to_end(&mut found)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(found.try_into().ok())
}

fn make(root: &Path) -> io::Result<[u8; BYTES]> {
    let mut key = [0; BYTES];
    let mut made = 0;
    while let Some(rest) = key.get_mut(made..).filter(|rest| !rest.is_empty()) {
        made += rustix::rand::getrandom(rest, rustix::rand::GetRandomFlags::empty())?;
    }
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(root.join(NEW_FILE))?;
    file.write_all(&key)?;
    file.sync_all()?;
    fs::rename(root.join(NEW_FILE), root.join(FILE))?;
    File::open(root)?.sync_all()?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let dir = tempfile::tempdir().unwrap();
        let first = DownloadKey::open(dir.path()).unwrap();
        assert_eq!(DownloadKey::open(dir.path()).unwrap().0, first.0);
        assert_eq!(fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(format!("{first:?}"), "DownloadKey(..)");
        let other = tempfile::tempdir().unwrap();
        assert_ne!(DownloadKey::open(other.path()).unwrap().0, first.0);
        // What a crash has left half-written is no key.
        for length in [0, 31, 33] {
            fs::write(dir.path().join(FILE), vec![7; length]).unwrap();
            let made = DownloadKey::open(dir.path()).unwrap();
            assert_ne!(made.0, [7; BYTES]);
            assert_eq!(read(&dir.path().join(FILE)).unwrap(), Some(made.0));
        }
    }
}
