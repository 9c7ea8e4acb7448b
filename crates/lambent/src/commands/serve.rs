//! `lambent serve`, and what `lambent demo` shares with it: the life of a server in the foreground.

use super::{Context, End};
use crate::cli::ServeArgs;
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::server::{Server, Signals};
use crate::telemetry;
use std::time::Duration;

/// How long threads that still hold something get once everything has been stopped.
const THREADS_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) fn run(context: &Context, args: &ServeArgs) -> Result<(), End> {
    let (_, config) = context.load(args)?;
    telemetry::start(&config.logs, context.output);
    run_server(context, &config, async |server: &Server| {
        // A server whose starter does not listen is still a server.
        let _ = context.output.line(&server.ready_line());
        Ok(Then::ServeOn)
    })
}

/// What comes after the server's first work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    ServeOn,
    Stop,
}

/// Starts a server, does `first` with it, serves until the first signal and stops in order. A second signal ends it at
/// once, which loses nothing that was accepted either.
pub(super) fn run_server(
    context: &Context,
    config: &Config,
    first: impl AsyncFnOnce(&Server) -> Result<Then, End>,
) -> Result<(), End> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::failed("start", error))?;
    let end = runtime.block_on(live(context, config, first));
    runtime.shutdown_timeout(THREADS_TIMEOUT);
    end
}

async fn live(
    context: &Context,
    config: &Config,
    first: impl AsyncFnOnce(&Server) -> Result<Then, End>,
) -> Result<(), End> {
    let mut signals = Signals::catch()?;
    let server = tokio::select! {
        started = Server::start(config, &context.environment) => started?,
        () = signals.next() => return Err(End::Said(Exit::Interrupted)),
    };
    if let Some(first_key) = super::env::first_key(&server, context.output.is_for_a_person()) {
        context.output.note(&first_key?);
    }
    let done = tokio::select! {
        done = first(&server) => done,
        () = signals.next() => Ok(Then::Stop),
    };
    if matches!(done, Ok(Then::ServeOn)) {
        signals.next().await;
        context.output.note("stopping; once more stops at once");
    }
    tokio::select! {
        stopped = server.stop() => stopped?,
        () = signals.next() => return Err(End::Said(Exit::Interrupted)),
    }
    done.map(|_| ())
}
