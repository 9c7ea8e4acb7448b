//! Rules `file-length` and `function-length`: what does not fit in a head is split.
//!
//! A file over 500 lines or a function over 70 is debt and must be on the ratchet's list; a file over
//! 800 fails whatever the list says. Generated files are read by nobody and have no limit.

use super::Finding;
use super::ratchet::{Measure, Ratchet};
use super::tokens;
use super::tree::{File, Tree};

const FILE_LINES_MAX: usize = 800;
const FILE_LINES_SMELL: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

const CODE: [&str; 8] = ["rs", "py", "js", "mjs", "cjs", "ts", "sh", "bash"];

/// Findings, and the known debt as lines to print.
pub(super) fn judge(tree: &Tree) -> (Vec<Finding>, Vec<String>) {
    let (ratchet, mut findings) = Ratchet::read(tree);
    let mut over = Vec::new();
    for (file, text) in tree.texts() {
        if file.is_generated() || !CODE.contains(&file.extension()) {
            continue;
        }
        measure_file(file, text, &mut over, &mut findings);
        if file.extension() == "rs" {
            measure_functions(file, text, &mut over);
        }
    }
    let (ratcheted, known) = ratchet.judge(over);
    findings.extend(ratcheted);
    (findings, known)
}

fn measure_file(file: &File, text: &str, over: &mut Vec<Measure>, findings: &mut Vec<Finding>) {
    let lines = text.lines().count();
    if lines > FILE_LINES_MAX {
        let message = format!("{lines} lines; a file has at most {FILE_LINES_MAX}, and no list excuses more");
        findings.push(file.finding(1, "file-length", message));
    }
    if lines > FILE_LINES_SMELL {
        over.push(Measure { key: format!("file {}", file.path), path: file.path.clone(), line: 1, lines });
    }
}

fn measure_functions(file: &File, text: &str, over: &mut Vec<Measure>) {
    let functions = tokens::parse(text).map(tokens::functions).unwrap_or_default();
    for function in functions.into_iter().filter(|function| function.lines > FUNCTION_LINES_MAX) {
        over.push(Measure {
            key: format!("function {} {}", file.path, function.name),
            path: file.path.clone(),
            line: function.line,
            lines: function.lines,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::ratchet;
    use super::*;

    fn function_of(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    step();\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_of_seventy_lines_passes_and_of_seventy_one_does_not() {
        assert_eq!(judge(&Tree::of(&[("a.rs", &function_of(70))])).0, []);
        let (findings, _) = judge(&Tree::of(&[("a.rs", &function_of(71))]));
        assert_eq!(findings.len(), 1);
        assert!(
            findings[0].to_string().starts_with("a.rs:1: function a.rs long has 71 lines"),
            "{}",
            findings[0]
        );
    }

    #[test]
    fn a_file_over_five_hundred_lines_must_be_listed() {
        let text = "# line\n".repeat(501);
        assert_eq!(judge(&Tree::of(&[("a.py", &text)])).0.len(), 1);
        let (findings, known) = judge(&Tree::of(&[("a.py", &text), (ratchet::PATH, "file a.py 501\n")]));
        assert_eq!((findings.len(), known.len()), (0, 1));
    }

    #[test]
    fn a_file_over_eight_hundred_lines_fails_even_when_listed() {
        let text = "// line\n".repeat(801);
        let (findings, _) = judge(&Tree::of(&[("a.rs", &text), (ratchet::PATH, "file a.rs 801\n")]));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].rule, "file-length");
    }

    #[test]
    fn generated_files_and_prose_have_no_limit() {
        let text = "// line\n".repeat(2_000);
        assert_eq!(judge(&Tree::of(&[("x/generated/a.rs", &text), ("b.md", &text)])).0, []);
    }
}
