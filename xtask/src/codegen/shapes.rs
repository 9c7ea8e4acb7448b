//! Structs for the requests and responses of the typed operations, one file per structure.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Kind, Location, Member, Model, Operation, Shape};
use super::scope::Service;
use super::{File, checks, rust};
use crate::failure::Failure;

pub(crate) fn render(service: &Service, model: &Model) -> Result<Vec<File>, Failure> {
    let folder = format!("{}/shapes", service.folder);
    let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
    let mut requests: BTreeMap<&str, &Operation> = BTreeMap::new();
    for name in service.typed {
        let operation = model.operation(name)?;
        if let Some(input) = &operation.input {
            inputs.push(input.shape.clone());
            requests.insert(&input.shape, operation);
        }
        outputs.extend(operation.output.as_ref().map(|output| output.shape.clone()));
    }
    let inward: BTreeSet<&str> = model.reachable(&inputs)?.into_keys().collect();
    let roots: Vec<String> = inputs.iter().cloned().chain(outputs).collect();
    let mut files = Vec::new();
    let (mut modules, mut uses) = (String::new(), String::new());
    for (name, shape) in model.reachable(&roots)? {
        if shape.kind != Kind::Structure
            || (body_members(shape).next().is_none() && !requests.contains_key(name))
        {
            continue;
        }
        let module = rust::snake(name);
        modules.push_str(&format!("mod {module};\n"));
        uses.push_str(&format!("pub use {module}::{};\n", rust::pascal(name)));
        let mut text = structure(model, name, shape)?;
        if inward.contains(name) {
            text.push_str(&checks::render(model, name, shape)?);
        }
        if let Some(operation) = requests.get(name).filter(|_| service.routed) {
            text.push_str(&located(model, name, shape, &operation.http.request_uri)?);
        }
        let needed: Vec<&str> = ["Blob", "Check", "Located", "Malformed", "Parts", "Sensitive", "Violations"]
            .into_iter()
            .filter(|import| mentions(&text, import))
            .collect();
        let map = if text.contains("BTreeMap<") { "use std::collections::BTreeMap;\n\n" } else { "" };
        let imports = if needed.is_empty() {
            String::new()
        } else {
            format!("use crate::model::{{{}}};\n", needed.join(", "))
        };
        let constraints =
            if text.contains("constraints::") { "use super::super::constraints;\n" } else { "" };
        files.push(rust::file(
            &folder,
            &module,
            &format!("{map}{constraints}{imports}{}\n{text}", siblings(&text, name, model)),
        ));
    }
    files.push(rust::file(&folder, "mod", &format!("//! The structs that travel.\n\n{modules}\n{uses}")));
    Ok(files)
}

fn mentions(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|found| found == word)
}

/// Imports of the other structs that `text` names as types.
fn siblings(text: &str, own: &str, model: &Model) -> String {
    let types: BTreeSet<&str> = text
        .lines()
        .filter(|line| line.trim_start().starts_with("pub ") && line.contains(": "))
        .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|word| *word != own)
        .filter(|word| {
            model
                .shapes
                .iter()
                .any(|(name, shape)| rust::pascal(name) == *word && shape.kind == Kind::Structure)
        })
        .collect();
    let list: Vec<&str> = types.into_iter().collect();
    if list.is_empty() { String::new() } else { format!("use super::{{{}}};\n", list.join(", ")) }
}

/// Members that travel in the body.
fn body_members(shape: &Shape) -> impl Iterator<Item = &(String, Member)> {
    shape.members.0.iter().filter(|(_, member)| member.location.is_none())
}

fn structure(model: &Model, name: &str, shape: &Shape) -> Result<String, Failure> {
    // Both directions for all: the server reads requests and writes responses, its command line the other way round.
    let derives = "Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize";
    let mut out = format!("#[derive({derives})]\npub struct {} {{\n", rust::pascal(name));
    for (member, traits) in &shape.members.0 {
        if traits.location == Some(Location::StatusCode) {
            continue;
        }
        let mut serde = Vec::new();
        if traits.location.is_some() {
            serde.push("skip".to_owned());
        } else {
            serde.push(format!("rename = \"{}\"", traits.location_name.as_deref().unwrap_or(member)));
            serde.push("skip_serializing_if = \"Option::is_none\"".to_owned());
        }
        let rust_type = rust_type(model, &traits.shape)?;
        out.push_str(&format!("    #[serde({})]\n", serde.join(", ")));
        out.push_str(&format!("    pub {}: Option<{rust_type}>,\n", rust::field(member)));
    }
    out.push_str("}\n");
    Ok(out)
}

fn rust_type(model: &Model, name: &str) -> Result<String, Failure> {
    let shape = model.shape(name)?;
    let of = |reference: &Option<super::model::Reference>| match reference {
        Some(reference) => rust_type(model, &reference.shape),
        None => Err(Failure::new(format!("shape `{name}` does not say what it holds"))),
    };
    let plain = match shape.kind {
        Kind::Structure => return Ok(rust::pascal(name)),
        // A blob never prints itself.
        Kind::Blob => return Ok("Blob".to_owned()),
        Kind::List => format!("Vec<{}>", of(&shape.member)?),
        Kind::Map => {
            // The whole map is opaque when it is sensitive, so its strings need no wrapping of their own.
            let value = shape.value.as_ref().map(|value| model.shape(&value.shape)).transpose()?;
            match value {
                Some(value) if value.kind == Kind::String => "BTreeMap<String, String>".to_owned(),
                _ => format!("BTreeMap<String, {}>", of(&shape.value)?),
            }
        }
        Kind::String => "String".to_owned(),
        Kind::Integer | Kind::Long => "i64".to_owned(),
        Kind::Double | Kind::Float | Kind::Timestamp => "f64".to_owned(),
        Kind::Boolean => "bool".to_owned(),
    };
    Ok(if shape.sensitive { format!("Sensitive<{plain}>") } else { plain })
}

/// Code that fills the members which travel in the path, the query and the headers.
fn located(model: &Model, name: &str, shape: &Shape, uri: &str) -> Result<String, Failure> {
    let labels: Vec<&str> = uri
        .split(['/', '?'])
        .filter_map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')))
        .collect();
    let mut lines = String::new();
    for (member, traits) in &shape.members.0 {
        let Some(location) = traits.location else { continue };
        let wire = traits.location_name.as_deref().unwrap_or(member);
        let kind = model.shape(&traits.shape)?.kind;
        let value = match (location, kind) {
            (Location::Uri, Kind::String) => format!("parts.label({})", label(&labels, wire, uri)?),
            (Location::Uri, Kind::Integer | Kind::Long) => {
                format!("parts.label_whole({}, \"{wire}\")?", label(&labels, wire, uri)?)
            }
            (Location::Querystring, Kind::String) => format!("parts.query(\"{wire}\")"),
            (Location::Querystring, Kind::Integer | Kind::Long) => format!("parts.query_whole(\"{wire}\")?"),
            (Location::Querystring, Kind::List) => format!("parts.query_all(\"{wire}\")"),
            (Location::Header, Kind::String) => format!("parts.header(\"{wire}\")"),
            _ => {
                return Err(Failure::new(format!(
                    "member `{member}` of `{name}` travels in an unsupported way"
                )));
            }
        };
        lines.push_str(&format!("        self.{} = {value};\n", rust::field(member)));
    }
    let parts = if lines.is_empty() { "_parts" } else { "parts" };
    Ok(format!(
        "\nimpl Located for {} {{\n    fn locate(&mut self, {parts}: &Parts<'_>) -> Result<(), Malformed> {{\n{lines}        Ok(())\n    }}\n}}\n",
        rust::pascal(name)
    ))
}

/// Which label of a path a member is.
fn label(labels: &[&str], wire: &str, uri: &str) -> Result<usize, Failure> {
    let index = labels.iter().position(|label| *label == wire);
    index.ok_or_else(|| Failure::new(format!("`{uri}` has no label `{wire}`")))
}
