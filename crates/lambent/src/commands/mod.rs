//! One file per command.

mod completions;
mod config;
mod demo;
mod deploy;
mod doctor;
mod env;
mod functions;
mod invoke;
mod keys;
pub(crate) mod logs;
mod roles;
mod serve;
mod upload;

use crate::cli::{Cli, Command};
use crate::client::{Client, Endpoint};
use crate::config::settings::Settings;
use crate::config::{self as configuration, Config};
use crate::environment::Environment;
use crate::failure::{Exit, Failure};
use crate::output::{Gone, Output};
use lambent_domain::time::Timestamp;
use std::future::Future;

/// What every command is given.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) environment: Environment,
    pub(crate) output: Output,
}

/// How a command that did not work ends.
#[derive(Debug)]
pub(crate) enum End {
    /// With a message.
    Failure(Failure),
    /// Silently, with this code: everything has been said.
    Said(Exit),
    /// Silently and well: whoever read the output has had enough.
    Gone,
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Gone> for End {
    fn from(Gone: Gone) -> Self {
        Self::Gone
    }
}

impl Context {
    /// Does what was typed.
    pub(crate) fn run(&self, cli: Cli) -> Result<(), End> {
        match cli.command {
            Command::Serve(args) => serve::run(self, &args),
            Command::Demo(args) => demo::run(self, &args),
            Command::Deploy(args) => block_on(deploy::run(self, args))?,
            Command::Invoke(args) => block_on(invoke::run(self, args))?,
            Command::Functions(args) => block_on(functions::run(self, args))?,
            Command::Logs(args) => block_on(logs::run(self, args))?,
            Command::Keys(command) => keys::run(self, &command),
            Command::Roles(command) => roles::run(self, &command),
            Command::Config(command) => config::run(self, &command),
            Command::Doctor(args) => block_on(doctor::run(self, args))?,
            Command::Env(args) => env::run(self, &args),
            Command::Completions { shell } => completions::run(self, shell),
        }
    }

    fn client(&self, endpoint: &crate::cli::EndpointArgs) -> Result<Client, Failure> {
        let (url, ca_file) = (endpoint.endpoint.as_deref(), endpoint.ca_file.as_deref());
        let endpoint = Endpoint::choose(url, &self.environment)?;
        let tls = crate::client::connector(&endpoint, ca_file, &self.environment)?;
        Ok(Client::new(endpoint).with_tls(tls))
    }

    fn load(&self, args: &crate::cli::ServeArgs) -> Result<(Settings, Config), Failure> {
        let file = configuration::file(args.config.as_deref(), &self.environment);
        Ok(configuration::load(file.as_deref(), &self.environment, &args.flags())?)
    }
}

/// An instant in UTC, to the second, as lists show it.
fn day_and_time(at: Timestamp) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    let at = jiff::Timestamp::from_millisecond(millis).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Runs a client's command: one thread is plenty.
fn block_on<T>(command: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::failed("start", error))?;
    Ok(runtime.block_on(command))
}
