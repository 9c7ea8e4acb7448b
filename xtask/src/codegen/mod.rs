//! `cargo xtask codegen [--check]`: the wire, written from AWS's published service model.
//!
//! The model is data inside a pinned `botocore` (`requirements.txt`). What is read from it is names, routes, limits and
//! error statuses, never documentation text. Structs are written only for the operations `scope` lists, so that the
//! API crate compiles quickly; routes and errors are written for all of them.

mod checks;
mod errors;
mod fetch;
mod model;
mod operations;
mod output;
mod patterns;
mod rust;
mod scope;
mod shapes;

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Writes the generated files; with `--check` compares them with the committed ones instead.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let check = match args {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err(Failure::new("usage: cargo xtask codegen [--check]")),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .ok_or_else(|| Failure::new("xtask has no parent folder"))?
        .to_path_buf();
    let target = root.join("target").join("codegen");
    let committed = root.join("crates/api/src/generated");
    let models = fetch::models(&target)?;
    let files = render(&models)?;
    if check {
        let fresh = target.join("generated");
        output::replace(&fresh, &files)?;
        output::compare(&fresh, &committed)
    } else {
        output::replace(&committed, &files)
    }
}

/// A file to be written: where, below the folder of generated files, and its Rust text before formatting.
struct File {
    path: PathBuf,
    text: String,
}

fn render(models: &[(scope::Service, model::Model)]) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    let mut modules = String::new();
    for (service, model) in models {
        let folder = service.folder;
        modules.push_str(&format!("pub mod {folder};\n"));
        let mut names = vec!["operations", "constraints", "shapes"];
        files.push(rust::file(folder, "operations", &operations::render(service, model)?));
        if service.routed {
            names.push("routes");
            files.push(rust::file(folder, "routes", &operations::routes(model)?));
        }
        if service.errors {
            names.push("errors");
            files.push(rust::file(folder, "errors", &errors::render(model)?));
        }
        files.push(rust::file(folder, "constraints", &patterns::render(service, model)?));
        files.extend(shapes::render(service, model)?);
        names.sort_unstable();
        let list: String = names.iter().map(|name| format!("pub mod {name};\n")).collect();
        files.push(rust::file(folder, "mod", &list));
    }
    files.push(rust::file("", "mod", &modules));
    Ok(files)
}
