//! Rule `generated`: a generated file says so in its first lines, so that nobody edits it by hand.

use super::Finding;
use super::tree::Tree;

const RULE: &str = "generated";
const MARK: &str = "Written by `cargo xtask codegen`";
const HEADER_LINES: usize = 3;

pub(super) fn judge(tree: &Tree) -> Vec<Finding> {
    tree.texts()
        .filter(|(file, text)| {
            file.is_generated() && !text.lines().take(HEADER_LINES).any(|line| line.contains(MARK))
        })
        .map(|(file, _)| {
            file.finding(1, RULE, format!("does not say \"{MARK}\" in its first {HEADER_LINES} lines"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_file_needs_its_header() {
        assert_eq!(judge(&Tree::of(&[("src/generated/a.rs", "pub struct A;\n")])).len(), 1);
        assert_eq!(judge(&Tree::of(&[("src/generated/a.rs", "// Written by `cargo xtask codegen`.\n")])), []);
        assert_eq!(judge(&Tree::of(&[("src/written.rs", "pub struct A;\n")])), []);
    }
}
