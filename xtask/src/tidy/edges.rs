//! Rule `edges`: which crate may use which, and that each takes the workspace's lints.
//!
//! The table is the architecture (`docs/ARCHITECTURE.md` shows it as a picture). Tests may reach further
//! down than the code, to build what it stands on, but never up: a test that needs a layer above its own
//! belongs in that layer.

use super::Finding;
use super::tree::Tree;
use crate::workspace::{Package, Workspace};

const RULE: &str = "edges";

struct Edges {
    package: &'static str,
    may_use: &'static [&'static str],
}

const TABLE: [Edges; 7] = [
    Edges { package: "lambent-domain", may_use: &[] },
    Edges { package: "lambent-store", may_use: &["lambent-domain"] },
    Edges { package: "lambent-sandbox", may_use: &[] },
    Edges { package: "lambent-engine", may_use: &["lambent-domain", "lambent-store", "lambent-sandbox"] },
    Edges {
        package: "lambent-destinations",
        may_use: &["lambent-domain", "lambent-store", "lambent-engine"],
    },
    Edges { package: "lambent-api", may_use: &["lambent-domain", "lambent-store", "lambent-engine"] },
    Edges {
        package: "lambent",
        may_use: &[
            "lambent-domain",
            "lambent-store",
            "lambent-sandbox",
            "lambent-engine",
            "lambent-destinations",
            "lambent-api",
        ],
    },
];

impl Edges {
    /// Whether the package uses the other, itself or through others. The table has no circles.
    fn stand_on(&self, name: &str) -> bool {
        self.may_use.iter().any(|used| {
            *used == name || TABLE.iter().any(|edges| edges.package == *used && edges.stand_on(name))
        })
    }
}

/// These decide or confine, and neither may wait: what they may not use in their own code.
const NO_ASYNC: [&str; 2] = ["lambent-domain", "lambent-sandbox"];
const ASYNC: [&str; 6] = ["tokio", "tokio-util", "hyper", "hyper-util", "async-trait", "futures"];

pub(super) fn judge(tree: &Tree, workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &workspace.packages {
        let manifest = package.manifest_path.strip_prefix(&workspace.root).unwrap_or(&package.manifest_path);
        let manifest = Manifest { path: manifest.to_string_lossy().into_owned(), tree };
        manifest.judge_lints(&mut findings);
        if manifest.path.starts_with("crates/") {
            manifest.judge_edges(package, &mut findings);
        }
    }
    findings
}

struct Manifest<'a> {
    path: String,
    tree: &'a Tree,
}

impl Manifest<'_> {
    fn text(&self) -> &str {
        self.tree.text(&self.path).unwrap_or_default()
    }

    fn judge_lints(&self, findings: &mut Vec<Finding>) {
        if !self.text().lines().any(|line| line.starts_with("[lints")) {
            findings.push(
                self.finding("", "has no [lints] table, so the workspace's lints do not hold".to_owned()),
            );
        }
    }

    fn judge_edges(&self, package: &Package, findings: &mut Vec<Finding>) {
        let Some(edges) = TABLE.iter().find(|edges| edges.package == package.name) else {
            findings.push(self.finding("name", format!("{} is not in the table of crates", package.name)));
            return;
        };
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            let is_allowed = match dependency.kind.as_deref() {
                // On itself, to turn on what only its tests may have.
                Some("dev") => name == package.name || edges.stand_on(name),
                _ => edges.may_use.contains(&name),
            };
            if dependency.path.is_some() && !is_allowed {
                findings.push(self.finding(name, format!("{} may not use {name}", package.name)));
            }
            let own_code = dependency.kind.is_none();
            if own_code && NO_ASYNC.contains(&package.name.as_str()) && ASYNC.contains(&name) {
                findings
                    .push(self.finding(name, format!("{} neither waits nor does async I/O", package.name)));
            }
        }
    }

    /// A finding at the first line that begins with the word.
    fn finding(&self, word: &str, message: String) -> Finding {
        let line = self.text().lines().position(|line| line.starts_with(word)).map_or(1, |index| index + 1);
        Finding { path: self.path.clone(), line, rule: RULE, message }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::workspace::Dependency;

    const LINTS: &str = "[lints]\nworkspace = true\n";

    fn workspace(folder: &str, name: &str, dependency: Dependency) -> Workspace {
        Workspace {
            root: PathBuf::from("/r"),
            target: PathBuf::from("/r/target"),
            packages: vec![Package {
                name: name.to_owned(),
                manifest_path: PathBuf::from(format!("/r/{folder}/Cargo.toml")),
                dependencies: vec![dependency],
            }],
        }
    }

    fn ours(name: &str) -> Dependency {
        Dependency { name: name.to_owned(), kind: None, path: Some(PathBuf::from("/r/crates/x")) }
    }

    fn theirs(name: &str, kind: Option<&str>) -> Dependency {
        Dependency { name: name.to_owned(), kind: kind.map(str::to_owned), path: None }
    }

    #[test]
    fn an_edge_of_the_table_passes_and_any_other_is_found_at_its_line() {
        let manifest = format!("{LINTS}[dependencies]\nlambent-engine.workspace = true\n");
        let tree = Tree::of(&[("crates/store/Cargo.toml", &manifest)]);
        assert_eq!(judge(&tree, &workspace("crates/store", "lambent-store", ours("lambent-domain"))), []);
        let findings = judge(&tree, &workspace("crates/store", "lambent-store", ours("lambent-engine")));
        assert_eq!(findings.len(), 1);
        assert!(findings[0].to_string().starts_with("crates/store/Cargo.toml:4: "), "{}", findings[0]);
    }

    #[test]
    fn tests_may_reach_down_but_not_up() {
        let tree = Tree::of(&[("crates/api/Cargo.toml", LINTS), ("crates/store/Cargo.toml", LINTS)]);
        let found = |folder, package, name, kind: Option<&str>| {
            let dependency = Dependency { kind: kind.map(str::to_owned), ..ours(name) };
            judge(&tree, &workspace(folder, package, dependency)).len()
        };
        assert_eq!(found("crates/api", "lambent-api", "lambent-sandbox", None), 1);
        assert_eq!(found("crates/api", "lambent-api", "lambent-sandbox", Some("dev")), 0);
        assert_eq!(found("crates/store", "lambent-store", "lambent-engine", Some("dev")), 1);
        assert_eq!(found("crates/store", "lambent-store", "lambent-store", Some("dev")), 0);
    }

    #[test]
    fn a_new_crate_must_be_put_in_the_table() {
        let tree = Tree::of(&[("crates/extra/Cargo.toml", LINTS)]);
        assert_eq!(judge(&tree, &workspace("crates/extra", "lambent-extra", theirs("serde", None))).len(), 1);
    }

    #[test]
    fn the_domain_may_test_with_but_not_use_an_async_runtime() {
        let tree = Tree::of(&[("crates/domain/Cargo.toml", LINTS)]);
        let of = |dependency| judge(&tree, &workspace("crates/domain", "lambent-domain", dependency)).len();
        assert_eq!(of(theirs("tokio", None)), 1);
        assert_eq!(of(theirs("tokio", Some("dev"))), 0);
        assert_eq!(of(theirs("serde", None)), 0);
    }

    #[test]
    fn a_member_without_the_lints_is_found_wherever_it_is() {
        let tree = Tree::of(&[("tests/Cargo.toml", "[package]\n")]);
        let findings = judge(&tree, &workspace("tests", "lambent-tests", ours("lambent-engine")));
        assert_eq!(findings.len(), 1);
        assert!(findings[0].message.contains("[lints]"));
    }
}
