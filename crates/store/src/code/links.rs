//! Whether a symbolic link stays inside its package, judged on the tree alone.

use super::entries::{Node, Tree};

/// Most links followed on one way; Linux gives up at the same number.
const FOLLOWED_MAX: usize = 40;

/// Follows `target` from the directory that holds `link`, the way the kernel would, including links on the way.
/// A target that is not in the package is fine as long as the way to it never leaves; an endless way is not.
pub(super) fn stays_inside(tree: &Tree, link: &str, target: &str) -> bool {
    let mut here: Vec<&str> = link.split('/').collect();
    here.pop();
    let mut followed = 0;
    // Parts still to go, the next one last.
    let mut ahead: Vec<&str> = Vec::new();
    if !push_target(&mut ahead, target) {
        return false;
    }
    while let Some(part) = ahead.pop() {
        match part {
            "" | "." => {}
            ".." => {
                if here.pop().is_none() {
                    return false;
                }
            }
            name => {
                here.push(name);
                if let Some(Node::Link { target }) = tree.get(&here.join("/")) {
                    followed += 1;
                    here.pop();
                    if followed > FOLLOWED_MAX || !push_target(&mut ahead, target) {
                        return false;
                    }
                }
            }
        }
    }
    true
}

/// False for an absolute target: outside the sandbox it would mean another file than inside.
fn push_target<'a>(ahead: &mut Vec<&'a str>, target: &'a str) -> bool {
    ahead.extend(target.split('/').rev());
    !target.starts_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(links: &[(&str, &str)]) -> Tree {
        links
            .iter()
            .map(|(path, target)| ((*path).to_owned(), Node::Link { target: (*target).to_owned() }))
            .collect()
    }

    #[test]
    fn links_inside_are_taken_and_links_out_refused() {
        let none = Tree::new();
        for (link, target, inside) in [
            ("a", "b", true),
            ("lib/a.so", "a.so.1", true),
            ("a/b/c", "../../d", true),
            ("a", "missing/file", true),
            ("a", "..", false),
            ("a", "../etc/passwd", false),
            ("a/b", "../..", false),
            ("a", "/etc/passwd", false),
            ("a", "b/../../c", false),
        ] {
            assert_eq!(stays_inside(&none, link, target), inside, "{link} -> {target}");
        }
    }

    #[test]
    fn a_link_through_a_link_is_followed_to_its_end() {
        // By its letters p/q/d/../.. is p; but d is the directory x, and the way leads out.
        let tree = tree(&[("p/q/d", "../../x"), ("e", "p/q/d/../..")]);
        assert!(stays_inside(&tree, "p/q/d", "../../x"));
        assert!(!stays_inside(&tree, "e", "p/q/d/../.."));
    }

    #[test]
    fn endless_links_are_refused() {
        let tree = tree(&[("a", "b"), ("b", "a")]);
        assert!(!stays_inside(&tree, "a", "b"));
        let doubling = self::tree(&[("c", "c/c")]);
        assert!(!stays_inside(&doubling, "c", "c/c"));
    }
}
