//! Code that holds a request against its constraints, member by member, in the model's order.

use super::model::{Kind, Member, Model, Reference, Shape};
use super::{patterns, rust};
use crate::failure::Failure;

/// The `Check` of one structure.
pub(crate) fn render(model: &Model, name: &str, shape: &Shape) -> Result<String, Failure> {
    let mut lines = String::new();
    for (member, traits) in &shape.members.0 {
        let required = shape.required.contains(member);
        if let Some(line) = member_check(model, member, traits, required)? {
            lines.push_str(&format!("        {line}\n"));
        }
    }
    let found = if lines.is_empty() { "_found" } else { "found" };
    Ok(format!(
        "\nimpl Check for {} {{\n    fn check(&self, {found}: &mut Violations) {{\n{lines}    }}\n}}\n",
        rust::pascal(name)
    ))
}

fn member_check(
    model: &Model,
    member: &str,
    traits: &Member,
    required: bool,
) -> Result<Option<String>, Failure> {
    let shape = model.shape(&traits.shape)?;
    let (field, place) = (format!("self.{}", rust::field(member)), rust::camel(member));
    let constant = constraint_of(model, &traits.shape)?;
    let check = match shape.kind {
        Kind::String if patterns::is_constrained(shape) => {
            format!("found.text(\"{place}\", {field}.as_deref(), &{constant});")
        }
        Kind::Integer | Kind::Long if patterns::is_constrained(shape) => {
            format!("found.whole(\"{place}\", {field}, &{constant});")
        }
        Kind::Double | Kind::Float if patterns::is_constrained(shape) => {
            format!("found.real(\"{place}\", {field}, &{constant});")
        }
        Kind::Structure => format!("found.structure(\"{place}\", {field}.as_ref());"),
        Kind::List => {
            let element = held(model, shape.member.as_ref(), member)?;
            let count = count_of(model, &traits.shape)?;
            match element.kind {
                Kind::Structure => format!("found.structures(\"{place}\", {field}.as_deref(), {count});"),
                Kind::String => {
                    let text = text_of(model, shape.member.as_ref())?;
                    format!("found.texts(\"{place}\", {field}.as_deref(), {count}, {text});")
                }
                _ => return Err(Failure::new(format!("member `{member}` is a list of an unsupported kind"))),
            }
        }
        Kind::Map => map_check(model, &traits.shape, &field, &place)?,
        _ => String::new(),
    };
    let presence =
        if required { format!("found.required(\"{place}\", {field}.is_some());") } else { String::new() };
    let line = format!("{presence}{check}");
    Ok((!line.is_empty()).then_some(line))
}

fn map_check(model: &Model, name: &str, field: &str, place: &str) -> Result<String, Failure> {
    let shape = model.shape(name)?;
    let (key, count) = (text_of(model, shape.key.as_ref())?, count_of(model, name)?);
    let value = held(model, shape.value.as_ref(), name)?;
    let reference = if shape.sensitive { ".as_deref()" } else { ".as_ref()" };
    Ok(match value.kind {
        Kind::String => {
            let (value, sensitive) = (text_of(model, shape.value.as_ref())?, shape.sensitive);
            format!("found.map(\"{place}\", {field}{reference}, {count}, ({key}, {value}), {sensitive});")
        }
        Kind::Double | Kind::Float => {
            let bounds = match &shape.value {
                Some(reference) => count_of(model, &reference.shape)?,
                None => "None".to_owned(),
            };
            format!("found.reals(\"{place}\", {field}{reference}, {count}, ({key}, {bounds}));")
        }
        _ => format!("found.keys(\"{place}\", {field}{reference}, {count}, {key});"),
    })
}

fn held<'m>(model: &'m Model, reference: Option<&Reference>, member: &str) -> Result<&'m Shape, Failure> {
    let reference =
        reference.ok_or_else(|| Failure::new(format!("member `{member}` does not say what it holds")))?;
    model.shape(&reference.shape)
}

fn constraint_of(model: &Model, name: &str) -> Result<String, Failure> {
    let (name, _) = model
        .shapes
        .get_key_value(name)
        .ok_or_else(|| Failure::new(format!("the model has no shape `{name}`")))?;
    Ok(format!("constraints::{}", rust::shouting(name)))
}

fn count_of(model: &Model, name: &str) -> Result<String, Failure> {
    Ok(if patterns::is_constrained(model.shape(name)?) {
        format!("Some(&{})", constraint_of(model, name)?)
    } else {
        "None".to_owned()
    })
}

/// The constraint of a list's or a map's strings, if they have one.
fn text_of(model: &Model, reference: Option<&Reference>) -> Result<String, Failure> {
    let Some(reference) = reference else { return Ok("None".to_owned()) };
    let shape = model.shape(&reference.shape)?;
    if shape.kind != Kind::String {
        return Err(Failure::new(format!("`{}` is not a string", reference.shape)));
    }
    count_of(model, &reference.shape)
}
