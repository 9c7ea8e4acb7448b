//! The operations and, for a service that is routed by path, its route table.

use std::collections::BTreeMap;

use super::model::Model;
use super::rust;
use super::scope::Service;
use crate::failure::Failure;

pub(crate) fn render(service: &Service, model: &Model) -> Result<String, Failure> {
    let mut out = String::from("//! The operations of the service, and how a request names one.\n\n");
    if service.routed {
        out.push_str("use crate::model::OperationTraits;\n\n");
    }
    out.push_str("#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\npub enum Operation {\n");
    for name in model.operations.keys() {
        out.push_str(&format!("    {name},\n"));
    }
    out.push_str("}\n\nimpl Operation {\n");
    let all: Vec<String> = model.operations.keys().map(|name| format!("Self::{name}")).collect();
    out.push_str(&format!("    pub const ALL: &'static [Self] = &[{}];\n\n", all.join(", ")));
    if service.routed {
        traits(&mut out, model)?;
        out.push_str("}\n");
    } else {
        out.push_str("    pub fn name(self) -> &'static str {\n        match self {\n");
        for name in model.operations.keys() {
            out.push_str(&format!("            Self::{name} => \"{name}\",\n"));
        }
        out.push_str("        }\n    }\n}\n");
    }
    Ok(out)
}

fn traits(out: &mut String, model: &Model) -> Result<(), Failure> {
    out.push_str("    pub const fn traits(self) -> OperationTraits {\n        match self {\n");
    for (name, operation) in &model.operations {
        let status = operation
            .http
            .response_code
            .ok_or_else(|| Failure::new(format!("operation `{name}` has no response status")))?;
        let idempotent = operation.idempotent;
        out.push_str(&format!(
            "            Self::{name} => OperationTraits::new(\"{name}\", {status}, {idempotent}),\n"
        ));
    }
    out.push_str("        }\n    }\n");
    Ok(())
}

type ByPath = BTreeMap<String, Vec<(String, Option<(String, String)>, String)>>;

/// The route table of a service whose requests are routed by method and path.
pub(crate) fn routes(model: &Model) -> Result<String, Failure> {
    let mut out = String::from("//! Which operation a method and a path name.\n\n");
    out.push_str("use super::operations::Operation;\nuse crate::model::Segment::{Label, Literal};\n");
    out.push_str("use crate::model::{DateRoutes, Route};\n\n");
    let mut dates: BTreeMap<String, ByPath> = BTreeMap::new();
    for (name, operation) in &model.operations {
        let uri = &operation.http.request_uri;
        let (path, query) =
            uri.split_once('?').map_or((uri.as_str(), None), |(path, query)| (path, Some(query)));
        let query = match query.map(|query| query.split_once('=')) {
            None => None,
            Some(Some((key, value))) => Some((key.to_owned(), value.to_owned())),
            Some(None) => {
                return Err(Failure::new(format!("operation `{name}` has a query without a value")));
            }
        };
        let (date, rest) = path
            .strip_prefix('/')
            .and_then(|path| path.split_once('/'))
            .ok_or_else(|| Failure::new(format!("operation `{name}` has no dated path")))?;
        let methods = dates.entry(date.to_owned()).or_default().entry(rest.to_owned()).or_default();
        methods.push((operation.http.method.clone(), query, name.clone()));
    }
    out.push_str("/// Paths by the date they start with; a route with a query pair comes before the same path without.\n");
    out.push_str("pub static ROUTES: &[DateRoutes] = &[\n");
    for (date, paths) in &mut dates {
        out.push_str(&format!("DateRoutes {{ date: \"{date}\", routes: &[\n"));
        for (path, methods) in paths {
            methods.sort_by_key(|(method, query, _)| (method.clone(), query.is_none()));
            let segments = path.split('/').map(segment).collect::<Result<Vec<_>, _>>()?.join(", ");
            for (method, query, name) in methods {
                let query = query
                    .as_ref()
                    .map_or("None".to_owned(), |(key, value)| format!("Some((\"{key}\", \"{value}\"))"));
                let arguments = format!("\"{method}\", &[{segments}], {query}, Operation::{name}");
                out.push_str(&format!("Route::new({arguments}),\n"));
            }
        }
        out.push_str("]},\n");
    }
    out.push_str("];\n");
    Ok(out)
}

fn segment(text: &str) -> Result<String, Failure> {
    match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        Some(label) if label.ends_with('+') => {
            Err(Failure::new(format!("greedy label `{label}` is not supported")))
        }
        Some(_) => Ok("Label".to_owned()),
        None => Ok(format!("Literal({})", rust::literal(text))),
    }
}
