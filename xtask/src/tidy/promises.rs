//! Rule `promises`: a test that a promise names is there.
//!
//! `docs/SPECIFICATION.md` and `docs/INVARIANTS.md` say which test holds each promise. A test that is
//! renamed or removed must not leave a promise behind that nothing checks.

use super::Finding;
use super::tree::Tree;

const RULE: &str = "promises";
const DOCUMENTS: [&str; 2] = ["docs/INVARIANTS.md", "docs/SPECIFICATION.md"];

pub(super) fn judge(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in tree.texts().filter(|(file, _)| DOCUMENTS.contains(&file.path.as_str())) {
        for (index, line) in text.lines().enumerate() {
            // What stands between two backticks has an odd place among the parts.
            for name in line.split('`').skip(1).step_by(2).filter(|name| is_test_name(name)) {
                let signature = format!("fn {name}(");
                if !tree.with_extension("rs").any(|(_, code)| code.contains(&signature)) {
                    findings.push(file.finding(index + 1, RULE, format!("there is no test `{name}`")));
                }
            }
        }
    }
    findings
}

/// Test names are sentences in snake case; settings have a dot and paths a slash.
fn is_test_name(span: &str) -> bool {
    span.contains('_') && span.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST: (&str, &str) = ("crates/store/src/a.rs", "#[test]\nfn nothing_is_lost() {}\n");

    #[test]
    fn a_promise_with_its_test_passes() {
        let text = "| E1 | `nothing_is_lost` in `crates/store`, `events.retry_base` |";
        assert_eq!(judge(&Tree::of(&[TEST, (DOCUMENTS[1], text)])), []);
    }

    #[test]
    fn a_promise_without_its_test_is_found_by_line() {
        let findings = judge(&Tree::of(&[TEST, (DOCUMENTS[0], "one\n`nothing_is_ever_lost`\n")]));
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].line, findings[0].rule), (2, RULE));
        assert_eq!(judge(&Tree::of(&[TEST, ("docs/OTHER.md", "`nothing_is_ever_lost`")])), []);
    }
}
