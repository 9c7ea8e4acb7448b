//! `lambent roles`: what functions may do, by the role that they name.

use super::keys::{complain, json};
use super::{Context, End};
use crate::access;
use crate::cli::Format;
use crate::cli::access::{DataDirArgs, RoleArgs, RolesCommand};
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::output::table;
use lambent_store::access::{AccessError, AccessStore, Fault, Role, RoleName};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) fn run(context: &Context, command: &RolesCommand) -> Result<(), End> {
    match command {
        RolesCommand::Put { name, policy, data_dir } => put(context, name, policy, data_dir),
        RolesCommand::List { output, data_dir } => list(context, *output, data_dir),
        RolesCommand::Show(args) => show(context, args),
        RolesCommand::Delete(args) => delete(context, args),
    }
}

/// Where a role is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Source {
    Configuration,
    File,
}

#[derive(Serialize)]
struct Listed {
    name: String,
    source: Source,
    policy: String,
}

fn put(context: &Context, name: &str, policy: &Path, data_dir: &DataDirArgs) -> Result<(), End> {
    let name = role_name(name)?;
    let role = Role { name, policy: access::policy(policy)? };
    let (_, store) = open(context, data_dir)?;
    let doing = format!("put the role {}", role.name);
    store.put_role(&role).map_err(|error| access::failure(&doing, &error))?;
    context.output.note(&format!("Functions whose role is {} may now do what its policy says", role.name));
    Ok(())
}

fn list(context: &Context, output: Format, data_dir: &DataDirArgs) -> Result<(), End> {
    let (config, store) = open(context, data_dir)?;
    let (roles, faults) = all(&config, &store)?;
    let text = match output {
        Format::Json => json(&roles)?,
        Format::Table => as_table(&roles),
    };
    context.output.data(text.as_bytes())?;
    complain(context, &faults)
}

fn as_table(roles: &[Listed]) -> String {
    let mut rows = vec![["NAME", "SOURCE", "POLICY"].map(str::to_owned).to_vec()];
    rows.extend(roles.iter().map(|role| {
        let source = match role.source {
            Source::Configuration => "configuration",
            Source::File => "file",
        };
        vec![role.name.clone(), source.to_owned(), format!("{} bytes", role.policy.len())]
    }));
    table(&rows)
}

fn show(context: &Context, args: &RoleArgs) -> Result<(), End> {
    let (config, store) = open(context, &args.data_dir)?;
    let (roles, faults) = all(&config, &store)?;
    let Some(role) = roles.into_iter().find(|role| role.name == args.name) else {
        complain(context, &faults)?;
        let missing = AccessError::Missing { kind: "role", which: args.name.clone() };
        return Err(access::failure(&format!("show the role {}", args.name), &missing).into());
    };
    Ok(context.output.line(role.policy.trim_end())?)
}

fn delete(context: &Context, args: &RoleArgs) -> Result<(), End> {
    let name = role_name(&args.name)?;
    let (config, store) = open(context, &args.data_dir)?;
    let doing = format!("delete the role {name}");
    match store.delete_role(&name) {
        Ok(()) => {}
        Err(AccessError::Missing { .. }) if config.roles.iter().any(|role| role.name == name) => {
            return Err(Failure::failed(doing, "it is a role of the configuration")
                .hint("take it out of [roles] in the configuration file and start the server again")
                .into());
        }
        Err(error) => return Err(access::failure(&doing, &error).into()),
    }
    context.output.note(&format!("The role {name} is deleted"));
    Ok(())
}

/// The roles that count, by name: a file before the configuration, as the server has it.
fn all(config: &Config, store: &AccessStore) -> Result<(Vec<Listed>, Vec<Fault>), Failure> {
    let found = store.read().map_err(|error| access::failure("read the roles", &error))?;
    let mut roles = BTreeMap::new();
    let configured = config.roles.iter().map(|role| (role, Source::Configuration));
    for (role, source) in configured.chain(found.roles.iter().map(|role| (role.as_ref(), Source::File))) {
        let (name, policy) = (role.name.to_string(), role.policy.as_str().to_owned());
        roles.insert(name.clone(), Listed { name, source, policy });
    }
    Ok((roles.into_values().collect(), found.faults))
}

fn role_name(name: &str) -> Result<RoleName, Failure> {
    RoleName::new(name).map_err(|error| {
        Failure::new(Exit::Usage, format!("use the role {name}"), error)
            .hint("a name has 1 to 64 letters, digits or any of +=,.@_-")
    })
}

fn open(context: &Context, data_dir: &DataDirArgs) -> Result<(Config, AccessStore), Failure> {
    let (_, config) = context.load(&data_dir.serve())?;
    let store = access::of_data_dir(&config.server.data_dir)?;
    Ok((config, store))
}
