//! `cargo xtask tidy`: the rules of the house that no other tool checks.
//!
//! One file holds one rule. A rule is a function from the tree (read once, in memory) to findings, so
//! its tests hand it a small bad tree and see it complain. A finding names the file, the line and the
//! rule. Style that matters is a test; what no rule here says is left to the reviewer.

mod adr;
mod attributes;
mod edges;
mod generated;
mod length;
mod links;
mod names;
mod promises;
mod ratchet;
mod snapshots;
mod tokens;
mod tree;
mod words;

use std::fmt;

use crate::failure::Failure;
use crate::process::step;
use crate::workspace::Workspace;
use tree::Tree;

/// One broken rule at one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    rule: &'static str,
    message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} [{}]", self.path, self.line, self.message, self.rule)
    }
}

/// The command as it is typed.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = args.first() {
        return Err(Failure::new(format!("tidy takes no arguments, and got `{unknown}`")));
    }
    let workspace = Workspace::load()?;
    step("tidy", || judge(&workspace))
}

/// Reads the tree and holds every rule against it.
pub(crate) fn judge(workspace: &Workspace) -> Result<(), Failure> {
    let tree = Tree::read(&workspace.root)?;
    let (mut findings, debts) = length::judge(&tree);
    for rule in [
        words::judge,
        names::judge,
        attributes::judge,
        generated::judge,
        snapshots::judge,
        links::judge,
        adr::judge,
        promises::judge,
        tree::oversized,
    ] {
        findings.extend(rule(&tree));
    }
    findings.extend(edges::judge(&tree, workspace));
    for debt in debts {
        println!("    known debt: {debt}");
    }
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() { Ok(()) } else { Err(Failure::new(format!("{} findings", findings.len()))) }
}
