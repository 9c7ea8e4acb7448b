//! Doing a piece of set-up once for each state of what it was made from.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::process::step;

/// Runs `make` unless `folder` was already made from exactly these inputs.
///
/// The folder is emptied first and stamped last, so what an interrupted run left is made again.
pub(super) fn once(
    what: &str,
    folder: &Path,
    inputs: &[&[u8]],
    make: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let stamp = folder.with_extension("stamp");
    let wanted = hash(inputs);
    if folder.is_dir() && fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        println!("==> {what}: there");
        return Ok(());
    }
    step(what, || {
        let at_folder = |source: std::io::Error| Failure::at(folder, &source);
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(at_folder)?;
        }
        fs::create_dir_all(folder).map_err(at_folder)?;
        make()?;
        fs::write(&stamp, &wanted).map_err(|source| Failure::at(&stamp, &source))
    })
}

/// Each input's length goes in too, so that `ab, c` and `a, bc` differ.
fn hash(inputs: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for input in inputs {
        digest.update(input.len().to_le_bytes());
        digest.update(input);
    }
    digest.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn the_work_is_done_again_only_when_an_input_changes_or_the_folder_has_gone() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("made");
        let times = Cell::new(0);
        let once = |inputs: &[&[u8]]| {
            once("make", &folder, inputs, || {
                times.set(times.get() + 1);
                Ok(())
            })
            .unwrap();
            times.get()
        };
        assert_eq!(once(&[b"ab", b"c"]), 1);
        assert_eq!(once(&[b"ab", b"c"]), 1);
        assert_eq!(once(&[b"a", b"bc"]), 2);
        fs::remove_dir(&folder).unwrap();
        assert_eq!(once(&[b"a", b"bc"]), 3);
    }

    #[test]
    fn failed_work_leaves_no_stamp() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("made");
        assert!(once("make", &folder, &[b"x"], || Err(Failure::new("no network"))).is_err());
        let done = Cell::new(false);
        once("make", &folder, &[b"x"], || {
            done.set(true);
            Ok(())
        })
        .unwrap();
        assert!(done.get());
    }
}
