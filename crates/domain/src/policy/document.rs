//! A whole policy: what was written, and what was compiled from it.

use std::collections::BTreeSet;
use std::fmt;

use super::STATEMENTS_MAX;
use super::decision::{AccessRequest, PolicyKind};
use super::json::Node;
use super::malformed::{Fault, MalformedPolicy, quoted};
use super::principal_clause::Reach;
use super::statement::Statement;

/// A policy. It prints as compact JSON, its members in the order they were written.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    written: Node,
    statements: Vec<Statement>,
}

impl Policy {
    /// Reads a policy of the given kind, of at most `bytes_max` bytes.
    pub fn parse(text: &str, kind: PolicyKind, bytes_max: usize) -> Result<Self, MalformedPolicy> {
        if text.len() > bytes_max {
            let fault = Fault::TooLong { bytes: text.len(), limit: bytes_max };
            return Err(MalformedPolicy::new("", fault));
        }
        let written = Node::parse(text)
            .map_err(|error| MalformedPolicy::new("", Fault::NotJson(quoted(&error.to_string()))))?;
        Self::compile(written, kind)
    }

    pub(super) fn compile(written: Node, kind: PolicyKind) -> Result<Self, MalformedPolicy> {
        let wrong = |place: &'static str| move |fault| MalformedPolicy::new(place, fault);
        let Node::Object(members) = &written else {
            return Err(wrong("")(Fault::Expected { expected: "an object" }));
        };
        let known = |name: &str| matches!(name, "Version" | "Id" | "Statement");
        if let Some((unknown, _)) = members.iter().find(|(name, _)| !known(name)) {
            return Err(wrong("")(Fault::UnknownElement(quoted(unknown))));
        }
        let variables = has_variables(&written).map_err(wrong("Version"))?;
        if written.member("Id").is_some_and(|id| id.as_text().is_none()) {
            return Err(wrong("Id")(Fault::Expected { expected: "a text" }));
        }
        let element = written.member("Statement").ok_or_else(|| wrong("")(Fault::Missing("Statement")))?;
        let nodes = element.elements();
        if nodes.is_empty() {
            return Err(wrong("Statement")(Fault::Empty("statements")));
        }
        if nodes.len() > STATEMENTS_MAX {
            return Err(wrong("Statement")(Fault::TooMany { of: "statements", limit: STATEMENTS_MAX }));
        }
        let place = |index: usize| match element {
            Node::List(_) => format!("Statement[{index}]"),
            _ => "Statement".to_owned(),
        };
        let mut sids = BTreeSet::new();
        let mut statements = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            let at = place(index);
            check_sid(node, kind, &mut sids)
                .map_err(|fault| MalformedPolicy::new(format!("{at}.Sid"), fault))?;
            statements.push(Statement::parse(node, &at, kind, variables)?);
        }
        Ok(Self { written, statements })
    }

    pub(super) fn written(&self) -> &Node {
        &self.written
    }

    pub(super) fn denies(&self, request: &AccessRequest<'_>) -> bool {
        self.statements.iter().any(|statement| statement.denies(request))
    }

    /// The furthest that any statement reaches to allow what is asked.
    pub(super) fn allows(&self, request: &AccessRequest<'_>) -> Option<Reach> {
        let mut furthest = None;
        for statement in &self.statements {
            match statement.allows(request) {
                Some(Reach::Direct) => return Some(Reach::Direct),
                Some(Reach::Account) => furthest = Some(Reach::Account),
                None => {}
            }
        }
        furthest
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.written.fmt(out)
    }
}

/// Whether the version knows policy variables; the old one, which is also the default, reads them as text.
fn has_variables(written: &Node) -> Result<bool, Fault> {
    let Some(version) = written.member("Version") else { return Ok(false) };
    match version.as_text() {
        Some("2012-10-17") => Ok(true),
        Some("2008-10-17") => Ok(false),
        Some(other) => Err(Fault::Version(quoted(other))),
        None => Err(Fault::Expected { expected: "a text" }),
    }
}

/// Identity policies take letters and digits only; a resource's statement is named by its `StatementId`, which has more.
fn check_sid<'a>(node: &'a Node, kind: PolicyKind, seen: &mut BTreeSet<&'a str>) -> Result<(), Fault> {
    let Some(sid) = node.member("Sid") else { return Ok(()) };
    let sid = sid.as_text().ok_or(Fault::Expected { expected: "a text" })?;
    let legal = |character: char| {
        character.is_ascii_alphanumeric()
            || (kind == PolicyKind::Resource && matches!(character, '-' | '_' | ' '))
    };
    if !sid.chars().all(legal) {
        return Err(Fault::Sid);
    }
    if !sid.is_empty() && !seen.insert(sid) {
        return Err(Fault::SidTwice);
    }
    Ok(())
}
