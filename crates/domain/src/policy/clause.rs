//! What a statement is about: `Action` or `NotAction`, `Resource` or `NotResource`.

use super::VALUES_MAX;
use super::context::Context;
use super::json::Node;
use super::malformed::{Fault, quoted};
use super::pattern::{Case, Pattern};
use super::template::{Syntax, Template};
use super::verdict::{self, Verdict};

/// A list of alternatives, or everything but them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause<T> {
    negated: bool,
    alternatives: Vec<T>,
}

impl<T> Clause<T> {
    fn parse(
        node: &Node,
        negated: bool,
        of: &'static str,
        read: impl Fn(&str) -> Result<T, Fault>,
    ) -> Result<Self, Fault> {
        let elements = node.elements();
        if elements.is_empty() {
            return Err(Fault::Empty(of));
        }
        if elements.len() > VALUES_MAX {
            return Err(Fault::TooMany { of, limit: VALUES_MAX });
        }
        let one = |element: &Node| read(element.as_text().ok_or(Fault::Expected { expected: "a text" })?);
        let alternatives: Result<Vec<_>, _> = elements.iter().map(one).collect();
        Ok(Self { negated, alternatives: alternatives? })
    }
}

impl Clause<Pattern> {
    pub(super) fn actions(node: &Node, negated: bool) -> Result<Self, Fault> {
        Self::parse(node, negated, "actions", |action| {
            let vendor = |text: &str| {
                text == "*" || text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            };
            let legal = action == "*"
                || action
                    .split_once(':')
                    .is_some_and(|(own, name)| !own.is_empty() && vendor(own) && !name.is_empty());
            if !legal {
                return Err(Fault::Vendor(quoted(action)));
            }
            Ok(Pattern::with_wildcards(action))
        })
    }

    pub(super) fn covers_action(&self, action: &str) -> bool {
        self.alternatives.iter().any(|own| own.matches(action, Case::Ignored)) != self.negated
    }
}

impl Clause<Template> {
    pub(super) fn resources(node: &Node, negated: bool, variables: bool) -> Result<Self, Fault> {
        Self::parse(node, negated, "resources", |resource| {
            if resource != "*" && !resource.starts_with("arn:") {
                return Err(Fault::Resource(quoted(resource)));
            }
            let syntax = Syntax { wildcards: true, variables };
            Template::parse(&completed(resource), syntax)
        })
    }

    pub(super) fn covers_resource(&self, resource: &str, context: &Context<'_>) -> Verdict {
        let each = self.alternatives.iter().map(|own| own.matches(resource, Case::Matters, context));
        verdict::xor(verdict::any(each), self.negated)
    }
}

/// An ARN of fewer than six fields, `arn:aws:lambda`, has a `*` in each that is missing.
fn completed(resource: &str) -> String {
    let colons = resource.bytes().filter(|byte| *byte == b':').count();
    if resource == "*" {
        return resource.to_owned();
    }
    format!("{resource}{}", ":*".repeat(5usize.saturating_sub(colons)))
}
