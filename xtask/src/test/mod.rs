//! `cargo xtask test [filter...] [--long]`: sets up all the tests need, then runs them.
//!
//! On a fresh Debian machine with cargo, Python and Node this prepares the rest by itself: packages
//! Debian lacks, a virtual environment, the SDKs for JavaScript, Go and Rust, the sample function, the binary. All of it
//! goes below `target/test-env` except Debian's packages. A second run finds it done and takes
//! seconds. Tests learn where things are from `LAMBENT_TEST_*` variables and never look for
//! themselves, so a machine's own Python packages or AWS settings cannot change an outcome.

mod debian;
mod faults;
mod go;
mod nextest;
mod node;
mod python;
mod sample;
mod stamp;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::process::{self, step};
use crate::workspace::Workspace;

/// A variable for the tests, and its value.
type Variable = (&'static str, OsString);

/// What was typed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    /// Given to nextest: only tests whose name contains one of these.
    filters: Vec<String>,
    /// The nightly sizes: more seeds, more rounds.
    long: bool,
}

/// Sets up, builds and runs. The first failure ends it, and is the exit code.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let request = parse(args)?;
    let workspace = Workspace::load()?;
    let environment = prepare(&workspace)?;
    step("tests", || {
        let mut command = nextest::command(&workspace)?;
        command.args(["run", "--locked", "--workspace"]);
        if request.long {
            command.args(["--profile", "long"]).env("LAMBENT_TEST_LONG", "1");
        }
        process::run(isolated(&mut command, &environment).args(&request.filters))
    })?;
    // A filter names tests by nextest's names, which documentation tests do not have.
    if request.filters.is_empty() {
        step("documentation tests", || {
            let mut command = workspace.cargo();
            command.args(["test", "--locked", "--workspace", "--doc", "--quiet"]);
            process::run(isolated(&mut command, &environment))
        })?;
    }
    Ok(())
}

fn parse(args: &[String]) -> Result<Request, Failure> {
    let mut request = Request::default();
    for arg in args {
        match arg.as_str() {
            "--long" => request.long = true,
            flag if flag.starts_with('-') => {
                return Err(Failure::new(format!("test knows only --long, and got `{flag}`")));
            }
            filter => request.filters.push(filter.to_owned()),
        }
    }
    Ok(request)
}

/// Everything the tests need besides themselves; returns the variables that say where it is.
fn prepare(workspace: &Workspace) -> Result<Vec<Variable>, Failure> {
    let home = workspace.target.join("test-env");
    std::fs::create_dir_all(&home).map_err(|source| Failure::at(&home, &source))?;
    debian::install_missing()?;
    let mut variables = python::prepare(&workspace.root, &home)?;
    variables.push(("LAMBENT_TEST_AWS_2", debian::AWS_CLI_2.into()));
    variables.push(("LAMBENT_TEST_NATS", debian::NATS_SERVER.into()));
    variables.extend(node::prepare(&workspace.root, &home)?);
    variables.extend(go::prepare(&workspace.root, &home)?);
    variables.extend(faults::prepare(&workspace.root, &home)?);
    variables.extend(sample::build(workspace, &home)?);
    nextest::prepare(workspace, &home)?;
    // The whole workspace, because one package alone may get other features of its dependencies than it gets
    // among the tests, and then everything is built twice.
    step("build the binary the tests start", || {
        process::run(workspace.cargo().args(["build", "--locked", "--workspace"]))
    })?;
    let binary: PathBuf = workspace.target.join("debug/lambent");
    variables.push(("LAMBENT_TEST_BIN", binary.into_os_string()));
    Ok(variables)
}

/// Adds the variables, and takes away what would make an SDK use somebody's own AWS account.
fn isolated<'a>(command: &'a mut Command, variables: &[Variable]) -> &'a mut Command {
    for name in ["AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ENDPOINT_URL"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().map(|(name, value)| (name, value))).env("AWS_EC2_METADATA_DISABLED", "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn filters_and_the_long_flag_come_in_any_order() {
        let request = parse(&words("crash --long arn")).unwrap();
        assert_eq!(request, Request { filters: words("crash arn"), long: true });
        assert_eq!(parse(&[]).unwrap(), Request::default());
    }

    #[test]
    fn an_unknown_flag_is_refused_rather_than_taken_for_a_filter() {
        assert!(parse(&words("--lnog")).is_err());
    }

    #[test]
    fn tests_see_our_variables_and_not_the_persons_aws_profile() {
        let mut command = Command::new("true");
        isolated(&mut command, &[("LAMBENT_TEST_BIN", OsString::from("/b"))]);
        let seen: Vec<_> = command.get_envs().collect();
        assert!(seen.contains(&("LAMBENT_TEST_BIN".as_ref(), Some("/b".as_ref()))));
        assert!(seen.contains(&("AWS_PROFILE".as_ref(), None)));
    }
}
