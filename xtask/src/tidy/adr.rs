//! Rule `adr`: every decision record is in the index, and no two share a number.

use std::collections::BTreeMap;

use super::Finding;
use super::tree::Tree;

const RULE: &str = "adr";
const FOLDER: &str = "docs/adr/";
const INDEX: &str = "docs/adr/README.md";

pub(super) fn judge(tree: &Tree) -> Vec<Finding> {
    let index = tree.text(INDEX).unwrap_or_default();
    let mut findings = Vec::new();
    let mut numbers: BTreeMap<&str, &str> = BTreeMap::new();
    for file in tree.files() {
        let Some(name) = file.path.strip_prefix(FOLDER).filter(|name| *name != "README.md") else { continue };
        let number = name.split_once('-').map_or("", |(number, _)| number);
        if number.len() != 4 || !number.chars().all(|c| c.is_ascii_digit()) {
            findings.push(file.finding(1, RULE, "is not named `0000-what-was-decided.md`".to_owned()));
            continue;
        }
        if let Some(other) = numbers.insert(number, name) {
            findings.push(file.finding(1, RULE, format!("has the number of {other}")));
        }
        if !index.contains(&format!("({name})")) {
            findings.push(file.finding(1, RULE, format!("is not linked in {INDEX}")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_in_the_index_passes() {
        let tree = Tree::of(&[("docs/adr/0001-a.md", "# a"), (INDEX, "- [1](0001-a.md)")]);
        assert_eq!(judge(&tree), []);
    }

    #[test]
    fn a_missing_link_a_shared_number_and_a_bad_name_are_found() {
        let index = (INDEX, "- [1](0001-a.md) [1](0001-b.md)");
        assert_eq!(
            judge(&Tree::of(&[("docs/adr/0001-a.md", ""), ("docs/adr/0002-c.md", ""), index])).len(),
            1
        );
        assert_eq!(
            judge(&Tree::of(&[("docs/adr/0001-a.md", ""), ("docs/adr/0001-b.md", ""), index])).len(),
            1
        );
        assert_eq!(judge(&Tree::of(&[("docs/adr/notes.md", ""), index])).len(), 1);
    }
}
