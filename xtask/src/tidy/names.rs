//! Rule `names`: a file or folder is named for what it holds.
//!
//! `utils`, `common` and their kin say nothing, so everything fits and nobody finds it again.

use super::Finding;
use super::tree::Tree;

const RULE: &str = "names";

const EMPTY_NAMES: [&str; 12] = [
    "utils",
    "util",
    "utilities",
    "common",
    "helpers",
    "helper",
    "misc",
    "imp",
    "types",
    "stuff",
    "shared",
    "core",
];

pub(super) fn judge(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files() {
        let stems = file.path.split('/').map(|part| part.split_once('.').map_or(part, |(stem, _)| stem));
        for stem in stems.filter(|stem| EMPTY_NAMES.contains(stem)) {
            findings.push(file.finding(1, RULE, format!("`{stem}` says nothing about what is inside")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_names_of_files_and_folders_are_found() {
        for path in ["src/utils.rs", "src/common/mod.rs", "crates/core/Cargo.toml", "tests/helpers.py"] {
            assert_eq!(judge(&Tree::of(&[(path, "")])).len(), 1, "{path}");
        }
    }

    #[test]
    fn names_that_only_contain_an_empty_one_pass() {
        assert_eq!(judge(&Tree::of(&[("src/event_types.rs", ""), ("src/commonmark.rs", "")])), []);
    }
}
