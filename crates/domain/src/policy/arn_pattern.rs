//! ARNs in conditions: each of the six fields is compared by itself, so a `*` does not reach across a colon.

use super::context::Context;
use super::malformed::Fault;
use super::pattern::Case;
use super::template::{Syntax, Template, end_of_variable};
use super::verdict::{self, Verdict};

const FIELDS: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ArnPattern {
    Fields(Box<[Template]>),
    /// A text of fewer fields, such as `*` or a lone variable, is compared as a whole.
    Whole(Template),
}

impl ArnPattern {
    pub(super) fn parse(text: &str, variables: bool) -> Result<Self, Fault> {
        let syntax = Syntax { wildcards: true, variables };
        let fields = split(text, variables);
        if fields.len() < FIELDS {
            return Template::parse(text, syntax).map(Self::Whole);
        }
        let fields: Result<Vec<_>, _> = fields.iter().map(|field| Template::parse(field, syntax)).collect();
        fields.map(|fields| Self::Fields(fields.into()))
    }

    pub(super) fn matches(&self, arn: &str, context: &Context<'_>) -> Verdict {
        match self {
            Self::Whole(template) => template.matches(arn, Case::Matters, context),
            Self::Fields(templates) => {
                let fields: Vec<&str> = arn.splitn(FIELDS, ':').collect();
                if fields.len() != templates.len() {
                    return Some(false);
                }
                let each = templates.iter().zip(fields);
                verdict::all(each.map(|(template, field)| template.matches(field, Case::Matters, context)))
            }
        }
    }
}

/// Cuts at the first five colons that are not inside a variable.
fn split(text: &str, variables: bool) -> Vec<&str> {
    let mut fields = Vec::with_capacity(FIELDS);
    let (mut start, mut at) = (0, 0);
    while fields.len() + 1 < FIELDS {
        let Some(rest) = text.get(at..) else { break };
        match rest.chars().next() {
            None => break,
            Some(':') => {
                fields.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
                at = start;
            }
            Some('$') if variables && rest.starts_with("${") => {
                let inside = rest.get(2..).unwrap_or_default();
                at += end_of_variable(inside).map_or(rest.len(), |end| end + 3);
            }
            Some(character) => at += character.len_utf8(),
        }
    }
    fields.push(text.get(start..).unwrap_or_default());
    fields
}
