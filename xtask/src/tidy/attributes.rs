//! Rule `no-allow`: a lint exception is `#[expect(lint, reason = "...")]`, never `#[allow]`.
//!
//! An expectation that is no longer needed is itself a warning, so exceptions go away; an allowance
//! stays for ever.

use super::Finding;
use super::tokens;
use super::tree::Tree;

const RULE: &str = "no-allow";

pub(super) fn judge(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    // A generator cannot know which of its lines will break a lint, so its files may allow.
    for (file, text) in tree.with_extension("rs").filter(|(file, _)| !file.is_generated()) {
        let Some(stream) = tokens::parse(text) else {
            findings.push(file.finding(1, RULE, "is not Rust: its braces or quotes do not match".to_owned()));
            continue;
        };
        for line in tokens::allow_attributes(stream) {
            findings.push(file.finding(line, RULE, "write #[expect(lint, reason = \"...\")]".to_owned()));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_is_found_by_line() {
        let tree = Tree::of(&[("src/a.rs", "fn a() {}\n#[allow(dead_code)]\nfn b() {}\n")]);
        let findings = judge(&tree);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].to_string().starts_with("src/a.rs:2: "), "{}", findings[0]);
    }

    #[test]
    fn expectations_and_generated_files_pass_and_broken_files_do_not() {
        let good = "#[expect(dead_code, reason = \"because\")]\nfn a() {}\n";
        assert_eq!(judge(&Tree::of(&[("a.rs", good), ("x/generated/b.rs", "#![allow(x)]\n")])), []);
        assert_eq!(judge(&Tree::of(&[("a.rs", "fn a() {")])).len(), 1);
    }
}
