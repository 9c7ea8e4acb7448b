//! Rule `words`: text that must not be committed.
//!
//! A registry's host or a path of one machine makes the repository work only there. A mark that
//! something is left to do is an issue nobody will read.

use super::Finding;
use super::tree::Tree;

const RULE: &str = "words";

struct Banned {
    /// Put together at compile time so that this file does not break its own rule.
    word: &'static str,
    /// Found only where no letter, digit or `_` stands beside it.
    whole: bool,
    reason: &'static str,
}

const HOST: &str = "names a package registry's host; the reader's own configuration knows it";
const MACHINE: &str = "is a path of one machine";
const LATER: &str = "do it, or open an issue";

const BANNED: [Banned; 14] = [
    Banned { word: concat!("pypi", ".org"), whole: false, reason: HOST },
    Banned { word: concat!("python", "hosted.org"), whole: false, reason: HOST },
    Banned { word: concat!("npmjs", ".org"), whole: false, reason: HOST },
    Banned { word: concat!("npmjs", ".com"), whole: false, reason: HOST },
    Banned { word: concat!("index.", "crates.io"), whole: false, reason: HOST },
    Banned { word: concat!("static.", "crates.io"), whole: false, reason: HOST },
    Banned { word: concat!("arti", "factory"), whole: false, reason: HOST },
    Banned { word: concat!("deb.", "debian.org"), whole: false, reason: HOST },
    Banned { word: concat!("/ro", "ot/"), whole: false, reason: MACHINE },
    Banned { word: concat!("/wo", "rk/"), whole: false, reason: MACHINE },
    Banned { word: concat!("TO", "DO"), whole: true, reason: LATER },
    Banned { word: concat!("FIX", "ME"), whole: true, reason: LATER },
    Banned { word: concat!("XX", "X"), whole: true, reason: LATER },
    Banned { word: concat!("HA", "CK"), whole: true, reason: LATER },
];

pub(super) fn judge(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Integrity hashes and names of packages are not ours to word.
    for (file, text) in tree.texts().filter(|(file, _)| file.path != "Cargo.lock") {
        for (index, line) in text.lines().enumerate() {
            for banned in BANNED.iter().filter(|banned| banned.is_in(line)) {
                findings.push(file.finding(index + 1, RULE, format!("`{}` {}", banned.word, banned.reason)));
            }
        }
    }
    findings
}

impl Banned {
    fn is_in(&self, line: &str) -> bool {
        line.match_indices(self.word).any(|(at, word)| {
            let before = line.get(..at).and_then(|text| text.chars().next_back());
            let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
            !self.whole || !(continues(before) || continues(after))
        })
    }
}

fn continues(neighbour: Option<char>) -> bool {
    neighbour.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_banned_word_is_found_by_line() {
        for banned in &BANNED {
            let text = format!("fine\nsee {} here\n", banned.word);
            let findings = judge(&Tree::of(&[("docs/a.md", &text)]));
            assert_eq!(findings.len(), 1, "{}", banned.word);
            assert_eq!(findings[0].line, 2);
        }
    }

    #[test]
    fn a_mark_inside_another_word_is_not_one() {
        let text = format!("{0}S and MAS{0}N and A{0}_B\n", BANNED[10].word);
        assert_eq!(judge(&Tree::of(&[("a.md", &text)])), []);
    }
}
