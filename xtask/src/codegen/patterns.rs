//! The constraints of strings, numbers, lists and maps, as data.

use super::model::{Kind, Model, Shape};
use super::rust;
use super::scope::Service;
use crate::failure::Failure;

/// Patterns with look-around, which Rust's regular expressions do without, and the same language written without it.
const REWRITTEN: &[(&str, &str)] = &[
    (r"[0-9A-Za-z\.\-_]*(?<!\.)", r"(?:[0-9A-Za-z\.\-_]*[0-9A-Za-z\-_])?"),
    (r"(?!^[0-9]+$)([a-zA-Z0-9-_]+)", r"[a-zA-Z0-9-_]*[a-zA-Z-_][a-zA-Z0-9-_]*"),
    (
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]{1,64})(:((?!\d+$)[0-9a-zA-Z-_]+))?",
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}:)?([0-9]{12}:)?(function:)?([a-zA-Z0-9-_]{1,64})(:[0-9a-zA-Z-_]*[a-zA-Z-_][0-9a-zA-Z-_]*)?",
    ),
    (r"((?!^\d+$)^[0-9a-zA-Z-_]+$)", r"[0-9a-zA-Z-_]*[a-zA-Z-_][0-9a-zA-Z-_]*"),
    // Anything but `system.` at the start, letter by letter.
    (
        r"(^(?!(system\x2e)))(^[_a-zA-Z0-9])([^$]*)",
        r"(?:[_a-rt-zA-Z0-9][^$]*|s(?:[^y$][^$]*|y(?:[^s$][^$]*|s(?:[^t$][^$]*|t(?:[^e$][^$]*|e(?:[^m$][^$]*|m(?:[^.$][^$]*)?)?)?)?)?)?)",
    ),
];

pub(crate) fn render(service: &Service, model: &Model) -> Result<String, Failure> {
    let mut roots = Vec::new();
    for name in service.typed.iter().chain(service.constrained) {
        roots.extend(model.operation(name)?.input.as_ref().map(|input| input.shape.clone()));
    }
    let mut out = String::from("//! What the service model demands of request members.\n\n");
    let mut statics = String::new();
    let (mut texts, mut used) = (Vec::new(), Vec::new());
    for (name, shape) in model.reachable(&roots)? {
        if !is_constrained(shape) {
            continue;
        }
        let constant = rust::shouting(name);
        let (kind, value) = constraint(shape)?;
        statics.push_str(&format!("pub static {constant}: {kind} = {value};\n\n"));
        if kind == "Text" {
            texts.push(format!("&{constant}"));
        }
        if !used.contains(&kind) {
            used.push(kind);
        }
    }
    if statics.contains("Pattern::new") {
        used.push("Pattern");
    }
    used.sort_unstable();
    out.push_str(&format!("use crate::model::{{{}}};\n\n{statics}", used.join(", ")));
    out.push_str("/// Every text constraint, so that a test can prove each pattern usable.\n");
    out.push_str(&format!("pub static TEXTS: &[&Text] = &[{}];\n", texts.join(", ")));
    Ok(out)
}

/// Whether a shape demands anything; only such shapes have a constant.
pub(crate) fn is_constrained(shape: &Shape) -> bool {
    match shape.kind {
        Kind::String => {
            shape.min.is_some() || shape.max.is_some() || shape.pattern.is_some() || !shape.values.is_empty()
        }
        Kind::Integer | Kind::Long | Kind::Double | Kind::Float | Kind::List | Kind::Map => {
            shape.min.is_some() || shape.max.is_some()
        }
        Kind::Structure | Kind::Boolean | Kind::Blob | Kind::Timestamp => false,
    }
}

fn constraint(shape: &Shape) -> Result<(&'static str, String), Failure> {
    let bound = |bound: Option<f64>| bound.map_or("None".to_owned(), |bound| format!("Some({bound})"));
    let (min, max) = (bound(shape.min), bound(shape.max));
    match shape.kind {
        Kind::String => {
            let pattern = match &shape.pattern {
                None => "None".to_owned(),
                Some(pattern) => {
                    format!(
                        "Some(Pattern::new({}, {}))",
                        rust::literal(pattern),
                        rust::literal(&rusty(pattern)?)
                    )
                }
            };
            let values: Vec<String> = shape.values.iter().map(|value| rust::literal(value)).collect();
            let (values, sensitive) = (values.join(", "), shape.sensitive);
            let text = format!(
                "Text {{ min: {min}, max: {max}, pattern: {pattern}, values: &[{values}], sensitive: {sensitive} }}"
            );
            Ok(("Text", text))
        }
        Kind::Double | Kind::Float => {
            let float =
                |bound: Option<f64>| bound.map_or("None".to_owned(), |bound| format!("Some({bound:?})"));
            Ok(("Real", format!("Real {{ min: {}, max: {} }}", float(shape.min), float(shape.max))))
        }
        Kind::Integer | Kind::Long => Ok(("Whole", format!("Whole {{ min: {min}, max: {max} }}"))),
        Kind::List | Kind::Map => Ok(("Count", format!("Count {{ min: {min}, max: {max} }}"))),
        Kind::Structure | Kind::Boolean | Kind::Blob | Kind::Timestamp => {
            Err(Failure::new("a shape of this kind has no constraint"))
        }
    }
}

/// The model's Java-flavoured pattern in the dialect of the `regex` crate, ASCII classes spelt out: what is left of them
/// would need tables of Unicode that the binary is built without, and a pattern that does not compile matches nothing.
fn rusty(pattern: &str) -> Result<String, Failure> {
    if let Some((_, rewritten)) = REWRITTEN.iter().find(|(original, _)| *original == pattern) {
        return Ok((*rewritten).to_owned());
    }
    if ["(?!", "(?=", "(?<"].iter().any(|look| pattern.contains(look)) {
        return Err(Failure::new(format!("pattern `{pattern}` looks around: add a rewriting")));
    }
    let rusty = pattern
        .replace(r"[\s\S]", "(?s:.)")
        .replace(r"[^\s]", r"[^ \t\n\x0B\f\r]")
        .replace(r"[\w", "[0-9A-Za-z_")
        .replace(r"\d", "[0-9]");
    if [r"\s", r"\S", r"\w", r"\W", r"\D", r"\b"].iter().any(|class| rusty.contains(class)) {
        return Err(Failure::new(format!("pattern `{pattern}` has a class of Unicode's: add a rewriting")));
    }
    Ok(rusty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_spelt_out_or_refused() {
        assert_eq!(rusty(r"[\s\S]+").unwrap(), "(?s:.)+");
        assert_eq!(rusty(r"[\w#]*\d").unwrap(), "[0-9A-Za-z_#]*[0-9]");
        for pattern in [r"\s", r"a\b", r"[a\w]", r"(?!a)b"] {
            assert!(rusty(pattern).is_err(), "{pattern}");
        }
    }
}
