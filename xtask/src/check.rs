//! `cargo xtask check`: everything that can be judged without running the product.
//!
//! Every step runs even when an earlier one failed, so that one run shows all there is to mend.

use std::process::Command;

use crate::failure::Failure;
use crate::process::{self, step};
use crate::tidy;
use crate::workspace::Workspace;

/// Tools of other people that judge the repository. They are used where they are installed and never
/// installed here: each takes minutes to build, and none of them decides whether the product works.
const TOOLS: [Tool; 3] = [
    Tool {
        program: "cargo-deny",
        args: &["--all-features", "check", "bans", "licenses", "sources"],
        what: "dependency policy (deny.toml)",
    },
    Tool { program: "cargo-machete", args: &["crates", "tests", "xtask"], what: "dependencies nobody uses" },
    Tool { program: "typos", args: &[], what: "spelling (typos.toml)" },
];

struct Tool {
    program: &'static str,
    args: &'static [&'static str],
    what: &'static str,
}

/// Runs every check and fails with the list of those that failed.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = args.first() {
        return Err(Failure::new(format!("check takes no arguments, and got `{unknown}`")));
    }
    let workspace = Workspace::load()?;
    let mut failed = Vec::new();
    let mut judge = |what: &str, work: &dyn Fn() -> Result<(), Failure>| {
        if let Err(failure) = step(what, work) {
            failed.push(format!("  {what}: {failure}"));
        }
    };
    judge("tidy: sizes, crate edges, names, words, links", &|| tidy::judge(&workspace));
    judge("formatting", &|| process::run(workspace.cargo().args(["fmt", "--all", "--check"])));
    judge("clippy", &|| process::run(&mut clippy(&workspace)));
    judge("rustdoc", &|| process::run(&mut rustdoc(&workspace)));
    for tool in &TOOLS {
        match process::find(tool.program) {
            Some(_) => judge(tool.what, &|| process::run(&mut command_of(tool, &workspace))),
            None => println!("==> {}: skipped, {} is not installed here", tool.what, tool.program),
        }
    }
    if failed.is_empty() {
        println!("check: all is well");
        return Ok(());
    }
    Err(Failure::new(format!("{} of the checks failed\n{}", failed.len(), failed.join("\n"))))
}

fn clippy(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo();
    command.args(["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    command
}

fn rustdoc(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo();
    command.args(["doc", "--locked", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
    command
}

fn command_of(tool: &Tool, workspace: &Workspace) -> Command {
    let mut command = Command::new(tool.program);
    command.args(tool.args).current_dir(&workspace.root);
    command
}
