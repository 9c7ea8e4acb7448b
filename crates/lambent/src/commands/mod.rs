//! One file per command.

mod completions;
mod config;
mod demo;
mod deploy;
mod doctor;
mod env;
mod event_text;
mod events;
mod functions;
mod invoke;
mod keys;
mod logs;
mod retry_policy;
mod roles;
mod run_log;
mod serve;
mod spinner;
mod upload;
mod waiting;

use crate::cli::{Cli, Command, EndpointArgs, ServeArgs};
use crate::client::{Client, Endpoint, Signer};
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
            Command::Events(command) => block_on(events::run(self, command))?,
            Command::RetryPolicy(command) => block_on(retry_policy::run(self, command))?,
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

    fn client(&self, args: &EndpointArgs) -> Result<Client, Failure> {
        let endpoint = Endpoint::choose(args.endpoint.as_deref(), &self.environment)?;
        let tls = crate::client::connector(&endpoint, args.ca_file.as_deref(), &self.environment)?;
        let signer = self.signer(args.data_dir.as_deref(), &endpoint)?;
        Ok(Client::new(endpoint).with_tls(tls).with_signer(signer))
    }

    /// What a client signs with: the first key of a data directory that was named, else the key in AWS's variables, else
    /// the first key of this machine's own server if that is who is asked. None of them: the request is not signed,
    /// which a server on loopback may take.
    fn signer(&self, data_dir: Option<&str>, endpoint: &Endpoint) -> Result<Option<Signer>, Failure> {
        let serve = ServeArgs { data_dir: data_dir.map(str::to_owned), ..ServeArgs::default() };
        let of_data_dir = || {
            let (_, config) = self.load(&serve)?;
            let found = crate::access::of_data_dir(&config.server.data_dir)?.read();
            let found = found.map_err(|error| crate::access::failure("read the access keys", &error))?;
            Ok(Signer::of_key(crate::access::active(&found, None)?, config.server.region.as_str()))
        };
        if data_dir.is_some() {
            return of_data_dir().map(Some);
        }
        let region = self.load(&serve).map(|(_, config)| config.server.region.to_string());
        let region = region.unwrap_or_else(|_| "us-east-1".to_owned());
        let signer = Signer::of_environment(&self.environment, &region);
        Ok(signer.or_else(|| if endpoint.is_local() { of_data_dir().ok() } else { None }))
    }

    fn load(&self, args: &ServeArgs) -> Result<(Settings, Config), Failure> {
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
