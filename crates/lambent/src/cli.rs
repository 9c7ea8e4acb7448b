//! The command line: what can be typed. What it does is in [`crate::commands`].

pub(crate) mod access;
pub(crate) mod events;
pub(crate) mod invoke;
pub(crate) mod retry_policy;
pub(crate) mod when;

use crate::config::key::Key;
use crate::config::settings::Flag;
use crate::config::{environments, logs, server};
use crate::failure::Exit;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// AWS Lambda's asynchronous invocation on your own machine.
///
/// `lambent demo` shows it; `lambent serve` runs it.
#[derive(Debug, Parser)]
#[command(name = "lambent", version, after_long_help = Exit::table(), propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server.
    Serve(ServeArgs),
    /// Run the server, deploy a sample function, send it an event and show what becomes of it.
    Demo(DemoArgs),
    /// Create or update a function from a directory or a zip file.
    Deploy(DeployArgs),
    /// Invoke a function and print what it returns, or hand it an event.
    #[command(after_help = invoke::EXAMPLES)]
    Invoke(invoke::InvokeArgs),
    /// See what became of events, and act on them.
    #[command(subcommand)]
    Events(events::EventsCommand),
    /// Say how often and when a function's failed events are tried again.
    #[command(subcommand)]
    RetryPolicy(retry_policy::RetryPolicyCommand),
    /// List the functions.
    Functions(FunctionsArgs),
    /// Print what a function has logged.
    Logs(LogsArgs),
    /// Make, list, disable and delete the access keys that callers sign with.
    #[command(subcommand)]
    Keys(access::KeysCommand),
    /// Say what functions may do, by the role that they name.
    #[command(subcommand)]
    Roles(access::RolesCommand),
    /// Look at the settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Say what this machine can do for functions, and how to get what is missing.
    Doctor(DoctorArgs),
    /// Print the environment variables with which AWS's tools talk to the server, for `eval`.
    Env(EnvArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// Settings that can be typed. Each has a variable and a key in the file too (`lambent config reference`).
#[derive(Debug, Default, Args)]
pub(crate) struct ServeArgs {
    /// The configuration file [default: lambent.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:9400]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// Where functions, events and logs are kept [default: ./lambent-data]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<String>,
    /// Who may call: loopback or required [default: loopback on a loopback address, required on any other]
    #[arg(long)]
    pub(crate) auth: Option<String>,
    /// The server's certificate in PEM form; with it the server speaks https
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_certificate: Option<String>,
    /// The certificate's private key in PEM form
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_key: Option<String>,
    /// How functions are confined: auto, required or none [default: auto]
    #[arg(long)]
    pub(crate) isolation: Option<String>,
    /// Invocations that run at a time [default: from memory and cores]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) concurrency: Option<String>,
    /// How much the server says of itself: error, warn, info, debug or trace [default: info]
    #[arg(long, value_name = "LEVEL")]
    pub(crate) log_level: Option<String>,
    /// How it says it: text or json [default: text]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) log_format: Option<String>,
}

impl ServeArgs {
    /// The settings that were typed.
    pub(crate) fn flags(&self) -> Vec<Flag> {
        let typed: [(&'static str, &'static Key, &Option<String>); 9] = [
            ("--listen", &server::LISTEN, &self.listen),
            ("--data-dir", &server::DATA_DIR, &self.data_dir),
            ("--auth", &server::AUTH, &self.auth),
            ("--tls-certificate", &server::TLS_CERTIFICATE, &self.tls_certificate),
            ("--tls-key", &server::TLS_KEY, &self.tls_key),
            ("--isolation", &environments::ISOLATION, &self.isolation),
            ("--concurrency", &environments::CONCURRENCY, &self.concurrency),
            ("--log-level", &logs::LEVEL, &self.log_level),
            ("--log-format", &logs::FORMAT, &self.log_format),
        ];
        let given = |(flag, key, text): (&'static str, &'static Key, &Option<String>)| {
            Some(Flag { flag, key, text: text.clone()? })
        };
        typed.into_iter().filter_map(given).collect()
    }
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    /// Stop when everything has been shown, instead of serving on until Ctrl-C.
    #[arg(long)]
    pub(crate) once: bool,
}

/// Which server to talk to.
#[derive(Debug, Args)]
pub(crate) struct EndpointArgs {
    /// The server [default: LAMBENT_ENDPOINT, AWS_ENDPOINT_URL_LAMBDA or http://127.0.0.1:9400]
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// The certificate authorities to believe, in PEM form [default: AWS_CA_BUNDLE, or the system's]
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// A server's data directory, whose first key signs the requests [default: the key in AWS_ACCESS_KEY_ID and
    /// AWS_SECRET_ACCESS_KEY; for a server on this machine, the first key of its usual data directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DeployArgs {
    /// The function's name.
    pub(crate) name: String,
    /// A directory with the function's files, or a zip file of them.
    pub(crate) path: PathBuf,
    /// The runtime, such as python3.12, nodejs22.x or provided.al2023 [default: guessed from the files]
    #[arg(long)]
    pub(crate) runtime: Option<String>,
    /// Where the runtime finds the function, such as app.handler [default: guessed from the files]
    #[arg(long)]
    pub(crate) handler: Option<String>,
    /// Seconds one invocation may take.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=900))]
    pub(crate) timeout: Option<u32>,
    /// Megabytes of memory.
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u32).range(128..=10_240))]
    pub(crate) memory: Option<u32>,
    /// An environment variable of the function; may be repeated. An update replaces all of them.
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = variable)]
    pub(crate) variables: Vec<(String, String)>,
    /// The execution role's ARN. Kept for AWS's sake; a role of this machine is made up without it.
    #[arg(long, value_name = "ARN")]
    pub(crate) role: Option<String>,
    /// Free text.
    #[arg(long)]
    pub(crate) description: Option<String>,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct FunctionsArgs {
    /// How the list looks.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// The function's name.
    pub(crate) name: String,
    /// Go on printing what is logged.
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// How far back to begin: a number with s, m, h or d.
    #[arg(long, value_name = "AGE", default_value = "10m", value_parser = when::span)]
    pub(crate) since: std::time::Duration,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every setting, its value and where the value comes from.
    Show {
        #[command(flatten)]
        serve: Box<ServeArgs>,
        /// How the list looks.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        output: Format,
    },
    /// Print the reference of all settings as Markdown.
    Reference,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    /// How the report looks.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,
}

#[derive(Debug, Args)]
pub(crate) struct EnvArgs {
    /// The id or the name of the key [default: the oldest that is active]
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_tree_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_names_every_exit_code() {
        assert!(Cli::command().render_long_help().to_string().contains(&Exit::table()));
    }

    #[test]
    fn typed_settings_become_flags() {
        let cli =
            Cli::try_parse_from(["lambent", "serve", "--listen", "127.0.0.1:0", "--log-level", "debug"]);
        let Command::Serve(args) = cli.unwrap().command else { panic!("not serve") };
        let flags: Vec<_> = args.flags().iter().map(|flag| (flag.flag, flag.key.path())).collect();
        assert_eq!(
            flags,
            [("--listen", "server.listen".to_owned()), ("--log-level", "logs.level".to_owned())]
        );
    }

    #[test]
    fn a_variable_keeps_what_follows_the_first_equals_sign() {
        assert_eq!(variable("A=b=c"), Ok(("A".to_owned(), "b=c".to_owned())));
        assert_eq!(variable("A="), Ok(("A".to_owned(), String::new())));
        assert!(variable("A").is_err() && variable("=b").is_err());
    }
}
