//! `lambent demo`: a server, a sample function, the request of AWS's own documentation, and what becomes of it.
//!
//! It is the same server as `lambent serve` starts, and everything shown is fetched over HTTP as any client would.
//! `--once` is also a self-test: anything that is not as it should be is an error.

mod exchange;
mod sample;
mod story;

use super::serve::{Then, run_server};
use super::{Context, End};
use crate::cli::DemoArgs;
use crate::client::{Client, Endpoint};
use crate::config::logs::LEVEL;
use crate::config::settings::Origin;
use crate::failure::{Exit, Failure};
use crate::output::Paint;
use crate::server::Server;
use crate::telemetry;
use lambent_api::Auth;
use lambent_domain::event::{EventState, EventStatus};

/// What the function is sent.
const PAYLOAD: &str = r#"{"name":"Lambent"}"#;

pub(super) fn run(context: &Context, args: &DemoArgs) -> Result<(), End> {
    let (settings, mut config) = context.load(&args.serve)?;
    if config.server.auth == Auth::Required || config.server.tls.is_some() {
        let cause = "it shows a request that is neither signed nor encrypted, and the server would refuse it";
        return Err(Failure::new(Exit::Configuration, "show the demo", cause)
            .hint("leave out auth = \"required\" and the certificate, or use `lambent serve` with them")
            .into());
    }
    if settings.origin(&LEVEL) == Origin::Default {
        // The story is told on stdout; only what is wrong may interrupt it.
        config.logs.level = tracing::Level::WARN;
    }
    telemetry::start(&config.logs, context.output);
    run_server(context, &config, async |server: &Server| {
        show(context, server).await?;
        if args.once {
            return Ok(Then::Stop);
        }
        context.output.line("\nServing until Ctrl-C.")?;
        Ok(Then::ServeOn)
    })
}

async fn show(context: &Context, server: &Server) -> Result<(), End> {
    let output = context.output;
    let heading = |text: &str| output.line(&format!("\n{}", output.paint(Paint::Bold, text)));
    output.line(&server.ready_line())?;
    let endpoint = Endpoint::of(server.address())
        .ok_or_else(|| Failure::failed("find the server", format!("{} is no address", server.address())))?;
    let client = Client::new(endpoint);

    let sample = sample::choose(server.runtimes()).await?;
    sample::deploy(&client, &sample).await?;
    output.line(&format!(
        "Function {} is deployed: {}, handler {}",
        sample::NAME,
        sample.runtime,
        sample.handler
    ))?;

    heading("The request, as on the page of AWS's InvokeAsync:")?;
    let request = exchange::request(client.endpoint(), sample::NAME, PAYLOAD);
    output.line(&quoted(&request, '>'))?;
    let started_ms = story::now_ms();
    let answer = exchange::exchange(client.endpoint(), &request).await?;

    heading("The answer: the event is on the disk, and will be run:")?;
    output.line(&quoted(&answer.head, '<'))?;
    let request_id = answer.accepted()?;

    heading("What the function logged:")?;
    for line in story::log_lines(&client, sample::NAME, &request_id, started_ms).await? {
        output.line(&format!("  {}", line.replace('\t', "  ")))?;
    }

    heading("What became of the event:")?;
    let status = story::settled(&client, &request_id).await?;
    show_status(context, &status)?;
    show_next(context, &client, server)?;
    succeeded(&status)?;
    Ok(())
}

fn quoted(message: &str, mark: char) -> String {
    let lines: Vec<String> = message.trim_end().lines().map(|line| format!("  {mark} {line}")).collect();
    lines.join("\n")
}

/// A state's name as the events API has it.
fn state_name(state: EventState) -> &'static str {
    match state {
        EventState::Queued => "queued",
        EventState::Delayed => "delayed",
        EventState::Running => "running",
        EventState::Succeeded => "succeeded",
        EventState::Failed => "failed",
        EventState::Cancelled => "cancelled",
    }
}

fn show_status(context: &Context, status: &EventStatus) -> Result<(), End> {
    let paint = if status.state == EventState::Succeeded { Paint::Green } else { Paint::Red };
    let state = context.output.paint(paint, state_name(status.state));
    let attempts = status.attempts.len();
    let plural = if attempts == 1 { "" } else { "s" };
    context.output.line(&format!("  {} {state} after {attempts} attempt{plural}", status.request_id))?;
    for attempt in &status.attempts {
        let error = attempt.error_type.as_deref().map(|error| format!(", {error}")).unwrap_or_default();
        context.output.line(&format!(
            "  attempt {}: version {}, {} ms{error}",
            attempt.number, attempt.executed_version, attempt.duration_ms
        ))?;
    }
    Ok(())
}

fn succeeded(status: &EventStatus) -> Result<(), Failure> {
    if status.state == EventState::Succeeded {
        return Ok(());
    }
    Err(Failure::failed("show the demo", format!("the event ended as {}", state_name(status.state)))
        .hint("the function's log above says why"))
}

fn show_next(context: &Context, client: &Client, server: &Server) -> Result<(), End> {
    let url = client.endpoint();
    let program = std::env::args_os().next().unwrap_or_else(|| "lambent".into());
    let program = program.to_string_lossy();
    let name = sample::NAME;
    let output = context.output;
    let lines = [
        "",
        &output.paint(Paint::Bold, "What to try next, in another terminal:"),
        &format!("  curl -i -d '{{\"name\":\"you\"}}' {url}/2014-11-13/functions/{name}/invoke-async/"),
        &format!("  {program} invoke {name} --payload '{{\"name\":\"you\"}}' --tail --endpoint {url}"),
        &format!("  {program} logs {name} --follow --endpoint {url}"),
        &format!("  curl {url}/_lambent/v1/events?function={name}"),
        &format!(
            "  eval \"$({program} env --data-dir {} --listen {})\"",
            server.data_dir().display(),
            url.authority()
        ),
        &format!("  aws lambda invoke --function-name {name} --log-type Tail /dev/stdout"),
        &format!("  aws logs tail /aws/lambda/{name} --follow     (AWS CLI 2)"),
    ];
    for line in lines {
        output.line(line)?;
    }
    Ok(())
}
