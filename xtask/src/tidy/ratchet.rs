//! `xtask/ratchet.txt`: the debt in length that we know of, which may only shrink.
//!
//! A thing over its limit must be listed with its exact length. Growing it fails; shrinking it fails
//! too, until its entry is lowered, so that the list always tells the truth and the way back is shut.

use std::collections::BTreeMap;

use super::Finding;
use super::tree::Tree;

pub(super) const PATH: &str = "xtask/ratchet.txt";
const RULE: &str = "ratchet";

/// Something that has a length: a file, or a function in a file.
#[derive(Debug)]
pub(super) struct Measure {
    /// As it is written in the list: `file <path>` or `function <path> <name>`.
    pub(super) key: String,
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) lines: usize,
}

/// The list, each entry with its line number, so that a finding can point at it.
#[derive(Debug)]
pub(super) struct Ratchet {
    entries: BTreeMap<String, (usize, usize)>,
}

impl Ratchet {
    /// Reads the list; a line that says nothing is a finding.
    pub(super) fn read(tree: &Tree) -> (Self, Vec<Finding>) {
        let mut entries = BTreeMap::new();
        let mut findings = Vec::new();
        for (index, line) in tree.text(PATH).unwrap_or_default().lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let entry =
                line.rsplit_once(' ').and_then(|(key, lines)| Some((key.to_owned(), lines.parse().ok()?)));
            match entry {
                Some((key, lines)) => {
                    entries.insert(key, (index + 1, lines));
                }
                None => findings.push(finding(PATH, index + 1, "expected `<file|function> <what> <lines>`")),
            }
        }
        (Self { entries }, findings)
    }

    /// Judges all that is over the limit named `limit`; returns findings and the debt that is known.
    pub(super) fn judge(mut self, over: Vec<Measure>) -> (Vec<Finding>, Vec<String>) {
        let mut findings = Vec::new();
        let mut known = Vec::new();
        for measure in largest_of_each(over) {
            let lines = measure.lines;
            match self.entries.remove(&measure.key) {
                None => findings.push(finding(
                    &measure.path,
                    measure.line,
                    &format!("{} has {lines} lines: split it (or argue for an entry in {PATH})", measure.key),
                )),
                Some((_, listed)) if lines > listed => findings.push(finding(
                    &measure.path,
                    measure.line,
                    &format!("{} grew from {listed} to {lines} lines, and may only shrink", measure.key),
                )),
                Some((entry, listed)) if lines < listed => {
                    findings.push(finding(
                        PATH,
                        entry,
                        &format!("{} now has {lines} lines: lower it", measure.key),
                    ));
                }
                Some(_) => known.push(format!("{} ({lines} lines)", measure.key)),
            }
        }
        for (key, (entry, _)) in self.entries {
            findings.push(finding(
                PATH,
                entry,
                &format!("{key} is within its limit or gone: remove the entry"),
            ));
        }
        (findings, known)
    }
}

/// Two functions of one name in one file share an entry, which then speaks of the longer.
fn largest_of_each(over: Vec<Measure>) -> Vec<Measure> {
    let mut largest: BTreeMap<String, Measure> = BTreeMap::new();
    for measure in over {
        match largest.get(&measure.key) {
            Some(other) if other.lines >= measure.lines => {}
            _ => {
                largest.insert(measure.key.clone(), measure);
            }
        }
    }
    largest.into_values().collect()
}

fn finding(path: &str, line: usize, message: &str) -> Finding {
    Finding { path: path.to_owned(), line, rule: RULE, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(list: &str, key: &str, lines: usize) -> (Vec<Finding>, Vec<String>) {
        let (ratchet, findings) = Ratchet::read(&Tree::of(&[(PATH, list)]));
        assert_eq!(findings, []);
        ratchet.judge(vec![Measure { key: key.to_owned(), path: "a.rs".to_owned(), line: 7, lines }])
    }

    #[test]
    fn listed_debt_is_known_and_not_a_finding() {
        let (findings, known) = judge("# why\n\nfile a.rs 600\n", "file a.rs", 600);
        assert_eq!(findings, []);
        assert_eq!(known, ["file a.rs (600 lines)"]);
    }

    #[test]
    fn new_debt_growth_shrinking_and_stale_entries_are_findings() {
        for (list, lines, expected) in [
            ("", 600, "a.rs:7: file a.rs has 600 lines"),
            ("file a.rs 599", 600, "a.rs:7: file a.rs grew from 599 to 600 lines"),
            ("file a.rs 601", 600, "xtask/ratchet.txt:1: file a.rs now has 600 lines"),
            (
                "file a.rs 600\nfile b.rs 510",
                600,
                "xtask/ratchet.txt:2: file b.rs is within its limit or gone",
            ),
        ] {
            let (findings, _) = judge(list, "file a.rs", lines);
            assert_eq!(findings.len(), 1, "{list}");
            assert!(findings[0].to_string().starts_with(expected), "{}", findings[0]);
        }
    }

    #[test]
    fn a_line_that_says_nothing_is_a_finding() {
        let (_, findings) = Ratchet::read(&Tree::of(&[(PATH, "file a.rs many\n")]));
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn of_two_functions_of_one_name_the_longer_counts() {
        let measure = |lines| Measure { key: "function a.rs f".into(), path: "a.rs".into(), line: 1, lines };
        let (ratchet, _) = Ratchet::read(&Tree::of(&[(PATH, "function a.rs f 90\n")]));
        assert_eq!(ratchet.judge(vec![measure(80), measure(90), measure(75)]).0, []);
    }
}
