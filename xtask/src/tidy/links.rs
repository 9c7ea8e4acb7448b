//! Rule `links`: what a document points at is there.
//!
//! Three kinds of pointer are followed: links to files, links to headings, and paths in `code` such as
//! `crates/store/src/lib.rs`, which is how documents go out of date unseen. Addresses on the web are
//! not fetched. A decision record tells what was true on its day, so its paths may have gone.

use super::Finding;
use super::tree::{File, Tree};

const RULE: &str = "links";

/// A path in `code` is followed when it begins with one of these.
const ROOTS: [&str; 11] = [
    "crates/",
    "docs/",
    "xtask/",
    "tests/",
    "examples/",
    "bench/",
    "spikes/",
    "changes/",
    ".ci/",
    ".config/",
    "runtimes/",
];

pub(super) fn judge(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in tree.with_extension("md") {
        for (line, prose) in prose_lines(text) {
            let (prose, spans) = part_code(prose);
            for target in targets(&prose) {
                if let Some(message) = broken(tree, file, text, target) {
                    findings.push(file.finding(line, RULE, message));
                }
            }
            let missing =
                spans.iter().filter(|span| !file.path.starts_with("docs/adr/") && is_missing(tree, span));
            for span in missing {
                findings.push(file.finding(line, RULE, format!("`{span}` is not there")));
            }
        }
    }
    findings
}

/// Lines outside fenced blocks, with their numbers.
fn prose_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        fenced ^= fence;
        (!fenced && !fence).then_some((index + 1, line))
    })
}

/// The line with its code spans blanked out, and the spans.
fn part_code(line: &str) -> (String, Vec<&str>) {
    let mut prose = String::new();
    let mut spans = Vec::new();
    for (index, part) in line.split('`').enumerate() {
        if index % 2 == 0 {
            prose.push_str(part);
        } else {
            prose.push(' ');
            spans.push(part);
        }
    }
    (prose, spans)
}

/// What stands in the parentheses of `[text](target)`, without a title.
fn targets(prose: &str) -> impl Iterator<Item = &str> {
    prose.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next())
}

fn broken(tree: &Tree, file: &File, text: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let resolved = resolve(&file.path, path);
    if !path.is_empty() && !resolved.as_deref().is_some_and(|path| tree.contains(path)) {
        return Some(format!("the link to `{target}` leads nowhere"));
    }
    let anchor = anchor?;
    let body = if path.is_empty() { Some(text) } else { tree.text(&resolved?) };
    let found = body.is_some_and(|body| headings(body).any(|heading| heading == anchor));
    (!found).then(|| format!("there is no heading for `#{anchor}`"))
}

/// The target as a path from the root of the repository; `None` when it leaves the repository.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The names under which a page's headings can be linked to.
fn headings(text: &str) -> impl Iterator<Item = String> {
    prose_lines(text).filter(|(_, line)| line.starts_with('#')).map(|(_, line)| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        title
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    })
}

fn is_missing(tree: &Tree, span: &str) -> bool {
    let is_path = ROOTS.iter().any(|root| span.starts_with(root))
        && span.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-'));
    is_path && !tree.contains(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> usize {
        let tree = Tree::of(&[
            ("docs/a.md", text),
            ("docs/b.md", "# Two words, and `code`\n"),
            ("crates/store/src/lib.rs", ""),
            ("README.md", "# Top"),
        ]);
        judge(&tree).len()
    }

    #[test]
    fn what_is_there_passes() {
        for text in [
            "[b](b.md) [top](../README.md#top) [folder](../crates/store)",
            "# Here\n[here](#here) [b](b.md#two-words-and-code \"title\")",
            "[web](https://example.com/x) `crates/store/src/lib.rs` `crates/<name>/src` `docs/*.md`",
            "```\n[x](nowhere.md)\n```\n`[x](nowhere.md)`",
        ] {
            assert_eq!(findings(text), 0, "{text}");
        }
    }

    #[test]
    fn what_is_not_there_is_found() {
        for text in [
            "[gone](gone.md)",
            "[out](../../etc/passwd)",
            "[b](b.md#three)",
            "[here](#nowhere)",
            "`crates/store/src/gone.rs`",
        ] {
            assert_eq!(findings(text), 1, "{text}");
        }
    }

    #[test]
    fn a_decision_record_may_name_files_that_have_gone_but_not_link_to_them() {
        let tree = Tree::of(&[("docs/adr/0001-a.md", "`spikes/old/main.rs` [x](old.md)")]);
        assert_eq!(judge(&tree).len(), 1);
    }
}
