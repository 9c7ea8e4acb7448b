//! One statement, compiled.

use super::clause::Clause;
use super::condition::Condition;
use super::decision::{AccessRequest, PolicyKind};
use super::json::Node;
use super::malformed::{Fault, MalformedPolicy, quoted};
use super::pattern::Pattern;
use super::principal::Principal;
use super::principal_clause::{PrincipalClause, Reach};
use super::template::Template;
use super::verdict::{self, Verdict};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Statement {
    pub(super) effect: Effect,
    /// Only in a resource's policy; an identity's policy speaks of whom it is attached to.
    principals: Option<PrincipalClause>,
    actions: Clause<Pattern>,
    resources: Clause<Template>,
    conditions: Vec<Condition>,
}

const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

impl Statement {
    /// Reads the statement at `place`.
    pub(super) fn parse(
        node: &Node,
        place: &str,
        kind: PolicyKind,
        variables: bool,
    ) -> Result<Self, MalformedPolicy> {
        let Node::Object(members) = node else {
            return Err(MalformedPolicy::new(place, Fault::Expected { expected: "an object" }));
        };
        if let Some((unknown, _)) = members.iter().find(|(name, _)| !ELEMENTS.contains(&name.as_str())) {
            return Err(MalformedPolicy::new(place, Fault::UnknownElement(quoted(unknown))));
        }
        let at = |element: &str| format!("{place}.{element}");
        let wrong = |element: &'static str| move |fault| MalformedPolicy::new(at(element), fault);
        let actions = one_of(node, "Action", "NotAction").map_err(wrong("Action"))?;
        let (actions, name, negated) = actions.ok_or_else(|| wrong("Action")(Fault::Empty("actions")))?;
        let actions = Clause::actions(actions, negated).map_err(wrong(name))?;
        let resources = one_of(node, "Resource", "NotResource").map_err(wrong("Resource"))?;
        let (resources, name, negated) =
            resources.ok_or_else(|| wrong("Resource")(Fault::Empty("resources")))?;
        let resources = Clause::resources(resources, negated, variables).map_err(wrong(name))?;
        Ok(Self {
            effect: effect(node).map_err(wrong("Effect"))?,
            principals: principals(node, kind).map_err(wrong("Principal"))?,
            actions,
            resources,
            conditions: conditions(node, &at("Condition"), variables)?,
        })
    }

    /// Whether what is asked is what the statement is about, whoever asks.
    fn is_about(&self, request: &AccessRequest<'_>) -> Verdict {
        if !self.actions.covers_action(request.action) {
            return Some(false);
        }
        let resource = self.resources.covers_resource(request.resource, request.context);
        if resource == Some(false) {
            return resource;
        }
        let conditions = self.conditions.iter().map(|condition| condition.holds(request.context));
        verdict::all(std::iter::once(resource).chain(conditions))
    }

    /// Also where it cannot be judged whether the statement is about what is asked.
    pub(super) fn denies(&self, request: &AccessRequest<'_>) -> bool {
        let speaks_of = |who: &Principal| self.principals.as_ref().is_none_or(|listed| listed.denies(who));
        self.effect == Effect::Deny && speaks_of(request.principal) && self.is_about(request) != Some(false)
    }

    /// How the statement allows what is asked, if it does.
    pub(super) fn allows(&self, request: &AccessRequest<'_>) -> Option<Reach> {
        if self.effect != Effect::Allow {
            return None;
        }
        let reach = match &self.principals {
            None => Reach::Direct,
            Some(listed) => listed.allows(request.principal)?,
        };
        (self.is_about(request) == Some(true)).then_some(reach)
    }
}

/// The element under either of two names that exclude each other, its name, and whether it is the negated one.
fn one_of<'a>(
    node: &'a Node,
    name: &'static str,
    negated: &'static str,
) -> Result<Option<(&'a Node, &'static str, bool)>, Fault> {
    match (node.member(name), node.member(negated)) {
        (Some(_), Some(_)) => Err(Fault::Both(name, negated)),
        (Some(element), None) => Ok(Some((element, name, false))),
        (None, Some(element)) => Ok(Some((element, negated, true))),
        (None, None) => Ok(None),
    }
}

fn effect(node: &Node) -> Result<Effect, Fault> {
    match node.member("Effect") {
        None => Err(Fault::Missing("Effect")),
        Some(effect) => match effect.as_text() {
            Some("Allow") => Ok(Effect::Allow),
            Some("Deny") => Ok(Effect::Deny),
            Some(other) => Err(Fault::Effect(quoted(other))),
            None => Err(Fault::Expected { expected: "a text" }),
        },
    }
}

fn principals(node: &Node, kind: PolicyKind) -> Result<Option<PrincipalClause>, Fault> {
    match (kind, one_of(node, "Principal", "NotPrincipal")?) {
        (PolicyKind::Identity, None) => Ok(None),
        (PolicyKind::Identity, Some((_, name, _))) => Err(Fault::Prohibited(name)),
        (PolicyKind::Resource, None) => Err(Fault::Missing("Principal")),
        (PolicyKind::Resource, Some((element, _, negated))) => {
            PrincipalClause::parse(element, negated).map(Some)
        }
    }
}

fn conditions(node: &Node, place: &str, variables: bool) -> Result<Vec<Condition>, MalformedPolicy> {
    let Some(element) = node.member("Condition") else { return Ok(Vec::new()) };
    let no_object = |place: &str| MalformedPolicy::new(place, Fault::Expected { expected: "an object" });
    let Node::Object(operators) = element else { return Err(no_object(place)) };
    let mut conditions = Vec::new();
    for (operator, keys) in operators {
        let place = format!("{place}.{}", quoted(operator));
        let Node::Object(keys) = keys else { return Err(no_object(&place)) };
        for (key, values) in keys {
            let condition = Condition::parse(operator, key, values, variables);
            conditions.push(
                condition.map_err(|fault| MalformedPolicy::new(format!("{place}.{}", quoted(key)), fault))?,
            );
        }
    }
    Ok(conditions)
}
