//! `lambent keys`: who may call, as files of the data directory. A running server notices.

use super::{Context, End};
use crate::access;
use crate::cli::Format;
use crate::cli::access::{DataDirArgs, KeyArgs, KeysCommand};
use crate::failure::{Exit, Failure};
use crate::output::table;
use lambent_domain::time::Clock as _;
use lambent_engine::clock::SystemClock;
use lambent_store::access::{AccessError, AccessKey, AccessStore, Fault, KeyName, KeyStatus};
use serde::Serialize;
use std::path::Path;

pub(super) fn run(context: &Context, command: &KeysCommand) -> Result<(), End> {
    match command {
        KeysCommand::Create { name, policy, output, data_dir } => {
            create(context, name, policy.as_deref(), *output, data_dir)
        }
        KeysCommand::List { output, data_dir } => list(context, *output, data_dir),
        KeysCommand::Disable(args) => set(context, args, KeyStatus::Disabled),
        KeysCommand::Enable(args) => set(context, args, KeyStatus::Active),
        KeysCommand::Delete(args) => delete(context, args),
    }
}

/// A key as it is listed: without its secret.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    id: &'a str,
    name: &'a str,
    status: &'static str,
    created_ms: u64,
    /// None: it may do everything.
    policy: Option<&'a str>,
}

/// A key as it is shown once.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    name: &'a str,
}

fn create(
    context: &Context,
    name: &str,
    policy: Option<&Path>,
    output: Format,
    data_dir: &DataDirArgs,
) -> Result<(), End> {
    let doing = format!("create the key {name}");
    let name = KeyName::new(name).map_err(|error| {
        Failure::new(Exit::Usage, &doing, error)
            .hint("a name has 1 to 64 letters, digits or any of +=,.@_- and does not look like a key's id")
    })?;
    let policy = policy.map(access::policy).transpose()?;
    let store = store(context, data_dir)?;
    let key = store.create_key(name, policy, SystemClock.now());
    let key = key.map_err(|error| access::failure(&doing, &error))?;
    let text = match output {
        Format::Table => exports(&key),
        Format::Json => json(&Created {
            access_key_id: key.id.as_str(),
            secret_access_key: key.secret.expose(),
            name: key.name.as_str(),
        })?,
    };
    context.output.data(text.as_bytes())?;
    context.output.note(&format!(
        "The secret is shown only now. The key {}; it is kept in {}",
        if key.policy.is_some() { "may do what its policy says" } else { "may do EVERYTHING" },
        store.key_path(&key.id).display()
    ));
    Ok(())
}

/// Lines for a shell.
pub(super) fn exports(key: &AccessKey) -> String {
    format!(
        "export AWS_ACCESS_KEY_ID={}\nexport AWS_SECRET_ACCESS_KEY={}\n",
        key.id,
        // Its characters are those of base 64, or whatever somebody wrote into the file.
        quoted(key.secret.expose())
    )
}

fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_');
    if text.bytes().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

fn list(context: &Context, output: Format, data_dir: &DataDirArgs) -> Result<(), End> {
    let found = store(context, data_dir)?.read();
    let found = found.map_err(|error| access::failure("list the keys", &error))?;
    let text = match output {
        Format::Table => as_table(found.keys.iter().map(AsRef::as_ref)),
        Format::Json => {
            let listed = found.keys.iter().map(|key| Listed {
                id: key.id.as_str(),
                name: key.name.as_str(),
                status: key.status.as_str(),
                created_ms: key.created.as_millis(),
                policy: key.policy.as_ref().map(|policy| policy.as_str()),
            });
            json(&listed.collect::<Vec<_>>())?
        }
    };
    context.output.data(text.as_bytes())?;
    complain(context, &found.faults)
}

fn as_table<'a>(keys: impl Iterator<Item = &'a AccessKey>) -> String {
    let mut rows = vec![["ID", "NAME", "STATUS", "CREATED", "RIGHTS"].map(str::to_owned).to_vec()];
    rows.extend(keys.map(|key| {
        let rights = if key.policy.is_some() { "policy" } else { "everything" };
        vec![
            key.id.to_string(),
            key.name.to_string(),
            key.status.as_str().to_owned(),
            super::day_and_time(key.created),
            rights.to_owned(),
        ]
    }));
    table(&rows)
}

/// What is there and can't be used is an error, although the rest was listed.
pub(super) fn complain(context: &Context, faults: &[Fault]) -> Result<(), End> {
    for fault in faults {
        context.output.failure(&format!("failed to use {fault}"));
    }
    if faults.is_empty() { Ok(()) } else { Err(End::Said(Exit::Failed)) }
}

fn set(context: &Context, args: &KeyArgs, status: KeyStatus) -> Result<(), End> {
    let changed = store(context, &args.data_dir)?.set_key_status(&args.key, status);
    let doing = match status {
        KeyStatus::Active => format!("enable the key {}", args.key),
        KeyStatus::Disabled => format!("disable the key {}", args.key),
    };
    let key = changed.map_err(|error| access::failure(&doing, &error))?;
    context.output.note(&format!("The key {} ({}) is {}", key.id, key.name, key.status.as_str()));
    Ok(())
}

fn delete(context: &Context, args: &KeyArgs) -> Result<(), End> {
    let deleted = store(context, &args.data_dir)?.delete_key(&args.key);
    deleted.map_err(|error: AccessError| access::failure(&format!("delete the key {}", args.key), &error))?;
    context.output.note(&format!("The key {} is deleted", args.key));
    Ok(())
}

fn store(context: &Context, data_dir: &DataDirArgs) -> Result<AccessStore, Failure> {
    let (_, config) = context.load(&data_dir.serve())?;
    access::of_data_dir(&config.server.data_dir)
}

pub(super) fn json(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    Ok(text.map_err(|error| Failure::failed("print the answer", error))? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_quoted_only_where_a_shell_would_read_it() {
        assert_eq!(quoted("aZ9+/="), "aZ9+/=");
        assert_eq!(quoted("a$b'c"), "'a$b'\\''c'");
    }
}
