//! Rule `snapshots`: a snapshot that no test names is compared with nothing.

use super::Finding;
use super::tree::{File, Tree};

const RULE: &str = "snapshots";

pub(super) fn judge(tree: &Tree) -> Vec<Finding> {
    tree.files()
        .filter(|file| file.path.contains("/snapshots/"))
        .filter(|file| !is_named(tree, file))
        .map(|file| file.finding(1, RULE, "no test names it: remove it, or the test is missing".to_owned()))
        .collect()
}

/// Whether a Rust file of the same package contains the snapshot's name as a word.
fn is_named(tree: &Tree, snapshot: &File) -> bool {
    let Some((package, _)) =
        snapshot.path.split_once("/src/").or_else(|| snapshot.path.split_once("/tests/"))
    else {
        return false;
    };
    let name = test_name(snapshot.name());
    tree.with_extension("rs").any(|(file, text)| {
        file.path.starts_with(package)
            && text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').any(|word| word == name)
    })
}

/// `crate__module__test_name-2.snap` belongs to `test_name`.
fn test_name(file_name: &str) -> &str {
    let stem = file_name.split_once('.').map_or(file_name, |(stem, _)| stem);
    let last = stem.rsplit_once("__").map_or(stem, |(_, last)| last);
    match last.rsplit_once('-') {
        Some((name, number)) if number.chars().all(|c| c.is_ascii_digit()) => name,
        _ => last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST: (&str, &str) = ("crates/api/src/errors.rs", "#[test]\nfn not_found() {}\n");

    #[test]
    fn a_snapshot_without_a_test_is_found() {
        let snapshot = ("crates/api/src/snapshots/api__errors__gone.snap", "");
        assert_eq!(judge(&Tree::of(&[TEST, snapshot])).len(), 1);
        let elsewhere = ("crates/store/src/snapshots/not_found.json", "");
        assert_eq!(judge(&Tree::of(&[TEST, elsewhere])).len(), 1);
    }

    #[test]
    fn a_snapshot_named_by_a_test_passes() {
        for path in [
            "crates/api/src/snapshots/api__errors__not_found.snap",
            "crates/api/src/snapshots/api__errors__not_found-2.snap",
            "crates/api/tests/snapshots/not_found.json",
        ] {
            assert_eq!(judge(&Tree::of(&[TEST, (path, "")])), [], "{path}");
        }
    }
}
